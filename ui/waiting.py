"""The line in which questions wait until they are answered: those of the page and those of programs, in their order."""

import threading
from collections.abc import Generator, Iterator

from rag.answer import Event

AT_ONCE = 2
"""Questions that are answered at the same time."""
MOST_WAITING = 16
"""Beyond so many waiting, a program is told to come back later; people wait."""
POLL_SECONDS = 0.1


class Waiting:
    """Lets so many answers be worked out at a time; the others come in the order in which they began to wait."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._at_once, self._most = at_once, at_once + most_waiting
        self._line: list[object] = []
        self._changed = threading.Condition()

    @property
    def busy(self) -> bool:
        """Whether the next one has to wait."""
        return len(self._line) >= self._at_once

    @property
    def full(self) -> bool:
        """Whether the next one had better come back later."""
        return len(self._line) >= self._most

    def turn(self, events: Iterator[Event], stop: threading.Event) -> Generator[Event]:
        """The events, once it is this one's turn; nothing when it was told to stop before."""
        ticket = object()
        with self._changed:
            self._line.append(ticket)
        try:
            if self._comes(ticket, stop):
                yield from events
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()

    def _comes(self, ticket: object, stop: threading.Event) -> bool:
        with self._changed:
            while ticket not in self._line[: self._at_once]:
                if stop.is_set():
                    return False
                self._changed.wait(POLL_SECONDS)
        return True
