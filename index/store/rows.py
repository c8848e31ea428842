"""Records in and out of the tables of `index.store.database`. Whoever calls holds the transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import UnreadableDocument
from index.protocols import Vectors
from index.records import Chunk, Context, Document, DocumentEntry, Origin

if TYPE_CHECKING:
    from sqlite3 import Connection

    from index.store.database import Database

Numbers = NDArray[np.int64]

UNIT_TOLERANCE = 1e-2
HALF = np.dtype("<f2")  # vectors on disk, on every machine: half the bytes, cosine with float32 above .999999
CHUNK_FIELDS = ("id", "document_id", "start", "end", "page", "heading", "text")
"""The fields of `Chunk` up to its context, as the two queries below name them."""
BY_NUMBER = """SELECT c.number, d.title, d.uri, c.id, c.document_id, c."start", c."end", c.page, c.heading, c.text,
               c.context FROM chunks c JOIN documents d ON d.id = c.document_id
               WHERE c.number IN (SELECT value FROM json_each(?)) ORDER BY c.number"""
INSERT_CHUNK = """INSERT INTO chunks (number, id, document_id, "start", "end", page, heading, text, context,
                  vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_DOCUMENT = """INSERT INTO documents (id, uri, title, page_starts, meta, characters, chunks, planned)
                     VALUES (?, ?, ?, ?, ?, ?, 0, ?)"""
INSERT_TEXT = "INSERT INTO texts (document_id, part, text) VALUES (?, ?, ?)"
PART = 250_000
"""Characters of a text in one value, of which Python and SQLite hold three copies while it is stored."""


class Found(NamedTuple):
    """A chunk with what a hit shows of its document."""

    chunk: Chunk
    title: str
    uri: str


class Indexed(NamedTuple):
    """What the lexical index takes from a chunk."""

    number: int
    document_id: str
    title: str
    heading: str
    text: str


def check(document: Document, chunks: Sequence[Chunk], vectors: Vectors, dim: int) -> None:
    """Raises ValueError where the chunks are not slices of the document or have no unit vector of the right width."""
    if vectors.shape != (len(chunks), dim):
        raise ValueError(f"vectors have shape {vectors.shape}, and {len(chunks)} chunks need ({len(chunks)}, {dim})")
    norms = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(norms - 1) < UNIT_TOLERANCE):
        raise ValueError(f"vectors must have length 1, and theirs reach from {norms.min()} to {norms.max()}")
    for chunk in chunks:
        if chunk.document_id != document.id or document.text[chunk.start : chunk.end] != chunk.text:
            raise ValueError(f"chunk {chunk.id} is not {chunk.start}:{chunk.end} of document {document.id}")


def insert(database: Database, document: Document, chunks: Sequence[Chunk], vectors: Vectors, planned: int) -> None:
    """Adds the document and its first chunks; with fewer than `planned` it is incomplete."""
    extra = (json.dumps(document.page_starts), json.dumps(asdict(document.meta), ensure_ascii=False))
    row = (document.id, document.uri, document.title, *extra, len(document.text), planned)
    starts = range(0, len(document.text), PART)
    parts = ((document.id, part, document.text[start : start + PART]) for part, start in enumerate(starts))
    with _storable(document):
        database.connection.execute(INSERT_DOCUMENT, row)
        database.connection.executemany(INSERT_TEXT, parts)
    append(database, document, chunks, vectors)


def append(database: Database, document: Document, chunks: Sequence[Chunk], vectors: Vectors) -> bool:
    """Adds chunks of a stored document under numbers never used before; False where it is not stored."""
    connection = database.connection
    query = "UPDATE documents SET chunks = chunks + ? WHERE id = ?"
    if not connection.execute(query, (len(chunks), document.id)).rowcount:
        return False
    first = database.counter("next_number")
    halves = vectors.astype(HALF)
    inserted = (
        (number, *(getattr(chunk, name) for name in CHUNK_FIELDS), _packed(chunk.context), half.tobytes())
        for number, (chunk, half) in enumerate(zip(chunks, halves, strict=True), first)
    )
    with _storable(document):
        connection.executemany(INSERT_CHUNK, inserted)
    database.set_counter("next_number", first + len(chunks))
    return True


@contextmanager
def _storable(document: Document) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as error:
        raise UnreadableDocument(
            f"{document.uri!a} holds half of a character (a lone surrogate): save it as UTF-8 and try again."
        ) from error


def delete(connection: Connection, document_id: str) -> bool:
    """Removes the document and its chunks; False where there is none with this id."""
    for table in ("chunks", "texts"):
        connection.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))  # noqa: S608 - our own tables
    return connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0


def rename(database: Database, document_id: str, uri: str, title: str) -> bool:
    """Changes uri and title; a new title gives the chunks new numbers, since it is among their searched words."""
    connection = database.connection
    row = connection.execute("SELECT title, chunks FROM documents WHERE id = ?", (document_id,)).fetchone()
    if row is None:
        return False
    connection.execute("UPDATE documents SET uri = ?, title = ? WHERE id = ?", (uri, title, document_id))
    if row[0] != title:
        first = database.counter("next_number")
        old = numbers(connection, [document_id])
        pairs = ((first + i, int(number)) for i, number in enumerate(old))
        connection.executemany("UPDATE chunks SET number = ? WHERE number = ?", pairs)
        database.set_counter("next_number", first + len(old))
    return True


def entries(connection: Connection) -> tuple[DocumentEntry, ...]:
    """All documents, sorted by uri then id."""
    query = """SELECT id, uri, title, characters, chunks, chunks >= planned
               FROM documents INDEXED BY documents_listed ORDER BY uri, id"""
    return tuple(
        DocumentEntry(key, uri, title, characters, chunks, bool(complete))
        for key, uri, title, characters, chunks, complete in connection.execute(query)
    )


def document(connection: Connection, document_id: str) -> Document | None:
    """The stored document or None."""
    query = "SELECT id, uri, title, page_starts, meta FROM documents WHERE id = ?"
    for key, uri, title, starts, meta in connection.execute(query, (document_id,)):
        parts = connection.execute("SELECT text FROM texts WHERE document_id = ? ORDER BY part", (document_id,))
        text = "".join(part for (part,) in parts)
        return Document(key, uri, title, text, tuple(json.loads(starts)), Origin(**json.loads(meta)))
    return None


def summary(connection: Connection, document_id: str) -> tuple[tuple[int, int], ...] | None:
    """The kept sentences (half-open offsets), the most telling first; None where no summary was kept."""
    row = connection.execute("SELECT summary FROM documents WHERE id = ?", (document_id,)).fetchone()
    return None if row is None or row[0] is None else tuple((start, end) for start, end in json.loads(row[0]))


def keep_summary(connection: Connection, document_id: str, spans: Sequence[tuple[int, int]]) -> None:
    """Stores what `summary` reads; nothing for an unknown document."""
    connection.execute("UPDATE documents SET summary = ? WHERE id = ?", (json.dumps(spans), document_id))


def chunks(connection: Connection, document_id: str) -> tuple[Chunk, ...]:
    """The document's chunks in the order they were put."""
    return tuple(item.chunk for item in found(connection, numbers(connection, [document_id])).values())


def count(connection: Connection) -> int:
    """Number of chunks."""
    query = "SELECT coalesce(sum(chunks), 0) FROM documents INDEXED BY documents_listed"
    return int(connection.execute(query).fetchone()[0])


def within(connection: Connection, folder: str) -> frozenset[str]:
    """The ids of the documents whose uri is `folder` or begins with it and a slash; of all for ""."""
    if not folder:
        return frozenset(row[0] for row in connection.execute("SELECT id FROM documents"))
    name = folder.rstrip("/")
    query = "SELECT id FROM documents WHERE uri = ? OR (uri >= ? AND uri < ?)"
    below = (name + "/", name + "0")  # "0" is the character after the slash
    return frozenset(row[0] for row in connection.execute(query, (name, *below)))


def numbers(connection: Connection, only: Collection[str] | None = None) -> Numbers:
    """The chunks' numbers, ascending: all of them, or those of some documents."""
    if only is None:
        # By way of the small index: a row of the table is a hundred times as large.
        rows: Iterable[Any] = connection.execute("SELECT number FROM chunks INDEXED BY chunks_by_document")
        return np.sort(np.fromiter((row[0] for row in rows), dtype=np.int64))
    query = "SELECT number FROM chunks WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY number"
    rows = connection.execute(query, (json.dumps(sorted(only)),))
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def found(connection: Connection, wanted: Iterable[int]) -> dict[int, Found]:
    """Chunks by number, ascending."""
    rows = connection.execute(BY_NUMBER, (json.dumps([int(number) for number in wanted]),))
    return {number: Found(_chunk(columns), title, uri) for number, title, uri, *columns in rows}


def indexed(connection: Connection, wanted: Numbers) -> Iterator[Indexed]:
    """What the lexical index takes from the chunks with these numbers, ascending."""
    query = """SELECT c.number, d.id, d.title, c.heading, c.text FROM chunks c JOIN documents d ON d.id = c.document_id
               WHERE c.number IN (SELECT value FROM json_each(?)) ORDER BY c.number"""
    return (Indexed(*row) for row in connection.execute(query, (json.dumps(wanted.tolist()),)))


def vectors(connection: Connection, wanted: Numbers, dim: int) -> Vectors:
    """(n, dim) float32, for the ascending numbers given; each must be there."""
    query = "SELECT vector FROM chunks WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
    rows = connection.execute(query, (json.dumps(wanted.tolist()),))
    return decode((row[0] for row in rows), dim)


def vectors_by_id(connection: Connection, chunk_ids: Sequence[str], dim: int) -> Vectors:
    """(n, dim) float32 in the order of the ids. Raises KeyError for an id that is not there."""
    query = "SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
    stored = dict(connection.execute(query, (json.dumps(list(chunk_ids)),)))
    return decode((stored[chunk_id] for chunk_id in chunk_ids), dim)


def _chunk(columns: Sequence[Any]) -> Chunk:
    *plain, context = columns
    return replace(Chunk(*plain), context=_unpacked(context)) if context else Chunk(*plain)


def _packed(context: Context) -> str:
    return "" if context == Context() else json.dumps(asdict(context), ensure_ascii=False)


def _unpacked(packed: str) -> Context:
    return Context.from_dict(json.loads(packed))


def decode(blobs: Iterable[bytes], dim: int) -> Vectors:
    """(n, dim) float32 from the stored half floats."""
    joined = b"".join(blobs)
    return np.frombuffer(joined, dtype=HALF, count=len(joined) // HALF.itemsize).reshape(-1, dim).astype(np.float32)
