"""From what is seen to a probability: the signs of a claim against one piece of evidence, weighed by fitted weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.check.differences import Problem
from rag.odds import likely, log_odds

SIGNS = ("entailed", "covered", "number", "no number", "date", "name", "negation", "direction", "roles")
"""entailed: the judge's log-odds; covered: share of the claim's words (by rarity) in the evidence; the others: 1 where
a comparison objects. "number": the source gives another one; "no number": it gives none."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was fitted for one judge: a weight for each of `SIGNS` and a bias, and where a claim counts as supported.

    `supported_at` is the probability from which the share of true claims among those shown reaches the precision that
    the fit was asked for.
    """

    weights: tuple[float, ...]
    bias: float
    supported_at: float

    def to_dict(self) -> dict[str, Any]:
        """As it is written beside weights, each weight by the name of its sign."""
        named = dict(zip(SIGNS, self.weights, strict=True))
        return {"weights": named, "bias": self.bias, "supported_at": self.supported_at}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Point":
        """The inverse of `to_dict`. Raises KeyError where a sign has no weight."""
        weights = tuple(float(fields["weights"][name]) for name in SIGNS)
        return cls(weights, float(fields["bias"]), float(fields["supported_at"]))


PLAIN = Point((1.0, 0.0, *(-1.0 for _ in SIGNS[2:])), 0.0, 0.8)
"""For a judge that nothing was fitted for: its own log-odds, less one for each kind of objection, at 0.8; chosen by
hand, not fitted. Most objections are vetoes besides."""


def signs(entailed: float, covered: float, found: Sequence[Problem]) -> tuple[float, ...]:
    """The values of `SIGNS`, in order; `entailed` is a probability."""
    kinds = {problem.kind for problem in found if problem.kind != "number"}
    numbers = [problem for problem in found if problem.kind == "number"]
    return (
        certainty(entailed),
        covered,
        float(any(problem.contradicts for problem in numbers)),
        float(any(not problem.contradicts for problem in numbers)),
        *(float(kind in kinds) for kind in ("date", "name", "negation", "direction", "roles")),
    )


def weigh(point: Point, values: Sequence[float]) -> float:
    """The probability in 0..1 that evidence with these signs bears the claim out."""
    total = sum(weight * value for weight, value in zip(point.weights, values, strict=True)) + point.bias
    return likely(total)


def certainty(probability: float) -> float:
    """Its log-odds; a value that is no probability counts as certainty that nothing is borne out."""
    return log_odds(probability if 0 <= probability <= 1 else 0.0)
