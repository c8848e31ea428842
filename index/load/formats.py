"""The table of formats. To add one, write its file beside this one and put its name into `FORMATS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from index.errors import UnreadableDocument
from index.load.pdf import PDF
from index.load.plain import MARKDOWN, TEXT
from index.load.reading import Format, Limits, Reading
from index.load.web import HTML
from index.load.word import WORD

FORMATS = (TEXT, MARKDOWN, HTML, PDF, WORD)

READERS: Mapping[str, Format] = MappingProxyType({suffix: known for known in FORMATS for suffix in known.suffixes})
"""Suffix in lower case, with its dot -> format."""


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
