"""Rows of pages to one text: paragraphs, headings, tables, and sentences that run on over a page's end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from index.load.clean import clean
from index.load.pdf.columns import in_order
from index.load.pdf.placed import Row, rows_of
from index.load.pdf.tables import as_table, table_run
from index.text.hyphens import BROKEN, keeps_hyphen, unbroken
from index.text.line_breaks import MARKER, SHORTEST_PROSE
from index.text.sentences import sentence_spans

APART = 1.35
"""Times the usual distance of lines: a wider one ends a paragraph."""

LARGER = 1.15
"""Times the usual size of type: larger lines are headings."""

LONGEST_HEADING = 120

FEWEST_WORDS = 3
"""A line of fewer may be an entry of a list, whatever its width."""

_ENDED = re.compile(r"[.!?:;。！？：；…][\"'”’»)\]]*\Z")
_ENTRY = re.compile(r"[^\W\d_][^:.\n]{0,28}:[^\S\n]+\S")
_BETWEEN = "\n\n"

FIGURES = 0.3
"""Of a line's words: prose with so many numbers is rare, timetables and price lists have more."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page as text.

    `prose` may be wrapped and go on on the next page; `full`: its last line is; `opens`: it begins a page or column.
    """

    text: str
    prose: bool
    full: bool = False
    opens: bool = False


def text_of(pages: Sequence[Sequence[Row]], known: Collection[str]) -> tuple[str, tuple[int, ...]]:
    """The document's text and where each page begins in it."""
    sizes = [piece.size for rows in pages for row in rows for piece in row for _ in range(len(piece.text))]
    usual = median(sizes) if sizes else 1.0
    parts: list[str] = []
    starts: list[int] = []
    length, last = 0, None
    for rows in pages:
        begun = False
        for block in _blocks(rows, usual, known):
            seam = "" if last is None else _seam(last, block) if block.opens else _BETWEEN
            if last and not seam and not _kept(last, block, known):
                parts[-1], length = parts[-1][:-1], length - 1
            if not begun:
                starts.append(length + len(seam))
            parts += [seam, block.text]
            length += len(seam) + len(block.text)
            last, begun = block, True
        if not begun:
            starts.append(length)
    return "".join(parts), tuple(starts)


def _kept(last: Block, first: Block, known: Collection[str]) -> bool:
    """Whether the hyphen between the two belongs to the word."""
    found = BROKEN.search(f"{last.text}\n{first.text}", max(0, len(last.text) - 60))
    return not found or keeps_hyphen(found[1], found[2], known)


def _seam(last: Block, first: Block) -> str:
    """What stands between the last block of a page or column and the first of the next: nothing, a space or a gap."""
    if not (last.prose and first.prose) or _ENDED.search(last.text):
        return _BETWEEN
    if last.text.endswith("-") and first.text[:1].isalpha():
        return ""
    line = last.text.rsplit("\n", 1)[-1]
    goes_on = first.text[:1].islower() or last.text.endswith(",") or (last.full and len(line) >= SHORTEST_PROSE)
    return " " if goes_on else _BETWEEN


def _blocks(rows: Sequence[Row], usual: float, known: Collection[str]) -> Iterator[Block]:
    for part in in_order([piece for row in rows for piece in row]):
        blocks = (block for block in _part(rows_of(part), usual, known) if block.text)
        for number, block in enumerate(blocks):
            yield replace(block, opens=number == 0)


def _part(lines: Sequence[Row], usual: float, known: Collection[str]) -> Iterator[Block]:
    start = 0
    while start < len(lines):
        stop = table_run(lines, start)
        if stop - start > 1 or (stop > start and len(lines[start]) > 2):
            yield _table(lines[start:stop])
        else:
            stop = _prose_end(lines, start)
            yield from _prose(lines[start:stop], usual, known)
        start = stop


def _prose_end(lines: Sequence[Row], start: int) -> int:
    stop = start + 1
    while stop < len(lines) and not (table_run(lines, stop) - stop > 1 or len(lines[stop]) > 2):
        stop += 1
    return stop


def _table(lines: Sequence[Row]) -> Block:
    return Block(clean(as_table(lines) or "\n".join("  ".join(piece.text for piece in row) for row in lines)), False)


def _prose(lines: Sequence[Row], usual: float, known: Collection[str]) -> Iterator[Block]:
    """Paragraphs and headings of rows that stand below each other."""
    steps = [after[0].middle - before[0].middle for before, after in pairwise(lines)]
    pitch = median(steps) if steps else 0.0
    right = max(piece.right for row in lines for piece in row)
    group: list[Row] = []
    for number, row in enumerate(lines):
        apart = number and (
            steps[number - 1] > APART * min(pitch, 2 * row[0].size)
            or _level(row, usual) != _level(lines[number - 1], usual)
        )
        if apart:
            yield _paragraph(group, usual, right, known)
            group = []
        group.append(row)
    yield _paragraph(group, usual, right, known)


def _level(row: Row, usual: float) -> int:
    """1 for type twice as large as usual, 2 for clearly larger type, 0 for the rest."""
    size = min(piece.size for piece in row)
    return 0 if size < LARGER * usual else 2 if size < 1.6 * usual else 1


def _paragraph(rows: Sequence[Row], usual: float, right: float, known: Collection[str]) -> Block:
    text = clean("\n".join(_line(row) for row in rows))
    level = _level(rows[0], usual)
    if level and len(text) <= LONGEST_HEADING and not _ENDED.search(text) and any(map(str.isalpha, text)):
        return Block(f"{'#' * level} {' '.join(text.split())}", False)
    ends = [max(piece.right for piece in row) for row in rows]
    full = ends[-1] >= right - 0.15 * (right - min(piece.left for row in rows for piece in row))
    parts = [join_lines(unbroken(clean(_wrapped(part)), known)) for part in _entries(rows)]
    return Block("\n".join(parts), not _ENTRY.match(parts[-1].rsplit("\n", 1)[-1]), full)


def _line(row: Row) -> str:
    return " ".join(piece.text for piece in row)


def _entries(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows in parts: lines of a timetable or a form stand for themselves, the rows of prose belong together."""
    part: list[Row] = []
    for row in rows:
        entry = _is_entry(_line(row))
        if part and (entry or _is_entry(_line(part[-1]))):
            yield part
            part = []
        part.append(row)
    yield part


def _is_entry(line: str) -> bool:
    """Whether the line holds more figures than prose does and no end of a sentence, or is a "label: value"."""
    words = line.split()
    figures = sum(any(map(str.isdigit, word)) for word in words)
    return bool(_ENTRY.match(line)) or (figures >= 2 and figures >= FIGURES * len(words) and not _ENDED.search(line))


def _wrapped(rows: Sequence[Row]) -> str:
    """The rows as lines; those that end where the next word did not fit are one line, if most are so full."""
    lines = [_line(row) for row in rows]
    ends = [max(piece.right for piece in row) for row in rows]
    full = [
        end + _width(after) > max(ends) and len(line.split()) >= FEWEST_WORDS and not line.endswith("-")
        for end, line, after in zip(ends, lines, rows[1:], strict=False)
    ]
    if 2 * sum(full) <= len(full) or len(full) < 2:
        return "\n".join(lines)
    gaps = [
        " " if wrapped and not MARKER.match(after) else "\n" for wrapped, after in zip(full, lines[1:], strict=True)
    ]
    return "".join(part for pair in zip(lines, [*gaps, ""], strict=True) for part in pair)


def _width(row: Row) -> float:
    """Of the row's first word and a space."""
    first = row[0]
    return (first.right - first.left) * (len(first.text.split()[0]) + 1) / max(1, len(first.text))


def join_lines(text: str) -> str:
    """`text` with a space for each line break inside a sentence."""
    parts: list[str] = []
    after = 0
    for start, end in sentence_spans(text):
        parts += [text[after:start], text[start:end].replace("\n", " ")]
        after = end
    return "".join([*parts, text[after:]])
