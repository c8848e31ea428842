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

_PAGE = r"(?:page|seite|pagina|página|strana|sida)"
_OF = r"(?:\s*(?:/|of|von|de|di|sur)\s*\d{1,4})?"
_SIGN = r"[^\w$€£¥%]*"
_PAGE_NUMBER = re.compile(
    rf"{_SIGN}(?:(?:{_PAGE}|p\.|s\.)\s*)?(?:(\d{{1,4}}){_OF}|([ivxlc]{{1,8}})){_SIGN}", re.IGNORECASE
)
_NAMED = re.compile(rf"\b{_PAGE}\s*\d{{1,4}}{_OF}\b", re.IGNORECASE)
_PART = re.compile(r"\s[-–—]\s|[|·•]")
_LABEL = tuple(":.#№=")
"""What a label ends in: the number beside it is its value ("Invoice No.  1001")."""

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_Key = tuple[str, int, str]


def without_running(pages: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The pages' rows without what repeats; a running line that is no page number stays where it stands first."""
    if len(pages) < FEWEST_PAGES:
        return [list(rows) for rows in pages]
    offset = _offset(pages)
    owned = [None if offset is None else page + offset for page in range(len(pages))]
    counts = Counter(
        key
        for rows, own in zip(pages, owned, strict=True)
        for key in {key for at in _edges(rows) for key in _keys(rows[at], own)}
    )
    often = {key for key, count in counts.items() if count >= FEWEST_PAGES}
    running = {key for key in often if counts[key] >= SHARE * len(pages)}
    seen: set[_Key] = set()
    kept: list[list[Row]] = []
    for rows, own in zip(pages, owned, strict=True):
        drop: set[int] = set()
        for at in _edges(rows):
            keys, parts = _keys(rows[at], own), _parts(rows[at])
            numbered = own is not None and own in _numbers(parts)
            alone = numbered and len(parts) == 1
            if alone or keys & seen & (often if numbered else running):
                drop.add(at)
            seen |= keys
        kept.append([row for at, row in enumerate(rows) if at not in drop])
    return kept


def _edges(rows: Sequence[Row]) -> list[int]:
    """The outer rows of a page, at most a third of it at either end; none of a table, whose header may repeat."""
    deep = min(EDGE, max(1, len(rows) // 3), len(rows))
    outer = {*range(deep), *range(len(rows) - deep, len(rows))}
    return [at for at in sorted(outer) if not (len(rows[at]) > 1 and len(rows[at + 1 : at + 2] and rows[at + 1]) > 1)]


def _keys(row: Row, own: int | None) -> set[_Key]:
    """What makes two lines the same: their words, their height and the size of their type.

    The page's `own` number is left open; a line in which any other number differs says something else.
    """
    place = round(row[0].middle / 4), f"{row[0].size:.0f}"
    parts = _parts(row)
    unnumbered = [
        "#" if own is not None and number == own else _NAMED.sub("#", part)
        for part, number in zip(parts, _numbers(parts), strict=True)
    ]
    return {(" ".join(words), *place) for words in (parts, unnumbered)}


def _parts(row: Row) -> list[str]:
    """What stands for itself in a row: between wide gaps, bars and dashes."""
    return [part.strip() for piece in row for part in _PART.split(piece.text) if part.strip()]


def _number(part: str) -> int | None:
    """The page number that is all there is: one with a word beside it ("Lot 12") may count something else."""
    found = _PAGE_NUMBER.fullmatch(part)
    if not found:
        return None
    if found[1]:
        return int(found[1])
    digits = [_ROMAN[letter] for letter in found[2].lower()]
    return sum(-one if one < after else one for one, after in zip(digits, [*digits[1:], 0], strict=True))


def _numbers(parts: Sequence[str]) -> list[int | None]:
    """Of each part, the page number that it may be."""
    labelled = [False, *(part.endswith(_LABEL) for part in parts)]
    return [None if label else _number(part) for label, part in zip(labelled, parts, strict=False)]


def _offset(pages: Sequence[Sequence[Row]]) -> int | None:
    """What the printed page numbers are ahead of the count from 0, if most pages agree on it."""
    ahead = Counter(
        number - page
        for page, rows in enumerate(pages)
        for number in {number for at in _edges(rows) for number in _numbers(_parts(rows[at]))}
        if number is not None
    )
    # Of two that as many pages agree on, such as years, the lower one counts pages.
    offset, count = max(ahead.items(), key=lambda item: (item[1], -abs(item[0])), default=(0, 0))
    return offset if count * 2 >= len(pages) and count >= FEWEST_PAGES else None
