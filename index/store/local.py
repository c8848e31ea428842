"""`LocalStore`: documents, chunks and vectors in one folder, searchable by meaning and by words."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from sqlite3 import Connection

import numpy as np

from index.errors import IndexingError, StoreBusy, StoreDamaged, UnknownDocument
from index.protocols import Embedder, Vectors
from index.records import Chunk, Document, DocumentEntry, Hit
from index.store import rows, schema
from index.store.database import FILE, Database, Manifest
from index.store.follow import Follower
from index.store.lock import write_lock
from index.store.match import accepted

LOCK = "write.lock"
WAIT_SECONDS = 10.0


def open_store(
    folder: Path,
    embedder: Embedder | None = None,
    *,
    create: bool = False,
    rebuild: bool = False,
    chunk_settings: str = "",
) -> LocalStore:
    """Opens the index in `folder`.

    Without an embedder the index can be listed, read and shortened, whatever it was made with. With one, an index made
    with another is refused, as is one made with other `chunk_settings`, if these are given. An index of an earlier
    format is brought up to date. `create` makes the index
    where there is none; `rebuild` empties the one that is there. Raises StoreMissing, StoreMismatch, StoreBusy,
    StoreDamaged; ValueError for `create` or `rebuild` without an embedder.
    """
    if (create or rebuild) and embedder is None:
        raise ValueError("an index is made for one embedder: none was given")
    if embedder is not None and (rebuild or (create and not (folder / FILE).exists())):
        schema.make_folder(folder, schema.OUR_FILES)
        with write_lock(folder / LOCK, WAIT_SECONDS):
            if rebuild or not (folder / FILE).exists():
                schema.create(folder, embedder.name, embedder.fingerprint, embedder.dim, chunk_settings)
    database = Database.open(folder)
    try:
        if database.outdated():
            with write_lock(folder / LOCK, WAIT_SECONDS):
                database.advance()
        return LocalStore(database, embedder, chunk_settings)
    except IndexingError:
        database.close()
        raise


class LocalStore:
    """An index folder: SQLite holds the truth; FAISS and tantivy follow it at the next search.

    Threads may share one store; several processes may read while one changes it. Every search sees the last committed
    state, whoever committed it. In a folder without write permission everything but changes works.
    """

    def __init__(self, database: Database, embedder: Embedder | None = None, chunk_settings: str = "") -> None:
        self._database = database
        self._embedder = embedder
        self._chunk_settings = chunk_settings
        self._mutex = threading.RLock()  # one thread at a time on the connection and on what is derived
        self._writers = threading.RLock()
        self._depth = 0
        self._changed = False
        self._open = False  # whether a transaction of `together` is under way, guarded by the mutex
        with database.reading():
            self._manifest = accepted(database.manifest(), database.folder, embedder, chunk_settings)
        self._follower = self._new_follower()

    @property
    def folder(self) -> Path:
        return self._database.folder

    @property
    def manifest(self) -> Manifest:
        """What the index was made with."""
        return self._manifest

    @property
    def generation(self) -> int:
        """Grows with every committed change, by any process."""
        with self._reading():
            return self._database.generation()

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        replaces: Collection[str] = (),
        planned: int | None = None,
    ) -> None:
        """Adds the document or replaces the one with its id, and removes the documents `replaces`, all at once.

        vectors: (len(chunks), dim), unit rows. A large document is put with its first chunks and the number `planned`
        of all, and grows by `extend`. Raises ValueError where chunks and vectors do not fit the document.
        """
        rows.check(document, chunks, vectors, self._manifest.dim)
        with self._changing() as connection:
            for document_id in {document.id, *replaces}:
                rows.delete(connection, document_id)
            rows.insert(self._database, document, chunks, vectors, len(chunks) if planned is None else planned)

    def extend(
        self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, replaces: Collection[str] = ()
    ) -> None:
        """Adds further chunks to a document that is stored, and removes the documents `replaces`, all at once.

        Raises UnknownDocument; ValueError as `put` does.
        """
        rows.check(document, chunks, vectors, self._manifest.dim)
        with self._changing() as connection:
            for document_id in replaces:
                rows.delete(connection, document_id)
            if not rows.append(self._database, document, chunks, vectors):
                raise self._unknown(document.id)

    def remove(self, document_id: str) -> None:
        """Raises UnknownDocument."""
        with self._changing() as connection:
            if not rows.delete(connection, document_id):
                raise self._unknown(document_id)

    def rename(self, document_id: str, uri: str, title: str) -> None:
        """Changes where a document came from and its title; the vectors stay. Raises UnknownDocument."""
        with self._changing():
            if not rows.rename(self._database, document_id, uri, title):
                raise self._unknown(document_id)

    def documents(self) -> tuple[DocumentEntry, ...]:
        """All stored documents, sorted by uri then id."""
        with self._reading() as connection:
            return rows.entries(connection)

    def document(self, document_id: str) -> Document:
        """Raises UnknownDocument."""
        with self._reading() as connection:
            document = rows.document(connection, document_id)
        if document is None:
            raise self._unknown(document_id)
        return document

    def within(self, folder: str) -> frozenset[str]:
        """The ids of the documents under a folder of the corpus, for `only`; of all documents for ""."""
        with self._reading() as connection:
            return rows.within(connection, folder)

    def summary(self, document_id: str) -> tuple[tuple[int, int], ...] | None:
        """Offsets of the sentences kept as a summary, the most telling first; None where none was kept."""
        with self._reading() as connection:
            return rows.summary(connection, document_id)

    def keep_summary(self, document_id: str, spans: Sequence[tuple[int, int]]) -> None:
        """Keeps a summary until the document changes; what cannot be written now is made again when it is needed."""
        if self._database.writable:
            with (
                suppress(StoreBusy),
                self.writing(wait_seconds=0),
                self._mutex,
                self._database.changing() as connection,
            ):
                rows.keep_summary(connection, document_id, spans)

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        """The document's chunks in order; none for an unknown document."""
        with self._reading() as connection:
            return rows.chunks(connection, document_id)

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """(n, dim) float32 in the order of the ids, as stored (half precision). Raises KeyError."""
        with self._reading() as connection:
            return rows.vectors_by_id(connection, chunk_ids, self._manifest.dim)

    def count(self) -> int:
        """Number of chunks."""
        with self._reading() as connection:
            return rows.count(connection)

    def search_dense(self, vectors: Vectors, k: int, only: Collection[str] | None = None) -> list[list[Hit]]:
        """One list of at most k hits for each row of `vectors` (n, dim); score is the inner product."""
        if vectors.ndim != 2 or vectors.shape[1] != self._manifest.dim:
            raise ValueError(f"query vectors have shape {vectors.shape}, and the index needs (n, {self._manifest.dim})")
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        with self._reading() as connection:
            return self._follower.dense_hits(connection, queries, k, only)

    def search_lexical(self, text: str, k: int, only: Collection[str] | None = None) -> list[Hit]:
        """BM25 over stemmed words of title, heading and text; any text is a valid query, none of it is query syntax."""
        with self._reading() as connection:
            return self._follower.lexical_hits(connection, text, k, only)

    def near_word(self, word: str) -> str | None:
        """The word of the documents that this one is a slip of the finger away from; None for a word they hold."""
        with self._reading() as connection:
            return self._follower.near_word(connection, word)

    @contextmanager
    def writing(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Keeps other writers out for many changes in a row; each is still its own transaction. Raises StoreBusy."""
        if not self._writers.acquire(timeout=wait_seconds):
            raise StoreBusy(f"The index {self.folder} is being changed by this program: wait until it has finished.")
        try:
            if self._depth:
                yield
                return
            with write_lock(self.folder / LOCK, wait_seconds):
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
        finally:
            self._writers.release()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Makes all changes inside, by this thread, one transaction: all of them are stored, or none."""
        with self._changing():
            self._open = True
            try:
                yield
            finally:
                self._open = False

    def flush(self) -> None:
        """Saves what is derived, so that the next process need not make it again. Raises StoreBusy, StoreDamaged."""
        with self.writing(), self._reading() as connection:
            self._follower.save(connection)
            self._changed = False

    def close(self) -> None:
        """Saves what is derived if it changed, and closes. Using the store afterwards is an error."""
        try:
            if (self._changed or self._follower.changed) and self._database.writable:
                with suppress(StoreBusy):  # whoever is writing saves it
                    self.flush()
        finally:
            with self._mutex:
                self._follower.close()
                self._database.close()

    def __enter__(self) -> LocalStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # After an error its cause is told, not that a broken disk could not save the search files either.
        with suppress(StoreDamaged) if kind else nullcontext():
            self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._mutex, self._database.reading() as connection:
            manifest = self._database.manifest()
            if manifest.identity != self._manifest.identity:
                self._manifest = accepted(manifest, self.folder, self._embedder, self._chunk_settings)
                self._follower.close()
                self._follower = self._new_follower()
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self.writing(), self._mutex:
            if self._open:
                yield self._database.connection
                return
            with self._database.changing() as connection:
                yield connection
                self._changed = True

    def _new_follower(self) -> Follower:
        return Follower(self._database, self._manifest.identity, self._manifest.dim)

    def _unknown(self, document_id: str) -> UnknownDocument:
        return UnknownDocument(
            f"The index {self.folder} holds no document {document_id}: see `rag index --list --index {self.folder}`."
        )
