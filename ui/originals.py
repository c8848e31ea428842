"""The files behind the documents: found again by name, served only while they are byte for byte what was indexed."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from index.corpus import find
from index.errors import IndexingError
from index.load import document_id
from index.records import Document

SECONDS = 10
LONGEST = 5_000
PDF = ".pdf"
PLAIN = "text/plain; charset=utf-8"
SHOWN = {PDF: "application/pdf", **dict.fromkeys((".txt", ".text", ".md", ".markdown", ".html", ".htm", ".csv"), PLAIN)}
"""What a browser shows by itself; everything else is downloaded."""
GONE = "The file is not there any more, or was changed since it was indexed."
Find = Callable[[str], Document | None]
"""From a document's id to the document."""


class Originals:
    """`roots` are what was indexed, `added` the folder of uploads, whose uris begin with its name.

    A file is known by the hash of its bytes, so that no other file can be served under a document's name, whatever
    happened on the disk since.
    """

    def __init__(self, roots: Sequence[Path], added: Path) -> None:
        self._roots = tuple(roots)
        self._added = added
        self._lock = threading.Lock()
        self._files: dict[str, Path] = {}

    def read(self, document: Document) -> bytes | None:
        """The bytes of the file that became this document; None where it is gone, changed, or was not a file."""
        for file in (self._file(document.uri, again=False), self._file(document.uri, again=True)):
            try:
                data = file.read_bytes() if file is not None else b""
            except OSError:
                continue
            if data and document_id(data) == document.id:
                return data
        return None

    def _file(self, uri: str, *, again: bool) -> Path | None:
        with self._lock:
            if again or not self._files:
                self._files = self._listed()
            return self._files.get(uri)

    def _listed(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for paths, under in ((self._roots, ""), ((self._added,), f"{self._added.name}/")):
            try:
                there = [path for path in paths if path.exists()]
                found |= {source.uri: source.path for source in find(there, under).files} if there else {}
            except IndexingError:  # nothing to be read there
                continue
        return found


def page_image(data: bytes, page: int, words: str) -> bytes:
    """A page of a PDF as PNG, with the words marked; the newest are kept. Raises ValueError."""
    frame = _frame(hashlib.sha256(data).digest(), page, words)
    if not frame:
        frame.append(_drawn(data, page, words))
    return frame[0]


@lru_cache(maxsize=32)
def _frame(_file: bytes, _page: int, _words: str) -> list[bytes]:
    """The place of one image, empty at first. Its key is the hash of the file: the bytes themselves would stay too."""
    return []


def _drawn(data: bytes, page: int, words: str) -> bytes:
    """Drawn in a process of its own: what a hostile file does to the renderer, it does not do to the page's server."""
    command = [sys.executable, "-m", "ui.draw_page", str(page), words]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 our own
    except (subprocess.SubprocessError, OSError) as error:
        raise ValueError("this page cannot be drawn") from error
    return done.stdout


def serve_originals(app: FastAPI, originals: Originals, document: Find) -> None:
    """Adds the routes. Nothing that a browser would run is ever sent as what it is: HTML goes out as plain text."""

    @app.get("/original")
    def original(name: str) -> Response:
        found = document(name)
        data = originals.read(found) if found is not None else None
        if found is None or data is None:
            return PlainTextResponse(GONE, 404)
        file = found.uri.rsplit("/", 1)[-1]
        kind = SHOWN.get(Path(file).suffix.lower())
        where = "inline" if kind else "attachment"
        headers = {"content-disposition": f"{where}; filename*=UTF-8''{quote(file)}"}
        return Response(data, 200, headers, kind or "application/octet-stream")

    @app.get("/page.png")
    def page(name: str, page: int, start: int, end: int) -> Response:
        found = document(name)
        data = originals.read(found) if found is not None and found.uri.lower().endswith(PDF) else None
        if found is None or data is None:
            return PlainTextResponse(GONE, 404)
        try:
            drawn = page_image(data, page, _on_page(found, page, start, end))
        except ValueError as error:
            return PlainTextResponse(f"{error}.", 404)
        return Response(drawn, 200, {"cache-control": "private, max-age=3600"}, "image/png")


def _on_page(document: Document, page: int, start: int, end: int) -> str:
    """What of text[start:end] stands on a page, counted from 1; "" where nothing does. Raises ValueError."""
    bounds = [*document.page_starts, len(document.text)]
    if not 1 <= page < len(bounds):
        raise ValueError("there is no such page")
    return document.text[max(bounds[page - 1], start) : min(bounds[page], end)][:LONGEST] if start < end else ""
