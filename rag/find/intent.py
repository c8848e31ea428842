"""What a turn wants: small talk, something about the collection, a summary, or an answer from the documents."""

import json
import re
import unicodedata
import zlib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from index.protocols import Embedder
from index.text.words import words

Talk = Literal["greeting", "bye", "thanks", "reaction", "who", "help", "doubt"]
Collection = Literal["documents", "about", "length", "title", "author", "written"]
Kind = Talk | Collection | Literal["summary", "question"]

TALK: frozenset[str] = frozenset(get_args(Talk))
COLLECTION: frozenset[str] = frozenset(get_args(Collection))
WEIGHTS = Path(__file__).with_name("intent.json")
BUCKETS = 512
"""Hashed word and letter features beside the embedding: words of languages that the embedder does not know."""
SHORT = 6
"""Words of a turn that may be small talk although one of its words is not of the phrases."""
LONGEST = 200
"""Characters of a turn that can be anything but a question; longer ones are not looked at."""

_WORD = re.compile(r"\w+")
_FILE = re.compile(r"\w\.[a-z]{2,4}\b", re.IGNORECASE)

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Intent:
    """`probability` in 0..1 is the classifier's for the kind's group; a question where no other is sure enough."""

    kind: Kind
    probability: float

    @property
    def talk(self) -> bool:
        return self.kind in TALK

    @property
    def collection(self) -> bool:
        return self.kind in COLLECTION


QUESTION = Intent("question", 1.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted multinomial logistic regression over `features` (kinds, n), and what keeps it from taking questions.

    `thresholds` by group (talk, collection, summary): the probability from which a turn is not a question.
    `vocabulary`: the words of the phrases of small talk. `embedder`: the fingerprint of the embedder that the weights
    belong to.
    """

    kinds: tuple[Kind, ...]
    matrix: Features
    bias: Features
    thresholds: dict[str, float]
    vocabulary: frozenset[str]
    embedder: str

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> "Weights":
        """The weights that `python -m eval.training.intents` wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        matrix, bias = (np.array(stored[name], dtype=np.float32) for name in ("matrix", "bias"))
        vocabulary = frozenset(stored["vocabulary"])
        return cls(tuple(stored["kinds"]), matrix, bias, stored["thresholds"], vocabulary, stored["embedder"])


class Intents:
    """The classifier. Safe to share between threads; the last answers are kept, since a history is asked again."""

    def __init__(self, weights: Weights, embedder: Embedder) -> None:
        self._weights, self._embedder = weights, embedder
        self._of = lru_cache(maxsize=512)(self._classified)

    def of(self, turn: str) -> Intent:
        """What this turn wants; in doubt, an answer from the documents."""
        return self._of(" ".join(turn.split()))

    def _classified(self, turn: str) -> Intent:
        if not turn or len(turn) > LONGEST:
            return QUESTION
        logits = features([turn], self._embedder)[0] @ self._weights.matrix.T + self._weights.bias
        odds = np.exp(logits - logits.max())
        return decided(turn, odds / odds.sum(), self._weights)


def decided(turn: str, probabilities: Features, weights: Weights) -> Intent:
    """The likeliest kind of the likeliest group other than questions, where that reaches its threshold."""
    shares = {
        group: sum(p for kind, p in zip(weights.kinds, probabilities, strict=True) if group_of(kind) == group)
        for group in weights.thresholds
    }
    group = max(shares, key=lambda name: shares[name])
    sure = shares[group] >= weights.thresholds[group]
    if not sure or (group == "talk" and not familiar(turn, weights.vocabulary)):
        return QUESTION
    rows = [(p, kind) for kind, p in zip(weights.kinds, probabilities, strict=True) if group_of(kind) == group]
    return Intent(max(rows)[1], float(shares[group]))


def familiar(turn: str, vocabulary: Set[str]) -> bool:
    """Whether a turn may be small talk: short, and at most half of its words are other than those of small talk.

    Names and technical terms are not among these, so a bare "Celts" stays a question however sure the classifier is.
    """
    found = words(turn)
    strange = sum(word not in vocabulary for word in found)
    return strange == 0 or (strange == 1 and 2 <= len(found) <= SHORT)


def group_of(kind: str) -> str:
    """The group of a kind: talk, collection, summary or question."""
    return "talk" if kind in TALK else "collection" if kind in COLLECTION else kind


def features(turns: Sequence[str], embedder: Embedder) -> Features:
    """(n, dim + BUCKETS + 6) float32: the embedding, hashed words and letters, and the look of each turn.

    The three parts are scaled to like lengths, so that one penalty suits them all.
    """
    hashed = np.stack([_hashed(turn) for turn in turns])
    looks = np.array([_look(turn) for turn in turns], dtype=np.float32)
    return np.hstack([3 * embedder.embed_queries(turns), 2 * hashed, looks])


def _hashed(turn: str) -> Features:
    """Unit vector of counts: words, pairs of words, the first two words, and three letters in a row within words."""
    found = _WORD.findall(unicodedata.normalize("NFKC", turn).lower())
    parts = ["^" + " ".join(found[:2]), *found, *(f"{a} {b}" for a, b in pairwise(found))]
    for word in found:
        marked = f"<{word}>"
        parts += [marked[at : at + 3] for at in range(len(marked) - 2)]
    counts = np.zeros(BUCKETS, dtype=np.float32)
    for part in parts:
        counts[zlib.crc32(part.encode("utf-8", "replace")) % BUCKETS] += 1
    return counts / np.linalg.norm(counts)


def _look(turn: str) -> list[float]:
    found = _WORD.findall(turn)
    asks, digits = turn.endswith(("?", "？", "؟")), any(char.isdigit() for char in turn)
    named = any(word[0].isupper() for word in found[1:])
    return [min(len(found), 12) / 12, asks, digits, bool(_FILE.search(turn)), named, len(found) <= 2]
