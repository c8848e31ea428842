"""A reader without trained weights: judges sentences by the embedder and by words alone.

It stands in when the trained weights are missing or altered, so that the product still answers, cites and refuses.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.protocols import Embedder
from index.sentences import sentence_spans
from rag.protocols import Span
from rag.words import AnswerKind, answer_kind, names, terms

_HOLDS: dict[AnswerKind, re.Pattern[str]] = {
    "number": re.compile(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|hundreds?|thousands?|[mb]illions?)\b", re.I
    ),
    "date": re.compile(
        r"\b(?:1[0-9]|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October|November"
        r"|December)\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    ),
    "duration": re.compile(r"\b(?:second|minute|hour|day|week|month|year|decade|centur)\w*\b", re.IGNORECASE),
    "place": re.compile(r"\b(?:in|at|to|from|near|of)\s+(?:the\s+)?[A-Z]"),
}


SENTENCES_EMBEDDED = 40
"""Only the sentences that share most words with the question are embedded: each costs about 2 ms on one core."""


class EvidenceReader:
    """Ranks, reads, refuses and checks with the embedder's cosine and the words that question and sentence share."""

    name = "evidence"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """The best sentence of each passage, as its span; the passage ranks as its best sentence does."""
        found = [(i, start, end) for i, passage in enumerate(passages) for start, end in sentence_spans(passage)]
        asked = set(terms(question))
        shared = [len(asked & set(terms(passages[i][start:end]))) for i, start, end in found]
        kept = sorted(sorted(range(len(found)), key=lambda at: (-shared[at], at))[:SENTENCES_EMBEDDED])
        chosen = [found[at] for at in kept]
        around = [passages[i] for i, _, _ in chosen]
        best: list[tuple[float, Span]] = [(-1.0, Span("", 0, 0, -1.0, 0.0)) for _ in passages]
        judged = features(question, [passages[i][a:b] for i, a, b in chosen], around, self._embedder)
        for (i, start, end), feature in zip(chosen, judged, strict=True):
            score = _logit(feature)
            if score > best[i][0] or not best[i][1].text:
                best[i] = (score, Span(passages[i][start:end], start, end, score, _sigmoid(score)))
        return best

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        return [score for score, _ in self.read(question, passages)]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answering sentence of each passage."""
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Mean of the cosine and of the share of the sentence's content words that the passage holds, in 0..1."""
        if not pairs:
            return []
        left = self._embedder.embed_passages([passage for passage, _ in pairs])
        right = self._embedder.embed_passages([sentence for _, sentence in pairs])
        cosines = (left * right).sum(axis=1)
        return [
            min(1.0, max(0.0, (float(cosine) + _overlap(passage, sentence)) / 2))
            for cosine, (passage, sentence) in zip(cosines, pairs, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Features:
    """What is known about one sentence as an answer to one question; every field in -1..1.

    `similarity`: cosine of question and sentence. `coverage`: share of the question's words in the sentence, weighted
    by rarity. `context`: the same for its whole passage. `kind`: 1 if it holds the kind of thing asked for. `unknown`:
    share of the question's names that its passage does not mention.
    """

    similarity: float
    coverage: float
    context: float
    kind: float
    unknown: float


def features(question: str, sentences: Sequence[str], passages: Sequence[str], embedder: Embedder) -> list[Features]:
    """Features of each sentence; `passages[i]` is the passage around `sentences[i]`."""
    if not sentences:
        return []
    asked, wanted, kind = terms(question), set(names(question)), answer_kind(question)
    own = [set(terms(sentence)) for sentence in sentences]
    around = {passage: set(terms(passage)) for passage in dict.fromkeys(passages)}
    rarity = _rarity(asked, list(around.values()))
    vectors = embedder.embed_passages(sentences)
    similarities = vectors @ embedder.embed_queries([question])[0]
    return [
        Features(
            similarity=float(similarity),
            coverage=_share(asked, held, rarity),
            context=_share(asked, around[passage], rarity),
            kind=float(_holds(kind, question, sentence)),
            unknown=_unknown(wanted, around[passage]),
        )
        for sentence, passage, held, similarity in zip(sentences, passages, own, similarities, strict=True)
    ]


def _rarity(asked: Sequence[str], passages: Sequence[set[str]]) -> dict[str, float]:
    """Inverse passage frequency among the passages at hand: log(1 + n / (1 + n_with)) + 0.1."""
    total = len(passages)
    return {term: math.log(1 + total / (1 + sum(term in passage for passage in passages))) + 0.1 for term in asked}


def _overlap(passage: str, sentence: str) -> float:
    said = terms(sentence)
    return len(set(said) & set(terms(passage))) / len(said) if said else 0.0


def _logit(feature: Features) -> float:
    values = (feature.similarity, feature.coverage, feature.context, feature.kind, feature.unknown)
    return sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True)) + BIAS


def _sigmoid(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def _share(asked: Sequence[str], held: set[str], rarity: dict[str, float]) -> float:
    total = sum(rarity[term] for term in asked)
    return sum(rarity[term] for term in asked if term in held) / total if total else 0.0


def _holds(kind: AnswerKind, question: str, sentence: str) -> bool:
    if kind == "person":
        return any(name not in question for name in names(sentence[:1].lower() + sentence[1:]))
    pattern = _HOLDS.get(kind)
    return pattern is None or bool(pattern.search(sentence))


def _unknown(wanted: set[str], held: set[str]) -> float:
    missing = [name for name in wanted if not set(terms(name)) <= held]
    return len(missing) / len(wanted) if wanted else 0.0
