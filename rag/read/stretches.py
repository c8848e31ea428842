"""Cut a passage into sentences and the sentences into windows; offsets are exact slices."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BOUNDARY = re.compile(r"(?<=[.!?。！？])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[^\sa-z])|\n+|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Prof|Jr|Sr|vs|etc|e\.g|i\.e|al|Fig|No|Inc|Ltd|approx|c|ca))\.$"
)


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Half-open (start, end) of each sentence, in order; blanks between sentences belong to none."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if _ABBREVIATION.search(text[max(start, match.start() - 8) : match.start()]):
            continue
        _append_trimmed(bounds, text, start, match.end())
        start = match.end()
    _append_trimmed(bounds, text, start, len(text))
    return bounds


def _append_trimmed(bounds: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        bounds.append((start, end))


def sentence_of(bounds: Sequence[tuple[int, int]], position: int) -> int:
    """Index of the sentence that holds the character `position`, or the last one that starts before it."""
    found = 0
    for index, (start, _) in enumerate(bounds):
        if start <= position:
            found = index
    return found
