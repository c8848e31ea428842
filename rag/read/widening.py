"""Tables and lists read whole, whichever passage of them was found: the passages followed to where these end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from index.records import Document, Hit
from index.text.blocks import BULLET, Kind, blocks
from rag.read.rendering import begun

WIDEST = 1_000_000
"""Characters by which a table or list is followed beyond its passage, in each direction."""

_LINES: Mapping[str, re.Pattern[str]] = {
    "row": re.compile(r"\|"),
    "item": re.compile(rf"{BULLET}|\Z"),
}


def widened(hits: Sequence[Hit], document_of: Callable[[str], Document]) -> tuple[Hit, ...]:
    """The hits with the whole of the table or list in which their passage begins or ends, in their order; what lies in
    one that was widened before is left out. `document_of` gives a document by its id.

    Sums and extremes over a part of a table are wrong, whichever passage of it was found, and however late.
    """
    taken: list[Hit] = []
    for hit in hits:
        chunk = hit.chunk
        if not any(
            one.chunk.document_id == chunk.document_id and one.chunk.start <= chunk.start and chunk.end <= one.chunk.end
            for one in taken
        ):
            taken.append(_widened(hit, document_of))
    return tuple(taken)


def partly(hits: Sequence[Hit]) -> tuple[str, ...]:
    """The titles of the widened hits whose table or list goes on beyond what is followed."""
    return tuple(dict.fromkeys(hit.title for hit in hits if len(hit.chunk.text) >= WIDEST))


def _widened(hit: Hit, document_of: Callable[[str], Document]) -> Hit:
    chunk = hit.chunk
    found = blocks(chunk.text, begun=begun(chunk))
    if not found or not {found[0].kind, found[-1].kind} & _LINES.keys():
        return hit
    text, start, end = document_of(chunk.document_id).text, chunk.start, chunk.end
    if found[0].kind in _LINES:
        start = _edge(text, start, -1, found[0].kind)
    if found[-1].kind in _LINES:
        end = _edge(text, end, 1, found[-1].kind)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(text[start:end].rstrip())
    if (start, end) == (chunk.start, chunk.end):
        return hit
    context = chunk.context if start == chunk.start else replace(chunk.context, header=(), lead=None)
    return replace(hit, chunk=replace(chunk, start=start, end=end, text=text[start:end], context=context))


def _edge(text: str, offset: int, step: int, kind: Kind) -> int:
    """How far lines of this kind go on from the offset, backwards (-1) with the line that opens them, or forwards."""
    edge = offset
    while 0 < edge < len(text) and abs(edge - offset) < WIDEST:
        if step > 0:
            stop = text.find("\n", edge + 1)
            after = len(text) if stop < 0 else stop
            line = text[edge:after]
        else:
            after = text.rfind("\n", 0, edge - 1) + 1
            line = text[after:edge]
        if not _LINES[kind].match(line.strip()):
            return edge if step > 0 or not line.strip().endswith(":") else after
        edge = after
    return edge
