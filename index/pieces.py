"""What a run of `index.sync` has to do for one file, and its document cut into what is stored at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.plan import Hashed
from index.records import Chunk, Document

PREFIX_CHARACTERS = 160
PREFIX_CHARACTERS_WIDE = 50  # one Chinese character is a token; four English ones are


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be embedded, and the id of the document it takes the place of, if any."""

    kind: Literal["added", "changed", "renamed"]
    file: Hashed
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """The chunks [start, start + len(chunks)) of the `total` that the document has."""

    job: Job
    document: Document
    chunks: tuple[Chunk, ...]
    start: int
    total: int

    @property
    def last(self) -> bool:
        return self.start + len(self.chunks) >= self.total

    def share(self, chunks: int) -> float:
        """The share (0..1) of the document that is done with so many chunks of this piece."""
        return (self.start + chunks) / self.total if self.total else 1.0


def pieces(job: Job, document: Document, chunks: tuple[Chunk, ...], held: int, at_once: int) -> Iterator[Piece]:
    """The document without its first `held` chunks: in one piece, or in several of `at_once` where it has more."""
    whole = held == 0 and len(chunks) <= at_once
    size = max(len(chunks), 1) if whole else at_once
    for start in range(held, max(len(chunks), 1), size):
        yield Piece(job, document, chunks[start : start + size], start, len(chunks))


def embedding_text(title: str, chunk: Chunk) -> str:
    """What is embedded of a chunk: its document's title, its heading and its words, within the embedder's window."""
    names = [title] if chunk.heading in (title, "") or chunk.text.startswith(chunk.heading) else [title, chunk.heading]
    prefix = "\n".join(names)
    limit = PREFIX_CHARACTERS if prefix.isascii() else PREFIX_CHARACTERS_WIDE
    return f"{prefix[:limit]}\n{chunk.text}"
