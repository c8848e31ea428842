"""Lists as passages: where each begins and ends, and what is read of it."""

from hypothesis import given

from eval.training.list_runs import list_text, runs
from index.text.blocks import blocks
from tests.strategies import documents

HOUSE = """# Boathouse

The boathouse is the green shed.

## Going out

Before the hull is moved:

1. Write your name in the log. The blue one.
2. Read the flag.

## Coming in

- Bow line first.
- Oars out.
- Padlock.

The kettle belongs to Maureen.

- A lone line that is no list.
"""


def read(text: str) -> list[str]:
    return [list_text("Boathouse rules", text, run) for run in runs(text, blocks(text))]


def test_each_list_is_read_with_what_opens_it() -> None:
    """The nearest heading and all after it; what goes on on an item's line belongs to it; a lone item is none."""
    assert read(HOUSE) == [
        "Boathouse rules\nGoing out\n\nBefore the hull is moved:\n1. Write your name in the log. The blue one.\n"
        "2. Read the flag.",
        "Boathouse rules\nComing in\n- Bow line first.\n- Oars out.\n- Padlock.",
    ]


def test_without_a_heading_the_sentence_before_opens_a_list() -> None:
    """And nothing does where the list opens the text."""
    assert read("On the way out, check these.\n\n- lamp\n- key\n") == [
        "Boathouse rules\nOn the way out, check these.\n- lamp\n- key"
    ]
    assert read("- lamp\n- key\n") == ["Boathouse rules\n- lamp\n- key"]


def test_a_heading_far_above_says_nothing_of_a_list() -> None:
    """Then the sentence right before it does."""
    far = "# Rules\n\n" + "This is said at some length. " * 20 + "Take these along.\n\n- lamp\n- key\n"
    assert read(far) == ["Boathouse rules\nTake these along.\n- lamp\n- key"]


@given(documents())
def test_lists_lie_in_order_within_the_text(document) -> None:
    """Each opens at or before its first item, and none overlaps the next."""
    text, end = document.text, 0
    for run in runs(text, blocks(text)):
        assert 0 <= run.opens <= run.start < run.end <= len(text)
        assert run.start >= end
        end = run.end
