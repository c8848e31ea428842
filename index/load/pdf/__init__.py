"""PDF: the words of each page in reading order.

pieces   what stands where    columns   in which order it is read    tables    rows of cells
margins  running headers      paging    one text with page starts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import UnreadableDocument
from index.load.clean import clean
from index.load.origin import origin
from index.load.pdf.margins import without_running
from index.load.pdf.paging import text_of
from index.load.pdf.placed import Row, pieces_of, rows_of
from index.load.reading import Format, Limits, Reading
from index.text.hyphens import WORDS

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument


def _read(data: bytes, limits: Limits) -> Reading:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        raise UnreadableDocument(_why(str(error))) from None
    try:
        if len(document) > limits.pages:
            raise UnreadableDocument(f"has {len(document)} pages, and at most {limits.pages} are read; split it")
        pages, pictures = _pages(document)
        title = clean(document.get_metadata_value("Title") or "")
        meta = origin(*(document.get_metadata_value(key) for key in ("Author", "CreationDate", "ModDate")))
    finally:
        document.close()
    known = {word.lower() for rows in pages for row in rows for piece in row for word in WORDS.findall(piece.text)}
    text, starts = text_of(without_running(pages), known)
    return Reading(text, title, starts, meta, _unread(pictures, len(pages)))


def _why(error: str) -> str:
    if "password" in error.lower() or "security" in error.lower():
        return "is protected by a password; save a copy without one"
    return "is damaged or cut off, and none of its pages could be recovered; download or export it again"


def _pages(document: PdfDocument) -> tuple[list[list[Row]], list[int]]:
    """The rows of each page, and the numbers of the pages that hold pictures and no text."""
    from pypdfium2 import PdfiumError, raw

    pages: list[list[Row]] = []
    pictures: list[int] = []
    for number in range(len(document)):
        try:
            page = document[number]
            text_page = page.get_textpage()
        except PdfiumError:
            where = f"page {number + 1} of {len(document)}"
            raise UnreadableDocument(f"is damaged at {where}; print it to a new PDF and use that") from None
        rows = rows_of(pieces_of(text_page))
        if not rows and any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
            pictures.append(number + 1)
        text_page.close()
        page.close()
        pages.append(rows)
    return pages, pictures


def _unread(pictures: list[int], pages: int) -> str:
    if not pictures:
        return ""
    named = ", ".join(map(str, pictures[:20])) + (f" and {len(pictures) - 20} more" if len(pictures) > 20 else "")
    which = f"page {named} is a picture" if len(pictures) == 1 else f"pages {named} are pictures"
    return f"was read in part: {which} without text, of {pages}; text recognition (OCR) would make them readable"


PDF = Format("a PDF", (".pdf",), _read, signed=True, isolate_from=0)
