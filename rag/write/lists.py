"""Tables, lists and paragraphs among the statements of the passages, each put together from its lines or sentences."""

from collections.abc import Iterable, Sequence

from index.records import Quote
from rag.read.rendering import Statement

Table = tuple[Statement, ...]


def tables(told: Sequence[Statement]) -> list[Table]:
    """The rows of each table in order; a table is what has one header."""
    return list(_by_lead(item for item in told if item.kind == "row" and item.labels).values())


def lists(told: Sequence[Statement]) -> list[tuple[str, Table]]:
    """Lead-in and items of each list of at least two."""
    found = _by_lead(item for item in told if item.kind == "item")
    return [(lead.text, items) for lead, items in found.items() if len(items) > 1]


def _by_lead(told: Iterable[Statement]) -> dict[Quote, Table]:
    """What leans on one header or lead-in, in the order of the document."""
    found: dict[Quote, list[Statement]] = {}
    for item in told:
        if item.leans:
            found.setdefault(item.leans[0], []).append(item)
    return {lead: tuple(sorted(lines, key=lambda line: line.quote.start)) for lead, lines in found.items()}


def of_document(document_id: str, told: Sequence[Statement]) -> list[Statement]:
    """The statements of one document, in its order."""
    own = (item for item in told if item.quote.document_id == document_id)
    return sorted(own, key=lambda item: item.quote.start)


def headings(document_id: str, told: Sequence[Statement]) -> list[Quote]:
    """The headings of one document, in its order."""
    return [item.quote for item in of_document(document_id, told) if item.kind == "heading"]


def paragraph(sentence: Quote, told: Sequence[Statement]) -> list[Quote]:
    """The sentences around one that no empty line parts from it, itself among them, in order."""
    own = [item.quote for item in of_document(sentence.document_id, told)]
    at = own.index(sentence)
    first = last = at
    while first > 0 and joined(own[first - 1], own[first]):
        first -= 1
    while last + 1 < len(own) and joined(own[last], own[last + 1]):
        last += 1
    return own[first : last + 1]


def item_around(sentence: Quote, told: Sequence[Statement]) -> list[Quote]:
    """All sentences of the list item that holds one, in order: "E4: door open." and "Push till it clicks."; [] where it
    stands in none.
    """
    own = of_document(sentence.document_id, told)
    first = next((at for at, item in enumerate(own) if item.quote == sentence), -1)
    while first > 0 and own[first].kind == "prose" and joined(own[first - 1].quote, own[first].quote):
        first -= 1
    if first < 0 or own[first].kind != "item":
        return []
    last = first
    while last + 1 < len(own) and own[last + 1].kind == "prose" and joined(own[last].quote, own[last + 1].quote):
        last += 1
    return [item.quote for item in own[first : last + 1]]


def joined(before: Quote, after: Quote) -> bool:
    """Whether at most one blank or line break parts two slices."""
    return before.document_id == after.document_id and after.start - before.end <= 1
