"""Small figures for calibrating and measuring the reader; each says its zero case."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def answer_words(text: str) -> list[str]:
    """Words after SQuAD's normalisation: lower case, no punctuation, no articles."""
    bare = re.sub(r"[^\w\s]|_", "", text.lower())
    return [word for word in bare.split() if word not in {"a", "an", "the"}]


def token_f1(found: str, wanted: Sequence[str]) -> float:
    """Largest F1 of the words of `found` against an accepted answer; two empty answers agree."""
    return max((_f1(answer_words(found), answer_words(answer)) for answer in wanted), default=0.0)


def _f1(found: list[str], wanted: list[str]) -> float:
    if not found or not wanted:
        return float(found == wanted)
    shared = sum((Counter(found) & Counter(wanted)).values())
    return 2 * shared / (len(found) + len(wanted))


def auroc(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Probability that a positive scores above a negative, ties half; 0.5 where one class is absent."""
    values = np.asarray(scores, dtype=np.float64)
    positive = np.asarray(labels) == 1
    n, m = int(positive.sum()), int((~positive).sum())
    if not n or not m:
        return 0.5
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


def balanced_accuracy(scores: Sequence[float], labels: Sequence[int], threshold: float) -> float:
    """Mean of the accuracies on positives (score >= threshold) and negatives (below); a missing class counts 0."""
    said = np.asarray(scores) >= threshold
    positive = np.asarray(labels) == 1
    right = [float((said[positive]).mean()) if positive.any() else 0.0]
    right.append(float((~said[~positive]).mean()) if (~positive).any() else 0.0)
    return sum(right) / 2


def best_threshold(scores: Sequence[float], labels: Sequence[int]) -> tuple[float, float]:
    """The threshold of highest balanced accuracy and that accuracy; of equals, the lowest threshold."""
    candidates = np.unique(np.asarray(scores, dtype=np.float64))
    rated = [(balanced_accuracy(scores, labels, float(threshold)), -float(threshold)) for threshold in candidates]
    accuracy, negative = max(rated)
    return -negative, accuracy


def expected_calibration_error(probabilities: Sequence[float], labels: Sequence[int], bins: int = 10) -> float:
    """Mean gap between stated probability and observed share over equal-width bins, by rows; 0 for no rows."""
    stated, seen = np.asarray(probabilities), np.asarray(labels, dtype=np.float64)
    if not len(stated):
        return 0.0
    where = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [
        abs(stated[where == b].mean() - seen[where == b].mean()) * (where == b).sum()
        for b in range(bins)
        if (where == b).any()
    ]
    return float(sum(gaps) / len(stated))


def fit_logistic(features: Floats, labels: Sequence[int], weights: Sequence[float], ridge: float = 1.0) -> list[float]:
    """Coefficients of the (n, d) features and then the bias, by Newton's method on the weighted logistic loss."""
    design = np.column_stack([features, np.ones(len(features))])
    wanted, weight = np.asarray(labels, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    penalty = np.diag([ridge] * features.shape[1] + [0.0])
    coefficients = np.zeros(design.shape[1])
    for _ in range(50):
        stated = 1 / (1 + np.exp(-np.clip(design @ coefficients, -60, 60)))
        slope = design.T @ (weight * (stated - wanted)) + penalty @ coefficients
        curve = (design * (weight * stated * (1 - stated))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), slope)
        coefficients -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    return [float(value) for value in coefficients]


def say(name: str, figures: Mapping[str, float]) -> None:
    """Write figures to standard output, in one line."""
    sys.stdout.write(f"{name}: " + json.dumps({key: round(value, 4) for key, value in figures.items()}) + "\n")
    sys.stdout.flush()
