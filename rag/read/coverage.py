"""Which words of a sentence a passage or another sentence mentions: they say what a small network overlooks."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from index.text.sentences import sentence_spans
from index.text.words import terms

_WORD = re.compile(r"\w+")
_STEM = 6


def share(weights: Mapping[str, float], held: Collection[str]) -> float:
    """Share of the words' weight that is held, 0..1; 0 where there are no words."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in held) / total if total else 0.0


def name_coverage(sentence: str, passage: str) -> float:
    """Share of the sentence's capitalised words and numbers that the passage holds; 1 where it has none.

    Words agree when their first six letters do; numbers agree whole.
    """
    held = {_stem(word) for word in _WORD.findall(passage)}
    named = [word for word in _WORD.findall(sentence) if word[0].isdigit() or word[0].isupper()]
    return sum(_stem(word) in held for word in named) / len(named) if named else 1.0


def best_sentence_coverage(sentence: str, passage: str) -> float:
    """Largest share of the sentence's content words that one sentence of the passage holds; 1 where it has none."""
    wanted = set(terms(sentence))
    if not wanted:
        return 1.0
    held = (set(terms(passage[start:end])) for start, end in sentence_spans(passage))
    return max((len(wanted & each) / len(wanted) for each in held), default=0.0)


def _stem(word: str) -> str:
    return word if word.isdigit() else word.lower()[:_STEM]
