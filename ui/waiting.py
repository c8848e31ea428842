"""The line in which questions of the page and of programs wait until they are answered: owners by turns."""

import threading
from bisect import insort
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from rag.answer import Event

AT_ONCE = 2
"""Questions that are answered at the same time."""
MOST_WAITING = 16
"""Beyond so many waiting, a program is told to come back later; people wait."""
STOP_SECONDS = 0.5
"""How soon who waits notices a stop; what moves the line wakes them at once."""


@dataclass(frozen=True, slots=True)
class Queued:
    """So many questions are answered `before` this one begins; 0 once it begins."""

    before: int


@dataclass(eq=False, frozen=True, slots=True)
class _Ticket:
    owner: str
    round: int


class Waiting:
    """Lets so many answers be worked out at a time.

    The others come in rounds, in each of which every owner has one question, in the order in which they came: who asks
    ten at once does not make everybody else wait for ten.
    """

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._at_once, self._most = at_once, at_once + most_waiting
        self._answered: list[_Ticket] = []
        self._line: list[_Ticket] = []
        self._rounds: dict[str, int] = {}
        self._round = 0
        self._changed = threading.Condition()

    @property
    def full(self) -> bool:
        """Whether the next one had better come back later."""
        return len(self._answered) + len(self._line) >= self._most

    def turn(self, events: Iterator[Event], stop: threading.Event, owner: str = "") -> Generator[Event | Queued]:
        """How many come before this one, as often as that changes, and then its events; nothing more once stopped."""
        with self._changed:
            ticket = _Ticket(owner, max(self._round, self._rounds.get(owner, -1) + 1))
            self._rounds[owner] = ticket.round
            insort(self._line, ticket, key=_round)
            self._advance()
        try:
            yield from self._before(ticket, stop)
            if ticket in self._answered:
                yield from events
        finally:
            with self._changed:
                (self._answered if ticket in self._answered else self._line).remove(ticket)
                self._advance()

    def _before(self, ticket: _Ticket, stop: threading.Event) -> Iterator[Queued]:
        told = 0
        while not stop.is_set():
            with self._changed:
                comes = ticket in self._answered
                before = 0 if comes else len(self._answered) + self._line.index(ticket)
                if before == told and not comes:
                    self._changed.wait(STOP_SECONDS)
                    continue
            if before != told:
                yield Queued(before)
            if comes:
                return
            told = before

    def _advance(self) -> None:
        """Lets in whose turn it is, and forgets the rounds that are over."""
        while self._line and len(self._answered) < self._at_once:
            first = self._line.pop(0)
            self._answered.append(first)
            self._round = first.round
            self._rounds = {owner: last for owner, last in self._rounds.items() if last >= first.round}
        self._changed.notify_all()


def _round(ticket: _Ticket) -> int:
    return ticket.round
