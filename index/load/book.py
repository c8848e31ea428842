"""E-books (EPUB): their chapters in reading order, each read as a web page."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.errors import UnreadableDocument
from index.load.archive import check_archive
from index.load.clean import clean
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.web import page_text
from index.load.xml import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"


def _read(data: bytes, limits: Limits) -> Reading:
    check_archive(data, limits)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if "META-INF/rights.xml" in names:
            raise UnreadableDocument("is protected against copying (DRM); use a copy without it")
        container = parsed(archive.read("META-INF/container.xml"))
        root = next(container.iter(f"{_CONTAINER}rootfile"), None)
        if root is None:
            raise UnreadableDocument("names no content; export it again")
        path = root.get("full-path") or ""
        package = parsed(archive.read(path))
        chapters = [name for name in _spine(package, posixpath.dirname(path)) if name in names]
        texts = [page_text(archive.read(name)) for name in chapters]
    said = {name: _said(package, name) for name in ("title", "creator", "date")}
    meta = origin(said["creator"], said["date"])
    return Reading(clean("\n\n".join(filter(None, texts))), clean(said["title"]), meta=meta)


def _spine(package: _Element, folder: str) -> list[str]:
    """The paths of the chapters in reading order."""
    items = {item.get("id"): item.get("href") or "" for item in package.iter(f"{_PACKAGE}item")}
    order = [items.get(reference.get("idref"), "") for reference in package.iter(f"{_PACKAGE}itemref")]
    return [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in dict.fromkeys(order) if href]


def _said(package: _Element, name: str) -> str:
    return ", ".join("".join(map(str, item.itertext())).strip() for item in package.iter(_DUBLIN_CORE + name))


BOOK = Format("an EPUB book", (".epub",), _read, signed=True, isolate_from=0)
