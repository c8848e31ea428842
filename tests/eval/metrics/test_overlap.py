"""Word overlap by hand, against the definition of the SQuAD script on 1,000 pairs, and within its bounds."""

import random
import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.overlap import character_scores, exact_match, rouge1_f1, rouge1_recall, rouge_l_f1, squad_f1

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


def test_character_scores_by_hand() -> None:
    """Four characters that hold the two accepted ones share a run of two; the best accepted answer counts."""
    assert character_scores("北京大学", ["北京", "上海"]) == (0, pytest.approx(2 * 2 / (4 + 2)))
    assert character_scores("北京 GPT4。", ["上海", "北京gpt4"]) == (1, 1)
    assert (character_scores("北", []), character_scores("", ["北"]), character_scores("", ["。"])) == (
        (0, 0),
        (0, 0),
        (1, 0),
    )


@given(
    st.text(st.sampled_from("北京大a1 。"), max_size=8), st.lists(st.text(st.sampled_from("北京大a1 。"), max_size=8))
)
def test_character_scores_are_bounded(said: str, accepted: list[str]) -> None:
    """A share of run and texts; more accepted answers never lower it."""
    exact, f1 = character_scores(said, accepted)

    assert exact in (0, 1)
    assert 0 <= f1 <= 1
    assert character_scores(said, [*accepted, "北"]) >= (exact, 0)
    assert character_scores(said, [*accepted, "北"])[1] >= f1


@given(TEXTS, TEXTS)
def test_overlap_is_bounded_symmetric_and_ordered(one: str, other: str) -> None:
    """F1 is symmetric, ROUGE-L never exceeds ROUGE-1, and a text agrees wholly with itself."""
    assert 0 <= rouge_l_f1(one, other) <= rouge1_f1(one, other) <= 1
    assert rouge1_f1(one, other) == rouge1_f1(other, one)
    assert rouge_l_f1(one, other) == rouge_l_f1(other, one)
    assert rouge1_recall(one, one) == rouge_l_f1(one, one) == float(bool(one))


def official(answer: str, gold: str) -> tuple[float, float]:
    """Exact match and F1 as SQuAD 2.0 defines them: lower case, no punctuation, no articles, words by white space;
    F1 of the multisets, and where either side has no words 1 if both have none.
    """

    def tokens(text: str) -> list[str]:
        bare = "".join(char for char in text.lower() if char not in set(string.punctuation))
        return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split()).split()

    said, wanted = tokens(answer), tokens(gold)
    if not said or not wanted:
        return float(said == wanted), float(said == wanted)
    same = sum((Counter(said) & Counter(wanted)).values())
    precision, recall = same / len(said), same / len(wanted)
    return float(said == wanted), 2 * precision * recall / (precision + recall) if same else 0.0


def test_squad_measures_equal_the_official_definition() -> None:
    """To 1e-9 on 1,000 random pairs, precision and recall worked out on their own."""
    chance = random.Random(13)
    words = "the a An cat Cat's sat, U.S. 5.5 — mat-like (x) 你好 é".split()
    for _ in range(1000):
        one, other = (" ".join(chance.choices(words, k=chance.randint(0, 6))) for _ in range(2))
        exact, f1 = official(one, other)

        assert exact_match(one, [other]) == exact
        assert squad_f1(one, [other]) == pytest.approx(f1, abs=1e-9)
