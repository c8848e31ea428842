"""Times of day with the minutes that they may mean: "9 am", "21:30", "9.30 p.m."; "9:30" is in either half."""

import re
from dataclasses import dataclass
from functools import lru_cache

_CLOCK = re.compile(
    r"(?<![\w.,:/])(?P<hour>\d{1,2})(?:(?P<mark>[:.])(?P<minute>[0-5]\d))?"
    r"(?:\s?(?P<half>[ap])(?:\.\s?m\b\.?|m\b))?(?![\w:/]|[.,]\d)",
    re.IGNORECASE,
)
_HALF = 12 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """One time: `text` is the half-open slice [start, end), `minutes` since midnight, two if no half is said."""

    minutes: frozenset[int]
    start: int
    end: int
    text: str


@lru_cache(maxsize=4096)
def clocks(text: str) -> tuple[Clock, ...]:
    """The times of a text in order. A number alone is none, nor is one with a dot and no half of the day."""
    read = ((_minutes(match), match) for match in _CLOCK.finditer(text))
    return tuple(Clock(minutes, *match.span(), match.group()) for minutes, match in read if minutes)


def _minutes(match: re.Match[str]) -> frozenset[int]:
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), (match["half"] or "").lower()
    if half:
        return frozenset({hour % 12 * 60 + minute + _HALF * (half == "p")}) if 1 <= hour <= 12 else frozenset()
    if match["mark"] != ":" or hour > 23:
        return frozenset()
    if hour > 12 or match["hour"].startswith("0"):
        return frozenset({hour * 60 + minute})
    return frozenset({hour % 12 * 60 + minute, hour % 12 * 60 + minute + _HALF})
