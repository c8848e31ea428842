"""The times that a question names, and another one in the place of one of its kind: "in 2023" for "in 2022"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.text.dates import dates

_AT = (
    r"(?:in|on|at|by|before|after|since|until|till|from|during|through|for|am|im|vor|nach|seit|ab|bis|um|en|el|le"
    r"|avant|après|antes de|después de)"
)
_LED = re.compile(rf"\b{_AT}\s+(?:the\s+)?(?:year\s+)?$", re.IGNORECASE)
_NEW = re.compile(rf"(?P<at>{_AT}\s+)?(?:the\s+)?(?:year\s+)?(?P<time>.+)", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:(?P<relative>today|tonight|tomorrow|yesterday|heute|morgen|gestern|hoy|mañana|ayer|demain|aujourd['’]hui)"
    r"|(?:(?:next|last|this|every)\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|week(?:end|day)s?|holidays?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|sonnabends?|wochenenden?"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
    r"|(?P<span>(?:next|last|this)\s+(?P<unit>year|month|week)))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Time:
    """[start, end) of a text that names a time, `led` where its preposition begins, and which of "year", "month",
    "week" and "day" it tells; `adverb` for one that takes no preposition.
    """

    led: int
    start: int
    end: int
    tells: frozenset[str]
    adverb: bool = False


def times(text: str) -> tuple[Time, ...]:
    """The dates, years and words for days of a text, in order."""
    found = [
        Time(_led(text, day.start), day.start, day.end, frozenset(_fields(day.year, day.month, day.day)))
        for day in dates(text)
    ]
    for match in _DAY.finditer(text):
        adverb = bool(match["relative"] or match["span"])
        tells = frozenset([(match["unit"] or "day").lower()])
        found.append(Time(_led(text, match.start()), *match.span(), tells, adverb))
    return tuple(sorted(found, key=lambda time: (time.start, time.end)))


def at_another_time(asked: str, new: str) -> str:
    """The question with a new time in the place of one that tells the same of it, else at its end; "" where `new` is no
    time. What a date says beyond the new one stays: "3 May 2022" becomes "3 May 2023".
    """
    match = _NEW.fullmatch(new)
    body = f"in {match['time']}" if match else ""  # a month alone is one only behind a preposition
    whole = [time for time in times(body) if (time.start, time.end) == (3, len(body))]
    if match is None or not whole:
        return ""
    alike = [time for time in times(asked) if time.tells & whole[0].tells]
    if not alike:
        return f"{asked.rstrip(' ?')} {new}?"
    at = (match["at"] or "").strip().lower()
    old = next((time for time in alike if at and asked[time.led :].lower().startswith(f"{at} ")), alike[-1])
    year = re.search(r"\d{4}", asked[old.start : old.end])
    if year and whole[0].tells < old.tells and "year" in whole[0].tells:
        return asked[: old.start + year.start()] + match["time"] + asked[old.start + year.end() :]
    kept = f" {year.group()}" if year and "month" in whole[0].tells and "year" not in whole[0].tells else ""
    start = old.led if at or whole[0].adverb else old.start
    return asked[:start] + new + kept + asked[old.end :]


def _led(text: str, start: int) -> int:
    """Where the preposition before a time begins, else the time itself."""
    before = _LED.search(text[max(0, start - 30) : start])
    return start - len(before.group()) if before else start


def _fields(year: int | None, month: int | None, day: int | None) -> Iterator[str]:
    yield from (name for name, value in (("year", year), ("month", month), ("day", day)) if value is not None)
