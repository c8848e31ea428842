"""A passage as it is read: rows as "header: cell; header: cell", short items after their lead-in; offsets lead back.

What is cited stays the exact slice of the document, so every stretch of the read text that was copied from the passage
knows its place there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.records import Chunk, Excerpt, Hit, Quote
from index.text.blocks import Begun, Block, Kind, blocks
from index.text.links import read_parts, without_targets
from rag.protocols import Span

SILENT: frozenset[Kind] = frozenset({"heading", "header", "rule", "question", "lead", "fence", "credit"})
"""What is never an answer by itself."""

SHORT_ITEM = 6
"""Words up to which an item says little without its lead-in."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One block of a passage: its slice, what it is, the words as they are read, and the slices that it leans on.

    `cells` are the half-open ranges of a row's or field's cells in the quote's text, `labels` the names of the columns.
    """

    quote: Quote
    kind: Kind
    read: str
    leans: tuple[Quote, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    labels: tuple[str, ...] = ()

    def cell(self, column: int) -> str:
        """The words of a row's cell, links by their names; "" where the row is shorter."""
        return without_targets(self.quote.text[slice(*self.cells[column])]) if column < len(self.cells) else ""

    @property
    def silent(self) -> bool:
        """Whether it is never an answer by itself."""
        return self.kind in SILENT or (self.kind == "code" and not self.leans)


@dataclass(frozen=True, slots=True)
class _Piece:
    """[start, end) of the read text and [begin, stop) of the passage: the same words, or a label and what it names."""

    start: int
    end: int
    begin: int
    stop: int
    label: bool = False


@dataclass(frozen=True, slots=True)
class Rendering:
    """A passage's text as it is read, with the way back."""

    text: str
    blocks: tuple[Block, ...]
    pieces: tuple[_Piece, ...]

    def source(self, start: int, end: int) -> tuple[int, int] | None:
        """The smallest stretch of the passage that [start, end) of the read text was made from; None for none of it.

        Copied words give their exact place, a row's label the cell that it names, a silent block the one after it.
        """
        first = max(0, bisect_right([piece.start for piece in self.pieces], start) - 1)
        places = [
            _within(piece, start, end) for piece in self.pieces[first:] if piece.start < end and start < piece.end
        ]
        if not places:
            return None
        own = [place for place in places if not self._silent(place[0])] or places
        begin, stop = min(place[0] for place in own), max(place[1] for place in own)
        return self._told(begin, stop)

    def block_at(self, offset: int) -> int:
        """Number of the block of the passage that holds this offset of it, or of the last one before it."""
        return max(0, bisect_right([block.start for block in self.blocks], offset) - 1)

    def _silent(self, offset: int) -> bool:
        return _silent(self.blocks[self.block_at(offset)])

    def _told(self, begin: int, stop: int) -> tuple[int, int]:
        at = self.block_at(begin)
        after = next((block for block in self.blocks[at:] if not _silent(block)), None)
        if after is None or after is self.blocks[at]:
            return begin, min(stop, self.blocks[at].end)
        return after.start, after.end


def _silent(block: Block) -> bool:
    """Whether it is never an answer by itself: code is no sentence, and says something below what introduces it."""
    return block.kind in SILENT or (block.kind == "code" and block.leans < 0)


def render(chunk: Chunk, found: Sequence[Block], kept: Collection[int]) -> Rendering:
    """The passage as it is read: those of its blocks whose numbers are `kept`, below the headings above it."""
    built = _Builder(chunk.text)
    for item in chunk.context.path:
        built.put(f"{item.text}\n")
    end = 0
    for at, block in enumerate(found):
        if at in kept and block.kind not in ("header", "rule", "fence"):
            gap = chunk.text[end : block.start]
            built.put(gap if gap.isspace() else "\n" * bool(end))
            end = block.end
            built.block(block, before(chunk, found, block))
    return Rendering("".join(built.parts), tuple(found), tuple(built.pieces))


def located(rendering: Rendering, chunk: Chunk, span: Span) -> Span:
    """The span of the read text as one of the passage; no span where nothing of it stands there."""
    place = rendering.source(span.start, span.end) if span.text else None
    if place is None:
        return Span("", 0, 0, span.score, 0.0) if span.text else span
    return replace(span, text=chunk.text[slice(*place)], start=place[0], end=place[1])


def statements(hits: Sequence[Hit]) -> tuple[Statement, ...]:
    """The blocks of the hits' chunks in hit order, each once where chunks overlap; the lines of code together."""
    taken: dict[str, list[tuple[int, int]]] = {}
    told: list[Statement] = []
    for hit in hits:
        places = taken.setdefault(hit.chunk.document_id, [])
        found = blocks(hit.chunk.text, begun=begun(hit.chunk))
        for block in _with_whole_code(hit.chunk.text, found):
            at, until = hit.chunk.start + block.start, hit.chunk.start + block.end
            if not any(low <= at and until <= high for low, high in places):
                places.append((at, until))
                told.append(_statement(hit, found, block))
    return tuple(told)


def _with_whole_code(text: str, found: Sequence[Block]) -> Iterator[Block]:
    """The blocks, the lines of code below one sentence as one: a line of it alone does not do what the whole does."""
    for (code, _), same in groupby(found, key=lambda block: (block.kind == "code", block.leans)):
        run = list(same)
        yield from [replace(run[0], start=_indented(text, run[0].start), end=run[-1].end)] if code else run


def _indented(text: str, start: int) -> int:
    """Where the line begins of which only blanks stand before the offset: lines of code keep the indent they share."""
    blanks = len(text[:start]) - len(text[:start].rstrip(" \t"))
    return start - blanks if start == blanks or text[start - blanks - 1] == "\n" else start


def quoted(hit: Hit, start: int, end: int) -> Quote:
    """[start, end) of the hit's passage as a quote."""
    chunk = hit.chunk
    words = chunk.text[start:end]
    return Quote(chunk.document_id, hit.title, hit.uri, chunk.page, chunk.start + start, chunk.start + end, words)


def _statement(hit: Hit, found: Sequence[Block], block: Block) -> Statement:
    built = _Builder(hit.chunk.text)
    leaning = before(hit.chunk, found, block)
    built.block(block, leaning)
    leans = (quoted(hit, found[block.leans].start, found[block.leans].end),) if block.leans >= 0 else ()
    if not leans and leaning and block.kind in ("row", "item"):
        leans = (_outside(hit, leaning),)
    cells = tuple((start - block.start, end - block.start) for start, end in block.cells)
    labels = tuple(item.text for item in leaning) if block.kind == "row" else ()
    return Statement(quoted(hit, block.start, block.end), block.kind, "".join(built.parts), leans, cells, labels)


def _outside(hit: Hit, excerpts: Sequence[Excerpt]) -> Quote:
    """The first of what lies before the passage."""
    item = excerpts[0]
    return Quote(hit.chunk.document_id, hit.title, hit.uri, None, item.start, item.end, item.text)


def begun(chunk: Chunk) -> Begun:
    """What goes on from before the passage."""
    return "table" if chunk.context.header else "list" if chunk.context.lead else ""


def before(chunk: Chunk, found: Sequence[Block], block: Block) -> list[Excerpt]:
    """The cells of a row's header, or an item's lead-in, wherever they stand."""
    if block.leans >= 0:
        leans = found[block.leans]
        if leans.kind == "header":
            return [Excerpt(a, b, chunk.text[a:b]) for a, b in leans.cells]
        if leans.kind in ("lead", "heading") or block.kind == "code":
            return [Excerpt(leans.start, leans.end, chunk.text[leans.start : leans.end])]
        return []
    if block.kind == "row":
        return list(chunk.context.header)
    return [chunk.context.lead] if block.kind == "item" and chunk.context.lead else []


def _within(piece: _Piece, start: int, end: int) -> tuple[int, int]:
    if piece.label:
        return piece.begin, piece.stop
    return piece.begin + max(0, start - piece.start), piece.begin + min(end, piece.end) - piece.start


class _Builder:
    """Puts the read text together and remembers where its parts come from."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._length = 0
        self.parts: list[str] = []
        self.pieces: list[_Piece] = []

    def put(self, words: str) -> None:
        self.parts.append(words)
        self._length += len(words)

    def copy(self, start: int, end: int, label: str = "") -> None:
        """The words [start, end) of the passage, links by their names, after a label that stands for them."""
        if label:
            self.pieces.append(_Piece(self._length, self._length + len(label), start, end, label=True))
            self.put(label)
        for begin, stop in read_parts(self._text, start, end):
            self.pieces.append(_Piece(self._length, self._length + stop - begin, begin, stop))
            self.put(self._text[begin:stop])

    def block(self, block: Block, before: Sequence[Excerpt]) -> None:
        if block.kind == "row" and before:
            self._row(block, before)
        elif block.kind == "field":
            self.copy(*block.cells[0])
            self.put(": ")
            self.copy(*block.cells[1])
        elif block.kind == "item" and before and len(self._text[block.start : block.end].split()) <= SHORT_ITEM:
            self.copy(block.start, block.end, f"{before[0].text.strip('#*_ ').rstrip(':')}: ")
        else:
            self.copy(block.start, block.end)

    def _row(self, block: Block, header: Sequence[Excerpt]) -> None:
        first = True
        for cell, (start, end) in enumerate(block.cells):
            if start == end:
                continue
            label = header[cell].text if cell < len(header) else ""
            self.put("" if first else "; ")
            self.copy(start, end, f"{label}: " if label else "")
            first = False
        self.put("." if not first else "")
