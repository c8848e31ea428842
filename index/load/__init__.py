"""Files to documents.

reading   limits and results    formats   the table of readers; plain, web, pdf, word, sheet, slides, book, mail, data,
sniff     what a file really is           opendocument, markup and zipped read one kind of format each
decode    bytes to text         clean     the stored form of text          table    the stored form of tables
title     a title for readers   origin    who made a file and when         members  files inside files
isolate, worker                 the process that parses risky files
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

from index.errors import UnreadableDocument
from index.load.formats import FORMATS, READERS, format_of, read_here
from index.load.isolate import Worker
from index.load.reading import Format, Limits, Reading
from index.load.title import choose_title
from index.records import Document

__all__ = ["DEFAULT_LIMITS", "FORMATS", "READERS", "READING", "Limits", "document_id", "inside", "load", "supported"]

DEFAULT_LIMITS = Limits()
READING = 3
"""Counts up when readers make other texts of the same files: indexes made before are made again."""

_WORKER = Worker()


def supported(path: Path) -> bool:
    """Whether the file's suffix names a format that can be read."""
    return path.suffix.lower() in READERS


def inside(root: Path, path: Path) -> bool:
    """Whether `path`, with all links followed, lies in `root`."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return False


def document_id(data: bytes) -> str:
    """The first 16 hex digits of SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def load(path: Path, uri: str, limits: Limits = DEFAULT_LIMITS, told: Callable[[str], None] | None = None) -> Document:
    """The document in the file at `path`; `uri` is how users know it. Links are followed: see `inside`.

    `told` gets a sentence where a part of the file could not be read: pages that are pictures, attachments.

    Raises UnreadableDocument with one sentence that names the file, what was seen and what to do.
    """
    try:
        data = _bytes(path, limits)
        known = format_of(path.name, data)
        reading = _parse(known, data, limits)
        _check_text(reading.text, limits)
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{uri} {error}.") from error.__cause__
    title = reading.title or path.name if known.named else choose_title(reading.title, reading.text, path.stem)
    if told and reading.notice:
        told(f"{uri} {reading.notice}.")
    return Document(document_id(data), uri, title, reading.text, reading.page_starts, reading.meta)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableDocument("is a folder; give the files in it")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableDocument("is not a regular file; copy its content into one")
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadableDocument(_why_not_opened(error)) from None
    if len(data) > limits.file_bytes:
        size = f"{status.st_size / 1e6:,.0f} MB, and at most {limits.file_bytes / 1e6:,.0f} MB"
        raise UnreadableDocument(f"has {size} are read; split it")
    if not data:
        raise UnreadableDocument("is empty; remove it, or save it again")
    return data


def _why_not_opened(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist; check its name"
    if isinstance(error, PermissionError):
        return "may not be read by this user; change its permissions"
    return f"could not be opened ({getattr(error, 'strerror', None) or error}); check the disk and the name"


def _parse(known: Format, data: bytes, limits: Limits) -> Reading:
    if known.isolate_from is not None and len(data) >= known.isolate_from:
        return _WORKER.read(known.suffixes[0], data, limits)
    return read_here(known, data, limits)


def _check_text(text: str, limits: Limits) -> None:
    if len(text) > limits.characters:
        raise UnreadableDocument(f"has {len(text):,} characters, and at most {limits.characters:,} are read; split it")
    if not any(character.isalnum() for character in text):
        raise UnreadableDocument("holds no text (a scanned PDF needs text recognition, OCR, first)")
