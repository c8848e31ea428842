"""In which order the parts of a page are read: columns one after the other, tables row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import mean

from index.load.pdf.placed import Piece, rows_of

FEWEST_LINES = 3
"""Lines on either side of a gutter: two may stand beside each other by chance."""

MOST_EDGES = 12
"""Left edges that are tried, those of most pieces first: a page has a few columns, a map has any number of edges."""

ALIKE = 2.0
"""Points by which the left edges of one column's lines may differ."""

FILLED = 0.7
"""Of a column's width: wrapped lines reach so far at least, but for the last of a paragraph; cells rarely do."""

WORDS = 3
"""Words a line on average, at least, in what is prose."""


def in_order(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Parts of the page in reading order; each is read row by row."""
    gutter = _gutter(pieces)
    if gutter is None:
        if pieces:
            yield list(pieces)
        return
    for band in _bands(pieces, gutter):
        left, across, right = _sides(band, gutter)
        if across or not (left and right):
            yield band
        else:
            yield from in_order(left)
            yield from in_order(right)


def _bands(pieces: Sequence[Piece], gutter: float) -> Iterator[list[Piece]]:
    """From top to bottom: pieces that reach across the gutter, and what lies between them."""
    left, crossing, right = _sides(pieces, gutter)
    across = sorted(crossing, key=lambda piece: piece.middle)
    beside = sorted([*left, *right], key=lambda piece: piece.middle)
    together: list[Piece] = []
    for piece in across:
        above = [other for other in beside if other.middle < piece.middle - piece.size / 2]
        if above:
            if together:
                yield together
            yield above
            beside, together = beside[len(above) :], []
        together.append(piece)
    if together:
        # What stands beside the last one on its line belongs to it.
        last = together[-1]
        with_it = [other for other in beside if other.middle <= last.middle + last.size / 2]
        yield together + with_it
        beside = beside[len(with_it) :]
    if beside:
        yield beside


def _sides(pieces: Sequence[Piece], gutter: float) -> tuple[list[Piece], list[Piece], list[Piece]]:
    left = [piece for piece in pieces if piece.right <= gutter]
    right = [piece for piece in pieces if piece.left >= gutter - ALIKE]
    across = [piece for piece in pieces if piece.right > gutter and piece.left < gutter - ALIKE]
    return left, across, right


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """The left edge of a column that has prose on its own side and on the other, with as many lines as possible."""
    edges = Counter(round(piece.left / ALIKE) for piece in pieces)
    near = {edge: edges[edge - 1] + edges[edge] + edges[edge + 1] for edge in sorted(edges)[1:]}
    likely = sorted((edge for edge in near if near[edge] >= FEWEST_LINES), key=near.__getitem__, reverse=True)
    best: tuple[int, float] | None = None
    for edge in likely[:MOST_EDGES]:
        gutter = min(piece.left for piece in pieces if abs(piece.left - edge * ALIKE) <= ALIKE)
        left, across, right = _sides(pieces, gutter)
        lines = min(len(left), len(right)) - len(across)
        if (best is None or lines > best[0]) and _is_prose(left) and _is_prose(right) and _reach(left, right):
            best = (lines, gutter)
    return best[1] if best else None


def _reach(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    """Whether the two lie side by side, not one below the other."""
    top = max(min(piece.top for piece in side) for side in (left, right))
    bottom = min(max(piece.bottom for piece in side) for side in (left, right))
    lines = [sum(top - 1 <= piece.middle <= bottom + 1 for piece in side) for side in (left, right)]
    return min(lines) >= FEWEST_LINES


def _is_prose(pieces: Sequence[Piece]) -> bool:
    """Whether these lines are wrapped text: most reach far to the right, and hold several words."""
    rows = rows_of(pieces)
    if len(rows) < FEWEST_LINES:
        return False
    begin, end = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    full = sum(max(piece.right for piece in row) - begin >= FILLED * (end - begin) for row in rows)
    words = mean(sum(any(map(str.isalpha, word)) for piece in row for word in piece.text.split()) for row in rows)
    wide = mean(sum(not char.isascii() for piece in row for char in piece.text) for row in rows)
    return 2 * full >= len(rows) and (words >= WORDS or wide >= 8)
