"""Find hard negatives: what a lexical search ranks highest for a question (BM25, Robertson and Zaragoza 2009)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"\w+")
_SATURATION = 0.9
_LENGTH_WEIGHT = 0.4


class Bm25:
    """An in-memory lexical ranking of a fixed list of passages."""

    def __init__(self, passages: Sequence[str]) -> None:
        counted = [Counter(_WORD.findall(passage.lower())) for passage in passages]
        lengths = np.array([sum(counts.values()) for counts in counted], dtype=np.float32)
        self._count = len(counted)
        saturation = _SATURATION * (
            1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths / max(float(lengths.sum()) / max(len(counted), 1), 1.0)
        )
        places: dict[str, tuple[list[int], list[int]]] = {}
        for index, counts in enumerate(counted):
            for word, count in counts.items():
                indices, frequencies = places.setdefault(word, ([], []))
                indices.append(index)
                frequencies.append(count)
        self._postings = {word: self._weigh(indices, counts, saturation) for word, (indices, counts) in places.items()}

    def _weigh(
        self, indices: list[int], counts: list[int], saturation: np.ndarray[tuple[int], np.dtype[np.float32]]
    ) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.float32]]]:
        where = np.array(indices, dtype=np.int64)
        frequency = np.array(counts, dtype=np.float32)
        rarity = math.log(1 + (self._count - len(indices) + 0.5) / (len(indices) + 0.5))
        return where, (rarity * frequency / (frequency + saturation[where])).astype(np.float32)

    def top(self, query: str, k: int) -> list[int]:
        """Indices of the k best passages, best first, ties by index."""
        return [int(index) for index in np.argsort(-self.scores(query), kind="stable")[:k]]

    def scores(self, query: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """The score of every passage, (passages,)."""
        scores = np.zeros(self._count, dtype=np.float32)
        for word in dict.fromkeys(_WORD.findall(query.lower())):
            if word in self._postings:
                where, weights = self._postings[word]
                scores[where] += weights
        return scores
