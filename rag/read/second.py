"""A second look: the passages that a quick reader finds likeliest are read again by the large encoder."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.protocols import Reader, Span

if TYPE_CHECKING:
    from rag.read.large import Answered, LargeEncoder

AGAIN = 3
"""Passages that are read again: about 0.1 s each on two cores."""


class SecondReader:
    """Ranks and reads with the first reader, then reads the `AGAIN` likeliest passages with the large encoder.

    The large encoder is loaded at the first question. `signs` of a span read again are the first reader's, then the
    large one's log-odds that the passage answers, then the lead of its span over none; of the others 0 and 0.
    """

    def __init__(self, first: Reader, load: Callable[[], LargeEncoder], weights: Sequence[float], name: str) -> None:
        self._first, self._load, self._name = first, load, name
        self._quick, self._answerable, self._margin, self._bias = weights
        self._lock = threading.Lock()
        self._large: LargeEncoder | None = None

    @property
    def name(self) -> str:
        """Both names: an index of figures is worth nothing without them."""
        return f"{self._first.name} + {self._name}"

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """Relevance and likeliest answer of each passage, the likeliest passages read twice."""
        read = self._first.read(question, passages)
        order = sorted(range(len(read)), key=lambda at: (-read[at][1].answerable, at))[:AGAIN]
        seen = dict(zip(order, self._encoder().answered(question, [passages[at] for at in order]), strict=True))
        return [
            (relevance, self._joined(passages[at], span, seen[at]) if at in seen else _once(span))
            for at, (relevance, span) in enumerate(read)
        ]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        return self._first.rank(question, passages)

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answer in each passage."""
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The first reader's entailment; sentences that are shown are judged elsewhere."""
        return self._first.entail(pairs)

    def _encoder(self) -> LargeEncoder:
        with self._lock:
            if self._large is None:
                self._large = self._load()
        return self._large

    def _joined(self, passage: str, span: Span, again: Answered) -> Span:
        """The large encoder's span, and the log-odds of both weighed together."""
        score = (
            self._quick * _log_odds(span.answerable)
            + self._answerable * again.answerable
            + self._margin * again.margin
            + self._bias
        )
        signs = (*span.signs, again.answerable, again.margin)
        if again.end <= again.start:
            return replace(span, score=score, answerable=_sigmoid(score), signs=signs)
        words = passage[again.start : again.end]
        return Span(words, again.start, again.end, score, _sigmoid(score), signs)


def _once(span: Span) -> Span:
    return replace(span, signs=(*span.signs, 0.0, 0.0))


def _log_odds(probability: float) -> float:
    bounded = min(1 - 1e-6, max(1e-6, probability))
    return math.log(bounded / (1 - bounded))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
