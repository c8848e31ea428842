"""Sources that give different values for one thing are set side by side; other notation is no conflict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed.embedders import load_embedder
from index.records import Quote
from rag.check.conflicts import MOST, Disagreement
from rag.check.conflicts import find_conflicts as find_in
from rag.read import load_reader

QUESTION = "How much did the training of V3 cost?"


READER, EMBEDDER = load_reader(), load_embedder()


def find_conflicts(question: str, answers: list[tuple[Quote, str]], **made: object) -> tuple[Disagreement, ...]:
    return find_in(question, answers, READER, EMBEDDER, **made)  # type: ignore[arg-type]


def said(text: str, answer: str, document_id: str) -> tuple[Quote, str]:
    assert answer in text
    return Quote(document_id, document_id, document_id, None, 0, len(text), text), answer


def test_different_amounts_for_the_same_thing_conflict() -> None:
    """Both slices and both values come back, in the order of the answers."""
    one = said("The training of V3 cost $5.5 million.", "$5.5 million", "a")
    two = said("Training V3 cost 7 million dollars.", "7 million dollars", "b")
    (found,) = find_conflicts(QUESTION, [one, two])

    assert (found.first, found.second, found.values) == (one[0], two[0], ("$5.5 million", "7 million dollars"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ("The training of V3 cost $5.5 million.", "$5.5 million"),
            ("V3's training cost 5,500,000 dollars.", "5,500,000 dollars"),
        ),
        (("The training of V3 took two months.", "two months"), ("The training of V3 took 2 months.", "2 months")),
        (
            ("The training of V3 cost $5.5 million.", "$5.5 million"),
            ("The training of V3 cost about $5.6 million.", "about $5.6 million"),
        ),
        (
            ("The training of V3 cost $5.5 million.", "$5.5 million"),
            ("The training of V3 took two months.", "two months"),
        ),
        (
            ("The training of V3 ended on 20 January 2025.", "20 January 2025"),
            ("The training of V3 ended in 2025.", "2025"),
        ),
        (
            ("The training of V3 cost $5.5 million.", "$5.5 million"),
            ("A bridge in Peru cost $9 million.", "$9 million"),
        ),
        (("The training of V3 cost $5.5 million.", "$5.5 million"), ("The training of V3 was cheap.", "cheap")),
    ],
)
def test_other_notation_other_things_and_other_kinds_do_not(first: tuple[str, str], second: tuple[str, str]) -> None:
    """Equal values, values of another kind and values of another thing are no conflict, in either order."""
    one, two = said(*first, "a"), said(*second, "b")

    assert find_conflicts(QUESTION, [one, two]) == ()
    assert find_conflicts(QUESTION, [two, one]) == ()


def test_dates_conflict_too() -> None:
    """Two days for one event are a conflict."""
    one = said("The training of V3 ended on 20 January 2025.", "20 January 2025", "a")
    two = said("The training of V3 ended on 3 March 2025.", "3 March 2025", "b")

    assert [found.values for found in find_conflicts("When did the training of V3 end?", [one, two])] == [
        ("20 January 2025", "3 March 2025")
    ]


def test_a_sentence_does_not_conflict_with_itself_and_the_list_is_bounded() -> None:
    """The same slice twice is one source; many values give at most MOST pairs."""
    one = said("The training of V3 cost $5.5 million.", "$5.5 million", "a")
    assert find_conflicts(QUESTION, [one, one]) == ()
    assert find_conflicts(QUESTION, []) == ()
    many = [said(f"The training of V3 cost ${n} million.", f"${n} million", str(n)) for n in range(2, 9)]
    assert len(find_conflicts(QUESTION, many)) == MOST


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=60), st.sampled_from("ab")), max_size=4), st.text(max_size=40))
def test_any_answers_are_compared_without_failing(texts: list[tuple[str, str]], question: str) -> None:
    """Whatever the sources say, what comes back are pairs of the given slices."""
    answers = [said(text, text, document_id) for text, document_id in texts]
    found = find_conflicts(question, answers)
    assert {slice_ for one in found for slice_ in (one.first, one.second)} <= {slice_ for slice_, _ in answers}


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "What is the fee of the Vik club?",
            ("The fee of the Vik club is 80 crowns for adults.", "80 crowns"),
            ("The fee of the Vik club is 30 crowns for children.", "30 crowns"),
        ),
        (
            "How many visitors came?",
            ("In 2022 the museum had 14,000 visitors.", "14,000"),
            ("In 2023 the museum had 18,000 visitors.", "18,000"),
        ),
        (
            "What is the rating of the fuse?",
            ("The fuse of machine 287 is rated 90 ampere.", "90 ampere"),
            ("The fuse of machine 128 is rated 40 ampere.", "40 ampere"),
        ),
        (
            "Which plans include phone support?",
            ("The Gold plan includes phone support.", "Gold plan"),
            ("The Plus plan includes phone support.", "Plus plan"),
        ),
        (
            "What is the daily allowance under the 2025 policy?",
            ("The daily allowance of the 2021 policy is 38 crowns.", "38 crowns"),
            ("The daily allowance of the 2025 policy is 52 crowns.", "52 crowns"),
        ),
    ],
)
def test_another_group_year_thing_or_answer_is_no_conflict(
    question: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    """Values of different groups, years and machines, several right answers, and a version that was asked for."""
    assert find_conflicts(question, [said(*first, "a"), said(*second, "b")]) == ()


def test_names_and_roles_conflict_too() -> None:
    """Two heads of one branch are set side by side."""
    one = said("The head of the Ostby branch is Nils Holt.", "Nils Holt", "a")
    two = said("The head of the Ostby branch is Karin Dahl.", "Karin Dahl", "b")
    found = find_conflicts("Who is the head of the Ostby branch?", [one, two])

    assert [("Nils Holt", "Karin Dahl")] == [pair.values for pair in found]
    assert [False] == [pair.newer_first for pair in found]


def test_the_newer_version_of_a_rule_comes_first() -> None:
    """By the year in the title or the file name, else by the date that the file gives."""
    old = said("The daily allowance is 38 crowns.", "38 crowns", "travel-2021.md")
    new = said("The daily allowance is 52 crowns.", "52 crowns", "travel-2025.md")
    (found,) = find_conflicts("What is the daily allowance?", [old, new])
    assert ("52 crowns", "38 crowns") == found.values
    assert found.newer_first

    first, second = said(old[0].text, old[1], "a.md"), said(new[0].text, new[1], "b.md")
    dated = {"a.md": "2025-03-01", "b.md": "2021-03-01"}
    (found,) = find_conflicts("What is the daily allowance?", [first, second], made=lambda q: dated[q.uri])
    assert ("38 crowns", "52 crowns") == found.values
    assert found.newer_first


@pytest.mark.parametrize(("words", "told"), [(6, 1), (7, 0)])
def test_a_short_answer_is_a_value_and_a_long_one_is_none(words: int, told: int) -> None:
    """Names and roles have few words; two longer answers differ in more than a value."""
    one, two = ("Ida Nor of the old Torn mill".split(), "Ole Brandt from a new Holm yard".split())
    answers = [
        said(f"The head of the branch is {' '.join(name[:words])}.", " ".join(name[:words]), name[0])
        for name in (one, two)
    ]
    assert len(find_conflicts("Who is the head of the branch?", answers)) == told
