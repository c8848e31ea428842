"""Checks that an index keeps its promises, and makes again what is derived from its database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from sqlite3 import Connection

import numpy as np

from index.errors import StoreDamaged
from index.store import derived, rows
from index.store.database import Database, reindexing
from index.store.local import open_store
from index.store.migrations import FORMAT

CHECKED_AT_ONCE = 10_000
SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise: `repairable` where it concerns what is derived, else the index has to be made again."""

    subject: str
    problem: str
    repairable: bool
    repaired: bool = False

    def __str__(self) -> str:
        state = "repaired" if self.repaired else "repairable" if self.repairable else "damaged"
        return f"{state}: {self.subject}: {self.problem}"


def examine(folder: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the index; nothing for a sound one. Changes nothing. Raises StoreMissing."""
    try:
        database = Database.open(folder)
    except StoreDamaged as error:
        return (Finding("index.db", str(error), repairable=False),)
    try:
        with database.reading() as connection:
            if database.outdated():
                return (Finding("index.db", f"its format is {database.counter('format')} and not {FORMAT}", True),)
            return tuple(_examine(database, connection))
    except StoreDamaged as error:
        return (Finding("index.db", str(error), repairable=False),)
    finally:
        database.close()


def repair(folder: Path) -> tuple[Finding, ...]:
    """Makes again what is derived, if anything is wrong with it; returns what `examine` found, marked where repaired.

    What is wrong in the database is only named; an earlier format is brought up to date. Raises StoreMissing,
    StoreBusy, StoreDamaged.
    """
    found = examine(folder)
    if any(finding.repairable for finding in found):
        with open_store(folder) as store, store.writing():
            derived.discard(folder)
            store.flush()
    left = set(examine(folder)) if found else set()
    return tuple(replace(finding, repaired=True) if finding not in left else finding for finding in found)


def _examine(database: Database, connection: Connection) -> Iterator[Finding]:
    sound = True
    for finding in _database_findings(database, connection):
        sound = False
        yield finding
    if sound:
        yield from _derived_findings(database, connection)


def _database_findings(database: Database, connection: Connection) -> Iterator[Finding]:
    advice = reindexing(database.folder)
    for (message,) in connection.execute("PRAGMA integrity_check(10)"):
        if message != "ok":
            yield Finding("index.db", f"{message}; {advice}", repairable=False)
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield Finding("index.db", f"a row of {table} belongs to no document; {advice}", repairable=False)
    manifest = database.manifest()
    for entry in rows.entries(connection):
        for problem in _document_problems(connection, entry.id):
            yield Finding(f"{entry.uri} ({entry.id})", f"{problem}; {advice}", repairable=False)
    stored = rows.numbers(connection)
    if len(stored) and stored[-1] >= database.counter("next_number"):
        yield Finding("index.db", f"a chunk's number is not below the next one to be given; {advice}", repairable=False)
    for start in range(0, len(stored), CHECKED_AT_ONCE):
        numbers = stored[start : start + CHECKED_AT_ONCE]
        for number, problem in _vector_problems(connection, numbers, manifest.dim):
            yield Finding(f"the vector of chunk number {number}", f"{problem}; {advice}", repairable=False)


def _document_problems(connection: Connection, document_id: str) -> Iterator[str]:
    document, chunks = rows.document(connection, document_id), rows.chunks(connection, document_id)
    assert document is not None
    characters, count = connection.execute(
        "SELECT characters, chunks FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    if characters != len(document.text):
        yield f"its text has {len(document.text)} characters and not {characters}"
    if count != len(chunks):
        yield f"it has {len(chunks)} chunks and not {count}"
    if list(document.page_starts) != sorted(document.page_starts):
        yield "its page starts are not in order"
    for item in chunks:
        if document.text[item.start : item.end] != item.text or not item.id.startswith(f"{document_id}:"):
            yield f"chunk {item.id} is not the slice {item.start}:{item.end} of its text"


def _vector_problems(connection: Connection, numbers: rows.Numbers, dim: int) -> Iterator[tuple[int, str]]:
    query = "SELECT number, length(vector) FROM chunks WHERE number BETWEEN ? AND ? ORDER BY number"
    sizes = dict(connection.execute(query, (int(numbers[0]), int(numbers[-1]))))
    wrong = {number for number, size in sizes.items() if size != dim * rows.HALF.itemsize}
    yield from ((number, f"it does not have {dim} numbers") for number in sorted(wrong))
    right = np.asarray([number for number in numbers.tolist() if number not in wrong], dtype=np.int64)
    norms = np.linalg.norm(rows.vectors(connection, right, dim), axis=1)
    for number, norm in zip(right.tolist(), norms.tolist(), strict=True):
        if not abs(norm - 1) < rows.UNIT_TOLERANCE:
            yield number, f"its length is {norm} and not 1"


def _derived_findings(database: Database, connection: Connection) -> Iterator[Finding]:
    """What is saved from an earlier generation is only late: it is brought up to date by the next search."""
    identity, generation = database.manifest().identity, database.generation()
    saved = derived.stamped_generations(database.folder, identity)
    checks = ((derived.DENSE, _dense_problem), (derived.LEXICAL, _lexical_problem))
    for (name, check), at in zip(checks, saved, strict=True):
        problem = check(database, connection, at == generation)
        if problem:
            yield Finding(name, problem, repairable=True)


def _dense_problem(database: Database, connection: Connection, current: bool) -> str:
    manifest, stored = database.manifest(), rows.numbers(connection)
    try:
        dense, _ = derived.load_dense(database.folder, manifest.identity)
    except derived.NotUsable as error:
        return str(error)
    if current and not np.array_equal(dense.numbers(), stored):
        return "it does not hold the chunks of the database"
    sample = stored[:: max(1, len(stored) // SAMPLE)]
    if (
        current
        and dense.exact
        and not np.array_equal(dense.vectors(sample), rows.vectors(connection, sample, manifest.dim))
    ):
        return "its vectors are not those of the database"
    return ""


def _lexical_problem(database: Database, connection: Connection, current: bool) -> str:
    try:
        lexical, _ = derived.load_lexical(database.folder, database.manifest().identity)
    except derived.NotUsable as error:
        return str(error)
    if current and not np.array_equal(lexical.numbers(), rows.numbers(connection)):
        return "it does not hold the chunks of the database"
    return ""
