"""Which words of the documents may bear out a claim: single sentences, and stretches of one document.

Words in common find the place, they prove nothing: what this picks is put to the judge. Sentences of different
documents are never joined.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.records import Hit, Quote
from index.text.dates import agree
from index.text.look import Look, look
from index.text.quantities import same_quantity
from index.text.words import PRONOUNS, first_word
from rag.answer import one_line, shown_line
from rag.check.injection import suspicious, trustworthy
from rag.cite import slices
from rag.read.coverage import share

MOST = 4
"""Candidates of one claim: the judge reads about fifty tokens for each."""
LONGEST = 3
"""Sentences that are read together: a stretch, so near around its likeliest, or one with those before it, which name
what it leaves unnamed."""
_GAP = 200
"""Characters between sentences that still follow one another: a heading may stand between them."""
_AROUND = 0.3
"""What the words of title, heading and sentences before count beside those of the sentence itself; chosen by hand."""


@dataclass(frozen=True, slots=True)
class Support:
    """Sentences of one document in order, as the judge reads them, and the share (0..1) of the claim's words they hold.

    `text` opens with the title, heading or sentences before that name what these sentences leave unnamed.
    """

    slices: tuple[Quote, ...]
    text: str
    coverage: float


class Attribution:
    """The evidence of one answer, each sentence read once, ready to be asked for what may bear out a claim."""

    def __init__(self, hits: Sequence[Hit], question: str = "") -> None:
        self.question = look(question)
        found = trustworthy(slices(hits))
        owners = [_hit_of(item, hits) for item in found]
        kept = [at for at, item in enumerate(found) if _states(item, owners[at][1])]
        self.slices = tuple(found[at] for at in kept)
        self._rank = [owners[at][0] for at in kept]
        self._named = [(look(_harmless(found[at].title)), look(_harmless(owners[at][1].chunk.heading))) for at in kept]
        self.looks = [look(item.text) for item in self.slices]
        held = Counter(term for one in self.looks for term in one.content)
        self._rarity = {term: math.log(1 + len(self.slices) / count) for term, count in held.items()}
        self._unknown = math.log(1 + len(self.slices)) if self.slices else 1.0
        order = sorted(range(len(self.slices)), key=lambda at: (self.slices[at].document_id, self.slices[at].start))
        self._before = {other: one for one, other in pairwise(order) if self._touch(one, other)}
        self._after = {one: other for other, one in self._before.items()}
        self._contexts = [frozenset().union(*(one.content for one in self.context(at))) for at in range(len(kept))]

    def candidates(self, claim: Look, hints: Collection[int] = ()) -> list[Support]:
        """At most `MOST` places, likeliest first, each once; `hints` are ranks of hits that go before their equals."""
        if not self.slices:
            return []
        wanted = {term: self._rarity.get(term, self._unknown) for term in claim.content}
        scores = [self._score(at, claim, wanted) for at in range(len(self.slices))]
        ranked = sorted(range(len(scores)), key=lambda at: (-scores[at], self._rank[at] not in hints, at))
        sets = [(ranked[0],), self._stretch(ranked[0], claim, wanted)]
        sets += [(at,) for at in ranked[1:2]] + [self._stretch(at, claim, wanted) for at in ranked[1:2]]
        sets += [(at,) for at in ranked[2:MOST]]
        unique = list(dict.fromkeys(tuple(sorted(places, key=self._start)) for places in sets))[:MOST]
        return [self._support(places, claim, wanted) for places in unique]

    def context(self, at: int) -> list[Look]:
        """Title, heading and the sentences before the slice at this place: what a pronoun in it may stand for."""
        before: list[Look] = []
        place = at
        while place in self._before and len(before) < LONGEST - 1:
            place = self._before[place]
            before.insert(0, self.looks[place])
        return [*self._named[at], *before]

    def background(self, chosen: Sequence[Quote]) -> list[Look]:
        """What may supply names and dates to these sentences: the question and what stands around them."""
        places = [self.slices.index(item) for item in chosen]
        return [self.question, *(one for at in places for one in self.context(at))]

    def covering(self, claim: Look) -> tuple[float, Quote | None]:
        """The largest share of a text's words that one sentence holds with its title and heading, and that sentence."""
        wanted = dict.fromkeys(claim.content, 1.0)
        shares = [
            (share(wanted, one.content | self._contexts[at]), -at)
            for at, one in enumerate(self.looks)
            if one.content & claim.content
        ]
        most, at = max(shares, default=(0.0, 0))
        return most, self.slices[-at] if shares else None

    def _score(self, at: int, claim: Look, wanted: dict[str, float]) -> float:
        return self._coverage((at,), claim, wanted) + _AROUND * share(wanted, self._contexts[at])

    def _coverage(self, places: Sequence[int], claim: Look, wanted: dict[str, float]) -> float:
        held = frozenset().union(*(self.looks[at].content for at in places))
        return share(wanted, held | _same_facts(claim, [self.looks[at] for at in places]))

    def _stretch(self, first: int, claim: Look, wanted: dict[str, float]) -> tuple[int, ...]:
        """The sentence with those near it that hold more of the claim, or with the one that it leans on."""
        chosen: tuple[int, ...] = (first,)
        while len(chosen) < LONGEST:
            covered = self._coverage(chosen, claim, wanted)
            near = [at for at in self._near(first) if at not in chosen]
            gains = [(self._coverage((*chosen, at), claim, wanted) - covered, -at) for at in near]
            gain, at = max(gains, default=(0.0, 0))
            if gain <= 0:
                break
            chosen = (*chosen, -at)
        if len(chosen) == 1 and first in self._before:
            return (self._before[first], first)
        return chosen

    def _near(self, at: int) -> list[int]:
        found: list[int] = []
        for step in (self._before, self._after):
            place = at
            for _ in range(LONGEST):
                if place not in step:
                    break
                place = step[place]
                found.append(place)
        return found

    def _support(self, places: tuple[int, ...], claim: Look, wanted: dict[str, float]) -> Support:
        said = frozenset().union(*(self.looks[at].content for at in places))
        leans = _opens_with_pronoun(self.slices[places[0]].text)
        title, heading, *before = self.context(places[0])
        lead = [one for one in (title, heading) if one.content & claim.content - said]
        lead += [one for one in before[-1:] if leans or one.content & claim.content - said]
        texts = [*(f"{shown_line(one.text).rstrip('.')}." for one in lead), *(self.slices[at].text for at in places)]
        read = " ".join(dict.fromkeys(one_line(text) for text in texts if text.strip(" .")))
        return Support(tuple(self.slices[at] for at in places), read, self._coverage(places, claim, wanted))

    def _touch(self, one: int, other: int) -> bool:
        first, second = self.slices[one], self.slices[other]
        return first.document_id == second.document_id and 0 <= second.start - first.end <= _GAP

    def _start(self, at: int) -> int:
        return self.slices[at].start


def _states(item: Quote, hit: Hit) -> bool:
    """Whether a slice states something: questions, headings and the document's own title bear nothing out."""
    text = shown_line(item.text)
    named = {shown_line(hit.chunk.heading), one_line(item.title)}
    return not (item.text.startswith("#") or text.endswith(("?", "？")) or text in named)


def _harmless(name: str) -> str:
    """A title or heading as the judge may read it: nothing where it speaks to the model, as the first line may."""
    return "" if suspicious(name) else name


def _opens_with_pronoun(text: str) -> bool:
    return first_word(shown_line(text)) in PRONOUNS | {"there"}


def _same_facts(claim: Look, sources: Sequence[Look]) -> frozenset[str]:
    """Content words of the claim's numbers and dates that the sources write otherwise."""
    held: set[str] = set()
    for quantity in claim.quantities:
        if any(same_quantity(quantity, other) for source in sources for other in source.quantities):
            held |= look(quantity.text).content
    for date in claim.dates:
        if any(agree(date, other) for source in sources for other in source.dates):
            held |= look(date.text).content
    return frozenset(held)


def _hit_of(item: Quote, hits: Sequence[Hit]) -> tuple[int, Hit]:
    return next(
        (rank, hit)
        for rank, hit in enumerate(hits, start=1)
        if hit.chunk.document_id == item.document_id and hit.chunk.start <= item.start and item.end <= hit.chunk.end
    )
