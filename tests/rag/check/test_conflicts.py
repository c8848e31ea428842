"""Sources that give different values for one thing are set side by side; other notation is no conflict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Quote
from rag.check.conflicts import MOST, find_conflicts

QUESTION = "How much did the training of V3 cost?"


def said(text: str, answer: str, document_id: str) -> tuple[Quote, str]:
    assert answer in text
    return Quote(document_id, document_id, document_id, None, 0, len(text), text), answer


def test_different_amounts_for_the_same_thing_conflict() -> None:
    """Both slices and both values come back, in the order of the answers."""
    one = said("The training of V3 cost $5.5 million.", "$5.5 million", "a")
    two = said("Training V3 cost 7 million dollars, critics say.", "7 million dollars", "b")
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


@given(st.lists(st.tuples(st.text(min_size=1, max_size=60), st.sampled_from("ab")), max_size=4), st.text(max_size=40))
def test_any_answers_are_compared_without_failing(texts: list[tuple[str, str]], question: str) -> None:
    """Whatever the sources say, what comes back are pairs of the given slices."""
    answers = [said(text, text, document_id) for text, document_id in texts]
    found = find_conflicts(question, answers)
    assert {slice_ for one in found for slice_ in (one.first, one.second)} <= {slice_ for slice_, _ in answers}
