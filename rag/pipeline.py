"""The order of the stages, and nothing else: from a question to checked sentences with their citations."""

import time
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import StoreDamaged, UnknownDocument
from index.protocols import Embedder, Store
from index.records import Hit, Quote
from index.text.words import is_statement
from rag.answer import Answer, Event, Evidence, Final
from rag.asides import Asides
from rag.check.checked import CheckedText, footnoted
from rag.check.conflicts import find_conflicts
from rag.check.gate import Gate, check_text
from rag.check.injection import disarmed, trustworthy
from rag.check.point import PLAIN, Point
from rag.cite import Footnotes
from rag.composing import Turn, in_force_first
from rag.find.asked import asked
from rag.find.decide import Reading, decide, in_another, refusal, weigh
from rag.find.editions import of_the_year
from rag.find.found import SHOWN, Found, evidence_of
from rag.find.intent import Intents
from rag.find.respell import respelled
from rag.find.retrieve import by_relevance, retrieve
from rag.find.rewrite import rewrite as rewrite_by_rule
from rag.find.two_questions import parts
from rag.protocols import Between, Generator, Judge, Pieces, Reader, never
from rag.read.pointing import read_hits
from rag.read.rendering import Statement, statements
from rag.read.widening import partly, widened
from rag.settings import QUOTES
from rag.write.extract import Extract
from rag.write.prompt import answer_prompt, rewrite_with
from rag.write.quotes import answering, quote
from rag.write.summary import LINES, kept, quotes
from rag.write.worked import worked

if TYPE_CHECKING:
    from index.sync import Progress, SyncReport

    Tell = Callable[[str], None]

CANDIDATES = 10
"""Passages that the reader reads: about 1,700 tokens, which bounds the cost of an answer."""
LIKELY = 3
"""Passages that an answer is most likely to cite."""
NONE_OF_THOSE = "There is nothing to search: the documents that were chosen for this question are not here."
TRIES = 3
"""Searches for one question where documents go between being found and being read."""


class Pipeline:
    """Answers questions from one store. Built by `rag.open_pipeline`; safe to share between threads.

    `threshold` is the evidence from which it answers; `judge` (default: the reader) and its `point` decide what counts
    as supported; `directory` is where the index lies; `notices` tell the user what is not as it
    should be; `shared` says that the store belongs to another pipeline.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        reader: Reader,
        *,
        threshold: float,
        directory: Path,
        judge: Judge | None = None,
        point: Point = PLAIN,
        generator: Generator | None = None,
        notices: Sequence[str] = (),
        writers: "Callable[[str, Tell | None], Generator | None] | None" = None,
        synchronise: "Callable[[Sequence[Path], Callable[[Progress], None] | None], SyncReport] | None" = None,
        follow: "Callable[[Callable[[Progress], None] | None], SyncReport] | None" = None,
        shared: bool = False,
        intents: Intents | None = None,
    ) -> None:
        self.store, self.embedder, self.reader, self.generator = store, embedder, reader, generator
        self.judge, self.point = judge or reader, point
        self.threshold, self.directory, self.notices = threshold, directory, tuple(notices)
        self._writers, self._synchronise, self._follow, self._shared = writers, synchronise, follow, shared
        self._asides = Asides(store, embedder, intents, self._turn, self.retrieve)

    @property
    def model(self) -> str:
        """What writes the answers: "quotes" or the name of a model."""
        return self.generator.name if self.generator else QUOTES

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        only: Collection[str] | None = None,
        rewrite: bool = True,
        between: Between = never,
    ) -> Answer:
        """The answer to one question; the last event of `stream`. Raises `AnswerError` and `IndexingError`."""
        for event in self.stream(question, history, only=only, rewrite=rewrite, between=between):
            if isinstance(event, Final):
                return event.answer
        raise AssertionError("a stream ends with its answer")

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        only: Collection[str] | None = None,
        rewrite: bool = True,
        quotes_first: bool = False,
        between: Between = never,
    ) -> Iterator[Event]:
        """Evidence, then checked sentences, each after the citations that it is the first to name, then the answer.

        With `quotes_first`, where a model writes: the built-in answer before its sentences, as an `Interim`.
        `history` holds (question, answer) of earlier turns; `only` restricts the search to these document ids;
        `rewrite=False` searches for the question as it stands. Closing the iterator stops the writer; `between` is
        called between the pieces that a model writes, sentence or not, and what it raises stops it there.
        """
        began = time.perf_counter()
        question = asked(question)
        if (yield from self._asides.answer(question, only)):
            return
        searched_for = self.standalone(question, self._asides.topical(history), between) if rewrite else question
        rewritten = time.perf_counter()
        found = list[Found]()
        for part in parts(searched_for, lambda: found[-1].short):
            found.append(self._find(part, only))
        turn = Turn(question, searched_for, evidence_of(found), self.model, Footnotes(self._located))
        yield Evidence(turn.evidence, searched_for)
        decided = time.perf_counter()
        answered = [part for part in found if part.decision.answers]
        if answered:
            yield from self._write(turn, answered, between, quotes_first=quotes_first)
            turn.leave_open([part.question for part in found if not part.decision.answers])
        ended = time.perf_counter()
        turn.seconds = {
            "rewrite": rewritten - began,
            "retrieve": sum(part.seconds[0] for part in found),
            "read": sum(part.seconds[1] for part in found),
            "write": ended - decided,
            "total": ended - began,
        }
        confidence = max(part.decision.confidence for part in found)
        yield Final(turn.answer(confidence, partial(self._refusal, turn, found, only)))

    def summarise(self, document_id: str | None = None) -> Answer:
        """Cited sentences that cover one document, or all of them. Raises UnknownDocument."""
        return self._asides.summarise(document_id)

    def gist(self, document_id: str) -> tuple[Quote, ...]:
        """The few sentences that tell most of a document, made on first need and kept. Raises UnknownDocument."""
        document = self.store.document(document_id)
        return quotes(document, kept(document, self.store, self.embedder)[:LINES])

    def retrieve(self, query: str, k: int, only: Collection[str] | None = None) -> tuple[Hit, ...]:
        """The k best chunks by dense and lexical search, fused."""
        return retrieve(query, self.store, self.embedder, k, only)

    def rerank(self, query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The same hits in the order in which an answer would believe them; for a statement, in that of relevance."""
        read = read_hits(self.reader, query, hits)
        if is_statement(query):
            return by_relevance(hits, [relevance for relevance, _ in read])
        readings = weigh(query, hits, read)
        return tuple(
            replace(reading.hit, score=reading.answerable, rank=rank, source="reranked")
            for rank, reading in enumerate(readings, start=1)
        )

    def standalone(self, question: str, history: Sequence[tuple[str, str]], between: Between = never) -> str:
        """The question without its need for the history and without slips of the finger.

        The history is worked in by the model where one is loaded, by rule otherwise.
        """
        question = respelled(question, self.store, self.embedder)
        if not history or self.generator is None:
            return rewrite_by_rule(question, history, self.embedder)
        return rewrite_with(self.generator, question, history, between)

    def check(self, text: str, between: Between = never) -> CheckedText:
        """Every sentence of any text, tested against the documents; `between` as for `stream`, between sentences."""

        def found(sentence: str) -> tuple[Hit, ...]:
            between()
            return self.retrieve(sentence, SHOWN)

        checked = check_text(text, found, self.judge, self.point)
        return footnoted(checked, Footnotes(self._located))

    def sync(self, paths: Sequence[Path], progress: "Callable[[Progress], None] | None" = None) -> "SyncReport":
        """Adds these files and folders to the index; nothing is removed."""
        assert self._synchronise is not None, "built without a writable index"
        return self._synchronise(paths, progress)

    def refresh(self, progress: "Callable[[Progress], None] | None" = None) -> "SyncReport":
        """Brings the index up to date with the documents that it was opened over. Raises `IndexingError`."""
        assert self._follow is not None, "built without documents"
        return self._follow(progress)

    def with_model(self, model: str, tell: "Tell | None" = None) -> "Pipeline":
        """The same index and reader with another writer. `tell` hears of its loading. Raises `ModelUnavailable`."""
        assert self._writers is not None, "built without writers"
        return Pipeline(
            self.store,
            self.embedder,
            self.reader,
            threshold=self.threshold,
            directory=self.directory,
            judge=self.judge,
            point=self.point,
            generator=self._writers(model, tell),
            notices=self.notices,
            writers=self._writers,
            synchronise=self._synchronise,
            follow=self._follow,
            shared=True,
            intents=self._asides.intents,
        )

    def close(self) -> None:
        """Closes the store, unless it belongs to the pipeline that this one was made from."""
        if not self._shared:
            self.store.close()

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _turn(self, question: str) -> Turn:
        return Turn(question, question, (), self.model, Footnotes(self._located))

    def _find(self, question: str, only: Collection[str] | None) -> "Found":
        """Searched and read; anew where a document was changed or removed meanwhile, as the page's watch does."""
        for _ in range(TRIES - 1):
            with suppress(UnknownDocument):
                return self._searched(question, only)
        return self._searched(question, only)

    def _searched(self, question: str, only: Collection[str] | None) -> "Found":
        began = time.perf_counter()
        hits = of_the_year(question, self.retrieve(question, CANDIDATES, only))
        retrieved = time.perf_counter()
        readings = weigh(question, hits, read_hits(self.reader, question, hits))
        around = self._widened(readings)
        told, whole = _safe(around)
        computed = worked(question, whole)
        decision = decide(readings, self.threshold, worked_out=bool(computed))
        seconds = (retrieved - began, time.perf_counter() - retrieved)
        return Found(question, tuple(readings), decision, seconds, told, computed, partly(around))

    def _widened(self, readings: Sequence[Reading]) -> tuple[Hit, ...]:
        """The passages, likeliest first, with their lists and tables whole."""
        hits = [reading.hit for reading in readings]
        for hit in hits[:LIKELY]:
            self.store.document(hit.chunk.document_id)  # raises where it is gone by now, so that it is searched anew
        return widened(hits, self.store.document)

    def _write(self, turn: Turn, found: Sequence[Found], between: Between, *, quotes_first: bool) -> Iterator[Event]:
        quotes: list[Extract] = []
        values: list[tuple[Quote, str]] = []
        for part in found:
            if part.worked and part.partly:
                turn.note(
                    f"{' and '.join(part.partly)}: too long a table or list to be read whole, so this is of a part; "
                    "index it in parts."
                )
            quotes += part.worked or quote(part.question, part.readings, part.told, self.reader, self.threshold)
            if not part.worked:
                values += [(q.slices[0], q.focused) for q in answering(part.readings, part.told, self.threshold)]
        disagreements = find_conflicts(turn.searched_for, values, self.reader, self.embedder, self._made)
        if self.generator is None:
            yield from turn.quote(in_force_first(quotes, disagreements))
        else:
            gate = Gate(self.judge, turn.evidence, point=self.point, question=turn.searched_for)
            if quotes_first:
                confidence = max(part.decision.confidence for part in found)
                yield turn.meanwhile(quotes, confidence, Footnotes(self._located))
            pieces = partial(self._pieces, self.generator, turn, parts=len(found))
            yield from turn.generate(pieces, gate, quotes, between)
        yield from turn.disagree(disagreements)

    def _pieces(self, generator: Generator, turn: Turn, parts: int) -> Pieces:
        evidence = [disarmed(hit) for hit in turn.evidence]
        return generator.stream(answer_prompt(turn.searched_for, evidence, generator, parts=parts))

    def _refusal(self, turn: Turn, found: Sequence[Found], only: Collection[str] | None) -> str:
        """Why there is no answer: no document to search in, another language, or nothing that says it."""
        read = [reading.hit for part in found for reading in part.readings]
        if not read and only is not None:
            return NONE_OF_THOSE
        return in_another(turn.searched_for, [hit.chunk.text for hit in read], self.embedder.name) or refusal(
            turn.evidence, turn.searched_for, read
        )

    def _made(self, item: Quote) -> str:
        origin = self.store.document(item.document_id).meta
        return origin.modified or origin.created

    def _located(self, item: Quote) -> Quote:
        """The slice with the page it starts on; raises StoreDamaged where it is not what the document says there."""
        document = self.store.document(item.document_id)
        if document.text[item.start : item.end] != item.text:
            raise StoreDamaged(
                f"The index gives other words for {item.uri} than it stores: repair it with rag doctor --repair."
            )
        return replace(item, page=bisect_right(document.page_starts, item.start) or None)


def _safe(hits: Sequence[Hit]) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The statements of the passages, and those that answers are worked out from: no table or list of which a line was
    left out because it may be an order to the model.
    """
    found = statements(hits)
    safe = set(trustworthy([item.quote for item in found]))
    told = tuple(item for item in found if item.quote in safe)
    torn = {item.leans[0] for item in found if item.quote not in safe and item.leans}
    return told, tuple(item for item in told if not (item.leans and item.leans[0] in torn))
