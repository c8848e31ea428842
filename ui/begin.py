"""Questions to begin with, made from the documents: each was answered from the words that it was made from."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.protocols import Store
from index.records import DocumentEntry, Hit
from rag.answer import Answer
from ui.suggest import MOST, candidates, tried

DOCUMENTS = 24
"""Documents that are looked into, spread evenly over all; more make the wait longer and the questions no better."""
CHUNKS = 12
"""Chunks looked at of each: the beginning of a long one tells what it is about."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A question and the title of the document that answers it."""

    question: str
    title: str


class Beginning:
    """Finds the questions once for the documents as they are; safe to ask from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: tuple[tuple[str, ...], tuple[Begin, ...]] = ((), ())

    def questions(self, store: Store, ask: Callable[[str], Answer | None]) -> tuple[Begin, ...]:
        """At most MOST questions, of different documents where there are enough.

        `ask` answers one with quotes, and gives None when there is no more time; where nothing was found until then,
        the next visitor's page looks again.
        """
        with self._lock:
            entries = store.documents()
            now = tuple(entry.id for entry in entries)
            if self._found[0] == now:
                return self._found[1]
            most = 1 if len(entries) >= MOST else MOST
            found = tried(candidates(_hits(store, _spread(entries)), set()), ask, most)
            begun = tuple(Begin(one.question, hit.title) for hit, one in found)
            if begun:
                self._found = now, begun
            return begun


def _spread(entries: Sequence[DocumentEntry]) -> Sequence[DocumentEntry]:
    whole = [entry for entry in entries if entry.complete]
    return whole[:: max(1, -(-len(whole) // DOCUMENTS))]


def _hits(store: Store, entries: Sequence[DocumentEntry]) -> Iterator[Hit]:
    """The chunks as if they had been found: the first of each document, then the second of each, and so on."""
    chunks = [store.chunks(entry.id)[:CHUNKS] for entry in entries]
    for place in range(CHUNKS):
        for entry, held in zip(entries, chunks, strict=True):
            if place < len(held):
                yield Hit(held[place], entry.title, entry.uri, 0.0, 1, "dense")
