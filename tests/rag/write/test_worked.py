"""Answers that are worked out from lists and tables cite the items and cells they were worked out from."""

import pytest

from index.records import Chunk, Hit
from rag.read.rendering import statements
from rag.write.worked import steps_of, worked

ROOMS = """# Rooms of the Alder house

| Room | Seats | Projector | Price (EUR) |
|---|---|---|---|
| Birch | 12 | yes | 40.50 |
| Oak | 30 | no | 90.00 |
| Elm | 8 | yes | 25.00 |
"""
BOARD = "# Board of the Alder trust\n\nMembers:\n\n- Runa Eik\n- Ivo Marsh\n- Pim Oort\n\nThe auditor is new."
PUMP = "# The pump\n\nDo this:\n\n1. Close valve B.\n2. Wait.\n3. Open valve B."


def told(question: str, text: str) -> list[str]:
    """What is shown: claims, or the words in focus, or the slices."""
    chunk = Chunk("d:0", "d", 0, len(text), None, "", text)
    found = worked(question, statements([Hit(chunk, "Alder", "a.md", 1.0, 1, "fused")]))
    return [item.claim or item.focused for item in found]


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Which room has the most seats?", ["Oak"]),
        ("What is the lowest price?", ["25.00"]),
        ("Which is the cheapest room?", ["Elm"]),
        ("Which rooms have a projector?", ["Birch", "Elm"]),
        ("Which rooms do not have a projector?", ["Oak"]),
        ("Which rooms have more than 10 seats?", ["12", "30"]),
        ("What is the total of the seats?", ["Sum of Seats over 3 rows: 50."]),
        ("What is the average price?", ["Average of Price (EUR) over 3 rows: 51.83."]),
        ("How many rooms have a projector?", ["2 of 3 rows in the table (Projector: yes).", "Birch", "Elm"]),
        ("How many seats does Oak have?", ["30"]),
        ("Which rooms of the Elder house have a projector?", []),
    ],
)
def test_tables(question: str, shown: list[str]) -> None:
    """Filters, extremes and sums of a column; nothing where the question names what the table is not about."""
    assert told(question, ROOMS) == shown


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("How many members does the board have?", ["3 members are listed.", "- Runa Eik", "- Ivo Marsh", "- Pim Oort"]),
        ("List all members of the board.", ["- Runa Eik", "- Ivo Marsh", "- Pim Oort"]),
        ("How many auditors are there?", []),
        ("How many members does the Birch club have?", []),
        ("How many members of the Alder trust resigned?", []),
        ("How many members voted against the plan in 2020?", []),
        ("How many honorary members are there?", []),
        ("How many members are not Runa Eik?", []),
        ("How many members besides Runa Eik are there?", []),
        ("How many members are named Runa?", []),
        ("Which members left?", []),
        ("Who are the members?", ["- Runa Eik", "- Ivo Marsh", "- Pim Oort"]),
    ],
)
def test_lists(question: str, shown: list[str]) -> None:
    """A list that the question names is told whole or counted, unless it asks for some of it only."""
    assert told(question, BOARD) == shown


def test_a_list_belongs_to_its_own_heading() -> None:
    """Of two lists with one lead-in the heading above says which is meant; where none is named, none is counted."""
    club = "# Club\n\n## Board\n\nMembers:\n\n- Ann\n- Bob\n- Cid\n\n## Choir\n\nMembers:\n\n- Eva\n- Fay\n"

    assert told("How many members does the choir have?", club)[0] == "2 members are listed."
    assert told("How many members does the board have?", club)[0] == "3 members are listed."
    assert told("How many members are there?", club) == []


def test_items_of_items_are_not_counted_with_them() -> None:
    """Where some items are set in further than others, how many there are is not said."""
    steps = "# Washing\n\nThe steps:\n\n- Wash\n{}- Dry\n\n- Iron\n"

    assert told("How many steps are there?", steps.format(""))[0] == "3 steps are listed."
    assert told("How many steps are there?", steps.format("  - with soap\n  - with water\n")) == []


def test_a_count_cites_what_it_counts() -> None:
    """The claim's slices are the items."""
    chunk = Chunk("d:0", "d", 0, len(BOARD), None, "", BOARD)
    first, *_ = worked("How many members are there?", statements([Hit(chunk, "Alder", "a.md", 1.0, 1, "fused")]))

    assert [item.text for item in first.slices] == ["- Runa Eik", "- Ivo Marsh", "- Pim Oort"]


def test_steps_keep_their_order() -> None:
    """How to do something is told in all its steps; what comes after one of them is not."""
    items = statements([Hit(Chunk("d:0", "d", 0, len(PUMP), None, "", PUMP), "P", "p.md", 1.0, 1, "fused")])
    best = next(item.quote for item in items if "Wait" in item.quote.text)

    assert [item.focused for item in steps_of("How do I restart the pump?", best, items)] == [
        "1. Close valve B.",
        "2. Wait.",
        "3. Open valve B.",
    ]
    assert steps_of("What do I do after closing valve B?", best, items) == ()
