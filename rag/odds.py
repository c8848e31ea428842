"""Probabilities and log-odds, both ways, within bounds that keep certain zeros and ones finite."""

import math

_LEAST = 1e-6
_FARTHEST = 60.0


def log_odds(probability: float) -> float:
    """log(p / (1 - p)) of a probability in 0..1, within about +-13.8."""
    bounded = min(1 - _LEAST, max(_LEAST, probability))
    return math.log(bounded / (1 - bounded))


def likely(odds: float) -> float:
    """The probability in 0..1 of these log-odds."""
    return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, odds))))
