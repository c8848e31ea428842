"""How a table reads as text, in every format: a Markdown table, its first row the header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table_row(cells: Iterable[str]) -> str:
    """One line such as "| Model | Cost |"; "" when all cells are empty. A bar within a cell is escaped."""
    texts = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(texts)} |" if any(texts) else ""


def table_rule(columns: int) -> str:
    """The line between the header and the rows."""
    return f"| {' | '.join(['---'] * columns)} |"


def pipe_table(rows: Sequence[Sequence[str]]) -> str:
    """Header, separator and rows, all of one width; rows and columns without a word are left out."""
    width = max(map(len, rows), default=0)
    filled = [[*row, *[""] * (width - len(row))] for row in rows if any(cell.strip() for cell in row)]
    kept = [column for column in range(width) if any(row[column].strip() for row in filled)]
    lines = [table_row(row[column] for column in kept) for row in filled]
    if not lines:
        return ""
    return "\n".join([lines[0], table_rule(len(kept)), *lines[1:]])
