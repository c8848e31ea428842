"""Which evidence sentences, alone or together, are likeliest to bear out a claim: by words, facts and hints.

Only what this picks is read by the model, so that checking a sentence costs at most `PAIRS` pairs.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.records import Hit, Quote
from index.text.dates import agree
from index.text.polarity import base
from index.text.quantities import same_quantity
from index.text.words import STOP_WORDS, words
from rag.check.compare import Facts, facts
from rag.check.injection import trustworthy
from rag.cite import slices

PAIRS = 8
_SINGLES = 3
_TOGETHER = 3
_GAIN = 0.08  # a further sentence must bring this share of the claim's weight
_HINT = 0.1
_AROUND = 0.3
_CONTEXT_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Support:
    """Evidence sentences in document order, and the share in 0..1 of the claim's words (by rarity) that they hold."""

    slices: tuple[Quote, ...]
    coverage: float


class Attribution:
    """The evidence of one answer, ready to be asked for the sentences that may support a claim."""

    def __init__(self, hits: Sequence[Hit], question: str = "") -> None:
        self.slices = trustworthy(slices(hits))
        self.question = question
        self._terms = [content(item.text) for item in self.slices]
        held = Counter(term for terms in self._terms for term in terms)
        self._rarity = {term: math.log(1 + len(self.slices) / count) for term, count in held.items()}
        self._unknown = math.log(1 + len(self.slices)) if self.slices else 1.0
        self._at = {item: at for at, item in enumerate(self.slices)}
        self._of_document: dict[str, list[str]] = {}
        self._rank = _ranks(self.slices, hits)
        self._headings = _headings(self.slices, hits)
        for item, heading in zip(self.slices, self._headings, strict=True):
            self._of_document.setdefault(item.document_id, [item.title]).extend((heading, item.text))
        order = sorted(range(len(self.slices)), key=lambda at: (self.slices[at].document_id, self.slices[at].start))
        self._around: list[frozenset[str]] | None = None
        self._after = {one: other for one, other in pairwise(order) if self._touch(one, other)}
        self._before = {other: one for one, other in self._after.items()}

    def candidates(self, claim: str, hints: Collection[int] = ()) -> list[Support]:
        """At most `PAIRS` sets of sentences, likeliest first; each set once."""
        if not self.slices:
            return []
        wanted = self._weights(claim)
        scores = [self._score(at, claim, wanted, hints) for at in range(len(self.slices))]
        ranked = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
        covers = self._covers(ranked[0], wanted, claim)
        singles: list[tuple[int, ...]] = [(at,) for at in ranked[1:_SINGLES]]
        near = self._windows(ranked[0])
        sets = [(ranked[0],), *covers[:1], *near[:1], *singles, *covers[1:], *near[1:]]
        sets += [window for at in ranked[1:2] for window in self._windows(at)]
        unique = list(dict.fromkeys(tuple(sorted(places, key=self._place)) for places in sets))
        return [Support(tuple(self.slices[at] for at in s), self._coverage(s, wanted, claim)) for s in unique[:PAIRS]]

    def background(self, chosen: Sequence[Quote]) -> tuple[str, ...]:
        """What may supply names and dates to these sentences: their documents' other evidence and the question."""
        texts = [self.question]
        for document_id in dict.fromkeys(item.document_id for item in chosen):
            texts += self._of_document[document_id]
        return tuple(dict.fromkeys(filter(None, texts)))

    def nearby(self, at: int) -> list[str]:
        """Title, heading and the sentences before the slice at this place: what a pronoun in it may stand for."""
        texts = [self.slices[at].title, self._headings[at]]
        for _ in range(_CONTEXT_SENTENCES):
            if at not in self._before:
                break
            at = self._before[at]
            texts.append(self.slices[at].text)
        return texts

    def around(self, item: Quote) -> str:
        """A slice and what stands before it, as one text."""
        return " ".join([*self.nearby(self._at[item]), item.text])

    def _weights(self, claim: str) -> dict[str, float]:
        return {term: self._rarity.get(term, self._unknown) for term in content(claim)}

    def _score(self, at: int, claim: str, wanted: dict[str, float], hints: Collection[int]) -> float:
        if self._around is None:
            self._around = [content(" ".join(self.nearby(at))) for at in range(len(self.slices))]
        own = self._coverage((at,), wanted, claim)
        return own + _AROUND * _share(wanted, self._around[at]) + (_HINT if self._rank[at] in hints else 0.0)

    def _coverage(self, places: Sequence[int], wanted: dict[str, float], claim: str) -> float:
        held = frozenset().union(*(self._terms[at] for at in places))
        held |= _same_facts(facts(claim), [facts(self.slices[at].text) for at in places])
        return _share(wanted, held)

    def _covers(self, first: int, wanted: dict[str, float], claim: str) -> list[tuple[int, ...]]:
        """Growing sets that together hold more of the claim's words, for claims that join several facts.

        A sentence that has only a number or date in common with the claim joins none: it speaks of something else.
        """
        read = facts(claim)
        amounts = [*(quantity.text for quantity in read.quantities), *(date.text for date in read.dates)]
        spoken = wanted.keys() - frozenset().union(*map(content, amounts))
        related = [at for at in range(len(self.slices)) if self._terms[at] & spoken]
        chosen: tuple[int, ...] = (first,)
        found: list[tuple[int, ...]] = []
        while len(chosen) < _TOGETHER:
            covered = self._coverage(chosen, wanted, claim)
            gains = [
                (self._coverage((*chosen, at), wanted, claim) - covered, -at) for at in related if at not in chosen
            ]
            gain, at = max(gains, default=(0.0, 0))
            if gain < _GAIN:
                break
            chosen = (*chosen, -at)
            found.append(chosen)
        return found

    def _windows(self, at: int) -> list[tuple[int, ...]]:
        before = [self._before[at]] if at in self._before else []
        after = [self._after[at]] if at in self._after else []
        return [(*before, at)] * bool(before) + [(at, *after)] * bool(after)

    def _touch(self, one: int, other: int) -> bool:
        first, second = self.slices[one], self.slices[other]
        return first.document_id == second.document_id and 0 <= second.start - first.end <= 4

    def _place(self, at: int) -> tuple[int, int]:
        return self._rank[at], self.slices[at].start


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """Comparable forms of the content words of a text."""
    return frozenset(base(word) for word in words(text) if word not in STOP_WORDS)


def _share(wanted: dict[str, float], held: Collection[str]) -> float:
    total = sum(wanted.values())
    return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0


def _same_facts(claim: Facts, sources: Sequence[Facts]) -> frozenset[str]:
    """Content words of the claim's numbers and dates that the sources write otherwise."""
    held: set[str] = set()
    for quantity in claim.quantities:
        if any(same_quantity(quantity, other) for source in sources for other in source.quantities):
            held |= content(quantity.text)
    for date in claim.dates:
        if any(agree(date, other) for source in sources for other in source.dates):
            held |= content(date.text)
    return frozenset(held)


def _hit_of(item: Quote, hits: Sequence[Hit]) -> tuple[int, Hit]:
    return next(
        (rank, hit)
        for rank, hit in enumerate(hits, start=1)
        if hit.chunk.document_id == item.document_id and hit.chunk.start <= item.start and item.end <= hit.chunk.end
    )


def _ranks(items: Sequence[Quote], hits: Sequence[Hit]) -> list[int]:
    return [_hit_of(item, hits)[0] for item in items]


def _headings(items: Sequence[Quote], hits: Sequence[Hit]) -> list[str]:
    return [_hit_of(item, hits)[1].chunk.heading for item in items]
