"""How well a judge's scores agree with what people decided: balanced accuracy, thresholds, correlations. Pure."""

from collections.abc import Sequence

Judged = tuple[float, bool]
"""A judge's score (higher: more likely supported) and whether people said "supported"."""


def balanced_accuracy(judged: Sequence[Judged], threshold: float) -> float | None:
    """Mean of (supported at or above the threshold / supported) and (unsupported below it / unsupported).

    None unless there are items of both kinds.
    """
    kept = _mean([score >= threshold for score, label in judged if label])
    caught = _mean([score < threshold for score, label in judged if not label])
    return None if kept is None or caught is None else (kept + caught) / 2


def best_threshold(judged: Sequence[Judged]) -> float | None:
    """The score from which on calling an item supported gives the best balanced accuracy; of equals the lowest.

    None unless there are items of both kinds.
    """
    positive = sum(label for _, label in judged)
    negative = len(judged) - positive
    if not positive or not negative:
        return None
    best, best_gain, kept, wrong = 0.0, -(len(judged) ** 2), 0, 0
    ordered = sorted(judged, reverse=True)
    for place, (score, label) in enumerate(ordered):
        kept, wrong = kept + label, wrong + (not label)
        last = place + 1 == len(ordered) or ordered[place + 1][0] != score
        gain = kept * negative - wrong * positive
        if last and gain >= best_gain:
            best, best_gain = score, gain
    return best


def pearson(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's correlation of the two columns; None when one of them is constant or there are fewer than 2 pairs."""
    n = len(pairs)
    if n < 2:
        return None
    mean_a, mean_b = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    covariance = sum((a - mean_a) * (b - mean_b) for a, b in pairs)
    spread = sum((a - mean_a) ** 2 for a, _ in pairs) * sum((b - mean_b) ** 2 for _, b in pairs)
    return covariance / spread**0.5 if spread > 0 else None


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's correlation of the columns' ranks, None where that is; equal values share their mean rank."""
    return pearson(list(zip(_ranks([a for a, _ in pairs]), _ranks([b for _, b in pairs]), strict=True)))


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(ordered)))}
    last = {value: place for place, value in enumerate(ordered)}
    return [(first[value] + last[value]) / 2 for value in values]


def _mean(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None
