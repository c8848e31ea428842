"""Agreement with people by hand, and against NumPy and exhaustive search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.agreement import balanced_accuracy, best_threshold, pearson, spearman

JUDGED = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8]), st.booleans()), max_size=10)
PAIRS = st.lists(st.tuples(st.integers(-5, 5).map(float), st.integers(-5, 5).map(float)), min_size=2, max_size=10)


def test_balanced_accuracy_weighs_both_kinds_alike() -> None:
    """Two of three supported kept, one of one unsupported caught."""
    judged = [(0.9, True), (0.8, True), (0.1, True), (0.3, False)]

    assert balanced_accuracy(judged, 0.5) == pytest.approx((2 / 3 + 1) / 2)
    assert balanced_accuracy(judged[:3], 0.5) is None


@given(JUDGED)
def test_best_threshold_is_the_best_of_all(judged: list[tuple[float, bool]]) -> None:
    """No score, used as threshold, gives a better balanced accuracy; of equals the lowest is taken."""
    best = best_threshold(judged)

    if len({label for _, label in judged}) < 2:
        assert best is None
    else:
        tried = {score: balanced_accuracy(judged, score) for score, _ in judged}
        assert tried[best] == pytest.approx(max(tried.values()))
        assert best == min(score for score, value in tried.items() if value == pytest.approx(max(tried.values())))


@given(JUDGED, st.floats(-1, 2))
def test_balanced_accuracy_is_a_share_wherever_both_kinds_are(
    judged: list[tuple[float, bool]], threshold: float
) -> None:
    """At any threshold; calling all or none supported is half right."""
    balanced = balanced_accuracy(judged, threshold)

    assert (balanced is None) == (len({label for _, label in judged}) < 2)
    if balanced is not None:
        assert 0 <= balanced <= 1
        assert balanced_accuracy(judged, -1) == balanced_accuracy(judged, 2) == 0.5


@given(PAIRS)
def test_correlation_of_ranks_is_bounded_and_knows_only_the_order(pairs: list[tuple[float, float]]) -> None:
    """Stretching a column changes no rank; undefined where Pearson's is, for a constant column."""
    found = spearman(pairs)

    assert found == spearman([(one**3, other) for one, other in pairs])
    assert found is None or abs(found) <= 1 + 1e-12
    assert (found is None) == any(len(set(column)) == 1 for column in zip(*pairs, strict=True))


@given(PAIRS)
def test_pearson_agrees_with_numpy(pairs: list[tuple[float, float]]) -> None:
    """Equal to NumPy's; undefined where a column is constant."""
    one, other = np.array(pairs).T

    if one.std() == 0 or other.std() == 0:
        assert pearson(pairs) is None
    else:
        assert pearson(pairs) == pytest.approx(np.corrcoef(one, other)[0, 1])


def test_spearman_uses_mean_ranks_for_ties() -> None:
    """Any rising series has 1; ties share a rank (here 1, 2.5, 2.5, 4 against 1, 2, 3, 4)."""
    assert spearman([(1, 1), (2, 10), (3, 1000)]) == pytest.approx(1)
    assert spearman([(1, 1), (2, 2), (2, 3), (4, 4)]) == pytest.approx(
        np.corrcoef([1, 2.5, 2.5, 4], [1, 2, 3, 4])[0, 1]
    )
    assert pearson([(1, 1)]) is None
