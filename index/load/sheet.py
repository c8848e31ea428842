"""Tables as files: comma- and tab-separated values, and Excel workbooks (xlsx)."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from index.errors import UnreadableDocument
from index.load.archive import check_archive
from index.load.clean import clean
from index.load.decode import decode
from index.load.numbers import shown
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.table import pipe_table

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

DELIMITERS = ",;\t|"
SAMPLE = 100
"""Rows from which the delimiter is told."""

_FIGURE = re.compile(r"\d")
_Rows = Sequence[Sequence[str]]


def sheet_text(rows: _Rows) -> str:
    """A sheet's tables and the lines beside them; an empty row parts two tables, unless the second has no header."""
    blocks: list[list[Sequence[str]]] = [[]]
    for row in rows:
        if any(cell.strip() for cell in row):
            blocks[-1].append(row)
        elif blocks[-1]:
            blocks.append([])
    joined: list[list[Sequence[str]]] = []
    for block in filter(None, blocks):
        if joined and _goes_on(joined[-1], block):
            joined[-1] += block
        else:
            joined.append(block)
    return "\n\n".join(part for block in joined for part in _block(block))


def _block(rows: _Rows) -> Iterator[str]:
    """Lines of one cell above and below the table are its title and its notes."""
    first = next((at for at, row in enumerate(rows) if _filled(row) > 1), None)
    if first is None:
        yield "\n".join(cell.strip() for row in rows for cell in row if cell.strip())
        return
    stop = len(rows) - next(at for at, row in enumerate(reversed(rows)) if _filled(row) > 1)
    before, inside, after = rows[:first], rows[first:stop], rows[stop:]
    yield from filter(None, (_lines(before), pipe_table(inside), _lines(after)))


def _lines(rows: _Rows) -> str:
    return "\n".join(" ".join(cell.split()) for row in rows for cell in row if cell.strip())


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _goes_on(above: _Rows, below: _Rows) -> bool:
    """Whether a table continues after an empty row: figures stand where it has figures, so it has no header."""
    last, first = above[-1], below[0]
    figures = [at for at, cell in enumerate(last) if _FIGURE.search(cell)]
    return bool(figures) and _filled(first) > 1 and all(_FIGURE.search("".join(first[at : at + 1])) for at in figures)


def _read_values(data: bytes, limits: Limits) -> Reading:
    text = clean(decode(data))
    told = re.match(r"sep=(.)\n", text)  # what Excel writes and takes
    text = text[told.end() :] if told else text
    before = csv.field_size_limit(limits.characters)  # of the whole process
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=told[1] if told else _delimiter(text)))
    finally:
        csv.field_size_limit(before)
    return Reading(sheet_text(rows))


def _delimiter(text: str) -> str:
    """The character that cuts most rows into the same number of cells, more than one."""
    sample = list(islice(io.StringIO(text), SAMPLE))

    def agreement(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(sample, delimiter=delimiter) if row)
        except csv.Error:
            return 0.0, 0
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (count / widths.total(), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=agreement)


def _read_workbook(data: bytes, limits: Limits) -> Reading:
    import warnings

    from openpyxl import load_workbook

    check_archive(data, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions of Excel's that it does not keep
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    parts = [(sheet.title, sheet_text(list(_rows(sheet, limits)))) for sheet in visible]
    text = "\n\n".join(f"# {name}\n\n{body}" if len(parts) > 1 else body for name, body in parts if body)
    said = book.properties
    return Reading(clean(text), clean(said.title or ""), meta=origin(said.creator, said.created, said.modified))


def _rows(sheet: ReadOnlyWorksheet, limits: Limits) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says about them may be wrong
    characters = 0
    for row in sheet.iter_rows():
        cells = [shown(cell.value, getattr(cell, "number_format", "General") or "General") for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        characters += sum(map(len, cells))
        if characters > limits.characters:
            raise UnreadableDocument(f"has more than {limits.characters:,} characters; split it")
        yield cells


VALUES = Format("a table of values", (".csv", ".tsv", ".tab"), _read_values, isolate_from=100_000, named=True)
WORKBOOK = Format("an Excel workbook", (".xlsx", ".xlsm"), _read_workbook, signed=True, isolate_from=0, named=True)
