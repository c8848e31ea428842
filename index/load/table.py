"""How a table row reads as text, in every format."""

from __future__ import annotations

from collections.abc import Iterable


def table_row(cells: Iterable[str]) -> str:
    """One line such as "| Model | Cost |"; "" when all cells are empty."""
    texts = [" ".join(cell.split()) for cell in cells]
    return f"| {' | '.join(texts)} |" if any(texts) else ""
