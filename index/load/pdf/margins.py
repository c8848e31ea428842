"""Running headers, footers and page numbers: lines that stand on page after page and belong to none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.load.pdf.placed import Row

EDGE = 3
"""Rows at the top and at the bottom of a page that can be running."""

SHARE = 0.5
"""Of the pages: a line that stands on more is running; titles of chapters change less often than every other page."""

FEWEST_PAGES = 3

_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|strana|sida|p\.|s\.)\s*)?(\d{1,4})(?:\s*(?:/|of|von|de|di|sur)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)


def without_running(pages: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The pages' rows without what repeats; a running line that is no page number stays where it stands first."""
    if len(pages) < FEWEST_PAGES:
        return [list(rows) for rows in pages]
    counts = Counter(key for rows in pages for key in {_key(rows, at) for at in _edges(rows)})
    running = {key for key, count in counts.items() if count >= max(FEWEST_PAGES, SHARE * len(pages))}
    offset = _offset(pages)
    seen: set[tuple[str, int, str]] = set()
    kept: list[list[Row]] = []
    for page, rows in enumerate(pages):
        drop: set[int] = set()
        for at in _edges(rows):
            key = _key(rows, at)
            numbered = offset is not None and page + offset in _numbers(rows[at])
            alone = numbered and _PAGE_NUMBER.fullmatch(_text(rows[at]))
            if alone or (key in seen and (key in running or numbered)):
                drop.add(at)
            seen.add(key)
        kept.append([row for at, row in enumerate(rows) if at not in drop])
    return kept


def _edges(rows: Sequence[Row]) -> list[int]:
    """The outer rows of a page, at most a third of it at either end; none of a table, whose header may repeat."""
    deep = min(EDGE, max(1, len(rows) // 3), len(rows))
    outer = {*range(deep), *range(len(rows) - deep, len(rows))}
    return [at for at in sorted(outer) if not (len(rows[at]) > 1 and len(rows[at + 1 : at + 2] and rows[at + 1]) > 1)]


def _key(rows: Sequence[Row], at: int) -> tuple[str, int, str]:
    """What makes two lines the same: their words with numbers left open, their height, and the size of their type."""
    row = rows[at]
    return _NUMBER.sub("#", _text(row)), round(row[0].middle / 4), f"{row[0].size:.0f}"


def _text(row: Row) -> str:
    return " ".join(piece.text for piece in row)


def _numbers(row: Row) -> set[int]:
    """The numbers at the row's beginning and end: where page numbers stand."""
    words = _text(row).split()
    alone = _PAGE_NUMBER.fullmatch(_text(row))
    found = {int(word) for word in (words[0], words[-1]) if word.isascii() and word.isdigit() and len(word) < 5}
    return found | {int(alone[1])} if alone else found


def _offset(pages: Sequence[Sequence[Row]]) -> int | None:
    """What the printed page numbers are ahead of the count from 0, if most pages agree on it."""
    ahead = Counter(
        number - page
        for page, rows in enumerate(pages)
        for number in {number for at in _edges(rows) for number in _numbers(rows[at])}
    )
    offset, count = ahead.most_common(1)[0] if ahead else (0, 0)
    return offset if count * 2 >= len(pages) and count >= FEWEST_PAGES else None
