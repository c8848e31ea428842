"""Fit the judge: how its two encoders are joined, how the signs of a claim are weighed, and what counts as supported.

`python -m eval.training.judge_fit --data DIR`: only claims marked "tune" are fitted on; what is printed for the others
is the report. Writes "joined" and "points" into the description beside the large encoder's weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.sets.judged import Judged, judged_claims
from eval.training.figures import auroc, fit_logistic
from index.text.look import look
from rag.check.attribute import Attribution
from rag.check.claims import claimed
from rag.check.compare import problems
from rag.check.point import Point, log_odds, signs

if TYPE_CHECKING:
    from rag.protocols import Judge
    from rag.read.large import LargeEncoder

PRECISION = 0.95
"""Share of true claims among those supported that the point is chosen for, on the claims fitted on."""
ROUNDS = 4
RIDGE = 2.0
NEVER_HELPS = slice(2, None)
"""Objections may lower a probability and never raise it: a positive weight of theirs is set to 0."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One candidate of a claim: what each encoder makes of it (log-odds), its other signs, and whether it is vetoed."""

    large: float
    small: float
    others: tuple[float, ...]
    vetoed: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A claim with all its candidates, and whether it is true."""

    judged: Judged
    seen: tuple[Seen, ...]


def cases(claims: Sequence[Judged], large: LargeEncoder, small: Judge) -> Iterator[Case]:
    """Each claim held against its candidates by both encoders."""
    for claim in claims:
        text = claimed(claim.draft)
        said = look(text)
        evidence = Attribution(claim.hits, claim.question)
        supports = evidence.candidates(said)
        pairs = [(support.text, text) for support in supports]
        seen = []
        for support, ours, theirs in zip(supports, large.entailed(pairs), small.entail(pairs), strict=True):
            found = problems(said, [look(q.text) for q in support.slices], evidence.background(support.slices))
            others = signs(0.5, support.coverage, found)[1:]
            seen.append(Seen(ours, log_odds(theirs), others, any(problem.hard for problem in found)))
        yield Case(claim, tuple(seen))


def fit_joined(fitted: Sequence[Case]) -> tuple[float, float, float]:
    """Weights of both encoders' log-odds and a bias, by logistic regression on the likeliest candidates."""
    weights = (1.0, 0.5, 0.0)
    for _ in range(ROUNDS):
        rows, labels = [], []
        for case in fitted:
            if case.seen:
                best = max(case.seen, key=lambda one: weights[0] * one.large + weights[1] * one.small)
                rows.append((best.large, best.small))
                labels.append(int(case.judged.true))
        large, small, bias = fit_logistic(np.array(rows), labels, _even(labels), RIDGE)
        weights = (max(0.0, large), max(0.0, small), bias)
    return weights


def fit_point(fitted: Sequence[Case], joined: tuple[float, float, float]) -> Point:
    """Weights of the signs, then the lowest probability from which `PRECISION` of the claims supported are true."""
    point = Point((1.0, *(0.0 for _ in range(8))), 0.0, 0.5)
    for _ in range(ROUNDS):
        rows, labels = [], []
        for case in fitted:
            if case.seen:
                best = max(_values(case, joined), key=lambda values: score(point, values))
                rows.append(best)
                labels.append(int(case.judged.true))
        *weights, bias = fit_logistic(np.array(rows), labels, _even(labels), RIDGE)
        weights[NEVER_HELPS] = [min(0.0, weight) for weight in weights[NEVER_HELPS]]
        point = Point(tuple(weights), bias, 0.5)
    stated = [probability(case, joined, point) for case in fitted]
    return Point(point.weights, point.bias, threshold(stated, [case.judged.true for case in fitted], PRECISION))


def score(point: Point, values: Sequence[float]) -> float:
    """The weighed signs on the scale of log-odds."""
    return sum(weight * value for weight, value in zip(point.weights, values, strict=True)) + point.bias


def probability(case: Case, joined: tuple[float, float, float], point: Point) -> float:
    """The highest probability that a candidate without a veto gives; 0 where there is none."""
    free = [values for values, one in zip(_values(case, joined), case.seen, strict=True) if not one.vetoed]
    best = max((score(point, values) for values in free), default=-60.0)
    return float(1 / (1 + np.exp(-np.clip(best, -60, 60))))


def threshold(stated: Sequence[float], true: Sequence[bool], precision: float) -> float:
    """The lowest probability from which the smoothed share of true ones, (true + 1) / (shown + 2), is large enough."""
    order = sorted(zip(stated, true, strict=True), reverse=True)
    best, right = 1.0, 0
    for shown, (value, is_true) in enumerate(order, start=1):
        right += is_true
        if (right + 1) / (shown + 2) >= precision:
            best = value
    return best


def report(name: str, seen: Sequence[Case], joined: tuple[float, float, float], point: Point) -> str:
    """Precision, share of the true kept and caught of the false, and how well the probability ranks, in one line."""
    stated = [probability(case, joined, point) for case in seen]
    true = [case.judged.true for case in seen]
    shown = [value >= point.supported_at for value in stated]
    right = sum(s and t for s, t in zip(shown, true, strict=True))
    kept, caught = right / max(1, sum(true)), 1 - (sum(shown) - right) / max(1, len(true) - sum(true))
    return (
        f"{name:32} n {len(seen):4} true {sum(true):4} shown {sum(shown):4} precision {right / max(1, sum(shown)):.3f} "
        f"kept {kept:.3f} caught {caught:.3f} AUROC {auroc(stated, [int(t) for t in true]):.3f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.judge_fit", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the development sets")
    parser.add_argument("--weights", type=Path, help="folder of the large encoder (default: the committed one)")
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    chosen = parser.parse_args(arguments)
    from rag.assemble import open_pipeline
    from rag.read import load_reader
    from rag.read.large import DESCRIPTION, FOLDER, load_large

    folder = chosen.weights or FOLDER
    large, small = load_large(folder), load_reader()
    with open_pipeline() as pipeline:
        found = list(cases(list(judged_claims(pipeline, chosen.data)), large, small))
    fitted = [case for case in found if case.judged.part == "tune"]
    joined = fit_joined(fitted)
    point = fit_point(fitted, joined)
    alone = fit_point(fitted, (0.0, 1.0, 0.0))
    for name, weights, at in (("built-in", joined, point), ("small", (0.0, 1.0, 0.0), alone)):
        for part in ("tune", "report"):
            for source in dict.fromkeys(case.judged.source for case in found):
                held = [case for case in found if (case.judged.part, case.judged.source) == (part, source)]
                if held:
                    sys.stdout.write(report(f"{name} {part} {source}", held, weights, at) + "\n")
    sys.stdout.write(f"joined {joined}\nbuilt-in {point}\nsmall {alone}\n")
    if not chosen.dry:
        path = folder / DESCRIPTION
        description = json.loads(path.read_text(encoding="utf-8"))
        points = {name: _fields(at) for name, at in (("built-in", point), ("small", alone))}
        path.write_text(json.dumps(description | {"joined": joined, "points": points}, indent=2) + "\n", "utf-8")
    return 0


def _values(case: Case, joined: tuple[float, float, float]) -> list[tuple[float, ...]]:
    large, small, bias = joined
    return [(large * one.large + small * one.small + bias, *one.others) for one in case.seen]


def _fields(point: Point) -> dict[str, object]:
    return {"weights": list(point.weights), "bias": point.bias, "supported_at": point.supported_at}


def _even(labels: Sequence[int]) -> list[float]:
    """Weights that let true and false claims count alike."""
    true = max(1, sum(labels))
    false = max(1, len(labels) - true)
    return [len(labels) / (2 * (true if label else false)) for label in labels]


if __name__ == "__main__":
    raise SystemExit(main())
