"""Questions to begin with, made from the documents: each was answered from the words or the document it was made from.

Without a conversation before it a question has to stand alone, so most of what the rules make from a text is left out;
what is missing is filled up with what a document is about.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from index.protocols import Store
from index.records import DocumentEntry, Hit
from rag.answer import Answer
from rag.write.questions import AskedBack
from ui.suggest import MOST, candidates, tried

DOCUMENTS = 24
"""Documents that are looked into, spread evenly over all; more make the wait longer and the questions no better."""
LONGEST_TITLE = 60
CHUNKS = 12
"""Chunks looked at of each: the beginning of a long one tells what it is about."""
_POINTS = re.compile(
    r"\b(?:they|them|their|it|its|this|that|these|those|he|she|his|her|we|our|here|there|which|when|if|says?|one|other)\b"
)
"""Words of a question that only a text before it explains, or that tell of a clause instead of a thing."""
_DEFINITE = re.compile(r"(?:What|Who) \w+ the [^A-Z\d]+\?")
"""The one thing of its text, without a name: "What is the second reason?"."""
_BARE = re.compile(r"What \w+ [A-Z]?[a-z]+\?")
"""A single word that may be a capital only for beginning its sentence: "What is Medicine?"."""
_MOST_WORDS = 9


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

        `ask` answers one with quotes, and gives None when there is no more time: what was found until then is shown,
        and the next visitor's page looks again.
        """
        with self._lock:
            entries = store.documents()
            now = tuple(entry.id for entry in entries)
            if self._found[0] == now:
                return self._found[1]
            whole = True

            def asking(question: str) -> Answer | None:
                nonlocal whole
                answer = ask(question)
                whole = whole and answer is not None
                return answer

            begun = tuple(islice(_begun(store, _spread(entries), asking), MOST))
            if whole:
                self._found = now, begun
            return begun


def stands_alone(one: AskedBack) -> bool:
    """Whether a question can be understood without the text that it was made from."""
    rest = one.question.partition(" ")[2]
    doubled = re.match(r"\w+ (?:What|Who|Why|How)\b", rest)
    vague = _DEFINITE.fullmatch(one.question) or _BARE.fullmatch(one.question)
    alone = not _POINTS.search(rest.lower()) and not doubled and not vague
    return one.rule != "label" and alone and len(rest.split()) < _MOST_WORDS


def _begun(store: Store, entries: Sequence[DocumentEntry], ask: Callable[[str], Answer | None]) -> Iterator[Begin]:
    most = 1 if len(entries) >= MOST else MOST
    used = set()
    alone = (found for found in candidates(_hits(store, entries), set()) if stands_alone(found[1]))
    for hit, one in tried(alone, ask, most):
        used.add(hit.chunk.document_id)
        yield Begin(one.question, hit.title)
    for entry in entries:
        if entry.id in used or len(entry.title) > LONGEST_TITLE:
            continue
        question = f"What is “{entry.title}” about?"
        answer = ask(question)
        if answer is None:
            return
        if answer.citations and all(cited.document_id == entry.id for cited in answer.citations):
            yield Begin(question, entry.uri)


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
