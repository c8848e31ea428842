"""Scores with labels 0 and 1, counted by the evaluation's own measures, and the one regression that the fits use."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from eval.metrics import abstention, agreement

Floats = NDArray[np.float64]


def auroc(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Probability that a positive scores above a negative, ties half; 0.5 where one class is absent."""
    parts = ([score for score, label in zip(scores, labels, strict=True) if label == kind] for kind in (1, 0))
    area = abstention.auroc(*parts)
    return 0.5 if area is None else area


def best_threshold(scores: Sequence[float], labels: Sequence[int]) -> tuple[float, float]:
    """The threshold of highest balanced accuracy and that accuracy; (0, 0) where one class is absent."""
    judged = [(float(score), bool(label)) for score, label in zip(scores, labels, strict=True)]
    threshold = agreement.best_threshold(judged)
    return (0.0, 0.0) if threshold is None else (threshold, agreement.balanced_accuracy(judged, threshold) or 0.0)


def fit_logistic(
    features: Floats, labels: Sequence[int], weights: Sequence[float] | Floats, ridge: float = 1.0
) -> list[float]:
    """Coefficients of the (n, d) features and then the bias, which the penalty `ridge` of the squares leaves alone."""
    model = LogisticRegression(C=1 / ridge, max_iter=1000, tol=1e-8)
    model.fit(features, np.asarray(labels), sample_weight=np.asarray(weights))
    return [*(float(weight) for weight in model.coef_[0]), float(model.intercept_[0])]


def say(name: str, figures: Mapping[str, float]) -> None:
    """Write figures to standard output, in one line."""
    sys.stdout.write(f"{name}: " + json.dumps({key: round(value, 4) for key, value in figures.items()}) + "\n")
    sys.stdout.flush()
