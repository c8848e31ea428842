"""Intervals, percentiles and paired tests. Seeded: the same numbers in any order give the same interval."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

LEVEL = 0.95
ROUNDS = 2000
SLOW_ROUNDS = 500
"""Resamples for statistics that are computed in Python."""

Interval = tuple[float, float]
T = TypeVar("T", float, tuple[float, bool], tuple[float, float])


def ratio_interval(pairs: Sequence[tuple[float, float]], seed: int = 0) -> Interval | None:
    """95 % bootstrap interval over cases for sum(numerators) / sum(denominators); each pair is one case.

    None when the denominators sum to 0. Where every case is fully right or fully wrong, resampling would show no
    uncertainty at all; then the exact binomial bound for 0 or n of n cases is given.
    """
    import numpy as np

    counted = sorted(pair for pair in pairs if pair[1])
    if not counted:
        return None
    if len({top / bottom for top, bottom in counted}) == 1 and counted[0][0] in (0, counted[0][1]):
        return _exact_edge(counted[0][0] > 0, len(counted))
    values = np.asarray(counted, dtype=np.float64)
    picks = np.random.default_rng(seed)
    times = picks.multinomial(len(values), np.full(len(values), 1 / len(values)), size=ROUNDS)
    sums = times @ values
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _exact_edge(all_right: bool, n: int) -> Interval:
    """Clopper-Pearson for n of n or 0 of n: the other bound solves p^n = (1 - LEVEL) / 2."""
    bound = ((1 - LEVEL) / 2) ** (1 / n)
    return (bound, 1.0) if all_right else (0.0, 1 - bound)


def interval_of(items: Sequence[T], statistic: Callable[[Sequence[T]], float | None], seed: int = 0) -> Interval | None:
    """95 % bootstrap interval of any statistic of a list of cases, such as a median or an area.

    Resamples for which the statistic is undefined are left out; None when it is undefined for the items themselves.
    """
    import numpy as np

    ordered = sorted(items)
    if statistic(ordered) is None:
        return None
    picks = np.random.default_rng(seed)
    samples = ([ordered[i] for i in picks.integers(0, len(ordered), len(ordered))] for _ in range(SLOW_ROUNDS))
    values = [value for value in map(statistic, samples) if value is not None]
    low, high = np.quantile(np.asarray(values), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def mean_difference(pairs: Sequence[tuple[float, float]], seed: int = 0) -> Interval | None:
    """95 % bootstrap interval over cases for mean(second) - mean(first) of paired values; None without pairs.

    Where no pair differs the interval is the point 0: resampling cannot show what never happened.
    """
    import numpy as np

    if not pairs:
        return None
    differences = np.sort(np.asarray([after - before for before, after in pairs], dtype=np.float64))
    picks = np.random.default_rng(seed).integers(0, len(pairs), size=(ROUNDS, len(pairs)))
    low, high = np.quantile(differences[picks].mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def quantile(values: Sequence[float], q: float) -> float | None:
    """The q-quantile with linear interpolation; None without values."""
    if not values:
        return None
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Two systems on the same cases: how many only one has right, and how likely so uneven a split is by chance."""

    gained: int
    lost: int
    p: float


def sign_test(before: Sequence[bool], after: Sequence[bool]) -> PairedTest:
    """Exact two-sided McNemar (sign) test over the flipped cases; p = 1 when nothing flipped.

    The sequences hold the same cases in the same order, else ValueError.
    """
    gained = sum(b and not a for a, b in zip(before, after, strict=True))
    lost = sum(a and not b for a, b in zip(before, after, strict=True))
    flips = gained + lost
    tail = sum(math.comb(flips, i) for i in range(min(gained, lost) + 1)) / 2**flips
    return PairedTest(gained, lost, min(1.0, 2 * tail))
