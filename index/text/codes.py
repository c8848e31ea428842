"""Numbers and codes in a text, as far as they name a thing: "E-41", "v1.20", "week-36", "300"."""

import re

_CODE = re.compile(r"[^\W_]*\d[^\W_]*(?:[-./:,][^\W_]*\d[^\W_]*)*|[^\W\d_]+-\d[\w-]*")
_JOINED = re.compile(r"(?P<word>[^\W\d_]{2,})[-_](?=\d)")

_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of scripts that put no space between a number and the words around it."""


def codes(text: str) -> frozenset[str]:
    """Numbers and words with digits in one form each: "E-41" and "e41", "v1.20" and "1.20"."""
    found = (match.group().lower().strip(".,:/-") for match in _CODE.finditer(spaced(text)))
    return frozenset(re.sub(r"[-/]", "", code).removeprefix("v") for code in found)


def spaced(text: str) -> str:
    """The text with a space for each letter that may touch a code and is never part of one: "超过5000元的"."""
    return _UNSPACED.sub(" ", text)


def held_codes(text: str) -> frozenset[str]:
    """All that a text can be asked for by: its codes, and the number alone of "week-36"."""
    return codes(text) | codes(_JOINED.sub(r"\g<word> ", spaced(text)))
