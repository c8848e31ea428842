"""Risk, coverage, AUROC and thresholds on hand-worked numbers, and their bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.abstention import CurvePoint, OperatingPoint, auroc, best_point, risk_area, risk_coverage

SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), max_size=8)
ANSWERED = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3]), st.booleans()), max_size=8)


def test_auroc_counts_won_pairs_and_half_of_the_ties() -> None:
    """Of the six pairs three are won and one is tied."""
    assert auroc([0.9, 0.4], [0.1, 0.4, 0.5]) == pytest.approx(4.5 / 6)
    assert auroc([1.0], []) is None
    assert auroc([], [1.0]) is None


@given(SCORES, SCORES)
def test_auroc_equals_the_count_over_all_pairs(positives: list[float], negatives: list[float]) -> None:
    """The sorted computation equals the definition, and swapping the sides mirrors it."""
    pairs = [(a > b) + (a == b) / 2 for a in positives for b in negatives]
    area = auroc(positives, negatives)

    if not pairs:
        assert area is None
    else:
        assert area == pytest.approx(sum(pairs) / len(pairs))
        assert auroc(negatives, positives) == pytest.approx(1 - area)


def test_risk_coverage_of_a_hand_worked_run() -> None:
    """Four of five cases were answered; the second most confident answer is wrong."""
    answered = [(0.9, True), (0.6, True), (0.8, False), (0.6, False)]

    expected = [CurvePoint(0.9, 0.2, 0.0), CurvePoint(0.8, 0.4, 0.5), CurvePoint(0.6, 0.8, 0.5)]
    assert risk_coverage(answered, 5) == expected
    assert risk_area(answered) == pytest.approx((0 + 1 / 2 + 1.5 / 3 + 2 / 4) / 4)


def test_no_answers_have_no_curve_and_no_area() -> None:
    """Refusing everything is not a perfect curve."""
    assert risk_coverage([], 5) == []
    assert risk_area([]) is None


@given(ANSWERED, st.randoms())
def test_area_is_bounded_and_does_not_depend_on_order(answered: list[tuple[float, bool]], chance) -> None:
    """Shuffling equal confidences changes nothing; the area lies in 0..1 and is 0 exactly when all are right."""
    shuffled = list(answered)
    chance.shuffle(shuffled)
    area = risk_area(answered)

    assert area == risk_area(shuffled)
    assert risk_coverage(answered, 10) == risk_coverage(shuffled, 10)
    if area is not None:
        assert 0 <= area <= 1
        assert (area == 0) == all(right for _, right in answered)


def test_best_point_refuses_most_within_what_is_allowed() -> None:
    """One of four answerable may be refused: below 0.5, where three of four unanswerable fall."""
    answerable, unanswerable = [0.3, 0.5, 0.6, 0.9], [0.1, 0.4, 0.45, 0.7]

    assert best_point(answerable, unanswerable, 0.25) == OperatingPoint(0.5, 0.75, 0.25)
    assert best_point(answerable, unanswerable, 0.0) == OperatingPoint(0.3, 0.25, 0.0)
    assert best_point([], unanswerable, 0.1) is None
    assert best_point(answerable, [], 0.1) is None
