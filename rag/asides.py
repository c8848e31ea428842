"""Turns that ask nothing of the documents' words: small talk, the collection itself, and summaries."""

import re
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.protocols import Embedder, Store
from index.records import DocumentEntry, Hit
from index.text.words import terms
from rag.answer import Answer, Event, Evidence, Final
from rag.check.injection import trustworthy
from rag.cite import slices
from rag.composing import Turn
from rag.find.intent import QUESTION, Intent, Intents
from rag.find.named import named_documents, without_names
from rag.write.extract import Extract
from rag.write.summary import about, collected
from rag.write.talk import describe, reply

PASSAGES = 10
"""Passages from which a summary on a topic is drawn."""
NOTHING = "There is nothing to summarise: the documents hold no sentences."

_TOPIC = re.compile(
    r"\b(?:about|on|regarding|concerning|over|of|über|zu|zum|zur|sur|sobre|su|da|о|об)\s+(?P<topic>[^?.!]+)",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"\b(?:pages?|words?|seiten?|wörter|mots?|páginas?|pagin[ae]|страниц\w*)\b|页|ページ", re.IGNORECASE
)
_OF_TEXTS = re.compile(
    r"\b(?:authors?|autor\w*|auteure?s?|autore|wrote|writes?|written|writer|geschrieben|verfasst|écrit|escrib\w+|scritto|about"
    r"|contains?|covers?|contents?|inhalt|enthält|contient|contiene)\b|作者|内容",
    re.IGNORECASE,
)
"""Words by which one asks of a text rather than of what it is about."""
_NO_TOPIC = frozenset(
    terms(
        "document documents file files text texts pdf paper papers report reports article articles collection all this "
        "everything that it these overall one two three sentences sentence words short brief summary overview points "
        "main key dokument dokumente datei dateien alles bericht fichier rapport documento archivo"
    )
)
"""Words after "about" or "of" that name no topic: the documents themselves, and how long the summary is to be."""


@dataclass(frozen=True, slots=True)
class Asides:
    """Tells what a turn wants and answers those turns that are no questions.

    `turn` begins a turn for a question; `retrieve` gives the best passages for a text, of some documents only.
    """

    store: Store
    embedder: Embedder
    intents: Intents | None
    turn: Callable[[str], Turn]
    retrieve: Callable[[str, int, Collection[str] | None], tuple[Hit, ...]]

    def answer(self, question: str, only: Collection[str] | None) -> Generator[Event, None, bool]:
        """Answers what is no question to the documents, and says whether it was none."""
        entries = tuple(entry for entry in self.store.documents() if only is None or entry.id in only)
        named = named_documents(question, entries)
        intent = self._intent(question)
        if intent.kind == "question" and named:
            # "How many pages does the harbour plan have?" reads as a question until the plan is known as a document.
            general = self._intent(without_names(question, named))
            intent = general if _of_a_text(general, question, named) else intent
        if intent.kind == "question":
            return False
        if line := self._line(intent, named, entries):
            yield from self._told(question, line)
            return True
        if intent.kind == "summary" or (intent.kind == "about" and named):
            topic = topic_of(question, named)
            yield from (
                self._on(question, topic, [e.id for e in named] or only)
                if topic
                else self._of(question, named or entries)
            )
            return True
        return False

    def summarise(self, document_id: str | None) -> Answer:
        """Cited sentences that cover one document, or all of them. Raises UnknownDocument."""
        entries = self.store.documents()
        wanted = "the documents" if document_id is None else self.store.document(document_id).uri
        chosen = [entry for entry in entries if document_id in (None, entry.id)]
        *_, final = self._of(f"Summarise {wanted}.", chosen)
        assert isinstance(final, Final)
        return final.answer

    def topical(self, history: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """The turns that a follow-up may lean on: no small talk, nothing about the collection."""
        intents = [self._intent(asked) for asked, _ in history]
        kept = zip(history, intents, strict=True)
        return tuple(turn for turn, intent in kept if not (intent.talk or intent.collection))

    def _intent(self, question: str) -> Intent:
        return self.intents.of(question) if self.intents else QUESTION

    def _line(self, intent: Intent, named: Sequence[DocumentEntry], entries: Sequence[DocumentEntry]) -> str:
        """The program's own line for small talk and for the collection; "" where the documents have to be asked."""
        if intent.talk:
            return reply(intent.kind, len(entries))
        if intent.collection and intent.kind != "about":
            return describe(intent.kind, named, self.store, entries)
        return ""

    def _told(self, question: str, line: str) -> Iterator[Event]:
        turn = self.turn(question)
        yield Evidence((), question)
        yield from turn.tell(line)
        yield Final(turn.answer(1.0, str))

    def _of(self, question: str, entries: Sequence[DocumentEntry]) -> Iterator[Event]:
        """The documents summarised."""
        began = time.perf_counter()
        turn = self.turn(question)
        yield Evidence((), question)
        told, notice = collected(entries, self.store, self.embedder)
        turn.note(notice)
        yield from turn.quote([Extract((item,)) for item in told])
        turn.seconds = {"total": time.perf_counter() - began}
        yield Final(turn.answer(float(bool(told)), lambda: NOTHING))

    def _on(self, question: str, topic: str, only: Collection[str] | None) -> Iterator[Event]:
        """What the documents say about a topic."""
        began = time.perf_counter()
        hits = self.retrieve(topic, PASSAGES, only)
        turn = self.turn(question)
        yield Evidence(hits, topic)
        told = about(topic, trustworthy(slices(hits)), self.embedder)
        yield from turn.quote([Extract((item,)) for item in told])
        turn.seconds = {"total": time.perf_counter() - began}
        yield Final(turn.answer(float(bool(told)), lambda: f"The documents say nothing about {topic}."))


def _of_a_text(intent: Intent, question: str, named: Sequence[DocumentEntry]) -> bool:
    """Whether what is asked can only be asked of a text: a bridge has a length and a date too, but no pages.

    A document called by its file's name is meant as a text in any case.
    """
    by_file = any(PurePosixPath(entry.uri).name.casefold() in question.casefold() for entry in named)
    if by_file:
        return intent.collection
    words = {"length": _PAGES, "about": _OF_TEXTS, "author": _OF_TEXTS}.get(intent.kind)
    return words is not None and words.search(question) is not None


def topic_of(question: str, named: Sequence[DocumentEntry]) -> str:
    """What a summary is to be about, apart from the documents that it is of; "" where it names no topic."""
    taken = _NO_TOPIC | {term for entry in named for term in terms(f"{entry.title} {entry.uri}")}
    found = [match["topic"].strip() for match in _TOPIC.finditer(question)]
    return next((topic for topic in found if set(terms(topic)) - taken), "")
