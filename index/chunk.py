"""Cuts a document into chunks: windows of whole sentences that fit the embedder, with exact offsets. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from index.records import Chunk, Context, Document, Excerpt
from index.text.blocks import Block, blocks
from index.text.headings import HeadingPaths, find_headings
from index.text.sentences import sentence_spans

CountTokens = Callable[[Sequence[str]], list[int]]
Span = tuple[int, int]

SECTION_SHARE = 0.4
"""A chunk at least this full ends where a new section begins; a shorter section shares its chunk with the next one."""

TAIL_SHARE = 0.2
"""The same for a chunk that began inside a section: the next section's words would stand under the wrong heading."""

PARAGRAPH_SHARE = 0.6
"""A chunk at least this full ends with the last paragraph (else line) that fits, rather than inside the next one."""

CHARACTERS_PER_TOKEN = 16
"""A token counts for at most so many characters: tokenizers give one token for a whole unknown word, however long."""

SENTENCES_PER_CALL = 8192
"""Sentences counted at once: tokenizers keep far more than a number for each."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class _Units:
    """What windows are made of: sentences, the overlong ones cut. The lists run in parallel; `before` has one more."""

    spans: list[Span]
    before: list[int]  # tokens of all units before this one
    headings: dict[int, str]
    sentences: list[Span]
    paths: HeadingPaths
    blocks: list[Block]  # what each sentence is
    openings: list[int]  # 2 where a unit opens a paragraph, 1 where it opens a line, else 0

    def tokens(self, first: int, stop: int) -> int:
        return self.before[stop] - self.before[first]

    def opens_section(self, unit: int) -> bool:
        return unit in self.headings and unit - 1 not in self.headings


def chunk(
    document: Document, count_tokens: CountTokens, max_tokens: int = 200, overlap_sentences: int = 1
) -> tuple[Chunk, ...]:
    """The document's chunks in order; every character that is not white space lies in at least one of them.

    A chunk holds at most `max_tokens` (>= 1) tokens, given that tokens do not reach across white space. It repeats the
    last `overlap_sentences` (>= 0) of the chunk before it when both lie in one section. Raises ValueError otherwise.
    """
    if max_tokens < 1 or overlap_sentences < 0:
        seen = f"{max_tokens} and {overlap_sentences}"
        raise ValueError(f"max_tokens must be at least 1 and overlap_sentences at least 0, not {seen}")
    units = _units(document.text, count_tokens, max_tokens)
    heads = sorted(units.headings)
    windows = _windows(units, max_tokens, overlap_sentences)
    return tuple(_chunk(document, units, heads, ordinal, window) for ordinal, window in enumerate(windows))


def _chunk(document: Document, units: _Units, heads: list[int], ordinal: int, window: Span) -> Chunk:
    first, stop = window
    start, end = units.spans[first][0], units.spans[stop - 1][1]
    above = bisect_right(heads, first)
    return Chunk(
        id=f"{document.id}:{ordinal}",
        document_id=document.id,
        start=start,
        end=end,
        page=bisect_right(document.page_starts, start) or None,
        heading=units.headings[heads[above - 1]] if above else "",
        text=document.text[start:end],
        context=_context(document.text, units, start),
    )


def _context(text: str, units: _Units, start: int) -> Context:
    """What the unit that begins at `start` leans on, as far as it lies before it."""
    sentence = bisect_right(units.sentences, (start, len(text))) - 1
    path = units.paths.of(sentence)
    block = units.blocks[sentence]
    leans = units.blocks[block.leans] if block.leans >= 0 else None
    excerpts = [Excerpt(begin, end, text[begin:end]) for begin, end in (*path, *(leans.cells if leans else ()))]
    listed = leans is not None and leans.kind == "lead" and block.kind != "code"
    lead = Excerpt(leans.start, leans.end, text[leans.start : leans.end]) if leans and listed else None
    return Context(tuple(excerpts[: len(path)]), tuple(excerpts[len(path) :]), lead)


def _units(text: str, count_tokens: CountTokens, max_tokens: int) -> _Units:
    sentences = sentence_spans(text)
    titles = find_headings(text, sentences)
    named = {sentences[index][0]: title for index, title in titles.items()}
    spans, sizes = _fitting(text, sentences, count_tokens, max_tokens)
    return _Units(
        spans=spans,
        before=[0, *accumulate(sizes)],
        headings={unit: named[start] for unit, (start, _) in enumerate(spans) if start in named},
        sentences=sentences,
        paths=HeadingPaths(text, sentences, titles),
        blocks=blocks(text, sentences),
        openings=[0, *(_opening(text[before[1] : after[0]]) for before, after in pairwise(spans))],
    )


def _opening(gap: str) -> int:
    return 2 if _PARAGRAPH.search(gap) else int("\n" in gap)


def _fitting(text: str, spans: list[Span], count_tokens: CountTokens, max_tokens: int) -> tuple[list[Span], list[int]]:
    """The spans with their sizes; those over `max_tokens` are halved until they fit or are one character long."""
    sizes = _sizes(text, spans, count_tokens)
    while True:
        long = {unit: _halves(text, *spans[unit]) for unit, size in enumerate(sizes) if size > max_tokens}
        long = {unit: halves for unit, halves in long.items() if len(halves) > 1}
        if not long:
            return spans, sizes
        fresh = iter(_sizes(text, [half for halves in long.values() for half in halves], count_tokens))
        spans, sizes = _replaced(spans, sizes, long, fresh)


def _replaced(
    spans: list[Span], sizes: list[int], long: dict[int, list[Span]], fresh: Iterator[int]
) -> tuple[list[Span], list[int]]:
    """Spans and sizes with the halves of the `long` units in their place; `fresh` holds the halves' sizes in order."""
    new_spans: list[Span] = []
    new_sizes: list[int] = []
    for unit, (span, size) in enumerate(zip(spans, sizes, strict=True)):
        halves = long.get(unit)
        new_spans += halves or [span]
        new_sizes += [next(fresh) for _ in halves] if halves else [size]
    return new_spans, new_sizes


def _sizes(text: str, spans: list[Span], count_tokens: CountTokens) -> list[int]:
    counts: list[int] = []
    for batch in range(0, len(spans), SENTENCES_PER_CALL):
        counts += count_tokens([text[start:end] for start, end in spans[batch : batch + SENTENCES_PER_CALL]])
    return [
        max(count, -(-(end - start) // CHARACTERS_PER_TOKEN), 1)
        for count, (start, end) in zip(counts, spans, strict=True)
    ]


def _halves(text: str, start: int, end: int) -> list[Span]:
    """Two parts, cut at the white space nearest to the middle if there is any; a single character stays whole."""
    if end - start < 2:
        return [(start, end)]
    middle = (start + end) // 2
    spaces = [offset for offset in range(start + 1, end) if text[offset].isspace()]
    cut = min(spaces, key=lambda offset: abs(offset - middle)) if spaces else middle
    resume = cut
    while text[resume].isspace():
        resume += 1
    return [(start, start + len(text[start:cut].rstrip())), (resume, end)]


def _windows(units: _Units, max_tokens: int, overlap: int) -> list[Span]:
    """Half-open ranges of units, each at most `max_tokens` large."""
    windows: list[Span] = []
    first = fresh = 0
    count = len(units.spans)
    while fresh < count:
        stop = bisect_right(units.before, units.before[first] + max_tokens) - 1
        stop = _break(units, first, fresh, min(max(stop, fresh + 1), count), max_tokens)
        windows.append((first, stop))
        first, fresh = _overlapped(units, first, stop, max_tokens, overlap), stop
    return windows


def _break(units: _Units, first: int, fresh: int, stop: int, max_tokens: int) -> int:
    """Where the window from `first` ends: at a section, at a paragraph, or after the last unit that fits (`stop`).

    Always beyond `fresh`, the first unit that no window holds yet.
    """
    last = min(stop, len(units.spans) - 1)
    enough = max_tokens * (SECTION_SHARE if first == 0 or first in units.headings else TAIL_SHARE)
    for unit in range(fresh + 1, last + 1):
        if units.opens_section(unit) and units.tokens(first, unit) >= enough:
            return unit
    if stop == len(units.spans):
        return stop
    full = bisect_left(units.before, units.before[first] + PARAGRAPH_SHARE * max_tokens)
    breaks = range(stop, max(full, fresh + 1) - 1, -1)
    stop = max(breaks, key=units.openings.__getitem__, default=stop)
    # A heading belongs to what follows it.
    while stop - 1 > fresh and stop - 1 in units.headings:
        stop -= 1
    return stop


def _overlapped(units: _Units, first: int, stop: int, max_tokens: int, overlap: int) -> int:
    """First unit of the next window: at most `overlap` units before `stop`, in its section, leaving room for it."""
    if stop >= len(units.spans):
        return stop
    start = stop
    while start - 1 > first and stop - start < overlap and start not in units.headings:
        if units.tokens(start - 1, stop + 1) > max_tokens or 2 * units.tokens(start - 1, stop) > max_tokens:
            break
        start -= 1
    return start
