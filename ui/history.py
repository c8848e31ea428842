"""Conversations kept on this machine, in one SQLite file: private to an owner, safe against a crash.

How the page uses it::

    history = History(home / FILE)
    owner = signed_in("ada")                      # or of_browser(token), a secret that one browser keeps
    chat = history.create(owner)                  # its id goes into the address of the page
    for turns in history.keep(owner, chat, desk.ask(turns, question, ...)):
        ...                                       # the question is on disk before the first of these
    history.load(owner, chat).turns               # after a reload, a restart, a kill
    history.list(owner, "gpus cost")              # newest first; all words, anywhere in questions and answers
    history.rename(owner, chat, "Costs"); history.delete(owner, chat); history.restore(owner, chat)
    history.add(owner, exported.title, exported.turns)     # of `export.read`

A conversation of somebody else is as unknown as one that never was (`UnknownConversation`). Every method raises
`HistoryUnavailable`, with one sentence for the user, where the file cannot be read or written.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.answer import one_line
from ui.conversation import Conversation, Heading, UnknownConversation, of_browser, signed_in
from ui.escape import clip
from ui.history_file import HistoryFile, HistoryUnavailable, fold
from ui.record import BadRecord, from_record, to_record
from ui.turn import Turn

__all__ = ["Conversation", "Heading", "History", "HistoryUnavailable", "UnknownConversation", "of_browser", "signed_in"]

FILE = "history.db"
UNDO_SECONDS = 24 * 3600.0
"""How long a deleted conversation can be brought back; later it is erased."""
TITLE_CHARACTERS = 80
INTERRUPTED = "Footnote was stopped before this question was answered to the end: ask it again."
UNREADABLE = "What was stored of this turn cannot be read by this version of Footnote."
_FOUND = (
    "SELECT id, title, created, changed, deleted, imported, "
    "(SELECT count(*) FROM turn WHERE conversation = id) AS turns FROM conversation WHERE owner = ?"
)
# The words come as one JSON list: with a condition for each, a long query would be too large for SQLite.
_HOLDS = (
    " AND NOT EXISTS (SELECT 1 FROM json_each(?) AS word WHERE NOT instr(fold(title), word.value) AND NOT EXISTS "
    "(SELECT 1 FROM turn WHERE conversation = conversation.id AND instr(words, word.value)))"
)
_DUE = (
    "SELECT id FROM conversation WHERE deleted < ? OR (changed < ? AND NOT EXISTS "
    "(SELECT 1 FROM turn WHERE conversation = conversation.id))"
)


class History:
    """All conversations of one index. Safe to share between threads and processes."""

    def __init__(self, file: Path | None) -> None:
        """Opens the file or makes it; None forgets everything at the end. Raises HistoryUnavailable."""
        self._file = HistoryFile(file)
        self._answering: set[tuple[str, int]] = set()
        self._purge()

    def close(self) -> None:
        """Ends the use of the file; nothing is lost where this is never called."""
        self._file.close()

    def create(self, owner: str, title: str = "") -> str:
        """The id of a new, empty conversation; without a title its first question becomes it."""
        return self.add(owner, title, (), imported=False)

    def add(self, owner: str, title: str, turns: Sequence[Turn], *, imported: bool = True) -> str:
        """The id of a new conversation with these turns, in one transaction."""
        self._purge()
        identity, now = secrets.token_urlsafe(12), time.time()
        with self._file.changing() as connection:
            connection.execute(
                "INSERT INTO conversation VALUES (?, ?, ?, ?, ?, NULL, ?)",
                (identity, owner, _title(title), now, now, imported),
            )
            rows = ((identity, number, *_row(turn)) for number, turn in enumerate(turns))
            connection.executemany("INSERT INTO turn VALUES (?, ?, ?, ?, ?)", rows)
        return identity

    def list(self, owner: str, query: str = "", *, deleted: bool = False) -> "tuple[Heading, ...]":
        """The owner's conversations, changed last first; with a query, those that hold all of its words.

        Upper and lower case are one. `deleted` lists what can still be restored instead.
        """
        self._purge()
        words = json.dumps([*dict.fromkeys(_searchable(query).split())])
        found = f"{_FOUND} AND deleted IS {'NOT NULL' if deleted else 'NULL'}{_HOLDS}"
        with self._file.reading() as connection:
            rows = connection.execute(f"{found} AND turns > 0 ORDER BY changed DESC, id", (owner, words)).fetchall()
        return tuple(_heading(row) for row in rows)

    def heading(self, owner: str, identity: str) -> Heading:
        """The heading of a conversation. Raises UnknownConversation, also for a deleted one."""
        with self._file.reading() as connection:
            row = connection.execute(f"{_FOUND} AND id = ? AND deleted IS NULL", (owner, identity)).fetchone()
        if row is None:
            raise UnknownConversation
        return _heading(row)

    def load(self, owner: str, identity: str) -> Conversation:
        """The conversation with all its turns. Raises UnknownConversation, also for a deleted one."""
        heading = self.heading(owner, identity)
        with self._file.reading() as connection:
            turns = connection.execute(
                "SELECT number, record FROM turn WHERE conversation = ? ORDER BY number", (identity,)
            ).fetchall()
        return Conversation(heading, tuple(self._turn(identity, number, record) for number, record in turns))

    def rename(self, owner: str, identity: str, title: str) -> None:
        """Gives the conversation another title, on one line and at most TITLE_CHARACTERS long."""
        self._change(owner, identity, "title = ?", _title(title))

    def delete(self, owner: str, identity: str) -> None:
        """Takes the conversation out of the list; `restore` brings it back within UNDO_SECONDS."""
        self._change(owner, identity, "deleted = ?", time.time())
        self._purge()

    def restore(self, owner: str, identity: str) -> None:
        """Undoes `delete`; after UNDO_SECONDS it raises UnknownConversation."""
        self._purge()
        self._change(owner, identity, "deleted = ?", None, deleted=True)

    def erase(self, owner: str, identity: str) -> None:
        """Deletes the conversation for good; its words are overwritten in the file."""
        with self._file.changing() as connection:
            gone = connection.execute("DELETE FROM conversation WHERE owner = ? AND id = ?", (owner, identity))
        if not gone.rowcount:
            raise UnknownConversation
        self._file.fold()

    def ask(self, owner: str, identity: str, turn: Turn) -> int:
        """Appends a turn whose answer is still to come and returns its number, counted from 0 in the conversation."""
        with self._file.changing() as connection:
            self._touch(connection, owner, identity)
            connection.execute(
                "UPDATE conversation SET title = ? WHERE id = ? AND title = ''", (_title(turn.question), identity)
            )
            (number,) = connection.execute(
                "SELECT coalesce(max(number) + 1, 0) FROM turn WHERE conversation = ?", (identity,)
            ).fetchone()
            connection.execute("INSERT INTO turn VALUES (?, ?, ?, ?, ?)", (identity, number, *_row(turn)))
        return int(number)

    def put(self, owner: str, identity: str, number: int, turn: Turn) -> None:
        """Stores what has become of a turn: its answer, its problem, a thumb. The question stays what was asked.

        Raises HistoryUnavailable where another question has that number, as after `cut` in another tab.
        """
        with self._file.changing() as connection:
            self._touch(connection, owner, identity)
            row = connection.execute(
                "SELECT record FROM turn WHERE conversation = ? AND number = ?", (identity, number)
            ).fetchone()
            if row is None or json.loads(row[0]).get("question") != to_record(turn)["question"]:
                raise HistoryUnavailable("This conversation was changed in another tab: reload the page.")
            connection.execute(
                "UPDATE turn SET run = ?, record = ?, words = ? WHERE conversation = ? AND number = ?",
                (*_row(turn), identity, number),
            )

    def cut(self, owner: str, identity: str, number: int) -> None:
        """Removes the turns from this number on, as when an earlier question is edited."""
        with self._file.changing() as connection:
            self._touch(connection, owner, identity)
            connection.execute("DELETE FROM turn WHERE conversation = ? AND number >= ?", (identity, number))

    def keep(self, owner: str, identity: str, steps: Iterator[tuple[Turn, ...]]) -> Iterator[tuple[Turn, ...]]:
        """Passes on the steps of one new turn and stores it: the question before the first step leaves, then the end.

        Where the iterator is closed early (the browser went away), what had come is stored as "interrupted". A step
        that cannot be stored is passed on too, before HistoryUnavailable is raised.
        """
        number, turn = -1, Turn("")
        try:
            for turns in steps:
                turn = turns[-1]
                try:
                    if number < 0:
                        number = self.ask(owner, identity, turn)
                        self._answering.add((identity, number))
                    if not turn.busy:
                        self.put(owner, identity, number, turn)
                finally:
                    yield turns
        finally:
            if number >= 0 and turn.busy:
                with suppress(HistoryUnavailable):  # nobody is left to be told, and it reads as interrupted anyway
                    self.put(owner, identity, number, interrupted(turn))
            self._answering.discard((identity, number))

    def _turn(self, identity: str, number: int, record: str) -> Turn:
        try:
            turn = from_record(json.loads(record))
        except (BadRecord, ValueError):
            return Turn(_question(record), "failed", problem=UNREADABLE)
        return interrupted(turn) if turn.busy and (identity, number) not in self._answering else turn

    def _touch(self, connection: sqlite3.Connection, owner: str, identity: str) -> None:
        """Marks the conversation as changed now. Raises UnknownConversation where this owner has none such any more."""
        changed = connection.execute(
            "UPDATE conversation SET changed = ? WHERE owner = ? AND id = ? AND deleted IS NULL",
            (time.time(), owner, identity),
        )
        if not changed.rowcount:
            raise UnknownConversation

    def _change(self, owner: str, identity: str, what: str, value: object, *, deleted: bool = False) -> None:
        state = "NOT NULL" if deleted else "NULL"
        with self._file.changing() as connection:
            changed = connection.execute(
                f"UPDATE conversation SET {what} WHERE owner = ? AND id = ? AND deleted IS {state}",  # noqa: S608
                (value, owner, identity),
            )
        if not changed.rowcount:
            raise UnknownConversation

    def _purge(self) -> None:
        """Erases what was deleted, and conversations that nobody began, longer than UNDO_SECONDS ago."""
        before = (time.time() - UNDO_SECONDS,) * 2
        with self._file.reading() as connection:
            due = connection.execute(f"{_DUE} LIMIT 1", before).fetchone()
        if due:
            with self._file.changing() as connection:
                connection.execute(f"DELETE FROM conversation WHERE id IN ({_DUE})", before)  # noqa: S608 our own
            self._file.fold()


def interrupted(turn: Turn) -> Turn:
    """The turn as nobody will finish it."""
    return replace(turn, phase="interrupted", problem=INTERRUPTED)


def _row(turn: Turn) -> tuple[str, str, str]:
    said = turn.answer.text if turn.answer else " ".join(sentence.text for sentence in turn.sentences)
    return "", json.dumps(to_record(turn)), _searchable(f"{turn.question} {said}")


def _heading(row: tuple[Any, ...]) -> Heading:
    identity, title, created, changed, deleted, imported, turns = row
    return Heading(identity, title, created, changed, turns, bool(imported), deleted)


def _title(text: str) -> str:
    return clip(_storable(text), TITLE_CHARACTERS)


def _searchable(text: str) -> str:
    return fold(one_line(_storable(text)))


def _storable(text: str) -> str:
    """The text without what SQLite cannot hold: halves of characters, and the character that ends a string."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _question(record: str) -> str:
    """What can still be told of a record that cannot be read."""
    try:
        return str(json.loads(record)["question"])
    except (ValueError, TypeError, KeyError):
        return "?"
