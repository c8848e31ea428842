"""The bodies of the page's events as strangers may send them: checked before gradio sees them, and read with types."""

import re
from collections.abc import Mapping
from typing import TypeGuard

MALFORMED = "The page sent something that Footnote does not understand: reload it and try again."
_SESSION = re.compile(r"[\w-]{1,64}")
_HALF = re.compile(r"[\ud800-\udfff]")
_SCALARS = (str, int, float, bool, type(None))


class Malformed(Exception):
    """An event without what its listener needs."""


def problem(body: object, inputs: Mapping[int, int]) -> str:
    """What is wrong with the body of an event, in one sentence; "" when nothing is. `inputs`: event -> how many.

    Values are plain texts and numbers only. An object could be one of gradio's file descriptions, whose path gradio
    would read on the server; the page needs none, so none gets in. A half of a character (a lone surrogate) is no text:
    it can be neither stored nor sent back.
    """
    if not isinstance(body, dict) or not _SESSION.fullmatch(_text(body.get("session_hash"))):
        return MALFORMED
    if "data" not in body and isinstance(body.get("event_id"), str):  # the end of an event, not an event
        return "" if all(map(_plain, body.values())) else MALFORMED
    number, data, event = body.get("fn_index"), body.get("data"), body.get("event_data")
    if not _whole(number) or number not in inputs:
        return MALFORMED
    if not isinstance(data, list) or len(data) != inputs[number]:
        return MALFORMED
    if not isinstance(event, dict | None) or not all(map(_plain, (*data, *(event or {}).values()))):
        return MALFORMED
    return "" if _whole(body.get("trigger_id") or 0) else MALFORMED


def number(data: object, name: str) -> int:
    """A whole number of an event. Raises `Malformed`."""
    found = data.get(name) if isinstance(data, dict) else None
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if not _whole(found):
        raise Malformed(MALFORMED)
    return found


def text(data: object, name: str, otherwise: str | None = None) -> str:
    """A text of an event, `otherwise` where there is none. Raises `Malformed`."""
    found = data.get(name, otherwise) if isinstance(data, dict) else otherwise
    if not isinstance(found, str):
        raise Malformed(MALFORMED)
    return found


def flag(data: object, name: str) -> bool:
    """A truth value of an event, False where there is none."""
    return isinstance(data, dict) and data.get(name) is True


def _plain(value: object) -> bool:
    """Whether it is a number, nothing, or a text that UTF-8 can hold."""
    return isinstance(value, _SCALARS) and not (isinstance(value, str) and _HALF.search(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
