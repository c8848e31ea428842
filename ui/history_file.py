"""The SQLite file of the history: its tables, its transactions, and what can go wrong with it."""

import os
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FORMAT = 1
"""`run` is empty and unread: it once named the process that answered, and a file of this format has it."""
WAIT_SECONDS = 10.0
_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created REAL NOT NULL, changed REAL NOT NULL,
    deleted REAL, imported INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS conversation_owner ON conversation (owner, changed);
CREATE TABLE IF NOT EXISTS turn (
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    run TEXT NOT NULL, record TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (conversation, number));
PRAGMA user_version = {FORMAT};
COMMIT;
"""


class HistoryUnavailable(Exception):
    """The history cannot be read or written; the text is one sentence for the user."""


class HistoryFile:
    """One connection, shared between threads; `reading` and `changing` are its only ways in, and they wait in line."""

    def __init__(self, path: Path | None) -> None:
        """Opens the file or makes it, readable by its owner only; None keeps everything in memory."""
        self.path = path
        self._lock = threading.RLock()
        with self._translated():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """What is read inside comes from one moment. Raises HistoryUnavailable."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """All of the changes made inside are stored, or none of them. Raises HistoryUnavailable."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def fold(self) -> None:
        """Empties the write-ahead log, in which erased words could still stand."""
        with self._lock, self._translated():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Folds the write-ahead log into the file, if no other connection is open."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        self._connection.create_function("fold", 1, fold, deterministic=True)
        # FULL flushes at every commit: a question that is on the page survives a power cut.
        for setting in ("foreign_keys = ON", "secure_delete = ON", "journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {setting}").fetchall()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > FORMAT:
            raise HistoryUnavailable(
                f"The conversations in {self.path} have format {version} and this version reads {FORMAT}: "
                "update Footnote, or move the file away to begin a new one."
            )
        self._connection.executescript(_TABLES)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise HistoryUnavailable(_sentence(error, self.path)) from error


def fold(text: str) -> str:
    """The text as it is searched: upper and lower case are one, and so are the ways to write an accent."""
    return unicodedata.normalize("NFC", text.casefold())


def _sentence(error: Exception, path: Path | None) -> str:
    kind = getattr(error, "sqlite_errorname", "")
    if kind.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"The conversations in {path} are being written by another program: try again in a moment."
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"{path} is damaged or holds no conversations ({error}): move it away to begin a new one."
    if kind.startswith("SQLITE_FULL"):
        return f"The disk is full: free some space; what was kept in {path} before is safe."
    return f"The conversations in {path} cannot be used ({error}): make the folder writable, or check the disk."
