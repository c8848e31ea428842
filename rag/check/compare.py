"""The checkable facts of one text, read once, and the places where a claim's facts differ from a source's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from index.text.dates import Date, agree, borne_out, dates
from index.text.names import Name, capitalised_inside, entity_names, mentioned, name_keys
from index.text.polarity import Reading, negation_differs, opposites, read, roles_swapped
from index.text.quantities import Quantity, comparable, quantities, same_quantity
from rag.check.aligned import replaced

Kind = Literal["number", "date", "name", "negation", "direction", "roles"]
CLOSE_COPY = 0.6
"""Share of matching words (difflib's ratio) from which a claim counts as a reworded copy of one source sentence."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One disagreement, in words for the reader. `hard`: the claim cannot stand; otherwise it may be the rule's fault.

    `contradicts`: the source says something else; otherwise it only does not say this.
    """

    kind: Kind
    text: str
    hard: bool
    contradicts: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules read in one text."""

    text: str
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    keys: frozenset[str]
    reading: Reading

    def names(self, known: frozenset[str] = frozenset()) -> tuple[Name, ...]:
        """The names outside its numbers and dates."""
        text = self.text
        spans = [(q.start, q.end) for q in self.quantities] + [(d.start, d.end) for d in self.dates]
        for start, end in spans:
            text = text[:start] + "_" * (end - start) + text[end:]
        return entity_names(text, known)


@lru_cache(maxsize=4096)
def facts(text: str) -> Facts:
    """Numbers, dates, words and negations of a text; a number that is part of a date is not also a quantity."""
    found = dates(text)
    spans = [(date.start, date.end) for date in found]
    free = tuple(q for q in quantities(text) if not any(q.start < end and start < q.end for start, end in spans))
    return Facts(text, free, found, name_keys(text), read(text))


@lru_cache(maxsize=512)
def known_names(text: str) -> frozenset[str]:
    """Words that a text capitalises inside its sentences and never writes in lower case."""
    lower = {word for word in text.split() if word.islower()}
    return frozenset(key for key in capitalised_inside(text) if key not in lower)


def number_problems(claim: Facts, sources: Sequence[Facts]) -> Iterator[Problem]:
    """Numbers of the claim that no source bears out."""
    given = [quantity for source in sources for quantity in source.quantities]
    for quantity in claim.quantities:
        if any(same_quantity(quantity, other) for other in given):
            continue
        rival = next((other for other in given if comparable(quantity, other)), None)
        if rival is not None:
            yield Problem("number", f"says {_shown(quantity)}, the source says {_shown(rival)}", True, True)
        elif quantity.value != 1:
            yield Problem(
                "number",
                f"says {_shown(quantity)}, which is not in the source",
                not (quantity.counted or quantity.vague),
                False,
            )


def date_problems(claim: Facts, sources: Sequence[Facts], background: Sequence[Facts]) -> Iterator[Problem]:
    """Dates of the claim that the sources contradict, or that neither they nor their headings mention."""
    given = tuple(date for source in sources for date in source.dates)
    around = tuple(date for source in background for date in source.dates)
    for date in claim.dates:
        if borne_out(date, given):
            continue
        rival = next((other for other in given if not agree(date, other)), None)
        if rival is not None:
            yield Problem("date", f"says {date.text}, the source says {rival.text}", True, True)
        elif not borne_out(date, given + around):
            yield Problem("date", f"says {date.text}, which is not in the source", True, False)


def name_problems(claim: Facts, sources: Sequence[Facts], background: Sequence[Facts]) -> Iterator[Problem]:
    """Names of the claim that neither the sources nor what surrounds them mention."""
    keys = frozenset().union(*(source.keys for source in (*sources, *background)))
    known = frozenset().union(*(known_names(source.text) for source in (*sources, *background)))
    for name in claim.names(known):
        missing = [key for key in name.keys if not mentioned(key, keys) and not _spelled_out(key, claim, sources)]
        if missing:
            hard = name.sure and 2 * len(missing) > len(name.keys)
            yield Problem("name", f"names {name.text}, which is not in the source", hard, False)


def _spelled_out(key: str, claim: Facts, sources: Sequence[Facts]) -> bool:
    """Whether a short name is the initials of words of the claim or its sources ("insurance premium (IP)")."""
    if not (2 <= len(key) <= 6 and key.isalpha()):
        return False
    initials = re.compile(r"\b" + r"\w+\W+".join(key[:-1]) + r"\w+\W+" + key[-1] + r"\w+", re.IGNORECASE)
    return any(initials.search(text) for text in (claim.text, *(source.text for source in sources)))


def copy_problems(claim: Facts, source: Facts) -> Iterator[Problem]:
    """Where a close copy of one source sentence differs from it in a name, a negation, a direction or its roles."""
    if negation_differs(claim.reading, source.reading):
        yield Problem("negation", f"negates what the source says: “{_short(source.text)}”", True, True)
    pair = opposites(claim.reading, source.reading)
    if pair:
        yield Problem("direction", f"says “{pair[0]}”, the source says “{pair[1]}”", False, True)
    swapped = roles_swapped(claim.reading.tokens, source.reading.tokens)
    if swapped:
        yield Problem("roles", f"swaps {swapped[0]} and {swapped[1]}", True, True)
    if likeness(claim, source) >= CLOSE_COPY:
        for kind, ours, theirs in replaced(claim.text, source.text):
            names = f"names {ours} where the source names {theirs}"
            yield Problem(kind, names if kind == "name" else f"says {ours}, the source says {theirs}", True, True)


@lru_cache(maxsize=4096)
def likeness(claim: Facts, source: Facts) -> float:
    """Share of matching words in order, 0..1 (difflib's ratio over comparable forms)."""
    return SequenceMatcher(None, claim.reading.bases, source.reading.bases, autojunk=False).ratio()


def _shown(quantity: Quantity) -> str:
    return " ".join(quantity.text.split())


def _short(text: str, limit: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
