"""Intervals contain what they should, and the paired test agrees with counting."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.stats import PairedTest, interval_of, quantile, ratio_interval, sign_test

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(3, 5)), min_size=1, max_size=12)


@settings(max_examples=15)
@given(PAIRS, st.randoms())
def test_interval_holds_the_estimate_in_any_order(pairs: list[tuple[int, int]], chance) -> None:
    """The ratio lies in its interval, the interval in 0..1, and shuffled cases give the same one."""
    low, high = ratio_interval(pairs)
    shuffled = list(pairs)
    chance.shuffle(shuffled)

    assert 0 <= low <= sum(a for a, _ in pairs) / sum(b for _, b in pairs) + 1e-9
    assert high >= sum(a for a, _ in pairs) / sum(b for _, b in pairs) - 1e-9
    assert ratio_interval(shuffled) == (low, high)


def test_a_perfect_score_is_still_uncertain() -> None:
    """Ten of ten gives the exact bound 0.025^(1/10), not a point; none of ten mirrors it."""
    assert ratio_interval([(1, 1)] * 10) == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert ratio_interval([(0, 1)] * 10) == pytest.approx((0.0, 0.3085), abs=1e-4)


def test_interval_of_a_coin_is_about_the_binomial_one() -> None:
    """50 of 100: the normal approximation says 0.402 to 0.598."""
    assert ratio_interval([(1, 1), (0, 1)] * 50) == pytest.approx((0.402, 0.598), abs=0.015)


def test_nothing_has_no_interval() -> None:
    """No cases, or only cases with an empty denominator."""
    assert ratio_interval([]) is None
    assert ratio_interval([(0, 0)]) is None
    assert interval_of([], lambda sample: quantile(sample, 0.5)) is None


def test_seed_decides_the_resamples() -> None:
    """The same seed gives the same interval, another seed another one."""
    pairs = [(n % 3, 3) for n in range(1, 30)]

    assert ratio_interval(pairs, 1) == ratio_interval(pairs, 1)
    assert ratio_interval(pairs, 1) != ratio_interval(pairs, 2)


def test_quantiles_interpolate() -> None:
    """Median of four lies between the middle two; extremes are the ends; nothing has none."""
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert quantile([4.0, 1.0, 3.0, 2.0], 1.0) == 4.0
    assert quantile([7.0], 0.95) == 7.0
    assert quantile([], 0.5) is None


def test_interval_of_a_median_holds_it() -> None:
    """The bootstrap interval of a median surrounds it and stays inside the data."""
    values = [float(n) for n in range(101)]
    low, high = interval_of(values, lambda sample: quantile(sample, 0.5))

    assert 0 < low < 50 < high < 100


def test_sign_test_by_hand() -> None:
    """Five gains and one loss: 2 * (1 + 6) / 64; no flips: 1."""
    before, after = [False] * 5 + [True, True], [True] * 5 + [False, True]

    assert sign_test(before, after) == PairedTest(5, 1, pytest.approx(0.21875))
    assert sign_test([True], [True]) == PairedTest(0, 0, 1.0)
    assert sign_test([], []).p == 1.0


@given(st.integers(0, 7), st.integers(0, 7))
def test_sign_test_equals_counting_all_outcomes(gained: int, lost: int) -> None:
    """p is the share of all equally likely splits at least as uneven, doubled and capped."""
    flips = gained + lost
    splits = [sum(split) for split in product([0, 1], repeat=flips)]
    tail = sum(count <= min(gained, lost) for count in splits) / len(splits)

    assert sign_test([False] * gained + [True] * lost, [True] * gained + [False] * lost).p == min(1.0, 2 * tail)


def test_sign_test_wants_the_same_cases() -> None:
    """Runs of different length are not paired."""
    with pytest.raises(ValueError, match="zip"):
        sign_test([True], [])
