"""`MilvusStore`: the same promises as `LocalStore`, kept by a Milvus server, or by milvus-lite in a file.

Many processes may search one index at once. One at a time may change it: within a process that is held, between
processes it is up to whoever starts them.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from index.errors import IndexingError, StoreBusy, StoreMismatch, UnknownDocument
from index.protocols import Embedder, Vectors
from index.records import Chunk, Document, DocumentEntry, Hit
from index.store import milvus_rows, rows
from index.store.database import Manifest, reindexing
from index.store.match import accepted
from index.store.milvus_link import Link, missing
from index.store.milvus_rows import Row
from index.store.milvus_search import Finder
from index.store.place import MilvusPlace

FORMAT = 1
ABOUT = "#index"
"""The row with the manifest and the generation; no document's id, these are hexadecimal."""
WAIT_SECONDS = 10.0


def open_milvus(
    place: MilvusPlace,
    embedder: Embedder | None = None,
    *,
    create: Manifest | None = None,
    rebuild: bool = False,
    chunk_settings: str = "",
) -> MilvusStore:
    """Opens the index at `place`; checks and errors are those of `index.store.local.open_store`.

    `create` is what an index is made with where there is none; `rebuild` drops the one that is there. Where pymilvus
    is missing or nothing answers, StoreMissing is raised.
    """
    link = Link(place, create=create is not None)
    try:
        link.load()
        if create is not None and (rebuild or not _about(link)):
            _make(link, create)
        return MilvusStore(link, embedder, chunk_settings)
    except BaseException:
        link.close()
        raise


def manifest_of(embedder: Embedder, chunk_settings: str) -> Manifest:
    """What an index of this embedder is made with."""
    return Manifest(FORMAT, "", embedder.name, embedder.fingerprint, embedder.dim, chunk_settings)


def _make(link: Link, manifest: Manifest) -> None:
    """The row with the manifest comes last: where it is, the index is whole."""
    made = manifest._replace(format=FORMAT, identity=uuid.uuid4().hex)
    link.drop(link.documents)
    link.drop(link.chunks)
    schema = milvus_rows.chunk_schema(manifest.dim)
    link.make(link.chunks, schema, {"vector": "IP", "words_bm25": "BM25", "german_bm25": "BM25"})
    link.make(link.documents, milvus_rows.document_schema(), {"unused": "L2"})
    link.upsert(link.documents, [_about_row(made, 0)])


def _about_row(manifest: Manifest, generation: int) -> Row:
    row = milvus_rows.head(Document(ABOUT, "", "", ""), generation, 0, json.dumps(manifest._asdict()))
    return row | {"part": -1}


def _about(link: Link) -> list[Row]:
    """The row with the manifest, where there is an index."""
    if not link.has(link.documents):
        return []
    return link.query(link.documents, f'id == "{ABOUT}"', ["body", "chunks"])


@dataclass(slots=True)
class _Batch:
    """Changes that are made at one stroke, or at least in an order in which no kill leaves half a document unmarked."""

    heads: dict[str, Row] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)  # put, not extended: what was there of them goes first
    long: list[Row] = field(default_factory=list)
    chunks: list[Row] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def forget(self, document_id: str) -> None:
        self.heads.pop(document_id, None)
        self.fresh.discard(document_id)
        self.long = [row for row in self.long if row["document_id"] != document_id]
        self.chunks = [row for row in self.chunks if row["document_id"] != document_id]


class MilvusStore:
    """An index in two collections of a Milvus database. Threads may share one store.

    A document that is being stored is listed as incomplete until all of it is there; so it stays after a kill, and the
    next `sync` puts it again. Searches see what was written before they began. At most 16,384 hits come back. Where
    many documents were removed, a server counts them in its statistics of words until it has compacted its segments.
    """

    def __init__(self, link: Link, embedder: Embedder | None = None, chunk_settings: str = "") -> None:
        self._link = link
        self._finder = Finder(link)
        self._embedder, self._chunk_settings = embedder, chunk_settings
        self._writers = threading.RLock()
        self._batch: _Batch | None = None
        self._manifest = self._accepted()

    @property
    def place(self) -> MilvusPlace:
        return self._link.place

    @property
    def manifest(self) -> Manifest:
        """What the index was made with."""
        return self._manifest

    @property
    def generation(self) -> int:
        """Grows with every committed change, by any process."""
        return int(_about(self._link)[0]["chunks"])

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        replaces: Collection[str] = (),
        planned: int | None = None,
    ) -> None:
        """As `LocalStore.put`."""
        self._check(document, chunks, vectors)
        with self._changing() as batch:
            batch.forget(document.id)
            batch.gone.discard(document.id)
            batch.fresh.add(document.id)
            batch.heads[document.id] = milvus_rows.head(document, 0, len(chunks) if planned is None else planned)
            batch.long += milvus_rows.document_parts(document)
            self._append(batch, document, chunks, vectors)
            batch.gone |= set(replaces) - {document.id}

    def extend(
        self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, replaces: Collection[str] = ()
    ) -> None:
        """As `LocalStore.extend`."""
        self._check(document, chunks, vectors)
        with self._changing() as batch:
            if document.id not in batch.heads:
                # Counted, since a kill can have left chunks that the head does not know of; they are written over.
                batch.heads[document.id] = self._head(document.id) | {"chunks": self._count(document.id)}
            self._append(batch, document, chunks, vectors)
            batch.gone |= set(replaces) - {document.id}

    def remove(self, document_id: str) -> None:
        """Raises UnknownDocument."""
        with self._changing() as batch:
            if document_id not in batch.fresh:
                self._head(document_id)
            batch.forget(document_id)
            batch.gone.add(document_id)

    def rename(self, document_id: str, uri: str, title: str) -> None:
        """Changes where a document came from and its title; the vectors stay. Raises UnknownDocument."""
        with self._changing() as batch:
            head = self._head(document_id)
            document, chunks = self.document(document_id), self.chunks(document_id)
            vectors = self.vectors([chunk.id for chunk in chunks])
            self.put(replace(document, uri=uri, title=title), chunks, vectors, planned=head["planned"])
            batch.heads[document_id]["body"] = head["body"]

    def documents(self) -> tuple[DocumentEntry, ...]:
        """All stored documents, sorted by uri then id."""
        found = self._link.all(self._link.documents, "part == 0", milvus_rows.LISTED)
        return tuple(sorted(map(milvus_rows.entry, found), key=lambda entry: (entry.uri, entry.id)))

    def document(self, document_id: str) -> Document:
        """Raises UnknownDocument."""
        own = f"document_id == {json.dumps(document_id)}"
        found = self._link.all(self._link.documents, own, ["id", "uri", "title", "part", "body"])
        mine = [row for row in found if row["id"] in (document_id, f"{document_id}#{row['part']}")]
        if len(mine) < 2:  # a head alone is being stored or removed
            raise self._unknown(document_id)
        return milvus_rows.document_of(mine)

    def within(self, folder: str) -> frozenset[str]:
        """The ids of the documents under a folder of the corpus, for `only`; of all documents for ""."""
        name = folder.rstrip("/")
        same, first, last = (json.dumps(one) for one in (name, f"{name}/", f"{name}0"))  # "0" comes after "/"
        below = f" and (uri == {same} or (uri >= {first} and uri < {last}))"
        found = self._link.all(self._link.documents, "part == 0" + (below if name else ""), ["id"])
        return frozenset(row["id"] for row in found)

    def summary(self, document_id: str) -> tuple[tuple[int, int], ...] | None:
        """Offsets of the sentences kept as a summary, the most telling first; None where none was kept."""
        found = self._link.query(self._link.documents, f"id == {json.dumps(document_id)}", ["body"])
        return tuple((a, b) for a, b in json.loads(found[0]["body"])) if found and found[0]["body"] else None

    def keep_summary(self, document_id: str, spans: Sequence[tuple[int, int]]) -> None:
        """Keeps a summary until the document changes; what cannot be written now is made again when it is needed."""
        with suppress(IndexingError), self.writing(wait_seconds=0):
            kept = self._head(document_id) | {"body": json.dumps(spans)}
            self._link.upsert(self._link.documents, [kept])

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        """The document's chunks in order; none for an unknown document."""
        fields = ["id", "document_id", "ordinal", "record"]
        found = self._link.all(self._link.chunks, f"document_id == {json.dumps(document_id)}", fields)
        return self._finder.chunks(sorted(found, key=lambda row: row["ordinal"]))

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """(n, dim) float32 in the order of the ids, as stored (half precision). Raises KeyError."""
        held: dict[str, Any] = {}
        for start in range(0, len(chunk_ids), milvus_rows.BATCH_ROWS):
            some = chunk_ids[start : start + milvus_rows.BATCH_ROWS]
            found = self._link.query(self._link.chunks, f"id in {json.dumps(list(some))}", ["id", "vector"])
            held.update((row["id"], row["vector"]) for row in found)
        ordered = [held[chunk_id] for chunk_id in chunk_ids]
        return np.asarray(ordered, dtype=np.float32).reshape(-1, self._manifest.dim)

    def count(self) -> int:
        """Number of chunks."""
        return self._link.count(self._link.chunks, "")

    def search_dense(self, vectors: Vectors, k: int, only: Collection[str] | None = None) -> list[list[Hit]]:
        """One list of at most k hits for each row of `vectors` (n, dim); score is the inner product."""
        if vectors.ndim != 2 or vectors.shape[1] != self._manifest.dim:
            raise ValueError(f"query vectors have shape {vectors.shape}, and the index needs (n, {self._manifest.dim})")
        self._manifest = self._accepted()  # another process may have made the index again with another embedder
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        return self._finder.dense(queries, k, only)

    def search_lexical(self, text: str, k: int, only: Collection[str] | None = None) -> list[Hit]:
        """BM25 over stemmed words of title, heading and text; any text is a valid query, none of it is query syntax."""
        return self._finder.lexical(text, k, only)

    def near_word(self, word: str) -> str | None:
        """The word of the documents that this one is a slip of the finger away from; None for a word they hold."""
        return self._finder.near_word(word)

    @contextmanager
    def writing(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Keeps other writers of this process out for many changes in a row. Raises StoreBusy."""
        if not self._writers.acquire(timeout=min(wait_seconds, threading.TIMEOUT_MAX)):
            raise StoreBusy(f"The index {self.place} is being changed by this program: wait until it has finished.")
        try:
            yield
        finally:
            self._writers.release()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Writes all changes inside, by this thread, in few requests at the end; none where an error ends it."""
        with self._changing():
            yield

    def flush(self) -> None:
        """Lets the server seal what was written, so that it is indexed; milvus-lite searches slowly before."""
        self._link.flush()

    def close(self) -> None:
        """Ends the connection. Using the store afterwards is an error."""
        self._link.close()

    def __enter__(self) -> MilvusStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _changing(self) -> Iterator[_Batch]:
        with self.writing():
            if self._batch is not None:
                yield self._batch
                return
            self._batch = _Batch()
            try:
                yield self._batch
                self._commit(self._batch)
            finally:
                self._batch = None

    def _commit(self, batch: _Batch) -> None:
        """In an order in which a kill leaves documents that are whole, or listed as incomplete."""
        link, fresh = self._link, [batch.heads[one] for one in batch.fresh]
        link.upsert(link.documents, [head | {"chunks": 0, "planned": max(1, head["planned"])} for head in fresh])
        self._clear(batch.fresh)
        link.upsert(link.documents, batch.long)
        link.upsert(link.chunks, batch.chunks)
        link.upsert(link.documents, batch.heads.values())
        self._unlist(batch.gone)
        link.upsert(link.documents, [_about_row(self._manifest, self.generation + 1)])

    def _unlist(self, gone: Collection[str]) -> None:
        held = self._heads(gone)
        self._link.upsert(self._link.documents, [head | {"chunks": 0, "planned": 1} for head in held])
        self._clear([head["id"] for head in held])
        for some in _pieces([head["id"] for head in held]):
            self._link.delete(self._link.documents, f"id in {json.dumps(some)}")

    def _clear(self, document_ids: Collection[str]) -> None:
        """Removes chunks and texts; the heads stay."""
        for some in _pieces(document_ids):
            theirs = f"document_id in {json.dumps(some)}"
            self._link.delete(self._link.chunks, theirs)
            self._link.delete(self._link.documents, f"{theirs} and part > 0")

    def _append(self, batch: _Batch, document: Document, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        head = batch.heads[document.id]
        added, long = milvus_rows.chunk_rows(document, chunks, vectors, head["chunks"])
        batch.chunks += added
        batch.long += long
        head["chunks"] += len(chunks)

    def _check(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        milvus_rows.check(document, chunks)
        rows.check(document, chunks, vectors, self._manifest.dim)

    def _accepted(self) -> Manifest:
        found = _about(self._link)
        if not found:
            raise missing(self.place)
        manifest = Manifest(**json.loads(found[0]["body"]))
        if manifest.format != FORMAT:
            raise StoreMismatch(
                f"The index {self.place} has format {manifest.format} and this program reads {FORMAT}: use the program "
                f"that made it, or {reindexing(self.place)}"
            )
        return accepted(manifest, self.place, self._embedder, self._chunk_settings)

    def _heads(self, document_ids: Collection[str]) -> list[Row]:
        pieces = (f"part == 0 and id in {json.dumps(some)}" for some in _pieces(document_ids))
        return [row for one in pieces for row in self._link.query(self._link.documents, one, ["*"])]

    def _head(self, document_id: str) -> Row:
        if self._batch is not None and document_id in self._batch.heads:
            return self._batch.heads[document_id]
        found = self._heads([document_id])
        if not found:
            raise self._unknown(document_id)
        return found[0]

    def _count(self, document_id: str) -> int:
        return self._link.count(self._link.chunks, f"document_id == {json.dumps(document_id)}")

    def _unknown(self, document_id: str) -> UnknownDocument:
        return UnknownDocument(
            f"The index {self.place} holds no document {document_id}: see `rag index --list --index {self.place}`."
        )


def _pieces(ids: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(ids)
    return (ordered[start : start + milvus_rows.BATCH_ROWS] for start in range(0, len(ordered), milvus_rows.BATCH_ROWS))
