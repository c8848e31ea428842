"""PDF: the text of each page, with hyphenated words and wrapped lines joined."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from index.errors import UnreadableDocument
from index.load.clean import clean
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.text.sentences import sentence_spans

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

# PDFium marks a hyphen at the end of a line with a control character; other producers leave the hyphen.
_MARKED_HYPHEN = re.compile("[\x02\ufffe](?:\r?\n)?")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_A-Z])")
_BETWEEN_PAGES = "\n\n"


def _read(data: bytes, limits: Limits) -> Reading:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        raise UnreadableDocument(_why(str(error))) from None
    try:
        if len(document) > limits.pages:
            raise UnreadableDocument(f"has {len(document)} pages, and at most {limits.pages} are read; split it")
        pages = [_page(document, number) for number in range(len(document))]
        title = clean(document.get_metadata_value("Title") or "")
        meta = origin(*(document.get_metadata_value(key) for key in ("Author", "CreationDate", "ModDate")))
    finally:
        document.close()
    starts = accumulate((len(page) + len(_BETWEEN_PAGES) for page in pages[:-1]), initial=0)
    return Reading(_BETWEEN_PAGES.join(pages), title, tuple(starts) if pages else (), meta)


def _why(error: str) -> str:
    if "password" in error.lower() or "security" in error.lower():
        return "is protected by a password; save a copy without one"
    return "is damaged or cut off, and none of its pages could be recovered; download or export it again"


def _page(document: PdfDocument, number: int) -> str:
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
        text_page = page.get_textpage()
    except PdfiumError:
        where = f"page {number + 1} of {len(document)}"
        raise UnreadableDocument(f"is damaged at {where}; print it to a new PDF and use that") from None
    text = text_page.get_text_bounded()
    text_page.close()
    page.close()
    return join_lines(clean(_MARKED_HYPHEN.sub("", text)))


def join_lines(text: str) -> str:
    """`text` with words hyphenated at a line's end joined, and a space for each line break inside a sentence."""
    text = _HYPHENATED.sub("", text)
    parts: list[str] = []
    after = 0
    for start, end in sentence_spans(text):
        parts += [text[after:start], text[start:end].replace("\n", " ")]
        after = end
    return "".join([*parts, text[after:]])


PDF = Format("a PDF", (".pdf",), _read, signed=True, isolate_from=0)
