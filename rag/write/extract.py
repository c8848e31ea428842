"""What the built-in writer shows: a slice with its answer marked, or what was counted or worked out from slices."""

import re
from dataclasses import dataclass, replace

from index.records import Quote
from rag.read.rendering import Statement

CELL_WORDS = 8
"""A cell of at most so many words is marked whole."""

_OPENING, _CLOSING = "\"'“‘«„([{|*_`", "\"'”’»)]}|*_`.,;:!?"
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d])")


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence to show: `slices[0]`; the others say the same elsewhere or are what it leans on (a row's header).

    `focus` is a half-open range of its text. `claim`, where it is not "", is shown instead: what was counted or worked
    out from all of the slices. `listing`: it is code, whose lines are kept.
    """

    slices: tuple[Quote, ...]
    focus: tuple[int, int] | None = None
    claim: str = ""
    listing: bool = False

    @property
    def focused(self) -> str:
        """The words in focus, or the whole sentence."""
        return self.slices[0].text[slice(*self.focus)] if self.focus else self.slices[0].text

    @property
    def short(self) -> Quote | None:
        """The words in focus as a quote."""
        if self.focus is None or self.claim:
            return None
        start, end = self.focus
        whole = self.slices[0]
        return replace(whole, start=whole.start + start, end=whole.start + end, text=whole.text[start:end])


def extract(holding: Statement, start: int = -1, end: int = -1) -> Extract:
    """A statement as it is shown, with what it leans on; the focus at [start, end) of the document, in whole words."""
    item, code = holding.quote, holding.kind == "code"
    if not item.start <= start < item.end:
        return Extract((item, *holding.leans), listing=code)
    focus = (start - item.start, min(len(item.text), end - item.start))
    cells = [cell for cell in holding.cells if cell[0] < focus[1] and focus[0] < cell[1]]
    if cells and len(item.text[cells[-1][0] : cells[-1][1]].split()) <= CELL_WORDS:
        focus = cells[-1]
    focus = _whole_words(item.text, *focus)
    across = code and "\n" in item.text[slice(*focus)]  # several lines of code are no short answer
    return Extract((item, *holding.leans), None if across else focus, listing=code)


def in_cell(row: Statement, column: int) -> Extract:
    """A row or field with one of its cells in focus; the whole of it where it has no such cell or an empty one."""
    if column < 0 or not row.cell(column):
        return extract(row)
    start, end = row.cells[column]
    return extract(row, row.quote.start + start, row.quote.start + end)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The range widened to whole words and numbers, without the marks around them."""
    for match in _GROUPED.finditer(text):
        if match.start() < end and start < match.end():
            start, end = min(start, match.start()), max(end, match.end())
    while start > 0 and not text[start - 1].isspace() and text[start - 1] not in _OPENING:
        start -= 1
    while end < len(text) and not text[end].isspace() and text[end] not in _CLOSING:
        end += 1
    if end < len(text) - 1 and text[end] in ".,:" and text[end - 1].isdigit() and text[end + 1].isdigit():
        return _whole_words(text, start, end + 2)
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:.!?|"):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in ",;:|*_"):
        start += 1
    return start, end
