"""Word documents (docx): paragraphs, lists and tables in document order, then text boxes and notes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from index.errors import UnreadableDocument
from index.load.archive import check_archive
from index.load.clean import clean
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.table import pipe_table

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_LEFT_OUT = {_FALLBACK, _W + "moveFrom", _W + "del"}
_RAISED = re.compile(r"[+\-−]?\d*")
_HEADING = re.compile(r"heading ([1-6])\Z", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|pagina|página|strana|sida|p|s)\b\.?)?[\W\d]*(?:(?:of|von|de|di|sur)\b)?[\W\d]*", re.IGNORECASE
)
_NOTES = ("/word/footnotes.xml", "/word/endnotes.xml")


def _read(data: bytes, limits: Limits) -> Reading:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    check_archive(data, limits)
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError):
        raise UnreadableDocument("is damaged; open it in a word processor and save it again") from None
    levels = _heading_levels(document)
    above, below = _margins(document, "header"), _margins(document, "footer")
    blocks = [*above, *_blocks(document.element.body, levels), *below, *_notes(document)]
    said = document.core_properties
    meta = origin(said.author, said.created, said.modified)
    return Reading(clean("\n\n".join(blocks)), clean(said.title or ""), meta=meta)


def _margins(document: WordDocument, kind: str) -> list[str]:
    """What the headers or footers of the sections say, each once and without page numbers."""
    said: dict[str, None] = {}
    for section in document.sections:
        for name in (f"first_page_{kind}", kind, f"even_page_{kind}"):
            margin = getattr(section, name)
            if not margin.is_linked_to_previous:
                said.update(
                    dict.fromkeys(block for block in _blocks(margin._element, {}) if not _PAGE_NUMBER.fullmatch(block))
                )
    return list(said)


def _heading_levels(document: WordDocument) -> dict[str, int]:
    """Style id -> heading level 1 to 6. Word stores the English style name whatever language it shows."""
    levels: dict[str, int] = {}
    for style in document.styles:
        named = _HEADING.match(style.name or "")
        if named:
            levels[style.style_id] = int(named[1])
        elif (style.name or "").lower() == "title":
            levels[style.style_id] = 1
    return levels


def _blocks(container: Any, levels: dict[str, int]) -> Iterator[str]:  # noqa: ANN401 - lxml elements have no public type
    """One string for each paragraph and table; consecutive list items form one block."""
    items: list[str] = []
    for element in _flat(container):
        block = _table(element) if element.tag == _W + "tbl" else _paragraph(element, levels)
        if block.startswith("- "):
            items.append(block)
            continue
        if items:
            yield "\n".join(items)
            items = []
        if block:
            yield block
    if items:
        yield "\n".join(items)


def _flat(container: Any) -> Iterator[Any]:  # noqa: ANN401
    """Paragraphs and tables in order, also those inside content controls, insertions and text boxes."""
    pending = list(reversed(container))
    while pending:
        element = pending.pop()
        if element.tag in {_W + "p", _W + "tbl"}:
            yield element
            if element.tag == _W + "p":
                pending.extend(reversed([child for box in _boxes(element) for child in box]))
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
            pending.extend(reversed(element))


def _boxes(paragraph: Any) -> list[Any]:  # noqa: ANN401
    own = (box for box in paragraph.iter(_W + "txbxContent") if next(box.iterancestors(_W + "p")) is paragraph)
    return [box for box in own if not any(above.tag == _FALLBACK for above in box.iterancestors())]


def _paragraph(paragraph: Any, levels: dict[str, int]) -> str:  # noqa: ANN401
    text = _text(paragraph).strip()
    properties = paragraph.find(_W + "pPr")
    if not text or properties is None:
        return text
    style = properties.find(_W + "pStyle")
    level = levels.get(style.get(_W + "val"), 0) if style is not None else 0
    if level:
        return f"{'#' * level} {' '.join(text.split())}"
    listed = properties.find(_W + "numPr") is not None or (
        style is not None and (style.get(_W + "val") or "").startswith("List")
    )
    return f"- {text}" if listed else text


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """The words of a paragraph without those of its text boxes, and without those deleted, moved away or struck out.

    A number in superscript keeps apart from the one before it: "10^6".
    """
    parts: list[str] = []
    raised = False
    pending = list(reversed(paragraph))
    while pending:
        element = pending.pop()
        if element.tag == _W + "t":
            parts.append(element.text or "")
        elif element.tag in _BREAKS:
            parts.append(_BREAKS[element.tag])
        elif element.tag == _W + "r":
            lower, raised = not raised, _is_raised(element)
            if raised and lower and _is_power(element, parts):
                parts.append("^")
            pending.extend(() if _is_struck(element) else reversed(element))
        elif element.tag not in {_W + "txbxContent", _W + "pPr", *_LEFT_OUT}:
            pending.extend(reversed(element))
    return "".join(parts)


def _is_raised(run: Any) -> bool:  # noqa: ANN401
    place = run.find(f"{_W}rPr/{_W}vertAlign")
    return place is not None and place.get(_W + "val") == "superscript"


def _is_power(run: Any, before: list[str]) -> bool:  # noqa: ANN401
    words = "".join(element.text or "" for element in run.findall(_W + "t"))
    last = next((part for part in reversed(before) if part), "")
    return bool(words) and last[-1:].isdigit() and bool(_RAISED.fullmatch(words.strip()))


def _is_struck(run: Any) -> bool:  # noqa: ANN401
    marks = (run.find(f"{_W}rPr/{_W}{name}") for name in ("strike", "dstrike"))
    return any(mark is not None and mark.get(_W + "val") not in {"0", "false", "off"} for mark in marks)


def _table(table: Any) -> str:  # noqa: ANN401
    rows = []
    for row in table.iter(_W + "tr"):
        if next(row.iterancestors(_W + "tbl")) is not table:
            continue  # of a table inside a cell, whose words stand in that cell
        cells = [cell for cell in row.iter(_W + "tc") if next(cell.iterancestors(_W + "tr")) is row]
        rows.append([text for cell in cells for text in _cell(cell)])
    return pipe_table(rows)


def _cell(cell: Any) -> list[str]:  # noqa: ANN401
    """The cell's words, and an empty cell for every further column that it spans."""
    spanned = cell.find(f"{_W}tcPr/{_W}gridSpan")
    columns = spanned.get(_W + "val") if spanned is not None else "1"
    more = min(int(columns), 100) - 1 if str(columns).isdigit() else 0
    return [" ".join(map(_text, _paragraphs(cell))), *[""] * more]


def _paragraphs(cell: Any) -> Iterator[Any]:  # noqa: ANN401
    """Those of tables and text boxes in it included, but not of their copies for older programs."""
    pending = list(reversed(cell))
    while pending:
        element = pending.pop()
        if element.tag == _W + "p":
            yield element
        if element.tag not in _LEFT_OUT:
            pending.extend(reversed(element))


def _notes(document: WordDocument) -> Iterator[str]:
    from docx.oxml.parser import parse_xml

    for part in document.part.package.iter_parts():
        if part.partname in _NOTES:
            yield from _blocks(parse_xml(part.blob), {})


WORD = Format("a Word document", (".docx",), _read, signed=True, isolate_from=0)
