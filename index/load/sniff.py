"""Recognises what a file really is by its first bytes, whatever its name says."""

from __future__ import annotations

import io
import re
import zipfile

from index.errors import UnreadableDocument

_PARTS = (
    (re.compile(r"word/document\d*\.xml"), ".docx"),
    (re.compile(r"ppt/presentation\d*\.xml"), ".pptx"),
    (re.compile(r"xl/workbook\d*\.xml"), ".xlsx"),
    (re.compile(r"META-INF/container\.xml"), ".epub"),
)
_OPEN_DOCUMENT = ({"content.xml", "mimetype"}, {"content.xml", "META-INF/manifest.xml"})
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\0\0\1\0", "an icon"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"fLaC", "a sound file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"%!PS", "a PostScript file"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy array"),
)
_NO_TEXT = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
"""Control characters that no text holds, and all that follows the signatures does. Bytes from 0x80 are letters."""
_LATE_PDF = re.compile(rb"[\r\n]%PDF-\d\.\d\s")  # after the header of a mail or a printer job
_HTML = (b"<!doctype html", b"<html")


def sniff(data: bytes) -> str:
    """The suffix of a format that the bytes prove (".pdf"), words for another kind ("a PNG image"), or "".

    Raises UnreadableDocument for a damaged zip-based file.
    """
    head = data[:1024]
    if head.startswith(b"%PDF-") or (_LATE_PDF.search(head) and b" obj" in data[:4096] and not _is_text(data)):
        return ".pdf"
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _zip_kind(data)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML):
        return ".html"
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    # A text may well begin with "BM", "ID3" or "GIF8".
    return (_media_kind(head) or _signed_kind(head)) if _NO_TEXT.search(head[:64]) else ""


def _is_text(data: bytes) -> bool:
    """Whether this is valid UTF-8: an article about a format may hold any of its words, but not what is packed."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _media_kind(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return {b"WEBP": "a WebP image", b"WAVE": "a sound file", b"AVI ": "a video"}.get(head[8:12], "")
    return "a video or picture (MP4 family)" if head[4:8] == b"ftyp" else ""


def _signed_kind(head: bytes) -> str:
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), "")


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableDocument("is damaged or cut off; download or save it again") from None
    other = ".odt" if any(parts <= names for parts in _OPEN_DOCUMENT) else ".zip"
    return next((kind for part, kind in _PARTS if any(map(part.fullmatch, names))), other)
