"""The list of kept conversations as HTML. Pure."""

import time
from collections.abc import Sequence

from ui.conversation import Heading
from ui.escape import escape_attribute, escape_text

SHOWN = 200


def listed(headings: Sequence[Heading], *, query: str = "", gone: str = "", problem: str = "") -> str:
    """The conversations, changed last first; `gone` is the id of one that was deleted just now."""
    told = f'<p class="notice" role="status">{escape_text(problem)}</p>' if problem else ""
    if gone:
        undo = f'<button type="button" class="tool" data-back="{escape_attribute(gone)}">Undo</button>'
        told += f'<p class="notice" role="status">Deleted; it is erased for good after a day. {undo}</p>'
    if not headings:
        return told + f"<p>{'No conversation holds these words.' if query else 'No conversation is kept yet.'}</p>"
    rest = f"<p>… and {len(headings) - SHOWN:,} more: search for them.</p>" if len(headings) > SHOWN else ""
    return f'{told}<ul class="shelf">{"".join(_row(heading) for heading in headings[:SHOWN])}</ul>{rest}'


def not_kept() -> str:
    """The list for somebody without a browser session."""
    return "<p>This browser takes no cookie from the page, so its conversations are not kept.</p>"


def _row(heading: Heading) -> str:
    name, title = escape_attribute(heading.id), heading.title or "Untitled"
    count = f"{heading.turns} question{'s' if heading.turns != 1 else ''}"
    day = time.strftime("%Y-%m-%d %H:%M", time.localtime(heading.changed))
    label = escape_attribute(title)
    return (
        f'<li data-chat="{name}"><button type="button" class="pick" data-pick="{name}"><cite dir="auto">'
        f"{escape_text(title)}</cite><small>{day} · {count}{' · imported' if heading.imported else ''}</small></button>"
        f'<button type="button" class="tool" data-rename="{name}" data-title="{label}" '
        f'aria-label="Rename {label}">Rename</button>'
        f'<button type="button" class="tool" data-drop="{name}" aria-label="Delete {label}">Delete</button></li>'
    )
