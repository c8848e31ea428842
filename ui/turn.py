"""One question and what has come back so far: a value that grows with the events of the stream."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any, Literal

from index.records import Document, Hit
from rag.answer import Answer, Citation, Event, Evidence, Final, Interim, Sentence
from ui.waiting import Queued

Phase = Literal["waiting", "queued", "searching", "writing", "answered", "stopped", "interrupted", "failed"]
Verdict = Literal["", "up", "down"]

UNEXPECTED = "Something went wrong inside Footnote; the terminal it was started from shows what. You can go on asking."


@dataclass(frozen=True, slots=True)
class Turn:
    """`problem` is the one sentence to show when the phase is "failed"; `verdict` is the reader's thumb.

    `before` is how many questions are answered before a "queued" one.

    `interim` is the built-in answer, shown until a model's sentences have taken its place; a turn that ends before the
    first of them makes it its own. `judged` holds what the reader said of single citations: a marker and whether its
    words say what the answer says.
    """

    question: str
    phase: Phase = "searching"
    searched_for: str = ""
    hits: tuple[Hit, ...] = ()
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    answer: Answer | None = None
    problem: str = ""
    verdict: Verdict = ""
    interim: Answer | None = None
    judged: tuple[tuple[int, Verdict], ...] = ()
    before: int = 0

    def __post_init__(self) -> None:
        if self.interim is None or self.busy:
            return
        own = {} if self.sentences else _parts(self.interim)
        for name, value in {**own, "interim": None}.items():
            object.__setattr__(self, name, value)

    @property
    def shown(self) -> tuple[Sentence, ...]:
        """What stands on the page: the sentences, and behind them those of the interim answer not yet replaced.

        The latter have no footnotes any more, because their numbers would be those of other citations.
        """
        waiting = self.interim.sentences[len(self.sentences) :] if self.interim else ()
        if not self.sentences:
            return waiting
        return (*self.sentences, *(replace(sentence, markers=()) for sentence in waiting))

    @property
    def cited(self) -> tuple[Citation, ...]:
        """What the footnotes of `shown` stand for."""
        return self.interim.citations if self.interim and not self.sentences else self.citations

    @property
    def busy(self) -> bool:
        return self.phase in ("waiting", "queued", "searching", "writing")


@dataclass(frozen=True, slots=True)
class Place:
    """A slice of a stored document that the source panel can show; `number` is a marker or a rank, by `kind`.

    A "part" was opened from the list of documents and belongs to no turn (-1) and has no number (0).
    """

    turn: int
    kind: Literal["marker", "hit", "part"]
    number: int
    document_id: str
    title: str
    uri: str
    page: int | None
    start: int
    end: int
    quote: str


def advance(turn: Turn, event: Event | Queued) -> Turn:
    """The turn after one more event of its stream."""
    match event:
        case Queued(before=before):
            return replace(turn, phase="queued" if before else "searching", before=before)
        case Evidence(hits=hits, searched_for=searched_for):
            return replace(turn, phase="writing", hits=hits, searched_for=searched_for)
        case Interim(answer=answer):
            return replace(turn, interim=answer)
        case Citation():
            return replace(turn, citations=(*turn.citations, event))
        case Sentence():
            return replace(turn, sentences=(*turn.sentences, event))
        case Final(answer=answer):
            return replace(turn, phase="answered", interim=None, **_parts(answer))


def _parts(answer: Answer) -> dict[str, Any]:
    """An answer as fields of its turn, some of which stand in it too."""
    return {
        "searched_for": answer.searched_for,
        "hits": answer.evidence,
        "citations": answer.citations,
        "sentences": answer.sentences,
        "answer": answer,
    }


def place(turns: tuple[Turn, ...], turn: int, kind: str, number: int) -> Place | None:
    """What a footnote mark or a listed passage of a turn points to; None where there is no such thing."""
    if not 0 <= turn < len(turns):
        return None
    if kind == "marker":
        return next((_cited(turn, c) for c in turns[turn].cited if c.marker == number), None)
    return next((_found(turn, h) for h in turns[turn].hits if h.rank == number), None)


def _cited(turn: int, c: Citation) -> Place:
    return Place(turn, "marker", c.marker, c.document_id, c.title, c.uri, c.page, c.start, c.end, c.quote)


def _found(turn: int, hit: Hit) -> Place:
    chunk = hit.chunk
    return Place(
        turn, "hit", hit.rank, chunk.document_id, hit.title, hit.uri, chunk.page, chunk.start, chunk.end, chunk.text
    )


def part(document: Document, start: int, end: int) -> Place | None:
    """A slice of a document; None where it has no such one."""
    if not 0 <= start < end <= len(document.text):
        return None
    page = bisect_right(document.page_starts, start) or None
    return Place(-1, "part", 0, document.id, document.title, document.uri, page, start, end, document.text[start:end])


def judge(turn: Turn, marker: int, verdict: Verdict) -> Turn:
    """The turn with the reader's verdict on one of its citations, in the place of an earlier one."""
    return replace(turn, judged=(*(item for item in turn.judged if item[0] != marker), (marker, verdict)))
