"""Word overlap by hand, and within its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.overlap import exact_match, rouge1_f1, rouge1_recall, rouge_l_f1, squad_f1

TEXTS = st.lists(st.sampled_from(["a", "the", "cat", "sat", "mat"]), max_size=8).map(" ".join)


def test_squad_measures_follow_the_official_normalisation() -> None:
    """Case, articles and punctuation do not count; the best of several accepted answers does."""
    assert exact_match("The Cat!", ["dog", "cat"]) == 1
    assert exact_match("cats", ["cat"]) == 0
    assert squad_f1("the black cat", ["cat", "black dog"]) == pytest.approx(2 / 3)
    assert squad_f1("black cat sat", ["black cat"]) == pytest.approx(4 / 5)


def test_silence_is_right_exactly_where_nothing_is_accepted() -> None:
    """An unanswerable question wants the empty answer, an answerable one never does."""
    assert (exact_match("", []), squad_f1("", [])) == (1, 1)
    assert (exact_match("cat", []), squad_f1("cat", [])) == (0, 0)
    assert (exact_match("", ["cat"]), squad_f1("", ["cat"])) == (0, 0)


def test_rouge_by_hand() -> None:
    """Repeated words count as often as both have them; ROUGE-L keeps the order."""
    assert rouge1_recall("the cat the cat", "the cat sat") == pytest.approx(2 / 3)
    assert rouge1_f1("the cat the cat", "the cat sat") == pytest.approx(4 / 7)
    assert rouge_l_f1("sat the cat", "the cat sat") == pytest.approx(4 / 6)
    assert rouge1_recall("Café!", "cafe") == 1
    assert (rouge1_recall("", "x"), rouge1_recall("x", ""), rouge1_f1("", ""), rouge_l_f1("", "x")) == (0, 0, 0, 0)


@given(TEXTS, TEXTS)
def test_overlap_is_bounded_symmetric_and_ordered(one: str, other: str) -> None:
    """F1 is symmetric, ROUGE-L never exceeds ROUGE-1, and a text agrees wholly with itself."""
    assert 0 <= rouge_l_f1(one, other) <= rouge1_f1(one, other) <= 1
    assert rouge1_f1(one, other) == rouge1_f1(other, one)
    assert rouge_l_f1(one, other) == rouge_l_f1(other, one)
    assert rouge1_recall(one, one) == rouge_l_f1(one, one) == float(bool(one))
