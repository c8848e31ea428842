"""The list of kept conversations as HTML. Pure."""

import time
from collections.abc import Sequence

from ui.conversation import Heading
from ui.escape import escape_attribute, escape_text, escape_value

SHOWN = 200


def listed(headings: Sequence[Heading], deleted: Sequence[Heading] = (), *, query: str = "", gone: str = "") -> str:
    """The conversations, changed last first, and those that can still be brought back.

    `query` is what was searched, as it was typed; `gone` is the id of a conversation that was deleted just now.
    """
    told = f'<i data-query="{escape_value(query)}"></i>'
    if gone:
        undo = f'<button type="button" class="tool" data-back="{escape_attribute(gone)}">Undo</button>'
        told += f'<p class="notice" role="status">Deleted; it is erased for good after a day. {undo}</p>'
    earlier = "".join(_gone(heading) for heading in deleted if heading.id != gone)
    if earlier:
        earlier = f'<details><summary>Deleted in the last day</summary><ul class="shelf">{earlier}</ul></details>'
    if not headings:
        nothing = "No conversation holds these words." if query.strip() else "No conversation is kept yet."
        return f"{told}<p>{nothing}</p>{earlier}"
    rest = f"<p>… and {len(headings) - SHOWN:,} more: search for them.</p>" if len(headings) > SHOWN else ""
    return f'{told}<ul class="shelf">{"".join(_row(heading) for heading in headings[:SHOWN])}</ul>{rest}{earlier}'


def not_kept() -> str:
    """The list for somebody without a browser session."""
    return "<p>This browser takes no cookie from the page, so its conversations are not kept.</p>"


def _row(heading: Heading) -> str:
    name, title = escape_attribute(heading.id), heading.title or "Untitled"
    count = f"{heading.turns} question{'s' if heading.turns != 1 else ''}"
    label = escape_attribute(title)
    return (
        f'<li data-chat="{name}"><button type="button" class="pick" data-pick="{name}"><cite dir="auto">'
        f"{escape_text(title)}</cite><small>{_moment(heading.changed)} · {count}"
        f"{' · imported' if heading.imported else ''}</small></button>"
        f'<button type="button" class="tool" data-rename="{name}" data-title="{label}" '
        f'aria-label="Rename {label}">Rename</button>'
        f'<button type="button" class="tool" data-drop="{name}" aria-label="Delete {label}">Delete</button></li>'
    )


def _gone(heading: Heading) -> str:
    title = heading.title or "Untitled"
    return (
        f'<li><div><cite dir="auto">{escape_text(title)}</cite><small>deleted {_moment(heading.deleted or 0.0)}</small>'
        f'</div><button type="button" class="tool" data-back="{escape_attribute(heading.id)}" '
        f'aria-label="Restore {escape_attribute(title)}">Restore</button></li>'
    )


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
