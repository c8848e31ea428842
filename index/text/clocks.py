"""Times of day with the minutes that they may mean: "9 am", "21:30", "9.30 p.m."; "9:30" is in either half."""

import re
from dataclasses import dataclass
from functools import lru_cache

_OTHER_WORD = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""What is written with spaces between words: a time in Chinese touches its neighbours."""
CLOCK = re.compile(
    rf"(?<!{_OTHER_WORD})(?<![.,:/])(?P<hour>\d{{1,2}})"
    r"(?:(?P<mark>[:.])(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
    rf"(?:\s?(?P<half>[ap])(?:\.\s?m\b\.?|m\b))?(?!{_OTHER_WORD}|[:/]|[.,]\d)",
    re.IGNORECASE,
)
"""A time with its parts, or another number: what `hour_of` gives no hour is none."""
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
    read = ((_minutes(match), match) for match in CLOCK.finditer(text))
    return tuple(Clock(minutes, *match.span(), match.group()) for minutes, match in read if minutes)


def hour_of(match: re.Match[str]) -> int | None:
    """The hour of a match of `CLOCK`, of 24 where a half of the day is said; None where it is no time at all."""
    hour = int(match["hour"])
    if match["half"]:
        return hour % 12 + 12 * (match["half"] in "pP") if 1 <= hour <= 12 else None
    return hour if match["mark"] == ":" else None


def _minutes(match: re.Match[str]) -> frozenset[int]:
    hour = hour_of(match)
    if hour is None or hour > 23 or match["second"]:
        return frozenset()
    first = hour * 60 + int(match["minute"] or 0)
    if match["half"] or hour > 12 or match["hour"].startswith("0"):
        return frozenset({first})
    return frozenset({first % _HALF, first % _HALF + _HALF})
