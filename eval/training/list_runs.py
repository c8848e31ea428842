"""Lists as passages of their own: the items with what opens them, which is what says what they are a list of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.text.blocks import Block

FEWEST = 2
"""Items of a list."""

OPENING = 320
"""Characters before the first item that are looked through for the heading or sentence that opens the list."""


@dataclass(frozen=True, slots=True)
class Run:
    """One list of a text: [start, end) are its items, and what stands from `opens` on says what they are."""

    opens: int
    start: int
    end: int


def runs(text: str, found: Sequence[Block]) -> Iterator[Run]:
    """The lists among the blocks of a text, in order."""
    first = 0
    while first < len(found):
        stop = first + 1
        if found[first].kind == "item":
            while stop < len(found) and _goes_on(text, found[stop - 1], found[stop]):
                stop += 1
            if sum(block.kind == "item" for block in found[first:stop]) >= FEWEST:
                yield Run(_opening(found, first), found[first].start, found[stop - 1].end)
        first = stop


def list_text(title: str, text: str, run: Run) -> str:
    """What is read of a list: the title of its document, what opens it, and its items."""
    opening = text[run.opens : run.start].strip("#*_ \n")
    return "\n".join(part for part in (title, opening, text[run.start : run.end]) if part)


def _goes_on(text: str, before: Block, block: Block) -> bool:
    """Whether a block is the next item, or goes on on the line of the one before."""
    return block.kind == "item" or (block.kind in ("prose", "lead") and "\n" not in text[before.end : block.start])


def _opening(found: Sequence[Block], first: int) -> int:
    """Where the nearest heading above begins; without one nearby, the sentence before the items."""
    start = found[first].start
    for block in reversed(found[:first]):
        if block.kind == "heading" and start - block.end <= OPENING:
            return block.start
        if block.kind in ("item", "row") or start - block.start > OPENING:
            break
    before = found[first - 1] if first else found[first]
    return before.start if before.kind in ("prose", "lead", "heading") and start - before.start <= OPENING else start
