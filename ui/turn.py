"""One question and what has come back so far: a value that grows with the events of the stream."""

from dataclasses import dataclass, replace
from typing import Literal

from index.records import Hit
from rag.answer import Answer, Citation, Event, Evidence, Final, Sentence

Phase = Literal["waiting", "searching", "writing", "answered", "stopped", "interrupted", "failed"]
Verdict = Literal["", "up", "down"]


@dataclass(frozen=True, slots=True)
class Turn:
    """`problem` is the one sentence to show when the phase is "failed"; `verdict` is the reader's thumb."""

    question: str
    phase: Phase = "searching"
    searched_for: str = ""
    hits: tuple[Hit, ...] = ()
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    answer: Answer | None = None
    problem: str = ""
    verdict: Verdict = ""

    @property
    def busy(self) -> bool:
        return self.phase in ("waiting", "searching", "writing")


@dataclass(frozen=True, slots=True)
class Place:
    """A slice of a stored document that the source panel can show; `number` is a marker or a rank, by `kind`."""

    turn: int
    kind: Literal["marker", "hit"]
    number: int
    document_id: str
    title: str
    uri: str
    page: int | None
    start: int
    end: int
    quote: str


def advance(turn: Turn, event: Event) -> Turn:
    """The turn after one more event of its stream."""
    match event:
        case Evidence(hits=hits, searched_for=searched_for):
            return replace(turn, phase="writing", hits=hits, searched_for=searched_for)
        case Citation():
            return replace(turn, citations=(*turn.citations, event))
        case Sentence():
            return replace(turn, sentences=(*turn.sentences, event))
        case Final(answer=answer):
            return replace(
                turn,
                phase="answered",
                searched_for=answer.searched_for,
                hits=answer.evidence,
                citations=answer.citations,
                sentences=answer.sentences,
                answer=answer,
            )


def place(turns: tuple[Turn, ...], turn: int, kind: str, number: int) -> Place | None:
    """What a footnote mark or a listed passage of a turn points to; None where there is no such thing."""
    if not 0 <= turn < len(turns):
        return None
    if kind == "marker":
        return next((_cited(turn, c) for c in turns[turn].citations if c.marker == number), None)
    return next((_found(turn, h) for h in turns[turn].hits if h.rank == number), None)


def _cited(turn: int, c: Citation) -> Place:
    return Place(turn, "marker", c.marker, c.document_id, c.title, c.uri, c.page, c.start, c.end, c.quote)


def _found(turn: int, hit: Hit) -> Place:
    chunk = hit.chunk
    return Place(
        turn, "hit", hit.rank, chunk.document_id, hit.title, hit.uri, chunk.page, chunk.start, chunk.end, chunk.text
    )
