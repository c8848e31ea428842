"""Plain text and Markdown: kept as written."""

from __future__ import annotations

from index.load.clean import clean
from index.load.decode import decode
from index.load.reading import Format, Limits, Reading


def _read(data: bytes, _limits: Limits) -> Reading:
    return Reading(clean(decode(data)))


TEXT = Format("plain text", (".txt", ".text"), _read)
MARKDOWN = Format("Markdown", (".md", ".markdown"), _read)
