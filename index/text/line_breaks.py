"""Tells a line break that carries meaning from one that only keeps lines short.

The rule of thumb: whoever wraps text at a width breaks a line only when the next word does not fit. So a break is
layout when the line, one space and the next line's first word together are longer than the neighbouring lines.
"""

from __future__ import annotations

import re

BOX = r"\[[ xX]\]|[☐☑☒]"
"""A box to be ticked, as the marker of an item."""

MARKER = re.compile(
    rf"(?:[-*+•◦▪‣·]|{BOX}|\(?\d{{1,3}}[.)]|\(?[A-Za-z]\)|\|.*|>|#{{1,6}}|`{{3,}}.*|~{{3,}}.*)(?=\s|\Z)"
)
"""What opens a line that stands for itself: a list item, table row, quotation, heading or code fence."""

SHORTEST_LINE = 20
"""Characters: nobody wraps text to lines shorter than this."""

SHORTEST_PROSE = 45
"""Characters: a shorter line before a capital letter is a heading, a name or a list, not wrapped prose."""

WIDTH_TOLERANCE = 0.9
"""Lines of proportional type hold more or fewer characters than their neighbours."""

_FIRST_WORD = re.compile(r"\S{1,40}")
_LETTER = re.compile(r"[\"'“‘«„(\[]{0,2}([^\W\d_])")
_CONTENT = re.compile(r"[^\W\d_]|\d[.!?]")


class Lines:
    """Where the current line starts, and how long the one before it was; so each line is measured once."""

    __slots__ = ("before", "start")

    def __init__(self, text: str) -> None:
        self.start = len(text) - len(text.lstrip())
        self.before = 0

    def advance(self, end: int, start: int, blank: bool) -> int:
        """Moves to the line beginning at `start`; the length of the line that ended at `end`."""
        length = end - self.start
        self.start = start
        self.before = 0 if blank else length
        return length


def is_layout_break(text: str, end: int, following: int, lines: Lines) -> bool:
    """Whether the line break at [end, following) only wraps a line; `lines` moves on to the next line."""
    begin, before = lines.start, lines.before
    blank = text.count("\n", end, following) > 1 or text[end] in "\f\u2029"
    length = lines.advance(end, following, blank)
    if blank or following >= len(text) or MARKER.match(text, following):
        return False
    stop = text.find("\n", following)
    stop = len(text) if stop < 0 else stop
    if not _CONTENT.search(text, following, stop) or text[begin : begin + 1] in {"|", "#"}:
        return False
    return _continues(text, begin, end, following, max(before, stop - following), length)


def _continues(text: str, begin: int, end: int, following: int, width: int, length: int) -> bool:
    last = text[end - 1 : end]
    if last and last in ",-–—(" and length >= SHORTEST_LINE:
        return True
    letter = _LETTER.match(text, following)
    initial = letter.group(1) if letter else text[following]
    word = _FIRST_WORD.match(text, following)
    cased = initial.islower() or initial.isupper()
    fits = length + 1 + (len(word.group()) if word and cased else 3) <= WIDTH_TOLERANCE * width
    if initial.islower():
        return length >= SHORTEST_LINE and (not fits or length >= 2 * SHORTEST_LINE)
    if MARKER.match(text, begin) or fits or last == ":":
        return False
    # Headings do not begin in small letters; lines of scripts without cases hold fewer, wider characters.
    prose = cased or initial.isascii()
    return length >= (SHORTEST_PROSE if prose and not text[begin : begin + 1].islower() else SHORTEST_LINE)
