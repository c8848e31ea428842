"""Whether the system keeps silent when it should: confidence against answerability and against right answers. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Answering the cases with confidence >= `threshold`: `coverage` = answered / all, `risk` = wrong / answered."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Answering at confidence >= `threshold`: share of the unanswerable refused, of the answerable wrongly refused."""

    threshold: float
    refused: float
    wrongly_refused: float


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Area under the ROC curve: share of (positive, negative) pairs in which the positive scores higher, ties one half.

    Denominator: positives x negatives. None when either is empty.
    """
    if not positives or not negatives:
        return None
    marked = sorted([(score, True) for score in positives] + [(score, False) for score in negatives])
    below, pairs = 0, 0.0
    for _, group in groupby(marked, key=lambda pair: pair[0]):
        flags = [flag for _, flag in group]
        good, bad = sum(flags), len(flags) - sum(flags)
        pairs += good * (below + bad / 2)
        below += bad
    return pairs / (len(positives) * len(negatives))


def risk_coverage(answered: Sequence[tuple[float, bool]], cases: int) -> list[CurvePoint]:
    """The curve for (confidence, right?) of the answered cases, one point for each distinct confidence, highest first.

    Coverage has all `cases` as its denominator, so the curve ends at the share answered: what a refused case would have
    said is unknown. Risk has the cases answered so far. No answers give no points.
    """
    points, seen, wrong = [], 0, 0
    for confidence, rights in _by_confidence(answered):
        seen += len(rights)
        wrong += len(rights) - sum(rights)
        points.append(CurvePoint(confidence, seen / cases, wrong / seen))
    return points


def risk_area(answered: Sequence[tuple[float, bool]]) -> float | None:
    """Mean risk while the answered cases are admitted one by one, most confident first (0 is best). None for none.

    Cases of equal confidence are admitted in all orders at once: the mean number of errors stands for them.
    """
    risks: list[float] = []
    seen, wrong = 0, 0
    for _, rights in _by_confidence(answered):
        errors = len(rights) - sum(rights)
        risks += [(wrong + errors * j / len(rights)) / (seen + j) for j in range(1, len(rights) + 1)]
        seen += len(rights)
        wrong += errors
    return sum(risks) / len(risks) if risks else None


def _by_confidence(answered: Sequence[tuple[float, bool]]) -> Iterator[tuple[float, list[bool]]]:
    ordered = sorted(answered, key=lambda pair: -pair[0])
    for confidence, group in groupby(ordered, key=lambda pair: pair[0]):
        yield confidence, [right for _, right in group]


def best_point(answerable: Sequence[float], unanswerable: Sequence[float], allowed: float) -> OperatingPoint | None:
    """The threshold that refuses most of the unanswerable while wrongly refusing at most the share `allowed`.

    Both arguments hold confidences. None when either is empty. Of equal points the lowest threshold.
    """
    if not answerable or not unanswerable:
        return None
    points = (_point(threshold, answerable, unanswerable) for threshold in sorted({*answerable, *unanswerable}))
    fair = [point for point in points if point.wrongly_refused <= allowed]
    return max(fair, key=lambda point: point.refused, default=None)


def _point(threshold: float, answerable: Sequence[float], unanswerable: Sequence[float]) -> OperatingPoint:
    return OperatingPoint(
        threshold=threshold,
        refused=sum(score < threshold for score in unanswerable) / len(unanswerable),
        wrongly_refused=sum(score < threshold for score in answerable) / len(answerable),
    )
