"""How a table reads as text, in every format: a Markdown table, its first row the header."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

MOST_PADDED = 5_000_000
"""Cells of a table whose rows are all made as wide as the widest; in a larger one they end where they end."""

MOST_SPANNED = 100
"""Columns in which a cell may reach over others, and rows that it may reach over."""

LONGEST_REPEATED = 100
"""Characters: what is longer is no header or label of the places that it reaches over."""

Cell = tuple[str, int, int]
"""Its text and over how many columns and rows it reaches."""


def table_row(cells: Iterable[str]) -> str:
    """One line such as "| Model | Cost |"; "" when all cells are empty. A bar within a cell is escaped."""
    texts = [" ".join(cell.split()) for cell in cells]
    return _line(texts) if any(texts) else ""


def _line(texts: Sequence[str]) -> str:
    line = " | ".join(texts)
    if line.count("|") != len(texts) - 1:
        line = " | ".join(text.replace("|", "\\|") for text in texts)
    return f"| {line} |"


def table_rule(columns: int) -> str:
    """The line between the header and the rows."""
    return f"| {' | '.join(['---'] * columns)} |"


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """Header, separator and rows, all of one width; rows and columns without a word are left out."""
    tidy = [[" ".join(cell.split()) for cell in row] for row in rows]
    tidy = [row for row in tidy if any(row)]
    if not tidy:
        return ""
    width = max(map(len, tidy))
    used: set[int] = set()
    for row in tidy:
        if len(used) == width:
            break
        used |= {column for column, cell in enumerate(row) if cell}
    kept = sorted(used)
    padded = len(kept) * len(tidy) <= MOST_PADDED
    lines = [_line(row if len(row) == len(kept) == width else _over(kept, row, padded)) for row in tidy]
    return "\n".join([lines[0], table_rule(len(kept)), *lines[1:]])


def _over(columns: Sequence[int], row: Sequence[str], padded: bool) -> list[str]:
    inside = columns if padded else columns[: bisect_left(columns, len(row))]
    return [row[column] if column < len(row) else "" for column in inside]


def spread(cells: Sequence[Cell], above: dict[int, tuple[int, str]]) -> list[str]:
    """The row's cells with those repeated that reach over several places: its own, and what comes from `above`.

    `above` has by column the text of a cell and the rows that it still reaches over; it is brought up to date. Long
    texts are not repeated, and nothing is beyond column `MOST_SPANNED`: the places stay empty, or are one.
    """
    row: list[str] = []
    below: dict[int, tuple[int, str]] = {}
    for text, across, down in cells:
        while len(row) in above:
            row.append(above[len(row)][1])
        again = text if len(text) <= LONGEST_REPEATED and "\n" not in text else ""
        for place in range(max(1, min(across, MOST_SPANNED - len(row)))):
            if down > 1 and len(row) < MOST_SPANNED:
                below[len(row)] = (min(down, MOST_SPANNED) - 1, again)
            row.append(again if place else text)
    row += [above[column][1] if column in above else "" for column in range(len(row), max(above, default=-1) + 1)]
    left = {column: (rows - 1, text) for column, (rows, text) in above.items() if rows > 1}
    above.clear()
    above.update(left | below)
    return row
