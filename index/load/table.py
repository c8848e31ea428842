"""How a table reads as text, in every format: a Markdown table, its first row the header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


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
    width = max(map(len, rows), default=0)
    tidy = [[" ".join(cell.split()) for cell in row] for row in rows]
    tidy = [row for row in tidy if any(row)]
    empty = set(range(width))
    for row in tidy:
        if not empty:
            break
        empty -= {column for column in empty if column < len(row) and row[column]}
    kept = [column for column in range(width) if column not in empty]
    tidy = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in tidy]
    lines = [_line([row[column] for column in kept] if empty else row) for row in tidy]
    if not lines:
        return ""
    return "\n".join([lines[0], table_rule(len(kept)), *lines[1:]])
