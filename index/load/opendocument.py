"""OpenDocument texts, sheets and presentations (odt, ods, odp): headings, paragraphs, lists and tables in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.load.archive import check_archive
from index.load.clean import clean
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.sheet import sheet_text
from index.load.table import pipe_table
from index.load.xml import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _TABLE, _OFFICE, _META = (_SPACE % name for name in ("text", "table", "office", "meta"))
_CORE = "{http://purl.org/dc/elements/1.1/}"
_LEFT_OUT = {_TEXT + name for name in ("tracked-changes", "sequence-decls", "variable-decls")} | {
    _OFFICE + "annotation"
}
MOST_REPEATED = 1_000
"""Copies of a cell or row that are written out: sheets pad their last ones to a million."""


def _read(data: bytes, limits: Limits) -> Reading:
    check_archive(data, limits)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = parsed(archive.read("content.xml"))
        meta = parsed(archive.read("meta.xml")) if "meta.xml" in archive.namelist() else None
    said = {} if meta is None else {element.tag: "".join(map(str, element.itertext())) for element in meta.iter()}
    author = said.get(_META + "initial-creator") or said.get(_CORE + "creator")
    told = origin(author, said.get(_META + "creation-date"), said.get(_CORE + "date"))
    return Reading(clean("\n\n".join(filter(None, _blocks(content)))), clean(said.get(_CORE + "title", "")), meta=told)


def _blocks(root: _Element) -> Iterator[str]:
    """Without recursion: elements may be nested to any depth."""
    pending: list[_Element] = [root]
    sheets = sum(1 for _ in root.iter(_OFFICE + "spreadsheet"))
    while pending:
        element = pending.pop()
        if element.tag == _TEXT + "h":
            level = min(6, max(1, int(element.get(_TEXT + "outline-level") or 1)))
            yield f"{'#' * level} {' '.join(_words(element).split())}"
        elif element.tag == _TEXT + "p":
            yield _words(element).strip()
        elif element.tag == _TEXT + "list":
            yield "\n".join(f"- {item}" for item in _items(element))
        elif element.tag == _TABLE + "table":
            name, rows = element.get(_TABLE + "name"), list(_rows(element))
            body = sheet_text(rows) if sheets else pipe_table(rows)
            yield f"# {name}\n\n{body}" if sheets and body and name else body
        elif element.tag not in _LEFT_OUT:
            pending.extend(reversed(element))


def _items(element: _Element) -> list[str]:
    return [words for paragraph in element.iter(_TEXT + "p", _TEXT + "h") if (words := _words(paragraph).strip())]


def _words(paragraph: _Element) -> str:
    parts: list[str] = []
    pending: list[_Element | str] = [paragraph]
    while pending:
        element = pending.pop()
        if isinstance(element, str):
            parts.append(element)
            continue
        parts.append({_TEXT + "tab": "\t", _TEXT + "line-break": "\n", _TEXT + "s": " "}.get(str(element.tag), ""))
        inner: list[_Element | str] = [element.text or ""] if element.tag not in _LEFT_OUT else []
        for child in element if element.tag not in _LEFT_OUT else ():
            inner += [child, child.tail or ""]
        pending.extend(reversed(inner))
    return "".join(parts)


def _rows(table: _Element) -> Iterator[list[str]]:
    for row in table.iter(_TABLE + "table-row"):
        if next(row.iterancestors(_TABLE + "table")) is not table:
            continue
        cells: list[str] = []
        for cell in row:
            if cell.tag in {_TABLE + "table-cell", _TABLE + "covered-table-cell"}:
                words = " ".join(_items(cell))
                cells += [words] * (_times(cell, "columns") if words else min(_times(cell, "columns"), 50))
        filled = any(cells)
        yield from [cells] * (_times(row, "rows") if filled else 1)


def _times(element: _Element, what: str) -> int:
    said = element.get(f"{_TABLE}number-{what}-repeated") or "1"
    return min(MOST_REPEATED, int(said)) if said.isdigit() else 1


OPEN_DOCUMENT = Format("an OpenDocument file", (".odt", ".ods", ".odp", ".ott"), _read, signed=True, isolate_from=0)
