"""The documents drawer as HTML. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.records import DocumentEntry
from ui.escape import escape_attribute, escape_text

if TYPE_CHECKING:
    from index.sync import SyncReport

SHOWN = 500
ADDED = "added"
"""Uploads are kept in home/added, and "added/" begins their uri: they replace no document of a folder."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself: pages (0 where its format has none) and its date as ISO 8601 ("" where unsaid)."""

    pages: int = 0
    date: str = ""


def shelf(entries: Sequence[DocumentEntry], facts: Mapping[str, Facts]) -> str:
    """The list of loaded documents, each with a button that asks, and removes it after a second click."""
    if not entries:
        return '<p class="notice">No documents are loaded.</p>'
    items = "".join(_entry(entry, facts.get(entry.id, Facts())) for entry in entries[:SHOWN])
    rest = f"<p>… and {len(entries) - SHOWN:,} more.</p>" if len(entries) > SHOWN else ""
    count = f"{len(entries):,} document{'s' if len(entries) > 1 else ''}"
    tools = (
        '<div class="sorting"><label>Filter <input type="search" class="filter" autocomplete="off"></label>'
        '<label>Sort by <select class="sort"><option value="uri">place</option><option value="title">title</option>'
        '<option value="date">date</option><option value="pages">pages</option><option value="size">size</option>'
        '<option value="chunks">chunks</option></select></label></div>'
        "<p>Tick documents to ask only these.</p>"
    )
    return f'<p class="count" data-state="{state(entries)}">{count}</p>{tools}<ul class="shelf">{items}</ul>{rest}'


def state(entries: Sequence[DocumentEntry]) -> str:
    """Says whether two lists are the same: equal for equal entries, "" for none."""
    told = "\n".join(map(repr, entries)).encode("utf-8", "replace")
    return hashlib.sha256(told).hexdigest()[:16] if entries else ""


def progress(sentence: str) -> str:
    """What is going on right now."""
    return f'<p class="status" role="status">{escape_text(sentence)}</p>'


def report(sentence: str, failed: Sequence[tuple[str, str]] = ()) -> str:
    """The outcome of an upload or removal, and one sentence for each file that could not be read."""
    items = "".join(f'<li dir="auto"><b>{escape_text(name)}</b> {escape_text(reason)}</li>' for name, reason in failed)
    listed = f"<ul>{items}</ul>" if items else ""
    return f'<div class="news" role="status"><p>{escape_text(sentence)}</p>{listed}</div>'


def _entry(entry: DocumentEntry, facts: Facts) -> str:
    title, identity = escape_attribute(entry.title), escape_attribute(entry.id)
    parts = (
        facts.date,
        _count(facts.pages, "page") if facts.pages else "",
        _count(entry.characters, "character"),
        _count(entry.chunks, "chunk"),
        "" if entry.complete else "not yet whole",
    )
    told = escape_text(" · ".join(part for part in parts if part))
    asks = "Remove for good?" if uploaded(entry.uri) else "Remove until its folder is read again?"
    return (
        f'<li data-id="{identity}" data-title="{title}" data-uri="{escape_attribute(entry.uri)}" '
        f'data-size="{entry.characters}" data-date="{escape_attribute(facts.date)}" data-pages="{facts.pages}" '
        f'data-chunks="{entry.chunks}"><input type="checkbox" value="{identity}" aria-label="Ask only {title}">'
        f'<div><button type="button" class="open" data-read="{identity}"><cite dir="auto">{escape_text(entry.title)}'
        f'</cite></button><small dir="auto">{escape_text(entry.uri)}</small><small>{told}</small>'
        f'<details data-about="{identity}"><summary aria-label="What it says: {title}">What it says</summary>'
        f'<p class="status" role="status">Reading it …</p><button type="button" class="tool" data-cut="{identity}">'
        "How it was cut into chunks</button></details></div>"
        f'<button type="button" class="tool" data-remove="{identity}" data-asks="{asks}" aria-label="Remove {title}">'
        "Remove</button></li>"
    )


def uploaded(uri: str) -> bool:
    """Whether a document was added on the page, and is gone for good once it is removed there."""
    return uri.startswith(f"{ADDED}/")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def outcome(found: "SyncReport") -> str:
    """What an upload did, in a sentence."""
    counts = (
        (len(found.added), "added"),
        (len(found.changed), "brought up to date"),
        (len(found.renamed), "renamed"),
        (len(found.duplicates), "left out as a copy of another"),
    )
    done = "; ".join(f"{count} {what}" for count, what in counts if count)
    nothing = "Nothing new was added." if found.unchanged else "No document was added."
    return report(
        f"Documents: {done}." if done else nothing,
        [(item.uri, item.reason) for item in (*found.failed, *found.skipped)],
    )
