"""Cells of a spreadsheet as it shows them: dates, shares, currencies and rounded numbers by their format codes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]')
_BRACKETS = re.compile(r"\[[^\]]*\]")
_NUMBER = re.compile(r"[#0?,]*[#0?](?:\.[0#?]+)?")
_DATE_PARTS = re.compile(r"y+|m+|d+|h+|s+|am/pm|a/p", re.IGNORECASE)
_PADDING = re.compile(r"_.|\*.")


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
        hours, rest = divmod(round(value.total_seconds()), 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return str(value)


def _number(value: float, code: str) -> str:
    sections = code.split(";")
    chosen = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    bare = _BRACKETS.sub("", _LITERAL.sub("", chosen))
    pattern = _NUMBER.search(bare)
    if "General" in code or code == "@" or not pattern or "E" in bare or "/" in bare:
        return f"{value:.11g}" if abs(value) < 1e15 else f"{value:.15g}"
    percent = bare.count("%")
    decimals = len(re.sub(r"[^0#?]", "", pattern[0].partition(".")[2]))
    digits = f"{abs(value) * 100**percent:{',' if ',' in pattern[0] else ''}.{decimals}f}"
    optional = len(re.sub(r"[^#?]", "", pattern[0].partition(".")[2]))
    if optional:
        whole, _, part = digits.partition(".")
        part = part[: len(part) - optional] + part[len(part) - optional :].rstrip("0")
        digits = f"{whole}.{part}" if part else whole
    text = _PADDING.sub("", _LITERAL.sub(lambda found: found[1] or found[2] or found[3] or "", chosen))
    text = _BRACKETS.sub("", text)
    around = _NUMBER.search(text)
    framed = text[: around.start()] + digits + text[around.end() :] if around else digits
    return ("-" if value < 0 and len(sections) == 1 else "") + framed.strip()


def _dated(value: datetime | date | time, code: str) -> str:
    code = _PADDING.sub(
        "", _BRACKETS.sub("", _LITERAL.sub(lambda found: found[1] or found[2] or "", code.split(";", maxsplit=1)[0]))
    )
    parts = _DATE_PARTS.findall(code)
    if not parts or "General" in code:
        return _plain(value)
    twelve = any(part.lower() in {"am/pm", "a/p"} for part in parts)
    seen: list[str] = []

    def put(found: re.Match[str]) -> str:
        part = found[0].lower()
        after = code[found.end() :].lower().lstrip(":. ")
        minutes = part[0] == "m" and len(part) < 3 and ((seen and seen[-1][0] == "h") or after.startswith("s"))
        seen.append(part)
        return _date_part(value, "minutes" if minutes else part, len(part), twelve)

    try:
        return _DATE_PARTS.sub(put, code).strip()
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
