"""What the sentences of a text are: prose, headings, table rows with their header, list items with their lead-in.

Everything is told by offsets; the text is never changed. What begins before the text (the header of a table of which it
holds only later rows) is handed in by `begun`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from index.text.headings import FENCES, find_headings
from index.text.line_breaks import BOX
from index.text.sentences import sentence_spans
from index.text.words import ends_whole

Span = tuple[int, int]
Kind = Literal[
    "prose", "heading", "header", "rule", "row", "item", "field", "question", "lead", "code", "fence", "credit"
]
Begun = Literal["", "table", "list"]

ITEM_WORDS = 12
"""A line without a bullet is an item of the list that it stands in if it has at most so many words."""

COLUMN_GAP = 2
"""Blanks that part two columns of a table set in a fixed pitch."""

ANSWER_SENTENCES = 3
"""Sentences after a question that may answer it."""

BULLET = rf"(?:[-*+•◦▪‣·–]|\(?\d{{1,3}}[.)]|\(?[A-Za-z][.)]|{BOX})\s"
_BULLET = re.compile(f"{BULLET}+")
_RULE = re.compile(r"[\s|:+=_*-]+")
_FIELD = re.compile(
    r"[*_]{0,2}(?P<label>[^\W\d_][^:\n|]{0,48}?)(?:[*_]{0,2}:[*_]{0,2}\s+|\s?\.{5,}\s?)(?P<value>\S.*)", re.DOTALL
)
"""A label and its value, parted by a colon or by a row of dots."""
_COLUMN = re.compile(rf"\S+(?:[^\S\n]\S+)*?(?=[^\S\n]{{{COLUMN_GAP},}}|\t|\Z)")
_PIPED_CELL = re.compile(r"(?<=\|)(?:\\.|[^|\\])*")
_QUESTION = re.compile(r"[?？؟][\s\"'”’*_)]*\Z")
_COLON = re.compile(r"[:：][\s*_]*\Z")
_CREDIT = re.compile(r"\W*(?:sources?|references?|credits?|quellen?|fuentes?|fonti?|来源)\s*[:：]\s", re.IGNORECASE)
"""A line that says where a text comes from: titles of other texts, which answer nothing."""
_DIGIT = re.compile(r"\d")
_PROMPT = re.compile(r">>>(?:\s|\Z)|\$ (?=[a-z./~])|In ?\[\d+\]:|[\w.-]+@[\w.-]+:\S*[$#]\s|(?:PS )?[A-Z]:\\[^\s>]*>")
"""What a console shows before what is typed: Python's, a shell's, a notebook's, a prompt of Windows."""
_GOES_ON = re.compile(r"\.\.\.(?:\s|\Z)")
"""What Python's console shows before the next line of what is typed."""
_LITERAL = re.compile(r"\.\. (?:code|code-block|sourcecode|ipython|doctest|testcode|parsed-literal)::")
"""Below it, indented lines are code, as they are below a line that ends in "::" (reStructuredText)."""


@dataclass(frozen=True, slots=True)
class Block:
    """One sentence of a text, [start, end), and what it is.

    `cells` are those of a row or header, or label and value of a field. `leans` is the number of the block without
    which this one says little: a row's header, an item's lead-in or heading, the sentence before code, an answer's
    question; -1 for none or for one that lies before the text.
    """

    start: int
    end: int
    kind: Kind
    cells: tuple[Span, ...] = ()
    leans: int = -1


def blocks(text: str, spans: Sequence[Span] | None = None, begun: Begun = "") -> list[Block]:
    """The sentences of the text (`spans`, default: cut here) as blocks, in order."""
    spans = sentence_spans(text) if spans is None else spans
    headings = find_headings(text, spans)
    found = [
        Block(start, end, "heading") if i in headings else Block(start, end, "prose")
        for i, (start, end) in enumerate(spans)
    ]
    found = _code(text, found)
    found = _captions(text, _tables(text, found, begun == "table"))
    return _leaning(text, found, begun == "list")


def _code(text: str, found: list[Block]) -> list[Block]:
    """What stands between fences, below "::", and in a console: what is typed there and what it answers."""
    inside = typed = False
    indent, above = 0, -1  # of this line, and of the one below which deeper lines are code
    told: list[Block] = []
    for i, block in enumerate(found):
        line = text[block.start : block.end]
        if text.startswith(FENCES, block.start):
            inside = not inside
            told.append(replace(block, kind="fence"))
            continue
        if not _on_line(text, block):
            below = i > 0 and text.count("\n", found[i - 1].end, block.start) == 1
            answered = typed and below and (_GOES_ON.match(line) or not ends_whole(line))
            typed = bool(_PROMPT.match(line) or answered)
            indent = block.start - text.rfind("\n", 0, block.start) - 1
            above = above if above < indent else -1
        code = inside or typed or above >= 0
        told.append(replace(block, kind="code", leans=_introduced(told)) if code else block)
        if not code and (_LITERAL.match(line) or line.endswith("::")):
            above = indent
    return told


def _introduced(told: Sequence[Block]) -> int:
    """The sentence right before a listing; -1 where it opens the text."""
    for at in reversed(range(len(told))):
        if told[at].kind == "code":
            return told[at].leans
        if told[at].kind != "fence":
            return at
    return -1


def _tables(text: str, found: list[Block], begun: bool) -> list[Block]:
    """Rows, rules and headers told apart in each run of table lines."""
    told = list(found)
    for first, stop in _runs(text, found):
        lines = [_cut(text, block) for block in found[first:stop]]
        ruled = next((i for i, line in enumerate(lines) if line.kind == "rule"), -1)
        headed = not (begun and first == 0) and (
            ruled == 1 or (ruled < 0 and len(lines) > 1 and _titles(text, lines[0]))
        )
        for i, line in enumerate(lines):
            if line.kind == "row" and headed:
                told[first + i] = replace(line, kind="header") if i == 0 else replace(line, leans=first)
            else:
                told[first + i] = line
    return told


def _runs(text: str, found: Sequence[Block]) -> Iterator[Span]:
    """Half-open ranges of neighbouring table lines; a lone line of a fixed pitch is none."""
    first = 0
    while first < len(found):
        sort = _sort(text, found[first])
        stop = first + 1
        while (
            sort
            and stop < len(found)
            and _sort(text, found[stop]) == sort
            and text.count("\n", found[stop - 1].end, found[stop].start) == 1
        ):
            stop += 1
        if sort == "piped" or (sort and stop - first > 1):
            yield first, stop
        first = stop


def _sort(text: str, block: Block) -> str:
    if block.kind not in ("prose", "heading") or _on_line(text, block):
        return ""
    line = text[block.start : block.end]
    if line.startswith("|"):
        return "piped"
    if "\n" in line or _BULLET.match(line):
        return ""
    return "pitched" if len(_COLUMN.findall(line)) > 2 else ""


def _on_line(text: str, block: Block) -> bool:
    """Whether something stands before the block on its line."""
    at = block.start - 1  # backwards over blanks only: a line can be as long as the text
    while at >= 0 and text[at] != "\n" and text[at].isspace():
        at -= 1
    return at >= 0 and text[at] != "\n"


def _cut(text: str, block: Block) -> Block:
    line = text[block.start : block.end]
    if _RULE.fullmatch(line):
        return replace(block, kind="rule") if "-" in line or "=" in line else replace(block, kind="row")
    if line.startswith("|"):
        inner = line.rstrip().removesuffix("|")
        cells = tuple(_trimmed(line, *match.span()) for match in _PIPED_CELL.finditer(inner))
    else:
        cells = tuple(match.span() for match in _COLUMN.finditer(line))
    return replace(block, kind="row", cells=tuple((block.start + a, block.start + b) for a, b in cells))


def _trimmed(line: str, start: int, end: int) -> Span:
    words = line[start:end]
    begin = start + len(words) - len(words.lstrip())
    return (begin, begin + len(words.strip())) if words.strip() else (start, start)


def _titles(text: str, line: Block) -> bool:
    """Whether the cells of a line read like names of columns."""
    words = [text[start:end] for start, end in line.cells]
    return all(words) and not any(_DIGIT.search(word) for word in words)


def _captions(text: str, found: list[Block]) -> list[Block]:
    """A line by itself above a table or a form is its heading."""
    told = list(found)
    for i, (block, below) in enumerate(pairwise(found)):
        line = text[block.start : block.end]
        opens = i == 0 or text.count("\n", found[i - 1].end, block.start) > 1
        apart = text.count("\n", block.end, below.start) > 1
        if block.kind == "prose" and opens and apart and not ends_whole(line) and len(line.split()) <= ITEM_WORDS:
            tabular = below.kind in ("header", "row") or _FIELD.fullmatch(text[below.start : below.end])
            if tabular and not _FIELD.fullmatch(line) and not _COLON.search(line) and not _BULLET.match(line):
                told[i] = replace(block, kind="heading")
    return told


def _leaning(text: str, found: list[Block], begun: bool) -> list[Block]:
    """Items, fields, questions and lead-ins told apart, and what they lean on."""
    told: list[Block] = []
    lead = question = -1
    listing = begun
    for i, block in enumerate(found):
        kind = block.kind
        blank = i > 0 and text.count("\n", found[i - 1].end, block.start) > 1
        if kind == "heading":
            lead, question, listing = i, i if _QUESTION.search(text[block.start : block.end]) else -1, False
        elif kind == "prose":
            kind = "field" if _follows(text, told[-1:], block) else _kind(text, block, listing and not blank)
            if kind == "lead":
                lead, listing = i, True
            elif kind == "question":
                question = i
            elif kind == "item":
                listing = True
            elif not _on_line(text, block):
                listing = False
                lead = -1 if blank and kind == "prose" else lead
        leans = block.leans
        if kind == "item":
            leans = lead
        elif kind in ("prose", "field") and question >= 0 and i - question <= ANSWER_SENTENCES:
            leans = question
        told.append(
            replace(block, kind=kind, leans=leans, cells=_halves(text, block) if kind == "field" else block.cells)
        )
    return told


def _follows(text: str, before: Sequence[Block], block: Block) -> bool:
    """Whether a second field stands on the line of the one before: "Present: A, B. Absent: C."."""
    if not before or before[0].kind != "field" or "\n" in text[before[0].end : block.start]:
        return False
    line = text[block.start : block.end]
    return _FIELD.fullmatch(line) is not None and _CREDIT.match(line) is None


def label(item: str) -> str:
    """What names a list item: the words before its colon; "" where it has no such label."""
    bullet = _BULLET.match(item)
    match = _FIELD.fullmatch(item[bullet.end() :] if bullet else item)
    return match["label"] if match else ""


def _halves(text: str, block: Block) -> tuple[Span, ...]:
    """Label and value of a field."""
    match = _FIELD.fullmatch(text[block.start : block.end])
    return (
        tuple((block.start + a, block.start + b) for a, b in (match.span("label"), match.span("value")))
        if match
        else ()
    )


def _kind(text: str, block: Block, listing: bool) -> Kind:  # noqa: PLR0911  (one for each kind)
    line = text[block.start : block.end]
    alone = not _on_line(text, block)
    if alone and _CREDIT.match(line) and not ends_whole(line):
        return "credit"
    if _QUESTION.search(line) and alone:
        return "question"
    if alone and _BULLET.match(line):
        return "item"
    if _COLON.search(line):
        return "lead"
    if alone and _FIELD.fullmatch(line) and not (ends_whole(line) and len(line.split()) > 2 * ITEM_WORDS):
        return "field"
    if listing and alone and not ends_whole(line) and len(line.split()) <= ITEM_WORDS:
        return "item"
    return "prose"
