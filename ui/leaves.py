"""The blocks of a text: headings, paragraphs, items, rows and listings, each with its offsets. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Span = tuple[int, int]
Kind = Literal["heading", "text", "item", "header", "under", "row", "rule", "code", "blank"]
FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)
_LEAVES: Mapping[str, Kind] = {"heading_open": "heading", "fence": "code", "hr": "rule"}
_LINE_END = re.compile(r"\r\n|\r|\n")
_BAR = re.compile(r"\\.|(\|)", re.DOTALL)
_BLOCKS = MarkdownIt("zero").enable(["heading", "table", "list", "fence", "hr"]).disable("inline")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A block without blocks in it: text[start:end] is its own, text[end:after] the blank behind it."""

    kind: Kind
    start: int
    end: int
    after: int
    level: int = 0


def leaves(text: str, first: int, last: int) -> Iterator[Leaf]:
    """The blocks of text[first:last], in order and without a gap, behind the header of a table that is under way."""
    lines = [*_header_above(text, first), *lines_of(text, first, last)]
    source = [text[start:end] for start, end in lines]
    fenced = len(FENCE.findall(text, 0, first)) % 2 == 1
    if fenced:  # the window begins inside a listing: its opening is told to the parser and not shown
        lines.insert(0, (first, first))
        source.insert(0, "```")
    known: dict[int, tuple[int, Kind, int]] = {}
    for begin, stop, kind, level in _blocks(_BLOCKS.parse("\n".join(source))):
        known.setdefault(begin, (stop, kind, level))
    found: list[tuple[Kind, int, int, int]] = []
    at = 0
    while at < len(lines):
        stop, kind, level = known.get(at, (at + 1, "text" if source[at].strip() else "blank", 0))
        later = next((line for line in range(at + 1, stop) if line in known), stop)
        start, end = lines[at][0], lines[min(later, len(lines)) - 1][1]
        if kind != "blank" or not found:
            found.append((kind, start, end, level))
        at = later
    starts = {start for start, _ in lines}
    for number, (kind, start, end, level) in enumerate(found):
        after = found[number + 1][1] if number + 1 < len(found) else last
        if start < first <= after and first in starts:
            after = min(after, _line_stop(text, end))
        yield Leaf(kind, start, end, after, level)


def lines_of(text: str, first: int, last: int) -> Iterator[Span]:
    at = first
    for match in _LINE_END.finditer(text, first, last):
        yield at, match.start()
        at = match.end()
    if at < last:
        yield at, last


def _line_stop(text: str, end: int) -> int:
    match = _LINE_END.match(text, end)
    return match.end() if match else end


def _header_above(text: str, first: int) -> list[Span]:
    """The first two lines of the table in which text[first:] begins; none where it begins in no table."""
    if not text.startswith("|", first) or (first > 0 and text[first - 1] != "\n"):
        return []
    top = first
    while top > 0 and text.startswith("|", begin := text.rfind("\n", 0, top - 1) + 1):
        top = begin
    return list(lines_of(text, top, first))[:2]


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[int, int, Kind, int]]:
    """Lines [begin, stop) of each block, what it is, and the level of a heading or the depth of a list."""
    depth, opened, header = 0, -1, False
    for token in tokens:
        begin, stop = token.map or (0, 0)
        if token.tag in ("ul", "ol"):
            depth += token.nesting
        elif token.tag == "li" and token.nesting > 0:
            opened = begin
        elif token.tag == "thead":
            header = token.nesting > 0
        elif token.type in _LEAVES:
            yield begin, stop, _LEAVES[token.type], int(token.tag[1:] or 0) if token.type == "heading_open" else 0
        elif token.type == "paragraph_open":
            yield begin, stop, ("item" if begin == opened else "text"), depth
        elif token.type == "tr_open":
            yield begin, begin + 1, ("header" if header else "row"), 0
            if header:
                yield begin + 1, begin + 2, "under", 0


def cells(row: str) -> Iterator[tuple[int, int, int]]:
    """Of each cell of a row: where its bar stands, where its words begin and where they end."""
    bars = [match.start() for match in _BAR.finditer(row) if match[1]]
    edges = bars if bars and not row[: bars[0]].strip() else [0, *bars]
    end = len(row)
    if len(edges) > 1 and not row[edges[-1] + 1 :].strip():
        end = edges.pop()
    for edge, stop in zip(edges, [*edges[1:], end], strict=True):
        inner = edge + (edge in bars)
        words = row[inner:stop]
        begin = inner + len(words) - len(words.lstrip())
        yield (edge if edge > edges[0] else 0), begin, max(begin, inner + len(words.rstrip()))
