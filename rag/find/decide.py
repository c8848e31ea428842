"""Answer or abstain: decided by one fitted model over the evidence, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.records import Hit
from index.text.codes import codes, held_codes, spaced
from index.text.language import language
from rag.find.clues import SIGNS, asked_of, signs
from rag.odds import likely
from rag.protocols import Span

WEIGHTS = Path(__file__).parent.parent / "read" / "weights" / "decision.json"
NEAREST_NAMED = 3
"""Passages that a refusal names; whoever lists the evidence beside it lists so many."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One passage as the reader saw it: where it ranks, what it would answer, how likely that answers the question."""

    hit: Hit
    relevance: float
    span: Span
    answerable: float


@dataclass(frozen=True, slots=True)
class Decision:
    """`confidence` in 0..1 is the best passage's answerability."""

    answers: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic regression over `SIGNS`; `threshold` is the probability from which it answers."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """That a passage with these signs answers, in 0..1."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, values, strict=True))
        return likely(logit)


@cache
def fitted() -> Model:
    """The committed model, made by `python -m eval.training.decision_fit`."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Model(
        tuple(float(stored["weights"][name]) for name in SIGNS), float(stored["bias"]), float(stored["threshold"])
    )


def weigh(question: str, hits: Sequence[Hit], read: Sequence[tuple[float, Span]]) -> list[Reading]:
    """The readings, likeliest answer first."""
    asked, model = asked_of(question, hits), fitted()
    readings = [
        Reading(hit, relevance, span, model.probability(signs(asked, hit, span)))
        for hit, (relevance, span) in zip(hits, read, strict=True)
    ]
    return sorted(readings, key=lambda reading: (-reading.answerable, reading.hit.rank, reading.hit.chunk.id))


def decide(readings: Sequence[Reading], threshold: float, worked_out: bool = False) -> Decision:
    """Answer if the best reading reaches the threshold, or where a list or table gives the answer (`worked_out`)."""
    best = readings[0].answerable if readings else 0.0
    if worked_out and readings:
        return Decision(True, max(threshold, best))
    return Decision(bool(readings) and best >= threshold, best)


def refusal(evidence: Sequence[Hit], question: str = "", read: Sequence[Hit] = ()) -> str:
    """What is said instead of an answer: that there is none, and what the first passages of the evidence are about.

    Numbers and codes of the question that no passage holds are named, neither of the evidence nor of others `read`.
    """
    if not evidence:
        return "There is nothing to search: no documents are indexed yet."
    nearest = dict.fromkeys(about(hit) for hit in evidence[:NEAREST_NAMED])
    listed = "; ".join(f"“{subject}”" for subject in nearest)
    held = frozenset(
        code for hit in (*evidence, *read) for code in held_codes(f"{hit.title} {hit.uri} {hit.chunk.text}")
    )
    asked = [word.strip("?.,;:!()\"'“”") for word in spaced(question).split()]
    missing = [word for word in asked if codes(word) and not codes(word) <= held]
    if missing:
        return f"The documents say nothing of {' or '.join(missing)}. The nearest passages are about {listed}."
    return f"The documents do not say. The nearest passages are about {listed}."


def in_another(question: str, texts: Sequence[str], embedder: str) -> str:
    """What to tell someone who asks in another language than the documents are in; "" where that is not so."""
    asked, held = language(question), language("\n".join(texts))
    if not asked or not held or asked in (held, *map(language, texts)):
        return ""
    return (
        f"The question is in {asked} and the passages found are in {held}: {embedder} finds words of one language "
        f"only. Ask in {held}, or index the documents with a multilingual model (--embedder or RAG_EMBEDDER, for "
        "example intfloat/multilingual-e5-small)."
    )


def about(hit: Hit) -> str:
    """What a passage is about, in a few words: its title and, where there is one, its heading."""
    heading = " ".join(hit.chunk.heading.split())
    return f"{hit.title}: {heading}" if heading and heading != hit.title else hit.title
