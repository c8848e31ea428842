"""The text of a document as a reader knows it: headings, lists, tables and emphasis shown as such. Pure.

Nothing is taken out of the text and nothing is put into it. Every character stands in the result, in order, those that
are marks of Markdown in elements that are not drawn; an element with `data-at` begins at that character of the
document. So the marked elements together hold exactly the slice, whatever the text is. Links and pictures stay the
characters they are, where they lead drawn small, and HTML of a document is text.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import Literal

from index.load.data import NOTEBOOK
from index.load.formats import READERS
from index.load.plain import CODE, MARKDOWN
from index.text.links import targets
from ui.emphasis import Run, emphasised
from ui.escape import clip, escape_attribute, escape_text
from ui.leaves import FENCE, Leaf, Span, cells, leaves, lines_of

Manner = Literal["markdown", "plain", "code"]
"""Markdown has emphasis and lines that flow; other texts have only what their readers bring: headings, lists, tables.

In those an asterisk is an asterisk, and a line is a line.
"""

_TAGS = {"strong": "strong", "em": "em", "code": "code"}
_BULLET = re.compile(r"\s*(?:[-*+]\s+)+")
_NUMBER = re.compile(r"\s*(?=\d{1,9}[.)]\s)")
_HEADING = re.compile(r"(?P<item>\s*(?:[-*+]\s+|\d{1,9}[.)]\s+)*)#{1,6}(?:\s+|$)")
_LINE_OPENING = re.compile(r"\s*(?:#{1,6}\s+|[-*+]\s+|\|\s*)")
_DEEPEST = 4
FEWEST_CELLS = 2


def manner(uri: str) -> Manner:
    """How the text of a file of this name is written."""
    known = READERS.get(PurePosixPath(uri.replace("\\", "/")).suffix.lower())
    if known is CODE:
        return "code"
    return "markdown" if known in (MARKDOWN, NOTEBOOK) else "plain"


def typeset(text: str, window: Span, cited: Span | None, how: Manner) -> str:
    """The HTML of text[window], in which `cited` is marked; above rows of a table also the header of that table."""
    first, last = window
    whole = [Leaf("code", first, last, last)] if last > first else []
    setting = _Setting(text, cited, how)
    drawn = setting.blocks(whole if how == "code" else list(leaves(text, first, last)))
    if cited is None:
        return drawn
    if "<mark" not in drawn:
        return f'{drawn}<mark id="cited" tabindex="-1"></mark>'
    return drawn if setting.found else drawn.replace("<mark>", '<mark id="cited" tabindex="-1">', 1)


class _Setting:
    """Sets the leaves of one text. `found` is whether a mark has become the one that the page goes to."""

    def __init__(self, text: str, cited: Span | None, how: Manner) -> None:
        self.text = text
        self.cited = cited
        self.how = how
        self.found = False

    def blocks(self, found: Sequence[Leaf]) -> str:
        parts: list[str] = []
        for tabular, group in groupby(found, lambda leaf: leaf.kind in ("header", "under", "row")):
            run = list(group)
            parts += self._tables(run) if tabular else self._flow(run)
        return "".join(parts)

    def _flow(self, found: Sequence[Leaf]) -> Iterator[str]:
        for depth, group in groupby(found, lambda leaf: leaf.level if leaf.kind == "item" else 0):
            drawn = "".join(map(self._block, group))
            yield f'<ul class="depth-{min(depth, _DEEPEST)}">{drawn}</ul>' if depth else drawn

    def _block(self, leaf: Leaf) -> str:
        words = self.text[leaf.start : leaf.end]
        at = f'data-at="{leaf.start}"'
        blank = [(leaf.end, leaf.after, "syntax")]
        if leaf.kind == "code":
            return f'<div class="listing" {at}>{self._marked([*_fenced(words, leaf.start, self.how), *blank])}</div>'
        if leaf.kind == "heading":
            name = f"h{min(6, leaf.level + 2)}"
            return f"<{name} {at}>{self._marked([*self._heading(leaf), *blank])}</{name}>"
        if leaf.kind == "item":
            bullet = _BULLET.match(words) or _NUMBER.match(words)
            begin = leaf.start + (bullet.end() if bullet else 0)
            sort = ' class="bullet"' if bullet and bullet.group().strip() else ""
            runs = [(leaf.start, begin, "syntax"), *self.inline(begin, leaf.end), *blank]
            return f"<li{sort} {at}>{self._marked(runs)}</li>"
        if leaf.kind in ("rule", "blank"):
            # The number of an item that holds nothing but a rule ("1. ---") is a word of the document.
            stop = leaf.start + max((m.end() for m in re.finditer(r"\d+[.)]", words)), default=0)
            sort = "" if stop > leaf.start else ' class="rule"' if leaf.kind == "rule" else ' class="syntax"'
            return f"<p{sort} {at}>{self._marked([(leaf.start, stop, ''), (stop, leaf.after, 'syntax')])}</p>"
        depth = f' class="depth-{min(leaf.level, _DEEPEST)}"' if leaf.level else ""
        return f"<p{depth} {at}>{self._marked([*self.inline(leaf.start, leaf.end), *blank])}</p>"

    def _heading(self, leaf: Leaf) -> list[Run]:
        """The words of a heading between its marks; the number of an item that it stands in is kept."""
        words = self.text[leaf.start : leaf.end]
        opening, shown = _HEADING.match(words), words.rstrip()
        closed = shown.rstrip("#")
        shown = closed.rstrip() if closed[-1:].isspace() else shown
        item = opening["item"] if opening else ""
        begin = leaf.start + (opening.end() if opening else 0)
        stop = max(begin, leaf.start + len(shown))
        number = (leaf.start, leaf.start + len(item), "" if re.search(r"\d", item) else "syntax")
        opened = (leaf.start + len(item), begin, "syntax")
        return [number, opened, *self.inline(begin, stop), (stop, leaf.end, "syntax")]

    def _tables(self, found: Sequence[Leaf]) -> Iterator[str]:
        tables: list[list[Leaf]] = []
        for leaf in found:
            if leaf.kind == "header" or not tables:
                tables.append([])
            tables[-1].append(leaf)
        for table in tables:
            under = next((leaf for leaf in table if leaf.kind == "under"), None)
            rows = [leaf for leaf in table if leaf.kind != "under"]
            head = "".join(self._row(leaf, under) for leaf in rows if leaf.kind == "header")
            body, before = "", (under or rows[0]).after
            for leaf in rows:
                if leaf.kind == "row":
                    body += '<tr class="apart" aria-hidden="true"><td></td></tr>' if leaf.start != before else ""
                    body += self._row(leaf, None)
                    before = leaf.after
            inner = (f"<thead>{head}</thead>" if head else "") + (f"<tbody>{body}</tbody>" if body else "")
            yield f'<div class="wide" role="group" aria-label="Table" tabindex="0"><table>{inner}</table></div>'

    def _row(self, leaf: Leaf, under: Leaf | None) -> str:
        name, scope = ("th", ' scope="col"') if leaf.kind == "header" else ("td", "")
        at = leaf.start
        found = [(at + edge, at + begin, at + stop) for edge, begin, stop in cells(self.text[at : leaf.end])]
        drawn = ""
        for number, (edge, begin, stop) in enumerate(found):
            final = number == len(found) - 1
            close = leaf.after if final else found[number + 1][0]
            runs = [(edge, begin, "syntax"), *self.inline(begin, stop, cell=True), (stop, close, "syntax")]
            runs += [(under.start, under.after, "syntax")] if final and under else []
            drawn += f"<{name}{scope}>{self._marked(runs)}</{name}>"
        return f'<tr data-at="{leaf.start}">{drawn}</tr>'

    def inline(self, start: int, end: int, *, cell: bool = False) -> list[Run]:
        """Runs that cover text[start:end], of one block."""
        words = self.text[start:end]
        if self.how == "markdown" and re.search(r"[*_`\\]|\]\(", words):
            return [(start + a, start + b, style) for a, b, style in _inline_runs(words)]
        if cell and "\\|" in words:
            return [
                (start + m.start(), start + m.end(), "syntax" if m[0] == "\\" else "")
                for m in re.finditer(r"\\(?=\|)|(?:[^\\]|\\(?!\|))+", words)
            ]
        return [(start, end, "")]

    def _marked(self, runs: Sequence[Run]) -> str:
        """The runs, with what is cited of them in one mark."""
        if self.cited is None:
            return "".join(self._run(run) for run in runs)
        first, last = self.cited
        zones = _zones(runs, first, last)
        before, inside, behind = ("".join(self._run(run) for run in zone) for zone in zones)
        if not inside and not (first == last and runs and runs[0][0] <= first < runs[-1][1]):
            return before + behind
        seen = any(style != "syntax" and self.text[start:end].strip() for start, end, style in zones[1])
        name = ' id="cited" tabindex="-1"' if seen and not self.found else ""
        self.found = self.found or seen
        return f"{before}<mark{name}>{inside}</mark>{behind}"

    def _run(self, run: Run) -> str:
        return _drawn(self.text, run)


def typeset_line(words: str, how: Manner, focus: Span | None = None) -> str:
    """A quote in running text: its emphasis is drawn, the mark of its list, heading or row is not; `focus` is bold."""
    if how == "code":
        runs: list[Run] = [(0, len(words), "")]
    else:
        opening, closed = _LINE_OPENING.match(words), words.rstrip().removesuffix("|").rstrip()
        begin = opening.end() if opening else 0
        stop = max(begin, len(closed)) if words.lstrip().startswith("|") else len(words)
        inner = _inline_runs(words[begin:stop]) if how == "markdown" else [(0, stop - begin, "")]
        runs = [(0, begin, "syntax"), *((begin + a, begin + b, style) for a, b, style in inner)]
        runs.append((stop, len(words), "syntax"))
    return _focused(words, runs, focus)


def typeset_row(words: str, header: str, how: Manner, focus: Span | None = None) -> str:
    """A quoted row of a table in running text, each cell under the name that `header` gives its column.

    As a plain line where the two do not fit together.
    """
    names, found = list(cells(header)), list(cells(words))
    if len(names) != len(found) or len(found) < FEWEST_CELLS:
        return typeset_line(words, how, focus)
    row, head, drawn = _Setting(words, None, how), _Setting(header, None, how), ""
    closes = [*(edge for edge, *_ in found[1:]), len(words)]
    for (_, first, last), (edge, begin, stop), close in zip(names, found, closes, strict=True):
        runs = [(edge, begin, "syntax"), *row.inline(begin, stop, cell=True), (stop, close, "syntax")]
        name = "".join(header[a:b] for a, b, style in head.inline(first, last, cell=True) if style != "syntax")
        drawn += f'<span class="cell" data-name="{escape_attribute(name)}">{_focused(words, runs, focus)}</span>'
    return f'<span class="cells">{drawn}</span>'


def excerpt(words: str, uri: str, limit: int) -> str:
    """The beginning of a quote of a file of this name, on one line."""
    return typeset_line(clip(words, limit), manner(uri))


def _inline_runs(words: str) -> list[Run]:
    """Runs that cover the words of one block of Markdown: emphasis, code, and where links lead."""
    leading, at, runs = list(targets(words)), 0, list[Run]()
    for begin, end, style in emphasised(words):
        start = begin
        while start < end:
            while at < len(leading) and leading[at][1] <= start:
                at += 1
            first, last = leading[at] if at < len(leading) else (end, end)
            stop = min(end, last if first <= start else first)
            if first > start or "code" in style:
                runs.append((start, stop, style))
            elif runs and runs[-1][2] == "target":
                runs[-1] = (runs[-1][0], stop, "target")
            else:
                runs.append((start, stop, "target"))
            start = stop
    return runs


def _focused(words: str, runs: Sequence[Run], focus: Span | None) -> str:
    """The runs, with what is in focus in bold."""
    if focus is None:
        return "".join(_drawn(words, run) for run in runs)
    before, inside, behind = ("".join(_drawn(words, run) for run in zone) for zone in _zones(runs, *focus))
    return f"{before}<b>{inside}</b>{behind}" if inside else before + behind


def _zones(runs: Sequence[Run], first: int, last: int) -> tuple[list[Run], list[Run], list[Run]]:
    """The runs before, in and behind [first, last)."""
    zones: tuple[list[Run], list[Run], list[Run]] = ([], [], [])
    for start, end, style in runs:
        low = min(max(first, start), end)
        high = max(low, min(last, end))
        for zone, part in zip(zones, ((start, low), (low, high), (high, end)), strict=True):
            if part[0] < part[1]:
                zone.append((*part, style))
    return zones


def _drawn(text: str, run: Run) -> str:
    start, end, style = run
    words = escape_text(text[start:end])
    if not words or not style:
        return words
    if style in ("syntax", "target"):
        return f'<span class="{style}">{words}</span>'
    for name in style.split():
        words = f"<{_TAGS[name]}>{words}</{_TAGS[name]}>"
    return words


def _fenced(words: str, start: int, how: Manner) -> Iterator[Run]:
    """A listing: its fences are marks, and the rest is words."""
    lines = list(lines_of(words, 0, len(words)))
    opened = how != "code" and bool(lines) and bool(FENCE.match(words[slice(*lines[0])].lstrip()))
    closed = how != "code" and len(lines) > 1 and bool(FENCE.match(words[slice(*lines[-1])].lstrip()))
    begin = (lines[1][0] if len(lines) > 1 else len(words)) if opened else 0
    stop = max(begin, lines[-2][1]) if closed else len(words)
    yield start, start + begin, "syntax"
    yield start + begin, start + stop, ""
    yield start + stop, start + len(words), "syntax"
