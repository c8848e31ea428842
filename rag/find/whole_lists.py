"""Lists that are told whole: whether a question wants one, and which of those around the passages it wants.

Whether it wants one is read from its wording, by logistic regression over the features of turns; which one, by the
large encoder, to which each list is a passage of its own. A second regression weighs both against what passages say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.protocols import Embedder
from index.records import Document, Hit
from index.text.blocks import blocks
from rag.find.intent import LONGEST, Features, features
from rag.odds import likely, log_odds
from rag.read.listing import OPENING, list_text, runs

WEIGHTS = Path(__file__).with_name("whole_lists.json")

SIGNS = (
    "wanted",  # log-odds, by its wording, that the question wants a list whole
    "answers",  # log-odds of the large encoder that the list answers
    "lead",  # by how much these exceed those of the list next best; ALONE where there is no other
    "passage",  # log-odds of the best passage by itself
)
ALONE = 4.0
READ = 6
"""Lists that are read, those most like the question: each costs as much as a passage of its length."""

Judged = Callable[[str, Sequence[str]], Sequence[float]]
"""For a question and passages: the log-odds that each of them, as a whole, answers it."""


@dataclass(frozen=True, slots=True)
class ListWeights:
    """Both regressions: `wanted` over the features of turns, bias last; `weights` over SIGNS, and their `bias`.

    A list is told from the probability `threshold` on, and none is read where the wording's log-odds are below `least`.
    `embedder`: the fingerprint of the embedder that the features belong to.
    """

    wanted: Features
    weights: tuple[float, ...]
    bias: float
    threshold: float
    least: float
    embedder: str

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> ListWeights:
        """The weights that `python -m eval.training.list_fit` wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            np.array(stored["wanted"], dtype=np.float32),
            tuple(float(stored["weights"][name]) for name in SIGNS),
            float(stored["bias"]),
            float(stored["threshold"]),
            float(stored["least"]),
            stored["embedder"],
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of a list: [start, end) of a document."""

    document_id: str
    start: int
    end: int


class WholeLists:
    """Finds the list that a question wants whole. Safe to share between threads.

    `judged` is the large encoder's; `embedder` the one that the weights belong to.
    """

    def __init__(self, weights: ListWeights, embedder: Embedder, judged: Judged) -> None:
        self._weights, self._embedder, self._judged = weights, embedder, judged

    def chosen(
        self, question: str, hits: Sequence[Hit], document_of: Callable[[str], Document], passage: float
    ) -> Listed | None:
        """The list to tell whole; None where the question wants none, or none of those around the hits is sure enough.

        `hits` are passages widened to whole lists; `passage` in 0..1 is how likely the best of them answers.
        """
        if self.wanted(question) < self._weights.least:
            return None
        best, signs = self.weighed(question, hits, document_of, passage)
        logit = self._weights.bias + sum(w * value for w, value in zip(self._weights.weights, signs, strict=True))
        return best if best is not None and likely(logit) >= self._weights.threshold else None

    def wanted(self, question: str) -> float:
        """Log-odds, by its wording, that a question wants a list whole."""
        *weights, bias = self._weights.wanted
        return float(features([question[:LONGEST]], self._embedder)[0] @ np.array(weights) + bias)

    def weighed(
        self, question: str, hits: Sequence[Hit], document_of: Callable[[str], Document], passage: float
    ) -> tuple[Listed | None, tuple[float, ...]]:
        """The likeliest list and the numbers of SIGNS for it; None and zeros where there is no list."""
        found = dict(_around(hits, document_of))
        if len(found) > READ:
            alike = self._embedder.embed_passages(list(found.values())) @ self._embedder.embed_queries([question])[0]
            nearest = sorted(zip(alike.tolist(), found, strict=True), key=lambda pair: -pair[0])[:READ]
            found = {listed: found[listed] for _, listed in nearest}
        if not found:
            return None, (0.0,) * len(SIGNS)
        odds = self._judged(question, list(found.values()))
        ordered = sorted(zip(odds, found, strict=True), key=lambda pair: -pair[0])
        lead = ordered[0][0] - ordered[1][0] if len(ordered) > 1 else ALONE
        return ordered[0][1], (self.wanted(question), ordered[0][0], min(lead, ALONE), log_odds(passage))


def _around(hits: Sequence[Hit], document_of: Callable[[str], Document]) -> Iterator[tuple[Listed, str]]:
    """The lists that begin in the hits' passages, and each as it is read."""
    for hit in hits:
        document, chunk = document_of(hit.chunk.document_id), hit.chunk
        begin = max(0, chunk.start - OPENING)
        begin = document.text.find("\n", begin, chunk.start) + 1 or chunk.start if begin else 0
        text = document.text[begin : chunk.end]
        for run in runs(text, blocks(text)):
            if begin + run.start >= chunk.start:
                listed = Listed(document.id, begin + run.start, begin + run.end)
                yield listed, list_text(document.title, text, run)
