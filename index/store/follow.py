"""Keeps FAISS and tantivy in step with the database: loads what is saved, makes what is missing, adds what is new."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from sqlite3 import Connection

import numpy as np

from index.errors import StoreDamaged
from index.protocols import Vectors
from index.records import Hit, HitSource
from index.store import derived, rows
from index.store.database import Database
from index.store.dense import DenseIndex, index_kind
from index.store.lexical import LexicalIndex, terms
from index.store.rows import Numbers
from index.store.scratch import remove, scratch_folder
from index.text.spelling import likest

Scored = list[tuple[int, float]]
WRITTEN_IN = 10
"""Chunks that are looked through for the ways a word is written."""

REBUILD_UP_TO = 5_000  # tantivy counts removed chunks in its statistics; below this size they are really removed


class Follower:
    """The searchable form of one database. Every method is called inside a transaction of it."""

    def __init__(self, database: Database, identity: str, dim: int) -> None:
        self._database = database
        self._identity = identity
        self._dim = dim
        self._dense: DenseIndex | None = None
        self._lexical: LexicalIndex | None = None
        self._dense_at = self._lexical_at = -1
        self._scratch: list[Path] = []
        self.changed = False  # whether anything differs from what is saved

    def dense_hits(
        self, connection: Connection, queries: Vectors, k: int, only: Collection[str] | None
    ) -> list[list[Hit]]:
        """At most k hits for each row of (n, dim)."""
        dense = self._current_dense(connection)
        allowed = None if only is None else rows.numbers(connection, only)
        scored = [dense.search(query, k, allowed) if k > 0 else [] for query in queries]
        if not dense.exact:
            scored = [self._rescored(connection, query, pairs) for query, pairs in zip(queries, scored, strict=True)]
        return [_hits(connection, pairs, k, "dense") for pairs in scored]

    def lexical_hits(self, connection: Connection, text: str, k: int, only: Collection[str] | None) -> list[Hit]:
        """At most k hits."""
        return _hits(connection, self._current_lexical(connection).search(text, k, only), k, "lexical")

    def near_word(self, connection: Connection, word: str) -> str | None:
        """The word whose stem is the one near the word's, as chunks write it: of several the likest."""
        lexical = self._current_lexical(connection)
        near = lexical.near(word)
        if near is None:
            return None
        hits = _hits(connection, lexical.search(near, WRITTEN_IN, None), WRITTEN_IN, "lexical")
        texts = (f"{hit.chunk.text} {hit.chunk.heading} {hit.title}" for hit in hits)
        return likest(word, texts, lambda written: terms(written) == [near])

    def save(self, connection: Connection) -> None:
        """Saves what is not saved at the database's generation. Raises StoreDamaged where the disk refuses."""
        folder, generation = self._database.folder, self._database.generation()
        dense_at, lexical_at = derived.stamped_generations(folder, self._identity)
        if dense_at != generation or self.changed:
            derived.save_dense(folder, self._identity, generation, self._current_dense(connection))
        if lexical_at != generation or self.changed:
            derived.save_lexical(folder, self._identity, generation, self._current_lexical(connection))
        self.changed = False

    def close(self) -> None:
        """Drops everything and removes the private copies."""
        self._dense = self._lexical = None
        for folder in self._scratch:
            remove(folder)

    def _current_dense(self, connection: Connection) -> DenseIndex:
        generation = self._database.generation()
        if self._dense is None:
            with suppress(derived.NotUsable):
                self._dense, at = derived.load_dense(self._database.folder, self._identity)
                self._dense_at = at if len(self._dense) == rows.count(connection) else -1
        if self._dense is None or self._dense_at != generation:
            self._dense = self._updated_dense(connection, self._dense)
            self._dense_at = generation
        return self._dense

    def _updated_dense(self, connection: Connection, dense: DenseIndex | None) -> DenseIndex:
        stored, read = rows.numbers(connection), partial(rows.vectors, connection, dim=self._dim)
        if dense is None or dense.kind != index_kind(len(stored)):
            self.changed = True
            return DenseIndex.build(stored, self._dim, read)
        added, removed = _differences(stored, dense.numbers())
        if len(added) or len(removed):
            self.changed = True
            dense.remove(removed)
            dense.add(added, read)
        return dense

    def _current_lexical(self, connection: Connection) -> LexicalIndex:
        generation = self._database.generation()
        if self._lexical is None:
            with suppress(derived.NotUsable):
                self._lexical, at = derived.load_lexical(self._database.folder, self._identity)
                self._lexical_at = at if len(self._lexical) == rows.count(connection) else -1
        if self._lexical is None or self._lexical_at != generation:
            with self._making():
                self._lexical = self._updated_lexical(connection, self._lexical)
            self._lexical_at = generation
        return self._lexical

    def _updated_lexical(self, connection: Connection, lexical: LexicalIndex | None) -> LexicalIndex:
        stored = rows.numbers(connection)
        held = np.empty(0, dtype=np.int64) if lexical is None else lexical.numbers()
        added, removed = _differences(stored, held)
        if lexical is not None and not len(added) and not len(removed):
            return lexical
        self.changed = True
        if lexical is None or (len(removed) and len(stored) <= REBUILD_UP_TO):
            lexical, added, removed = LexicalIndex.new(self._new_scratch()), stored, np.empty(0, dtype=np.int64)
        elif lexical.folder not in self._scratch:
            # The saved folder is never changed in place: other processes have it open.
            lexical = self._private_copy(lexical)
        lexical.update(rows.indexed(connection, added), removed)
        return lexical

    def _private_copy(self, lexical: LexicalIndex) -> LexicalIndex:
        copy = self._new_scratch()
        assert lexical.folder is not None
        derived.copy_lexical(lexical.folder, copy)
        return LexicalIndex.open(copy)

    def _new_scratch(self) -> Path:
        folder = scratch_folder()
        self._scratch.append(folder)
        return folder

    @contextmanager
    def _making(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:  # tantivy says ValueError where the disk refuses
            raise StoreDamaged(
                f"The search files of the index {self._database.folder} could not be made in {tempfile.gettempdir()} "
                f"({error}): free some space there, or name another folder in TMPDIR; the documents are safe."
            ) from error

    def _rescored(self, connection: Connection, query: Vectors, pairs: Scored) -> Scored:
        candidates = np.sort(np.asarray([number for number, _ in pairs], dtype=np.int64))
        scores = rows.vectors(connection, candidates, self._dim) @ query
        return list(zip(candidates.tolist(), scores.tolist(), strict=True))


def _differences(stored: Numbers, held: Numbers) -> tuple[Numbers, Numbers]:
    return np.setdiff1d(stored, held, assume_unique=True), np.setdiff1d(held, stored, assume_unique=True)


def _hits(connection: Connection, scored: Scored, k: int, source: HitSource) -> list[Hit]:
    found = rows.found(connection, (number for number, _ in scored))
    pairs = sorted(((score, found[number]) for number, score in scored), key=lambda pair: (-pair[0], pair[1].chunk.id))
    return [
        Hit(chunk=item.chunk, title=item.title, uri=item.uri, score=score, rank=rank, source=source)
        for rank, (score, item) in enumerate(pairs[:k], 1)
    ]
