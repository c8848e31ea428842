"""Judges of a report by name: what decides, for a figure, whether a passage bears out a sentence.

"built-in" is the system's own and marks its own work, "small" its small network alone; "words" and "coin" are floors
that a judge must beat to show anything; all other names mean what they mean to `rag.check.load_judge`: the folder of a
large encoder, a cross-encoder, or a server's URL#MODEL.
"""

import hashlib
from collections.abc import Callable, Sequence

from eval.metrics.overlap import rouge_words
from rag.check import load_judge
from rag.protocols import Judge

BUILT_IN, SMALL, WORDS, COIN = "built-in", "small", "words", "coin"


class OwnJudge:
    """The system's own model: it is part of what is measured, and the report says so."""

    def __init__(self, judge: Judge) -> None:
        self.entail, self.name = judge.entail, f"{judge.name} (the system's own)"


class WordJudge:
    """The share of the sentence's words that the passage holds."""

    name = "words (a floor: share of words)"

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """1 for a sentence without words."""
        return [_share(set(rouge_words(passage)), rouge_words(sentence)) for passage, sentence in pairs]


def _share(held: set[str], said: Sequence[str]) -> float:
    return sum(word in held for word in said) / len(said) if said else 1.0


class CoinJudge:
    """A coin that falls the same way for the same pair."""

    name = "coin (a floor: chance)"

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Uniform in 0..1 by the pair's hash."""
        digests = (hashlib.sha256("\0".join(pair).encode("utf-8", "replace")).digest() for pair in pairs)
        return [int.from_bytes(digest[:4]) / 0xFFFFFFFF for digest in digests]


def report_judge(name: str, own: Callable[[], Judge], *, allow_download: bool = False) -> Judge:
    """The judge that a name means; `own` gives the system's. Raises `ModelUnavailable`."""
    if name == BUILT_IN:
        return OwnJudge(own())
    if name == SMALL:
        from rag.read.loading import load_trained

        return load_trained()
    if name in (WORDS, COIN):
        return WordJudge() if name == WORDS else CoinJudge()
    return load_judge(name, allow_download=allow_download)
