"""Bounds that a question sets: "at least 12 seats", "longer than 50 minutes", "between 10 and 25", "before 3 June"."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from index.text.clocks import CLOCK
from index.text.comparatives import Bounded, bounded
from index.text.dates import dates
from index.text.quantities import quantities
from index.text.units import dimension
from index.text.words import blanked
from rag.write.cells import Value, clock, day

_BETWEEN = re.compile(r"\b(?:between|zwischen|entre)\s*$", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:by|till|bis|hasta)\s*$", re.IGNORECASE)
"""What leaves open which side of a day is meant, and whether the day itself is."""
_TILL = re.compile(r"\s*(?:[-–—/]|to\b|bis\b)", re.IGNORECASE)
REACH = 40
"""Characters beside a number, or before "than", in which the words that compare are looked for."""
_COMPARES = re.compile(
    r"\bat (?:least|most)\b"
    r"|\b(?:at least|at most|up to|more|less|fewer|over|under|above|below|exceed\w*|minimum|maximum|between"
    r"|after|before|since|until)\b[^\d]{0,12}(?<!\w)\d"
    r"|\d\s*(?:[^\W\d_]+\s+)?or (?:more|less|fewer|above|below|over|under)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Bounded):
    """The bound of a value, whose own place [start, end) is `place`."""

    value: Value
    place: tuple[int, int]


def limits(question: str) -> tuple[Limit, ...] | None:
    """The bounds of a question in order; None where it sets one that is not understood."""
    values = _values(question)
    found: list[Limit] = []
    at = 0
    while at < len(values):
        start, end, value = values[at]
        if opened := _BETWEEN.search(question, max(0, start - REACH), start):
            if at + 1 == len(values) or question[end : values[at + 1][0]].strip().lower() not in ("and", "und", "y"):
                return None
            after, stop, upper = values[at + 1]
            factor = upper.step if upper.unit and not value.unit else 1.0  # "between 5 and 10 kg"
            low = replace(value, kind=upper.kind, value=value.value * factor, unit=upper.unit)
            found.append(Limit(False, True, opened.start(), end, value=low, place=(start, end)))
            found.append(Limit(True, True, end, stop, value=upper, place=(after, stop)))
            at += 2
            continue
        if value.kind.startswith(("day", "clock")) and _OPEN.search(question, max(0, start - REACH), start):
            return None
        if limit := _limit(question, start, end, value):
            found.append(limit)
        at += 1
    return None if _COMPARES.search(without_limits(question, found)) else tuple(found)


def without_limits(question: str, found: Sequence[Limit]) -> str:
    """The question with blanks for the words of its bounds."""
    return blanked(question, ((limit.start, limit.end) for limit in found))


def _limit(question: str, start: int, end: int, value: Value) -> Limit | None:
    if _TILL.match(question, end):
        return None
    said = bounded(question, start, end, timed=value.kind.startswith(("day", "clock", "year")))
    return Limit(**asdict(said), value=value, place=(start, end)) if said else None


def _values(text: str) -> list[tuple[int, int, Value]]:
    """The days, years, clock times and amounts of a text in order, with their half-open places."""
    days = dates(text)
    found = [(one.start, one.end, value) for one in days if (value := _dated(one.text, one.year))]
    found += [(*time.span(), value) for time in CLOCK.finditer(text) if (value := clock(time.group()))]
    taken = [(one.start, one.end) for one in days] + [(start, end) for start, end, _ in found]
    for one in quantities(text):
        if not any(one.start < end and start < one.end for start, end in taken):
            found.append((one.start, one.end, Value(*one.base, one.unit, dimension(one.unit)[1])))
    return sorted(found, key=lambda one: one[0])


def _dated(text: str, year: int | None) -> Value | None:
    return day(text) or (Value("year", float(year)) if year and text.strip().isdigit() else None)
