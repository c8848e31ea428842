"""The table of formats. To add one, write its file beside this one and put its name into `FORMATS`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType

from index.errors import UnreadableDocument
from index.load.book import BOOK
from index.load.data import JSON, JSON_LINES, NOTEBOOK
from index.load.mail import MAIL
from index.load.markup import LATEX, ORG, RST, RTF
from index.load.opendocument import OPEN_DOCUMENT
from index.load.pdf import PDF
from index.load.plain import CODE, MARKDOWN, TEXT
from index.load.reading import Format, Limits, Reading
from index.load.sheet import VALUES, WORKBOOK
from index.load.slides import SLIDES
from index.load.sniff import sniff
from index.load.web import HTML
from index.load.word import WORD
from index.load.zipped import ARCHIVE

FORMATS = (
    TEXT, MARKDOWN, HTML, PDF, WORD, WORKBOOK, SLIDES, OPEN_DOCUMENT, RTF, VALUES, JSON, JSON_LINES, NOTEBOOK, BOOK,
    MAIL, RST, ORG, LATEX, ARCHIVE, CODE,
)  # fmt: skip

READERS: Mapping[str, Format] = MappingProxyType({suffix: known for known in FORMATS for suffix in known.suffixes})
"""Suffix in lower case, with its dot -> format."""


def format_of(name: str, data: bytes) -> Format:
    """The format to read by: what the bytes prove, else what the name's suffix says. Raises UnreadableDocument."""
    suffix, seen = _suffix(name), sniff(data)
    named = READERS.get(suffix)
    if seen in READERS:
        return READERS[seen]
    if seen:
        what = f"a {seen[1:].upper()} file" if seen.startswith(".") else seen
        raise UnreadableDocument(f"is {what}, which cannot be read; convert it to PDF or text")
    if named is None:
        known = ", ".join(known.suffixes[0][1:] for known in FORMATS)
        what = f"has the unknown suffix '{suffix}'" if suffix else "has no suffix"
        raise UnreadableDocument(f"{what}; convert it to one of: {known}")
    if named.signed:
        raise UnreadableDocument(
            f"is called {suffix} but is not {named.name}; give it the right suffix, or save it again"
        )
    return named


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def read_here(known: Format, data: bytes, limits: Limits) -> Reading:
    """Parses in this process. Raises UnreadableDocument with the reason, whatever the parser stumbles over."""
    try:
        return known.read(data, limits)
    except UnreadableDocument:
        raise
    except (MemoryError, RecursionError):
        raise UnreadableDocument("is too large or too deeply nested to be read; split it") from None
    except Exception as error:  # parsers fail in countless ways on damaged files
        reason = f"could not be read as {known.name} ({type(error).__name__})"
        raise UnreadableDocument(f"{reason}; it may be damaged: save it again, or as text") from error
