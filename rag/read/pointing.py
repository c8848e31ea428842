"""Which lines of the passages are read: of tables, forms and lists only those that a question points at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from index.records import Chunk, Hit
from index.text.blocks import Block, Kind, blocks, label
from index.text.words import stem, terms, words
from rag.protocols import Reader, Span
from rag.read.rendering import before, begun, located, render

ROWS_READ = 12
"""Rows of one passage that are read where the question points at none of them."""


def read_hits(reader: Reader, question: str, hits: Sequence[Hit]) -> list[tuple[float, Span]]:
    """What the reader says of each hit's passage as it is read; the spans are the passages' own slices."""
    found = [blocks(hit.chunk.text, begun=begun(hit.chunk)) for hit in hits]
    kept = pointed_at(question, hits, found)
    rendered = [render(hit.chunk, own, read) for hit, own, read in zip(hits, found, kept, strict=True)]
    read = reader.read(question, [item.text for item in rendered])
    return [
        (relevance, located(item, hit.chunk, span))
        for (relevance, span), item, hit in zip(read, rendered, hits, strict=True)
    ]


def pointed_at(question: str, hits: Sequence[Hit], found: Sequence[Sequence[Block]]) -> list[set[int]]:
    """For each hit the numbers of the blocks that are read: of the rows and fields of a document, and of the items of a
    list that open with a label, those alone that share most with the question, where some do.

    Words of the title and the headings tell no row from another, and a word that few rows hold tells most. An item
    counts by its label alone, and the sentences after it in the same item go with it.
    """
    asked, numbered = set(terms(question)), _numbered(question)
    kept = [
        {at for at, block in enumerate(own) if not (numbered and _of_another_number(numbered, hit.chunk, own, block))}
        for hit, own in zip(hits, found, strict=True)
    ]
    lines: dict[tuple[str, Kind], dict[tuple[int, int], set[str]]] = {}
    for number, (hit, own) in enumerate(zip(hits, found, strict=True)):
        known = set(terms(" ".join([hit.title, hit.chunk.heading, *(item.text for item in hit.chunk.context.path)])))
        known |= set(terms(" ".join(hit.chunk.text[b.start : b.end] for b in own if b.kind == "heading")))
        for at in sorted(kept[number]):
            block = own[at]
            line = hit.chunk.text[block.start : block.end]
            named = label(line) if block.kind == "item" else line if block.kind in ("row", "field") else ""
            if named:
                lines.setdefault((hit.chunk.document_id, block.kind), {})[number, at] = (
                    asked & set(terms(named)) - known
                )
    for (_, kind), places in lines.items():
        for number, at in set(places) - _best_lines(places, kind):
            kept[number] -= set(_with_its_sentences(hits[number].chunk.text, found[number], at))
    return kept


def _numbered(question: str) -> dict[str, int]:
    """Stems of words that a number follows, each with the number: "house 4"."""
    said = words(question)
    return {stem(word): int(number) for word, number in pairwise(said) if word.isalpha() and number.isdecimal()}


def _of_another_number(numbered: Mapping[str, int], chunk: Chunk, found: Sequence[Block], block: Block) -> bool:
    """Whether a row gives another number in the column of that name: what is asked of house 4 is not told by the row of
    house 1, and where no row is of house 4, none answers.
    """
    if block.kind != "row":
        return False
    for name, (start, end) in zip(before(chunk, found, block), block.cells, strict=False):
        wanted, cell = numbered.get(stem(name.text.strip().lower())), chunk.text[start:end].strip()
        if wanted is not None and cell.isdecimal() and int(cell) != wanted:
            return True
    return False


def _with_its_sentences(text: str, found: Sequence[Block], at: int) -> Iterator[int]:
    """The number of a line, and of an item's those of the sentences that follow it on its lines."""
    yield at
    while (
        found[at].kind in ("item", "prose")
        and at + 1 < len(found)
        and found[at + 1].kind == "prose"
        and text.count("\n", found[at].end, found[at + 1].start) < 1
    ):
        at += 1
        yield at


def _best_lines(lines: Mapping[tuple[int, int], set[str]], kind: Kind) -> set[tuple[int, int]]:
    """Those with most words of the question, rarer ones counting more; where none has any, the first of the rows."""
    often = Counter(term for held in lines.values() for term in held)
    weights = {place: sum(1 / often[term] for term in held) for place, held in lines.items()}
    most = max(weights.values())
    if most > 0:
        return {place for place, weight in weights.items() if weight > most - 1e-9}
    return set(sorted(lines)[:ROWS_READ]) if kind == "row" else set(lines)
