"""The format of an index's database: the steps that lead from each version to the next one.

A new index is made by the same steps that bring an old one up to date, so both have the same tables. To change the
tables, append one step; a step that was released never changes. What a step adds must have a default that is true of
the rows that are there already. Where old rows would have to be made again (chunks cut otherwise), the chunk settings
of `index.sync` change instead, and the index is refused until it is rebuilt.
"""

from __future__ import annotations

from sqlite3 import Connection

STEPS = (
    """
    CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents (
      id TEXT PRIMARY KEY, uri TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, page_starts TEXT NOT NULL,
      characters INTEGER NOT NULL, chunks INTEGER NOT NULL
    );
    CREATE TABLE chunks (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL REFERENCES documents (id),
      "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL, text TEXT NOT NULL,
      vector BLOB NOT NULL
    );
    CREATE INDEX chunks_by_document ON chunks (document_id);
    """,
    # 2: a large document is stored in pieces; it is whole when it has as many chunks as were planned.
    """
    ALTER TABLE documents ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;
    UPDATE documents SET planned = chunks;
    """,
    # 3: author and dates as the file gives them, as JSON (`index.records.Origin`).
    """
    ALTER TABLE documents ADD COLUMN meta TEXT NOT NULL DEFAULT '{}';
    """,
    # 4: what a chunk leans on, as JSON (`index.records.Context`); "" where there is nothing.
    """
    ALTER TABLE chunks ADD COLUMN context TEXT NOT NULL DEFAULT '';
    """,
    # 5: what listings show, apart from the texts: a row of `documents` holds its whole text before its numbers.
    """
    CREATE INDEX documents_listed ON documents (uri, id, title, characters, chunks, planned);
    """,
    # 6: a short summary of a document, made on first need: JSON pairs of offsets, the most telling sentence first.
    """
    ALTER TABLE documents ADD COLUMN summary TEXT;
    """,
    # 7: texts apart from what changes while a document is stored, since a row that changes is written anew as a whole,
    # and in parts, since SQLite holds a value three times that it takes in. Not by DROP COLUMN, which needs 3.35; the
    # chunks miss their documents until they are there again.
    """
    PRAGMA defer_foreign_keys = ON;
    CREATE TABLE texts (
      document_id TEXT NOT NULL REFERENCES documents (id), part INTEGER NOT NULL, text TEXT NOT NULL,
      PRIMARY KEY (document_id, part)
    );
    INSERT INTO texts SELECT id, 0, text FROM documents;
    CREATE TABLE rest AS
      SELECT id, uri, title, page_starts, meta, characters, chunks, planned, summary FROM documents;
    DROP TABLE documents;
    CREATE TABLE documents (
      id TEXT PRIMARY KEY, uri TEXT NOT NULL, title TEXT NOT NULL, page_starts TEXT NOT NULL, meta TEXT NOT NULL,
      characters INTEGER NOT NULL, chunks INTEGER NOT NULL, planned INTEGER NOT NULL, summary TEXT
    );
    INSERT INTO documents SELECT * FROM rest;
    DROP TABLE rest;
    CREATE INDEX documents_listed ON documents (uri, id, title, characters, chunks, planned);
    """,
)
FORMAT = len(STEPS)
"""The version that this program reads and writes: the number of steps."""


def advance(connection: Connection, version: int) -> None:
    """Brings tables of `version` (0: none) to FORMAT, inside the caller's transaction."""
    for step in STEPS[version:]:
        for statement in step.split(";"):
            connection.execute(statement)
