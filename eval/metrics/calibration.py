"""Do probabilities mean what they say? Reliability by bins, expected calibration error, Brier score. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

Scored = tuple[float, bool]
"""A probability in 0..1 and whether the thing happened."""

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The items whose probability lies in [low, high), the last bin with 1: how many, mean probability, share that
    happened.
    """

    low: float
    high: float
    n: int
    said: float
    happened: float


def reliability(scored: Sequence[Scored], bins: int = BINS) -> list[Bin]:
    """The bins of equal width that hold an item, lowest first. Raises ValueError for a probability outside 0..1."""
    if any(not 0 <= probability <= 1 for probability, _ in scored):
        raise ValueError("Probabilities lie in 0..1.")
    members: dict[int, list[Scored]] = {}
    for probability, happened in scored:
        members.setdefault(min(int(probability * bins), bins - 1), []).append((probability, happened))
    return [_bin(place, bins, items) for place, items in sorted(members.items())]


def _bin(place: int, bins: int, items: list[Scored]) -> Bin:
    n = len(items)
    said, happened = sum(probability for probability, _ in items) / n, sum(flag for _, flag in items) / n
    return Bin(place / bins, (place + 1) / bins, n, said, happened)


def calibration_error(scored: Sequence[Scored], bins: int = BINS) -> float | None:
    """Expected calibration error: |mean probability - share that happened| averaged over the items of all bins.

    Guo et al. 2017. None without items.
    """
    if not scored:
        return None
    return sum(one.n * abs(one.said - one.happened) for one in reliability(scored, bins)) / len(scored)


def brier(scored: Sequence[Scored]) -> float | None:
    """Mean squared difference of probability and outcome; 0 is best, always 0.5 gives 0.25. None without items."""
    return sum((probability - happened) ** 2 for probability, happened in scored) / len(scored) if scored else None
