"""Cells of a spreadsheet as it shows them: dates, shares, currencies and rounded numbers by their format codes."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

_APART = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|_.|\*.|\[[^\]]*\]')
"""Quoted words, signs and currencies, which are shown; padding, colours and languages, which are not."""

_FIRST = 0xE000
"""Of the private area: what stands for the words of a code while its letters and digits are replaced."""

_CONDITION = re.compile(r"\[\s*[<>=]")
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?,]*)?|\.[#0?][#0?,]*")
_THOUSAND = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
_DATE_PARTS = re.compile(r"y+|m+|d+|h+|s+|am/pm|a/p", re.IGNORECASE)
_EXACT = Context(prec=1_000)  # digits: no float and no code has more


def shown(value: object, code: str = "General") -> str:
    """The cell's text; formats that are not known show the plain value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date | time):
        return _dated(value, code)
    if isinstance(value, int | float):
        return _number(value, code)
    if isinstance(value, timedelta):
        return _lasting(round(value.total_seconds()), code)
    return str(value)


def _lasting(seconds: int, code: str) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    bare = _bare(code)[0].lower()
    unseen = "h" in code.lower() and "m" in bare and "s" not in bare
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}" + ("" if unseen else f":{rest % 60:02}")


def _bare(code: str) -> tuple[str, dict[int, str]]:
    """The code with one sign for each word in it, and what the signs stand for (for `str.translate`)."""
    words: dict[int, str] = {}

    def sign(found: re.Match[str]) -> str:
        if found.lastindex is None:
            return ""
        words[_FIRST + len(words)] = found[found.lastindex]
        return chr(_FIRST + len(words) - 1)

    return _APART.sub(sign, code), words


def _number(value: float, code: str) -> str:
    bare, words = _bare(code)
    sections = bare.split(";")
    own = value < 0 and len(sections) > 1
    chosen = sections[1] if own else sections[0]
    digits = "" if "General" in code or _CONDITION.search(code) or not math.isfinite(value) else _digits(value, chosen)
    if not digits:
        return f"{value:.11g}" if abs(value) < 1e15 else f"{value:.15g}"
    unsigned = not own or sections[1] == sections[0]  # the second may differ in its colour alone
    minus = "-" if value < 0 and unsigned and re.search("[1-9]", digits) else ""
    return minus + digits.translate(words).strip()


def _digits(value: float, section: str) -> str:
    """The number without its sign as a section of a code shows it; "" where the section is of another kind."""
    groups = list(_DIGITS.finditer(section))
    if not groups or "E" in section or "/" in section:
        return ""
    start, stop = groups[0].start(), groups[-1].end()
    whole, point, part = section[start:stop].partition(".")
    scaled = len(part) - len(part.rstrip(",")) if point else len(whole) - len(whole.rstrip(","))
    whole, part = (whole, part.rstrip(",")) if point else (whole.rstrip(","), part)
    if part.strip("#0?") or ("," in whole and whole.strip("#0?,")) or "," in part:
        return ""
    exact = Decimal(f"{abs(value):.15g}" if isinstance(value, float) else abs(value))
    exact = exact.scaleb(2 * section.count("%") - 3 * scaled, _EXACT)
    rounded = exact.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP, _EXACT)
    before, _, after = f"{rounded:f}".partition(".")
    shortest = len(part.rstrip("#?"))
    after = after[:shortest] + after[shortest:].rstrip("0")
    before = _THOUSAND.sub(",", before.zfill(whole.count("0"))) if "," in whole else _filled(whole, before)
    return section[:start] + before + ("." if after else "") + after + section[stop:]


def _filled(places: str, digits: str) -> str:
    """The digits from the right in the places ("000-00"), the first of which takes all that are left."""
    signs: list[str] = []
    left = sum(place in "#0?" for place in places)
    if not left:
        return places + digits
    for place in reversed(places):
        if place in "#0?":
            left -= 1
            taken = digits[-1:] if left else digits
            digits = digits[: len(digits) - len(taken)]
            signs.append(taken or ("0" if place == "0" else ""))
        else:
            signs.append(place)
    return "".join(reversed(signs))


def _dated(value: datetime | date | time, code: str) -> str:
    bare, words = _bare(code)
    bare = bare.split(";", maxsplit=1)[0]
    parts = _DATE_PARTS.findall(bare)
    if not parts or "General" in code:
        return _plain(value)
    twelve = any(part.lower() in {"am/pm", "a/p"} for part in parts)
    between = ":. " + "".join(map(chr, words))
    seen: list[str] = []

    def put(found: re.Match[str]) -> str:
        part = found[0].lower()
        after = bare[found.end() :].lower().lstrip(between)
        minutes = part[0] == "m" and len(part) < 3 and ((seen and seen[-1][0] == "h") or after.startswith("s"))
        seen.append(part)
        return _date_part(value, "minutes" if minutes else part, len(part), twelve)

    try:
        return _DATE_PARTS.sub(put, bare).translate(words).strip()
    except (ValueError, AttributeError):  # a time has no year
        return _plain(value)


_STRFTIME = {("y", False): "%y", ("y", True): "%Y", ("m", False): "%m", ("d", False): "%d", ("s", False): "%S"}


def _date_part(value: datetime | date | time, part: str, length: int, twelve: bool) -> str:
    if part == "minutes":
        text = value.strftime("%M")
    elif part in {"am/pm", "a/p"}:
        return value.strftime("%p")
    elif part[0] == "h":
        text = value.strftime("%I" if twelve else "%H")
    elif part[0] in "md" and length >= 3:
        names = {"m": ("%b", "%B"), "d": ("%a", "%A")}[part[0]]
        return value.strftime(names[length > 3])
    else:
        text = value.strftime(_STRFTIME[part[0], part[0] == "y" and length > 2])
    return text if length > 1 or not text.isdigit() else str(int(text))


def _plain(value: datetime | date | time) -> str:
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
