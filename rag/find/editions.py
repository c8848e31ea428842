"""Documents that are editions of one text, told apart by the year in their titles: which of them a question means."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from index.records import Hit
from index.text.dates import YEAR
from index.text.words import terms

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")

Key = frozenset[str]
T = TypeVar("T")


def of_the_year(question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits without the editions that the question does not mean: it names a year, and an edition holds for it.

    That is the edition of this very year, else the last one before it. Hits of other documents stay.
    """
    years = {int(year) for year in YEAR.findall(question)}
    editions: dict[Key, set[int]] = defaultdict(set)
    for hit in hits:
        if made := edition(hit.title):
            editions[made[0]].add(made[1])
    meant = {key: _in_force(years, known) for key, known in editions.items() if len(known) > 1}
    return tuple(
        hit
        for hit in hits
        if not (made := edition(hit.title)) or not (wanted := meant.get(made[0])) or made[1] in wanted
    )


def edition(title: str) -> tuple[Key, int] | None:
    """What the text is, apart from its edition, and the edition's year; None where the title names no year."""
    years = [int(year) for year in YEAR.findall(title)]
    named = frozenset(term for term in terms(_ASIDE.sub(" ", title)) if not any(map(str.isdigit, term)))
    return (named, max(years)) if years and named else None


def newest_first(found: Sequence[T], titles: Sequence[str]) -> list[T]:
    """The first of these answers after the one that a newer edition of the same document gives, if there is one."""
    made = [edition(title) for title in titles]
    newer = [at for at, one in enumerate(made) if one and made[0] and one[0] == made[0][0] and one[1] > made[0][1]]
    first = max(newer, key=lambda at: (made[at] or (Key(), 0))[1], default=0)
    return [*found[first : first + 1], *found[:first], *found[first + 1 :]]


def _in_force(years: set[int], known: set[int]) -> set[int]:
    """The editions of these years, or for a year without one the last before it."""
    return {max(before) for year in years if (before := [one for one in known if one <= year])}
