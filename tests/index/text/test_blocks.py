"""Blocks tell what each sentence of a text is and which other one it leans on; they are slices and lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given

from index.records import Document
from index.text.blocks import blocks
from index.text.sentences import sentence_spans
from tests.strategies import documents

TABLE = """# Rooms

| Room | Seats |
|------|------:|
| Birch | 12 |
| Oak | 30. Upstairs. |

The key hangs in the hall."""


def told(text: str, begun: str = "") -> list[tuple[str, str]]:
    """Kind and words of each block."""
    return [(block.kind, text[block.start : block.end]) for block in blocks(text, begun=begun)]  # type: ignore[arg-type]


def leaning(text: str) -> dict[str, str]:
    """Words of each block that leans -> words of what it leans on."""
    found = blocks(text)
    return {text[b.start : b.end]: text[found[b.leans].start : found[b.leans].end] for b in found if b.leans >= 0}


@given(documents())
def test_blocks_are_the_sentences(source: Document) -> None:
    """One block a sentence, cells inside their block, and nothing leans on itself or on what is not there."""
    found = blocks(source.text)

    assert [(block.start, block.end) for block in found] == sentence_spans(source.text)
    for at, block in enumerate(found):
        assert all(block.start <= start <= end <= block.end for start, end in block.cells)
        assert -1 <= block.leans < max(at, 1)


def test_a_table_row_leans_on_its_header() -> None:
    """Header, rule and rows are told apart, a row is one block whatever stops its cells hold, and has its cells."""
    found = blocks(TABLE)

    assert [block.kind for block in found] == ["heading", "header", "rule", "row", "row", "prose"]
    assert leaning(TABLE)["| Oak | 30. Upstairs. |"] == "| Room | Seats |"
    assert [TABLE[start:end] for start, end in found[4].cells] == ["Oak", "30. Upstairs."]


def test_rows_without_a_header() -> None:
    """The first row is none where it holds numbers, nor where the table began before the text."""
    assert [kind for kind, _ in told("| Birch | 12 |\n| Oak | 30 |")] == ["row", "row"]
    assert [kind for kind, _ in told("| Birch | hall |\n| Oak | roof |", "table")] == ["row", "row"]
    assert [kind for kind, _ in told("| Room | Place |\n| Oak | roof |")] == ["header", "row"]


def test_columns_of_a_fixed_pitch() -> None:
    """Neighbouring lines with wide gaps are a table; prose with one wide gap is not."""
    text = "Pos  Article      Qty\n1    Oak board    12\n2    Brass screw  300\n\nIt is due.  Pay soon."

    assert [kind for kind, _ in told(text)] == ["header", "row", "row", "prose", "prose"]


def test_an_item_leans_on_its_lead_in() -> None:
    """Bulleted, numbered and bare lines after a colon are items, with or without a full stop."""
    text = "Members:\n\n- Runa Eik\n- Ivo Marsh\n\nThe auditor is new.\n\nDo this:\n1. Close valve B.\n2. Wait."

    assert leaning(text) == {
        "- Runa Eik": "Members:",
        "- Ivo Marsh": "Members:",
        "1. Close valve B.": "Do this:",
        "2. Wait.": "Do this:",
    }
    assert [kind for kind, _ in told("Guests:\nRuna Eik\nIvo Marsh")] == ["lead", "item", "item"]


@pytest.mark.parametrize("mark", ["-", "1.", "[ ]", "[x]", "☐", "☑"])
def test_long_items_are_one_each_whatever_marks_them(mark: str) -> None:
    """Boxes to be ticked mark items as dashes do: lines of like length are not run together as if wrapped."""
    things = ["the rope for the long way", "the tent for a wet night", "the map of all the paths"]
    text = "Things to pack:\n\n" + "\n".join(f"{mark} Take along {thing} over the hills" for thing in things)

    assert [("item", f"{mark} Take along {thing} over the hills") for thing in things] == told(text)[1:]


def test_an_answer_leans_on_its_question() -> None:
    """What follows a question in a list of questions is its answer."""
    text = "**Who pays for shipping?**\n\nWe do, as a rule.\n\nQ: Is it open?\nA: Yes."

    assert leaning(text) == {"We do, as a rule.": "**Who pays for shipping?**", "A: Yes.": "Q: Is it open?"}


def test_fields_and_their_caption() -> None:
    """Lines of "label: value" are fields with two cells, and a line by itself above them is a heading."""
    text = "Contacts for emergencies\n\nPlumber: Ole Vang, 555-0101\nCaretaker: Jens Arup, flat 2B"
    found = blocks(text)

    assert [block.kind for block in found] == ["heading", "field", "field"]
    assert [text[start:end] for start, end in found[1].cells] == ["Plumber", "Ole Vang, 555-0101"]


def test_a_row_of_dots_parts_label_and_value() -> None:
    """Dots lead the eye from a name to its value; three of them leave something out."""
    text = "Green ............ Fine\nRed..... motor too hot, wait for 40 minutes\nWe waited ... and then left"
    found = blocks(text)

    assert [block.kind for block in found] == ["field", "field", "prose"]
    assert [text[start:end] for start, end in found[1].cells] == ["Red", "motor too hot, wait for 40 minutes"]


def test_code_is_no_prose() -> None:
    """Fences and what stands between them are told apart from sentences."""
    assert [kind for kind, _ in told("Run it:\n\n```sh\ntide push --force\n```")] == ["lead", "fence", "code", "fence"]


def test_what_is_typed_in_a_console_is_code_with_what_it_answers() -> None:
    """Prompts open it, an empty line or a whole sentence ends it; below "::" the indented lines are code."""
    console = 'Then type:\n\n>>> port = open("a")\n>>> port.battery()\n3.71\n\n$ tail -f log.txt\nIt blinks twice.\n'
    assert [kind for kind, _ in told(console)] == ["lead", *["code"] * 4, "prose"]
    assert told("$ 5 was the price of the ticket.")[0][0] == "prose"
    literal = "It walks. Call it so::\n\n    walk(far)\n    stop(near)\n\nThen it walks."
    assert [kind for kind, _ in told(literal)] == ["prose", "lead", "code", "code", "prose"]
    assert {block.leans for block in blocks(console) if block.kind == "code"} == {0}


def test_a_line_of_credits_is_no_field() -> None:
    """Where a text comes from answers nothing; a field of the same shape may."""
    text = "# Note\n\nSource: Four trends to watch in 2025; The leap\n\nOpened: 1911\n\nThe bridge is grey."
    assert [kind for kind, _ in told(text)] == ["heading", "credit", "field", "prose"]
