"""Finds the tables among the rows of a page: pieces that stand below each other in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.load.pdf.placed import Row
from index.load.table import pipe_table

FEWEST_ROWS = 3
"""A header and two rows: less may stand below each other by chance."""

FILLED = 0.6
"""Of a table's cells at least: what is emptier is no table."""

_FIGURE = re.compile(r"\d")


def table_run(rows: Sequence[Row], start: int) -> int:
    """Where the rows with several pieces that begin at `start` end; one of a single piece may continue a cell."""
    stop = start
    while stop < len(rows) and len(rows[stop]) > 1:
        stop += 1
    return stop


def as_table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, or "" where that cannot be told safely."""
    spans = _columns(rows)
    if len(rows) < FEWEST_ROWS or len(spans) < 2:
        return ""
    cells = [_cells(row, spans) for row in rows]
    filled = sum(bool(cell) for row in cells for cell in row)
    if filled < FILLED * len(cells) * len(spans) or not _is_header(rows, cells):
        return ""
    return pipe_table(_joined(cells))


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Stretches of the page's width that pieces cover, from left to right; a gap in all rows parts two columns."""
    spans: list[tuple[float, float]] = []
    for left, right in sorted((piece.left, piece.right) for row in rows for piece in row):
        if spans and left <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], right))
        else:
            spans.append((left, right))
    return spans


def _cells(row: Row, spans: Sequence[tuple[float, float]]) -> list[str]:
    return [
        " ".join(piece.text for piece in row if left <= piece.left and piece.right <= right) for left, right in spans
    ]


def _is_header(rows: Sequence[Row], cells: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: in bold type of its own, or in words above figures."""
    head, below = cells[0], cells[1:]
    if sum(map(bool, head)) < max(2, len(head) - 1):  # the corner may be empty
        return False
    if all(piece.bold for piece in rows[0]) and not all(piece.bold for row in rows[1:] for piece in row):
        return True
    columns = list(zip(*below, strict=True))
    figures = [sum(map(bool, map(_FIGURE.search, column))) * 2 > len(column) for column in columns]
    named = [not _FIGURE.search(name) for name in head]
    return any(figures) and all(name for name, number in zip(named, figures, strict=True) if number)


def _joined(cells: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows without a first cell continue the row above them."""
    joined: list[list[str]] = []
    for row in cells:
        if joined and not row[0] and len(joined) > 1:
            joined[-1] = [f"{above} {cell}".strip() for above, cell in zip(joined[-1], row, strict=True)]
        else:
            joined.append(list(row))
    return joined
