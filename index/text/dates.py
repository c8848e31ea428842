"""Dates as people write them, read into year, month and day, and compared field by field."""

import re
from dataclasses import dataclass

MONTHS = "January February March April May June July August September October November December".split()
_NUMBER_OF = {name[:end].lower(): number for number, name in enumerate(MONTHS, start=1) for end in (3, len(name))}
_NUMBER_OF["sept"] = 9
_MONTH = rf"(?P<month>{'|'.join(MONTHS).lower()}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_DAY = r"(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[0-9]|20)\d\d)"
_FORMS = tuple(
    re.compile(rf"(?<![\w.]){form}(?![\w])", re.IGNORECASE)
    for form in (
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}",
        rf"{_YEAR}[-/.](?P<month_number>0?[1-9]|1[0-2])[-/.](?P<day>0?[1-9]|[12]\d|3[01])",
        rf"(?P<first>0?[1-9]|[12]\d|3[01])[./-](?P<second>0?[1-9]|[12]\d|3[01])[./-]{_YEAR}",
        rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"{_MONTH}\s+{_DAY}(?!\s*(?:%|percent|million|billion))",
        rf"{_DAY}\s+(?:of\s+)?{_MONTH}",
        r"(?P<decade>(?:1[0-9]|20)\d0)['’]?s",
        rf"{_YEAR}\s?[-–/]\s?(?P<until>\d\d)",
    )
)
_CHINESE = re.compile(
    r"(?<!\d)(?P<year>(?:1[0-9]|20)\d\d)\s?年(?:\s?(?P<month_number>\d{1,2})\s?月)?(?:\s?(?P<day>\d{1,2})\s?[日号])?"
    r"|(?<!\d)(?P<month_only>\d{1,2})\s?月(?:\s?(?P<day_only>\d{1,2})\s?[日号])?(?!间)"
)
_LONE_MONTH = re.compile(
    rf"\b(?:in|of|by|since|until|till|last|next|early|late|mid|during|from|to|and|this|through|before|after|between)[\s-]+{_MONTH}(?![\w])",
    re.IGNORECASE,
)
_COUNTED = "dollars|euros|yuan|percent|per cent|million|billion|people|km|miles|years|words|tokens|%"
_LONE_YEAR = re.compile(rf"(?<![\w.$€£¥+])(?<!\d,){_YEAR}(?![\w%]|[.,]\d|\s*(?:{_COUNTED})|-bit)", re.IGNORECASE)

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""A year wherever it stands, also in the name of a file."""


@dataclass(frozen=True, slots=True)
class Date:
    """What a text says about a date; None where it is silent. `decade`: only the decade of `year` is meant.

    `swapped` holds (month, day) of the other reading of an ambiguous "03/04/2025". `text` is the slice [start, end).
    """

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    text: str
    decade: bool = False
    swapped: tuple[int, int] | None = None


def dates(text: str) -> tuple[Date, ...]:
    """The dates of a text in order, longest reading first; a bare year or month counts where it cannot be a number."""
    found: list[Date] = []
    for pattern in (*_FORMS, _CHINESE, _LONE_MONTH, _LONE_YEAR):
        for match in pattern.finditer(text):
            start, end = match.span()
            if pattern is _LONE_MONTH:
                start, end = match.span("month")
                if not text[start].isupper():
                    continue  # "this may not"
            if not any(start < other.end and other.start < end for other in found):
                found.extend(_read(match, start, end, text))
    return tuple(sorted(found, key=lambda date: (date.start, date.end)))


def undated(text: str) -> str:
    """The text without its dates."""
    for date in reversed(dates(text)):
        text = f"{text[: date.start]} {text[date.end :]}"
    return text


def agree(one: Date, other: Date) -> bool:
    """Whether no field of the two contradicts; a year alone agrees with every date in it."""
    if one.swapped and other.month and other.day and (other.month, other.day) == one.swapped:
        return one.year == other.year or other.year is None
    if other.swapped and not one.swapped:
        return agree(other, one)
    if one.year is not None and other.year is not None:
        decade = one.decade or other.decade
        if (one.year // 10 != other.year // 10) if decade else (one.year != other.year):
            return False
    return all(a is None or b is None or a == b for a, b in ((one.month, other.month), (one.day, other.day)))


def borne_out(claim: Date, sources: tuple[Date, ...]) -> bool:
    """Whether the sources say every field of the claim's date, in one date or in several that agree with it."""
    fitting = [source for source in sources if agree(claim, source)]
    said = {
        "year": any(s.year is not None and (claim.decade or not s.decade) for s in fitting),
        "month": any(s.month is not None for s in fitting),
        "day": any(s.day is not None for s in fitting),
    }
    return all(said[field] for field in said if getattr(claim, field) is not None)


def _read(match: re.Match[str], start: int, end: int, text: str) -> list[Date]:
    group = match.groupdict()

    def number(name: str) -> int | None:
        return int(group[name]) if group.get(name) else None

    piece = text[start:end]
    if group.get("decade"):
        return [Date(int(group["decade"]), None, None, start, end, piece, decade=True)]
    if group.get("until"):
        year = int(group["year"])
        until = year - year % 100 + int(group["until"])
        return [Date(y, None, None, start, end, piece) for y in (year, until)] if until > year else []
    if group.get("first"):
        return _numeric(int(group["first"]), int(group["second"]), int(group["year"]), start, end, piece)
    name = group.get("month")
    month = _NUMBER_OF[name.lower().rstrip(".")] if name else number("month_number") or number("month_only")
    day = number("day") or number("day_only")
    if (month is not None and month > 12) or (day is not None and not 1 <= day <= 31):
        return []
    return [Date(number("year"), month, day, start, end, piece)]


def _numeric(first: int, second: int, year: int, start: int, end: int, text: str) -> list[Date]:
    """Day first (20.01.2025), unless only the month can stand first; both readings where both are possible."""
    if second > 12:
        first, second = second, first
    if second > 12:
        return []
    swapped = (first, second) if first <= 12 and first != second else None
    return [Date(year, second, first, start, end, text, swapped=swapped)]


def month_number(word: str) -> int:
    """1 to 12 for the capitalised name of a month, else 0."""
    return _NUMBER_OF[word.lower()] if word[:1].isupper() and word.capitalize() in MONTHS else 0
