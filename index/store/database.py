"""The truth of an index in one SQLite file: the connection, its transactions, the manifest, and what can go wrong.

Rows of `chunks` never change and their `number` is never given out twice within one `identity` of the database, so
whatever is derived from the chunks is brought up to date by comparing two sets of numbers. The queries are in `rows`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from index.errors import IndexingError, StoreBusy, StoreDamaged, StoreMismatch, StoreMissing
from index.store.migrations import FORMAT, advance
from index.store.place import MilvusPlace
from index.store.scratch import remove, scratch_folder

FILE = "index.db"
WAIT_SECONDS = 10.0


class Manifest(NamedTuple):
    """What an index was made with; `identity` is new whenever the index is emptied and made again."""

    format: int
    identity: str
    embedder: str
    fingerprint: str
    dim: int
    chunk_settings: str


class Database:
    """One connection. `reading` and `changing` are its only transactions; neither nests."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, copy: Path | None = None) -> None:
        self.connection = connection
        self.folder = folder
        self._copy = copy

    @classmethod
    def open(cls, folder: Path) -> Database:
        """Opens what is there; where nothing can be written, for reading only. Raises StoreMissing, StoreDamaged."""
        path = folder / FILE
        if not path.is_file():
            raise StoreMissing(f"There is no index in {folder}: make one with `rag index DOCS --index {folder}`.")
        with translated(folder):
            if os.access(folder, os.W_OK) and os.access(path, os.W_OK):
                return cls(connect(f"{path.absolute().as_uri()}?mode=rw"), folder)
            return cls._open_unwritable(path)

    @classmethod
    def _open_unwritable(cls, path: Path) -> Database:
        # SQLite cannot read a write-ahead log without writing beside it, so a folder copied from under a running
        # writer is read from a private copy; and so is an older format, which is brought up to date there.
        log = path.with_name(path.name + "-wal")
        logged = log.is_file() and log.stat().st_size > 0
        if not logged:
            database = cls(connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1"), path.parent)
            if not database.outdated():
                return database
            database.connection.close()
        copy = scratch_folder()
        for file in (path, log) if logged else (path,):
            shutil.copyfile(file, copy / file.name)
        database = cls(connect(f"{(copy / path.name).as_uri()}?mode=rw"), path.parent, copy)
        database.advance()
        return database

    @property
    def writable(self) -> bool:
        """Whether changes can be stored; False in a folder without write permission."""
        return self._copy is None and os.access(self.folder, os.W_OK)

    def outdated(self) -> bool:
        """Whether the tables are of an earlier format, which `advance` brings up to date."""
        with translated(self.folder):
            row = self.connection.execute("SELECT value FROM manifest WHERE key = 'format'").fetchone()
        return row is not None and str(row[0]).isdecimal() and 1 <= int(row[0]) < FORMAT

    def advance(self) -> None:
        """Brings the tables of an earlier format up to date, all or nothing; the documents stay as they are."""
        if self.outdated():
            with self.changing() as connection:
                version = self.counter("format")  # another process may have been faster
                advance(connection, version)
                self.set_counter("format", max(version, FORMAT))

    def manifest(self) -> Manifest:
        """Raises StoreMismatch where the format is not the one of this program."""
        rows = dict(self.connection.execute("SELECT key, value FROM manifest"))
        try:
            if int(rows["format"]) != FORMAT:
                raise StoreMismatch(
                    f"The index {self.folder} has format {rows['format']} and this program reads {FORMAT}: use the "
                    f"program that made it, or {reindexing(self.folder)}"
                )
            return Manifest(
                format=int(rows["format"]),
                identity=rows["identity"],
                embedder=rows["embedder"],
                fingerprint=rows["fingerprint"],
                dim=int(rows["dim"]),
                chunk_settings=rows["chunk_settings"],
            )
        except (KeyError, ValueError) as error:
            message = f"The manifest of the index {self.folder} is damaged: {reindexing(self.folder)}"
            raise StoreDamaged(message) from error

    def generation(self) -> int:
        """Counts the committed changes; a reader is up to date when its number is this one."""
        return self.counter("generation")

    def counter(self, key: str) -> int:
        """A whole number of the manifest table."""
        row = self.connection.execute("SELECT value FROM manifest WHERE key = ?", (key,)).fetchone()
        return int(row[0])

    def set_counter(self, key: str, value: int) -> None:
        """Stores what `counter` reads."""
        self.connection.execute("UPDATE manifest SET value = ? WHERE key = ?", (str(value), key))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Everything read inside comes from one generation."""
        with translated(self.folder):
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("COMMIT")

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """All of the changes made inside are stored, as one new generation, or none of them."""
        with translated(self.folder):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.set_counter("generation", self.generation() + 1)
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Folds the write-ahead log into the file, if no other connection is open, so that the file can be copied."""
        with translated(self.folder):
            self.connection.close()
        if self._copy is not None:
            remove(self._copy)


def reindexing(place: Path | MilvusPlace) -> str:
    """The advice that ends every message about an index that has to be made again."""
    return f"make it again with `rag index DOCS --index {place} --rebuild`."


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns SQLite's errors into this package's."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translation(error, folder) from error


def connect(uri: str) -> sqlite3.Connection:
    """A connection set up as this package needs it; transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        # FULL flushes at every commit: what a run has reported as done survives a power cut, at a few ms a document.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _translation(error: sqlite3.Error, folder: Path) -> IndexingError:
    kind = getattr(error, "sqlite_errorname", "")
    if kind.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(f"The index {folder} is being changed by another process: wait until it has finished.")
    if kind.startswith("SQLITE_FULL"):
        return StoreDamaged(f"The disk is full: free some space and try again; what was committed to {folder} is safe.")
    if kind.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreDamaged(
            f"The index {folder} cannot be written ({error}): make the folder writable, or copy it to a place that is."
        )
    if kind.startswith("SQLITE_IOERR"):
        return StoreDamaged(
            f"The disk refused to read or write the index {folder} ({error}): check the free space and the disk; "
            "what was committed before is safe."
        )
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "no such table" in str(error):
        return StoreDamaged(f"{folder / FILE} is damaged or not an index ({error}): {reindexing(folder)}")
    return StoreDamaged(f"The index {folder} could not be used ({error}): check it with `rag doctor --index {folder}`.")
