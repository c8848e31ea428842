"""Where the facts of a claim differ from those of the sources that it is held against."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from index.text.clocks import clocks
from index.text.dates import agree, borne_out
from index.text.look import Look, known_names
from index.text.names import mentioned
from index.text.polarity import negation_differs, opposites, roles_swapped
from rag.check.aligned import replaced, turned
from rag.check.measures import measure

Kind = Literal["number", "date", "name", "negation", "direction", "roles"]
ALIKE = 0.45
"""Share of matching words (difflib's ratio) from which a claim counts as a source sentence reworded: they are compared
word by word, and one that says otherwise is shown as contradicting.

Of 321 sentences that models wrote (144 of them true) the comparisons rule out 26 false and 9 true ones from here on, 26
and 11 from 0.4, 25 and 9 from 0.5, 23 and 8 where none is compared."""
NEAR_COPY = 0.75
"""The same from which it counts as a copy: a name that one side alone has is a replacement, and a source sentence that
says otherwise outweighs one that is less like the claim. On the same sentences alike from 0.6 to 0.75; from
0.8 on one false one fewer is ruled out."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One disagreement, in words for the reader. `hard`: the claim cannot stand; otherwise it may be the rule's fault.

    `contradicts`: the source says something else; otherwise it only does not say this.
    """

    kind: Kind
    text: str
    hard: bool
    contradicts: bool


def number_problems(claim: Look, sources: Sequence[Look]) -> Iterator[Problem]:
    """Numbers of the claim that no source bears out; a time of day is one of them where the sources have times too."""
    times, given_times = clocks(claim.text), [time for source in sources for time in clocks(source.text)]
    for time in times if given_times else ():
        if not any(time.minutes & other.minutes for other in given_times):
            yield Problem("number", f"says {time.text}, the source says {given_times[0].text}", True, True)
    told = [time for time in times if given_times]
    free = [q for q in claim.quantities if not any(time.start <= q.start < time.end for time in told)]
    given = dict.fromkeys(measure(source, quantity) for source in sources for quantity in source.quantities)
    for said in dict.fromkeys(measure(claim, quantity) for quantity in free):
        if said in given or any(said.borne_out(other) for other in given):
            continue
        rival = next((other for other in given if said.contradicted(other)), None)
        if rival is not None:
            yield Problem("number", f"says {said.text}, the source says {rival.text}", True, True)
        elif said.quantity.value != 1:
            counted = said.quantity.counted or said.quantity.vague
            yield Problem("number", f"says {said.text}, which is not in the source", not counted, False)


def date_problems(claim: Look, sources: Sequence[Look], background: Sequence[Look]) -> Iterator[Problem]:
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


def name_problems(claim: Look, sources: Sequence[Look], background: Sequence[Look]) -> Iterator[Problem]:
    """Names of the claim that neither the sources nor what surrounds them mention."""
    keys = frozenset().union(*(source.keys for source in (*sources, *background)))
    known = frozenset().union(*(known_names(source.text) for source in (*sources, *background)))
    for name in claim.names(known):
        if any(time.text == name.text for time in clocks(claim.text)):
            continue
        missing = [key for key in name.keys if not mentioned(key, keys) and not _spelled_out(key, claim, sources)]
        if missing:
            hard = name.sure and 2 * len(missing) > len(name.keys)
            yield Problem("name", f"names {name.text}, which is not in the source", hard, False)


def _spelled_out(key: str, claim: Look, sources: Sequence[Look]) -> bool:
    """Whether a short name is the initials of words of the claim or its sources ("insurance premium (IP)")."""
    if not (2 <= len(key) <= 6 and key.isalpha()):
        return False
    initials = re.compile(r"\b" + r"\w+\W+".join(key[:-1]) + r"\w+\W+" + key[-1] + r"\w+", re.IGNORECASE)
    return any(initials.search(text) for text in (claim.text, *(source.text for source in sources)))


def copy_problems(claim: Look, source: Look) -> Iterator[Problem]:
    """Where a close copy of one source sentence differs from it in a name, a negation, a direction or its roles."""
    if negation_differs(claim.reading, source.reading):
        yield Problem("negation", f"negates what the source says: “{_short(source.text)}”", True, True)
    pair = opposites(claim.reading, source.reading)
    if pair:
        yield Problem("direction", f"says “{pair[0]}”, the source says “{pair[1]}”", False, True)
    swapped = roles_swapped(claim.reading.tokens, source.reading.tokens)
    if swapped:
        yield Problem("roles", f"swaps {swapped[0]} and {swapped[1]}", True, True)
    order = turned(claim, source)
    if order:
        yield Problem("number", f"says {order[0]}, the source says {order[1]}", True, True)
    for kind, ours, theirs in replaced(claim.text, source.text, near=likeness(claim, source) >= NEAR_COPY):
        names = f"names {ours} where the source names {theirs}"
        yield Problem(kind, names if kind == "name" else f"says {ours}, the source says {theirs}", True, True)


@lru_cache(maxsize=4096)
def likeness(claim: Look, source: Look) -> float:
    """Share of matching words in order, 0..1 (difflib's ratio over comparable forms).

    In a source of 200 words and more those that are everywhere match only beside others, which bounds the time.
    """
    return SequenceMatcher(None, claim.reading.bases, source.reading.bases).ratio()


def _short(text: str, limit: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def problems(claim: Look, sources: Sequence[Look], background: Sequence[Look] = ()) -> tuple[Problem, ...]:
    """What the source sentences together do not bear out in a claim; empty means that no comparison objects.

    `background` may supply names and years but nothing else: title, heading, the sentences before, the question.
    """
    found = [
        *number_problems(claim, sources),
        *date_problems(claim, sources, background),
        *name_problems(claim, sources, background),
    ]
    likest = max(sources, key=lambda source: likeness(claim, source), default=None)
    if likest is not None and likeness(claim, likest) >= ALIKE:
        told = {problem.kind for problem in found if problem.contradicts}
        found.extend(problem for problem in copy_problems(claim, likest) if problem.kind not in told)
    denied = {problem.kind for problem in found if problem.contradicts}
    return tuple(dict.fromkeys(p for p in found if p.contradicts or p.kind not in denied))
