"""Finds the headings among the sentences of a text: Markdown's, and short lines of plain text that open a section."""

from __future__ import annotations

import re
from collections.abc import Sequence

Span = tuple[int, int]

_MARKDOWN = re.compile(r"#{1,6}\s+(?P<title>.*)", re.DOTALL)
_UNDERLINE = re.compile(r"(?:={2,}|-{2,})\Z")
_FENCE = ("```", "~~~")
_ENUMERATED = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)]?\s+(?P<title>\S.*)", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_ENDINGS = '.!?,;:…。！？；：”"'
_NOT_PROSE = re.compile(r"[-*+•|>#`~]|\d{1,3}[.)]\s")

LONGEST = 90
"""Characters: a longer line of plain text is prose."""

SHORTEST_BODY = 40
"""Characters: a shorter sentence below a short line makes a list or an address of the two, not a section."""


def find_headings(text: str, spans: Sequence[Span]) -> dict[int, str]:
    """Index into `spans` (the sentences of `text`) -> the heading's words, without marks and numbers; in order."""
    candidates: list[int] = []
    fenced = False
    for index, (start, end) in enumerate(spans):
        if text.startswith(_FENCE, start):
            fenced = not fenced
        elif not fenced and end - start <= 4 * LONGEST:
            candidates.append(index)
    headings: dict[int, str] = {}
    # From the end, because a numbered line above a heading is one too.
    for index in reversed(candidates):
        title = _heading(text, spans, index, index + 1 in headings)
        if title:
            headings[index] = title
    return dict(reversed(headings.items()))


def _heading(text: str, spans: Sequence[Span], index: int, above_heading: bool) -> str:
    start, end = spans[index]
    line = text[start:end]
    marked = _MARKDOWN.match(line)
    if marked:
        return " ".join(marked["title"].rstrip("# \t").split())
    below = spans[index + 1] if index + 1 < len(spans) else (len(text), len(text))
    if not _LETTER.search(line) or not _stands_alone(text, start, end):
        return ""
    if _UNDERLINE.match(text[below[0] : below[1]]) and text.count("\n", end, below[0]) == 1:
        return line
    return _plain_heading(line, text[below[0] : below[1]], above_heading)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the sentence fills a line by itself."""
    line_start = text.rfind("\n", max(0, start - 8), start) + 1
    opens = line_start > 0 or start <= 8
    return opens and not text[line_start:start].strip() and not text[end : end + 8].partition("\n")[0].strip()


def _plain_heading(line: str, below: str, above_heading: bool) -> str:
    """A line without a full stop, or with a number before it, above a sentence of prose that is longer than it."""
    if len(line) > LONGEST or "\n" in line:
        return ""
    prose = len(below) >= max(SHORTEST_BODY, len(line)) and not _NOT_PROSE.match(below)
    enumerated = _ENUMERATED.match(line)
    if enumerated and _LETTER.match(enumerated["title"]):
        return enumerated["title"].rstrip(".") if prose or above_heading else ""
    if not prose or _NOT_PROSE.match(line) or line[-1] in _ENDINGS or line[0].islower() or line[0] in "([":
        return ""
    return line
