"""Two readers as one: the small network reads every passage, the large encoder reads the likeliest again.

Both also say whether a passage entails a sentence, and what they say is joined: they err in different places.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from index.text.words import other_script
from rag.odds import likely, log_odds
from rag.protocols import Reader, Span

if TYPE_CHECKING:
    from rag.read.large import Answered, LargeEncoder

AGAIN, SPREAD = 4, 3
"""Passages that are read again: those with most of 1 / (SPREAD + rank) by relevance and in the order given. Of 173
questions of strangers (SQuAD: 179) a passage that holds the answer is among three by relevance for 154 (179), three by
both 161 (178), four by relevance 164 (179), four by both 169 (179), five by both 171 (179)."""


@dataclass(frozen=True, slots=True)
class Joined:
    """How both are joined, fitted by `eval.training.large_fit`; all in log-odds.

    A passage answers: `answers` weighs the small network's judgement, the large one's, and by how much its span leads
    "no answer"; a passage entails: `entails` weighs the small network's judgement and the large one's. Biases last.
    """

    answers: tuple[float, float, float, float]
    entails: tuple[float, float, float]

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Joined:
        """From what stands beside the weights. Raises KeyError, TypeError or ValueError."""
        quick, again, lead, bias = map(float, fields["answers"])
        one, other, shift = map(float, fields["entails"])
        return cls((quick, again, lead, bias), (one, other, shift))


REMEMBERED = 128
"""Questions whose reading is kept: many ask what the page suggests, or ask again."""


class SecondReader:
    """Ranks with the first reader; answers and entailment come from both. The large encoder is loaded at first need."""

    def __init__(self, first: Reader, load: Callable[[], LargeEncoder], joined: Joined, name: str) -> None:
        self._first, self._load, self._joined, self._name = first, load, joined, name
        self._lock = threading.Lock()
        self._known = lru_cache(maxsize=REMEMBERED)(self._read)
        self._large: LargeEncoder | None = None

    @property
    def name(self) -> str:
        """Both names, each with the beginning of its weights' checksum."""
        return f"{self._first.name} + {self._name}"

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """The first reader's relevance and span of each passage; of the `AGAIN` likeliest, the span of both.

        The passages come as they were found, likeliest first. What is not read again is believed no more than the least
        likely of what is. The same question over the same passages is read once.
        """
        return list(self._known(question, tuple(passages)))

    def _read(self, question: str, passages: tuple[str, ...]) -> tuple[tuple[float, Span], ...]:
        read = self._first.read(question, passages)
        if other_script(question):  # the large encoder has learnt none: whoever has the evidence of words goes by that
            return tuple(read)
        order = _likeliest([relevance for relevance, _ in read])
        again = self._encoder().answered(question, [passages[at] for at in order])
        both = {at: self._both(passages[at], read[at][1], seen) for at, seen in zip(order, again, strict=True)}
        most = min((span.answerable for span in both.values()), default=1.0)
        return tuple(
            (relevance, both[at] if at in both else replace(span, answerable=min(most, span.answerable)))
            for at, (relevance, span) in enumerate(read)
        )

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        return self._first.rank(question, passages)

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answer in each passage."""
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence): probability in 0..1 that the passage entails the sentence."""
        if not pairs:
            return []
        quick, large = self._first.entail(pairs), self._encoder().entailed(pairs)
        one, other, bias = self._joined.entails
        return [likely(one * log_odds(p) + other * odds + bias) for p, odds in zip(quick, large, strict=True)]

    def _encoder(self) -> LargeEncoder:
        with self._lock:
            if self._large is None:
                self._large = self._load()
        return self._large

    def _both(self, passage: str, span: Span, again: Answered) -> Span:
        """The large encoder's span, as likely as both find it."""
        quick, judged, lead, bias = self._joined.answers
        logit = quick * log_odds(span.answerable) + judged * again.answerable + lead * again.margin + bias
        if again.end <= again.start:
            return replace(span, score=logit, answerable=likely(logit))
        return Span(passage[again.start : again.end], again.start, again.end, logit, likely(logit))


def _likeliest(relevance: Sequence[float]) -> list[int]:
    """The passages to read again, by the sum of their reciprocal ranks in relevance and in the order given."""
    ranks = {at: rank for rank, at in enumerate(sorted(range(len(relevance)), key=lambda at: (-relevance[at], at)))}
    return sorted(ranks, key=lambda at: (-1 / (SPREAD + ranks[at]) - 1 / (SPREAD + at), at))[:AGAIN]
