"""Files to documents.

reading   limits and results    formats   the table of readers     plain, web, pdf, word   one reader each
sniff     what a file really is decode    bytes to text            clean   the stored form of text
title     a title for readers   isolate, worker   the process that parses risky files
"""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from index.errors import UnreadableDocument
from index.load.formats import READERS, read_here
from index.load.isolate import Worker
from index.load.reading import Format, Limits, Reading
from index.load.sniff import sniff
from index.load.title import choose_title
from index.records import Document

__all__ = ["DEFAULT_LIMITS", "READERS", "Limits", "document_id", "inside", "load", "supported"]

DEFAULT_LIMITS = Limits()

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


def load(path: Path, uri: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The document in the file at `path`; `uri` is how users know it. Links are followed: see `inside`.

    Raises UnreadableDocument with one sentence that names the file, what was seen and what to do.
    """
    try:
        data = _bytes(path, limits)
        reading = _parse(_format(path.suffix.lower(), data), data, limits)
        _check_text(reading.text, limits)
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{uri} {error}.") from error.__cause__
    title = choose_title(reading.title, reading.text, path.stem)
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


def _format(suffix: str, data: bytes) -> Format:
    """The format to read by: what the bytes prove, else what the suffix says."""
    seen = sniff(data)
    named = READERS.get(suffix)
    if seen in READERS:
        return READERS[seen]
    if seen:
        what = f"a {seen[1:].upper()} file" if seen.startswith(".") else seen
        raise UnreadableDocument(f"is {what}, which cannot be read; convert it to PDF or text")
    if named is None:
        known = ", ".join(suffix[1:] for suffix in READERS)
        raise UnreadableDocument(f"has the unknown suffix '{suffix}'; convert it to one of: {known}")
    if named.signed:
        raise UnreadableDocument(
            f"is called {suffix} but is not {named.name}; give it the right suffix, or save it again"
        )
    return named


def _parse(known: Format, data: bytes, limits: Limits) -> Reading:
    if known.isolate_from is not None and len(data) >= known.isolate_from:
        return _WORKER.read(known.suffixes[0], data, limits)
    return read_here(known, data, limits)


def _check_text(text: str, limits: Limits) -> None:
    if len(text) > limits.characters:
        raise UnreadableDocument(f"has {len(text):,} characters, and at most {limits.characters:,} are read; split it")
    if not any(character.isalnum() for character in text):
        raise UnreadableDocument("holds no text (a scanned PDF needs text recognition, OCR, first)")
