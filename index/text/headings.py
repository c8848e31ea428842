"""Finds the headings among the sentences of a text: Markdown's, and short lines of plain text that open a section."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from index.text.line_breaks import BOX

Span = tuple[int, int]

_MARKDOWN = re.compile(r"#{1,6}\s+(?P<title>.*)", re.DOTALL)
_UNDERLINE = re.compile(r"(?:={2,}|-{2,})\Z")
FENCES = ("```", "~~~")
_ENUMERATED = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)]?\s+(?P<title>\S.*)", re.DOTALL)
_GAP = re.compile(r"\S(?:[^\S\n]{3,}|\t+)\S")
_FIELD = re.compile(r"[^\W\d_][^:\n]{0,48}?(?::\s+|\s?\.{5,}\s?)\S")
_LETTER = re.compile(r"[^\W\d_]")
_ENDINGS = '.!?,;:…。！？；：”"'
_NOT_PROSE = re.compile(rf"[-*+•|>#`~]|\$\s|\d{{1,3}}[.)]\s|{BOX}")

LONGEST = 90
"""Characters: a longer line of plain text is prose."""

SHORTEST_BODY = 40
"""Characters: a shorter sentence below a short line makes a list or an address of the two, not a section."""


class HeadingPaths:
    """Where the words of the headings stand that hold for a sentence: read once for the whole text.

    Markdown says how deep a heading is by its marks, plain text by its number ("2.1"); one without either is the title
    where it comes first and a section of it elsewhere.
    """

    def __init__(self, text: str, spans: Sequence[Span], headings: Iterable[int]) -> None:
        self._at: list[int] = []
        self._above: list[tuple[Span, ...]] = []
        self._below: list[tuple[Span, ...]] = []
        held: dict[int, Span] = {}
        for order, index in enumerate(headings):
            start, end = spans[index]
            level = _level(text[start:end], order == 0)
            held = {depth: span for depth, span in held.items() if depth < level}
            self._at.append(index)
            self._above.append(tuple(held.values()))
            held[level] = _words(text, start, end)
            self._below.append(tuple(held.values()))

    def of(self, sentence: int) -> tuple[Span, ...]:
        """The headings above the sentence, outermost first, itself not among them."""
        last = bisect_right(self._at, sentence) - 1
        if last < 0:
            return ()
        return self._above[last] if self._at[last] == sentence else self._below[last]


def _level(line: str, opens: bool) -> int:
    if line.startswith("#"):
        return len(line) - len(line.lstrip("#"))
    number = _ENUMERATED.match(line)
    return 2 + line[: number.start("title")].strip(" .)").count(".") if number else 1 if opens else 2


def _words(text: str, start: int, end: int) -> Span:
    """The heading without its marks."""
    marked = _MARKDOWN.match(text[start:end])
    if not marked:
        return start, end
    begin = start + marked.start("title")
    return begin, begin + len(marked["title"].rstrip("# \t"))


def find_headings(text: str, spans: Sequence[Span]) -> dict[int, str]:
    """Index into `spans` (the sentences of `text`) -> the heading's words, without marks and numbers; in order."""
    candidates: list[int] = []
    fenced = False
    for index, (start, end) in enumerate(spans):
        if text.startswith(FENCES, start):
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
    if _listed(text, spans, index):
        return ""
    return _plain_heading(line, text[below[0] : below[1]], above_heading)


def _listed(text: str, spans: Sequence[Span], index: int) -> bool:
    """Whether the line directly above or below is of the same make: numbered as deep, or of the form "label: value".

    Such lines are a list or a form, and so is a line with the wide gaps of a table. The lines of a form may have empty
    ones between them.
    """
    start, end = spans[index]
    make = _make(text[start:end])
    if make == "columns":
        return True
    apart = 2 if make == "field" else 1
    beside = [
        spans[_opening(text, spans, at) if at < index else at]
        for at in (index - 1, index + 1)
        if 0 <= at < len(spans) and 1 <= _breaks(text, spans, min(at, index)) <= apart
    ]
    return bool(make) and any(_make(text[a:b]) == make for a, b in beside)


def _breaks(text: str, spans: Sequence[Span], at: int) -> int:
    """Line breaks between a sentence and the next."""
    return text.count("\n", spans[at][1], spans[at + 1][0])


def _opening(text: str, spans: Sequence[Span], at: int) -> int:
    """The sentence that opens the line of this one: "2. Look at the belt." of "2. Look at the belt. It slips."."""
    while at > 0 and not _breaks(text, spans, at - 1):
        at -= 1
    return at


def _make(line: str) -> str:
    enumerated = _ENUMERATED.match(line)
    if _GAP.search(enumerated["title"] if enumerated else line):
        return "columns"
    if enumerated:
        return "number" + "." * line[: enumerated.start("title")].strip(" .)").count(".")
    return "field" if _FIELD.match(line) else ""


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
