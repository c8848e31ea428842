"""Makes the database of an index, or empties it."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from index.errors import StoreDamaged
from index.store.database import FILE, Database, Manifest, connect, translated
from index.store.migrations import FORMAT, advance

OUR_FILES = ("index.db", "vectors.", "lexical", "write.lock", "beside", "history.db", "incoming", "added", "feedback")
"""What the names of an index's files begin with; the last four are what a page keeps there, which can come first."""


def create(folder: Path, embedder: str, fingerprint: str, dim: int, chunk_settings: str) -> None:
    """Puts an empty database into the folder, or empties the one that is there: either way at one stroke.

    A file that SQLite cannot read is kept as `index.db.damaged`. Raises StoreBusy, StoreDamaged, OSError.
    """
    manifest = Manifest(FORMAT, uuid.uuid4().hex, embedder, fingerprint, dim, chunk_settings)
    path = folder / FILE
    with translated(folder):
        if not (path.exists() and _emptied(path, manifest)):
            _replace(path, manifest)


def adopt(folder: Path, other: Path) -> None:
    """Puts the content of the index in `other`, closed and of this format, in place of the folder's, at one stroke.

    Raises StoreMissing, StoreBusy, StoreDamaged.
    """
    database = Database.open(folder)
    try:
        database.advance()
        with translated(folder):
            database.connection.execute("PRAGMA foreign_keys = OFF")  # tables are filled one after the other
            database.connection.execute("ATTACH ? AS other", (str(other / FILE),))
        with database.changing() as connection:
            generation = database.generation()
            for table in _tables(connection):
                connection.execute(f'DELETE FROM main."{table}"')  # noqa: S608 - our own tables
                connection.execute(f'INSERT INTO main."{table}" SELECT * FROM other."{table}"')  # noqa: S608
            # Counted on, since a reader of the old content must not take the new one for it.
            database.set_counter("generation", max(generation, database.generation()))
    finally:
        database.close()


def make_folder(folder: Path, ours: tuple[str, ...]) -> None:
    """Refuses a folder that holds files other than an index's, which begin with one of `ours`. Raises StoreDamaged."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        present = [entry.name for entry in folder.iterdir()]
    except OSError as error:
        raise StoreDamaged(
            f"An index cannot be made in {folder} ({error.strerror}): name a folder in a place you can write to."
        ) from error
    strange = [name for name in present if not name.startswith(ours)]
    if strange and FILE not in present:
        raise StoreDamaged(
            f"{folder} holds other files ({min(strange)}) and is no index: name a new or an empty folder."
        )


def _replace(path: Path, manifest: Manifest) -> None:
    new = path.with_name(path.name + ".new")
    for leftover in (new, *_logs(new)):
        leftover.unlink(missing_ok=True)
    with closing(connect(f"{new.absolute().as_uri()}?mode=rwc")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        _fill(connection, manifest, generation=0)
    if path.exists():
        path.replace(path.with_name(path.name + ".damaged"))
    for leftover in _logs(path):
        leftover.unlink(missing_ok=True)
    new.replace(path)


def _emptied(path: Path, manifest: Manifest) -> bool:
    try:
        with closing(connect(f"{path.absolute().as_uri()}?mode=rw")) as connection:
            # One more than before: a reader that has the old content open must not take the new one for it.
            before = connection.execute("SELECT value FROM manifest WHERE key = 'generation'").fetchone()
            _fill(connection, manifest, generation=int(before[0]) + 1)
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")):
            raise
        return False
    return True


def _fill(connection: sqlite3.Connection, manifest: Manifest, generation: int) -> None:
    rows = {key: str(value) for key, value in manifest._asdict().items()}
    rows |= {"generation": str(generation), "next_number": "1"}
    connection.execute("PRAGMA foreign_keys = OFF")  # so that tables can be dropped in any order
    connection.execute("BEGIN IMMEDIATE")
    try:
        for table in _tables(connection):
            connection.execute(f'DROP TABLE "{table}"')
        advance(connection, 0)
        connection.executemany("INSERT INTO manifest VALUES (?, ?)", rows.items())
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [row[0] for row in connection.execute(query)]


def _logs(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")
