"""The reader's own figures, against hand-worked values and a second formula."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.training.ranking import orders
from eval.training.scored import auroc, best_threshold, fit_logistic
from rag.read.coverage import name_coverage


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2, max_size=30))
@settings(deadline=None)
def test_auroc_counts_pairs(rows: list[tuple[int, int]]) -> None:
    """The rank formula equals the share of positive-negative pairs in order, ties half."""
    scores, labels = [float(score) for score, _ in rows], [label for _, label in rows]
    pairs = [(s > t) + (s == t) / 2 for s, a in rows for t, b in rows if a == 1 and b == 0]

    assert auroc(scores, labels) == pytest.approx(sum(pairs) / len(pairs) if pairs else 0.5)


def test_best_threshold_is_the_best() -> None:
    """No other threshold separates better than the one returned."""
    scores, labels = [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]
    threshold, accuracy = best_threshold(scores, labels)

    assert (threshold, accuracy) == (0.35, 0.75)
    assert best_threshold([0.1, 0.4], [1, 1]) == (0.0, 0.0)


def test_logistic_regression_finds_the_line_it_was_given() -> None:
    """Labels drawn from a known line give its coefficients back."""
    draw = random.Random(4)
    features = np.array([[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(4000)])
    chance = 1 / (1 + np.exp(-(2 * features[:, 0] - features[:, 1] + 0.5)))
    labels = [int(draw.random() < value) for value in chance]

    assert fit_logistic(features, labels, [1.0] * 4000) == pytest.approx([2, -1, 0.5], abs=0.2)


def test_orders_keep_every_candidate() -> None:
    """Each way of ordering holds the same candidates; the reader's own follows its scores."""
    made = orders([7, 3, 9], [9.0, 2.0, 1.9], [0.1, 0.9, 0.5])

    assert made["before"] == [7, 3, 9]
    assert made["reader"] == [3, 9, 7]
    assert made["added 0.25"] == [7, 3, 9]
    assert {tuple(sorted(order)) for order in made.values()} == {(3, 7, 9)}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Ada opened it in 1911.", 1),
        ("Ada opened it in 1934.", 0.5),
        ("Tomas opened it in 1934.", 0),
        ("nobody opened it.", 1),
        ("", 1),
        ("桥于1911年通车", 1),
    ],
)
def test_coverage_is_the_share_of_names_and_numbers(sentence: str, expected: float) -> None:
    """Capitalised words and numbers count, each found or not; a sentence without any is covered."""
    assert name_coverage(sentence, "In 1911 the bridge was opened by Ada Lindqvist.") == expected
