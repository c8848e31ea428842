"""The order of the stages, and nothing else: from a question to checked sentences with their citations."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.protocols import Embedder, Store
from index.records import Hit
from rag.answer import Answer, Citation, Event, Evidence, Final, Finish, Sentence, one_line
from rag.cite import Draft, Footnotes, SentenceStream, Slice, slices
from rag.conflicts import find_conflicts
from rag.decide import Decision, Reading, decide, weigh
from rag.errors import BadQuestion, GeneratorFailed
from rag.gate import Checked, Gate, check_text
from rag.injection import suspicious
from rag.prompt import answer_prompt, rewrite_with
from rag.protocols import Generator, Reader
from rag.retrieve import retrieve
from rag.rewrite import rewrite
from rag.write.quotes import quote

if TYPE_CHECKING:
    from index.sync import Progress, SyncReport

QUOTES = "quotes"
LONGEST_QUESTION = 2_000
CANDIDATES = 12
"""Passages that the reader reads: about 2,000 tokens, which bounds the cost of an answer."""
SHOWN = 6


class Pipeline:
    """Answers questions from one store. Built by `rag.open_pipeline`; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        reader: Reader,
        *,
        threshold: float,
        generator: Generator | None = None,
        notices: Sequence[str] = (),
        writers: Callable[[str], Generator | None] | None = None,
        synchronise: "Callable[[Sequence[Path], Callable[[Progress], None] | None], SyncReport] | None" = None,
    ) -> None:
        self.store, self.embedder, self.reader, self.generator = store, embedder, reader, generator
        self.threshold, self.notices = threshold, tuple(notices)
        self._writers, self._synchronise = writers, synchronise

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
    ) -> Answer:
        """The answer to one question; the last event of `stream`. Raises `AnswerError` and `IndexingError`."""
        for event in self.stream(question, history, only=only, rewrite=rewrite):
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
    ) -> Iterator[Event]:
        """Evidence, then checked sentences, each after the citations that it is the first to name, then the answer.

        `history` holds (question, answer) of earlier turns; `only` restricts the search to these document ids;
        `rewrite=False` searches for the question as it stands. Closing the iterator stops the writer.
        """
        began = time.perf_counter()
        question = _asked(question)
        searched_for = self.standalone(question, history) if rewrite else question
        rewritten = time.perf_counter()
        hits = self.retrieve(searched_for, CANDIDATES, only)
        found = time.perf_counter()
        readings = weigh(searched_for, hits, self._read(searched_for, hits))
        decision = decide(readings, self.threshold)
        decided = time.perf_counter()
        seconds = {"rewrite": rewritten - began, "retrieve": found - rewritten, "read": decided - found}
        ranked = tuple(
            replace(reading.hit, rank=rank, score=reading.answerable, source="reranked")
            for rank, reading in enumerate(readings[:SHOWN], start=1)
        )
        turn = Turn(question, searched_for, ranked, decision, self.model, seconds)
        yield Evidence(ranked, searched_for)
        if decision.answers:
            yield from self._write(turn, readings)
        seconds["write"] = time.perf_counter() - decided
        seconds["total"] = time.perf_counter() - began
        yield Final(turn.answer())

    def retrieve(self, query: str, k: int, only: Collection[str] | None = None) -> tuple[Hit, ...]:
        """The k best chunks by dense and lexical search, fused."""
        return retrieve(query, self.store, self.embedder, k, only)

    def rerank(self, query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The same hits in the reader's order."""
        scored = sorted(
            zip(self.reader.rank(query, [passage(hit) for hit in hits]), hits, strict=True),
            key=lambda pair: (-pair[0], pair[1].rank, pair[1].chunk.id),
        )
        return tuple(
            replace(hit, score=score, rank=rank, source="reranked") for rank, (score, hit) in enumerate(scored, start=1)
        )

    def standalone(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        """The question without its need for the history: by the model where one is loaded, by rule otherwise."""
        if not history or self.generator is None:
            return rewrite(question, history)
        return rewrite_with(self.generator, question, history)

    def check(self, text: str) -> tuple[Checked, ...]:
        """Every sentence of any text, tested against the documents."""
        return check_text(text, lambda sentence: self.retrieve(sentence, SHOWN), self.reader)

    def sync(
        self, paths: Sequence[Path], progress: "Callable[[Progress], None] | None" = None
    ) -> "SyncReport":
        """Adds these files and folders to the index; nothing is removed."""
        assert self._synchronise is not None, "built without a writable index"
        return self._synchronise(paths, progress)

    def with_model(self, model: str) -> "Pipeline":
        """The same index and reader with another writer. Raises `ModelUnavailable`."""
        assert self._writers is not None, "built without writers"
        return Pipeline(
            self.store,
            self.embedder,
            self.reader,
            threshold=self.threshold,
            generator=self._writers(model),
            notices=self.notices,
            writers=self._writers,
            synchronise=self._synchronise,
        )

    def close(self) -> None:
        """Closes the store."""
        self.store.close()

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, turn: Turn, readings: Sequence[Reading]) -> Iterator[Event]:
        evidence = [reading.hit for reading in readings]
        sentences = trustworthy(slices(evidence))
        quotes = quote(turn.searched_for, readings, sentences, self.reader, self.threshold)
        if self.generator is None:
            yield from turn.quote(quotes)
        else:
            gate = Gate(self.reader, turn.evidence, question=turn.searched_for)
            prompt = answer_prompt(turn.searched_for, turn.evidence, self.generator)
            yield from turn.generate(self.generator, prompt, gate, quotes)
        turn.conflicts(find_conflicts(turn.searched_for, values(readings, sentences, self.threshold)))


def passage(hit: Hit) -> str:
    """What the reader is given of a hit."""
    return hit.chunk.text


def _asked(question: str) -> str:
    question = one_line("".join(char for char in question if char.isprintable() or char.isspace()))
    if not question:
        raise BadQuestion("The question is empty: type what you want to know from the documents.")
    if len(question) > LONGEST_QUESTION:
        raise BadQuestion(
            f"The question has {len(question):,} characters and at most {LONGEST_QUESTION:,} can be searched for: "
            "ask it in one or two sentences, and add long material as a document."
        )
    return question
