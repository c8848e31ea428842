"""Whichever passage of a table or list was found, the whole of it is read."""

import pytest

from index.records import Chunk, Context, Document, Excerpt, Hit
from rag.read.widening import widened


def test_a_passage_in_a_table_can_be_widened_to_the_whole_table() -> None:
    """All rows and the header, not the prose around them."""
    rows = "\n".join(f"| Room {n} | {n} |" for n in range(50))
    text = f"Before.\n\n| Room | Seats |\n|---|---|\n{rows}\n\nAfter."
    start, end = text.index("| Room 20"), text.index("| Room 30")
    chunk = Chunk(
        "d:0", "d", start, end - 1, None, "", text[start : end - 1], Context(header=(Excerpt(11, 15, "Room"),))
    )
    passage = Hit(chunk, "T", "t.md", 1.0, 1, "fused")
    (whole,) = widened([passage, passage], lambda _: Document("d", "t.md", "T", text))

    assert whole.chunk.text == text[text.index("| Room |") : text.index("\n\nAfter.")]
    assert whole.chunk.text == text[whole.chunk.start : whole.chunk.end]


@pytest.mark.parametrize("mark", ["-", "[ ]", "☐"])
def test_a_passage_in_a_list_can_be_widened_to_the_whole_list(mark: str) -> None:
    """All items, whatever marks them, with the line that opens them."""
    text = "Before.\n\nTo pack:\n\n" + "\n".join(f"{mark} the thing with number {n}" for n in range(30)) + "\n\nAfter."
    start, end = text.index(f"{mark} the thing with number 11"), text.index(f"\n{mark} the thing with number 20")
    lead = Context(lead=Excerpt(9, 17, "To pack:"))
    chunk = Chunk("d:0", "d", start, end, None, "", text[start:end], lead)
    (whole,) = widened([Hit(chunk, "T", "t.md", 1.0, 1, "fused")], lambda _: Document("d", "t.md", "T", text))

    assert whole.chunk.text == text[text.index("To pack:") : text.index("\n\nAfter.")]


def test_prose_is_not_widened_and_its_document_not_read() -> None:
    """Most passages begin and end in prose: nothing is looked up for them."""

    def document_of(_: str) -> Document:
        raise AssertionError("read")

    text = "It is prose. And more of it."
    hit = Hit(Chunk("d:0", "d", 0, len(text), None, "", text), "T", "t.md", 1.0, 1, "fused")
    assert widened([hit], document_of) == (hit,)
