"""Fit what counts as supported: how the signs of a claim are weighed, and from which probability on, for each judge.

`python -m eval.training.judge_fit --data DIR`: only claims marked "tune" are fitted on; what is printed for the others
is the report. Writes the points beside the judge's weights.
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
from eval.training.scored import auroc, fit_logistic
from index.text.look import look
from rag.check.attribute import Attribution
from rag.check.claims import claimed
from rag.check.differences import problems
from rag.check.judge import BUILT_IN, POINTS, load_judge
from rag.check.point import Point, signs, weigh
from rag.read.large import DESCRIPTION

if TYPE_CHECKING:
    from rag.protocols import Judge

PRECISION = 0.9
"""Share of true claims among those supported that the point is chosen for, on the claims fitted on; precision first. On
the others, at .85 / .9 / .95: .790, .865, .882 of those shown are true, .610, .471, .331 of the true ones are shown."""
ROUNDS = 4
RIDGE = 2.0
NEVER_HELPS = slice(2, None)
"""Objections may lower a probability and never raise it: a positive weight of theirs is set to 0."""


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, the signs of each of its candidates, and which of these no comparison vetoes."""

    judged: Judged
    values: tuple[tuple[float, ...], ...]
    free: tuple[bool, ...]


def cases(claims: Sequence[Judged], judge: Judge) -> Iterator[Case]:
    """Each claim held against its candidates."""
    for claim in claims:
        text = claimed(claim.draft)
        said = look(text)
        evidence = Attribution(claim.hits, claim.question)
        supports = evidence.candidates(said)
        values, free = [], []
        for support, entailed in zip(supports, judge.entail([(s.text, text) for s in supports]), strict=True):
            found = problems(said, [look(q.text) for q in support.slices], evidence.background(support.slices))
            values.append(signs(entailed, support.coverage, found))
            free.append(not any(problem.hard for problem in found))
        yield Case(claim, tuple(values), tuple(free))


def fit_point(fitted: Sequence[Case]) -> Point:
    """Weights of the signs, then the lowest probability from which `PRECISION` of the claims supported are true.

    A claim counts by the candidate that the weights of the round before like best.
    """
    point = Point((1.0, *(0.0 for _ in range(8))), 0.0, 0.5)
    for _ in range(ROUNDS):
        rows = [(max(case.values, key=lambda v: weigh(point, v)), case.judged.true) for case in fitted if case.values]
        labels = [int(true) for _, true in rows]
        *weights, bias = fit_logistic(np.array([values for values, _ in rows]), labels, _even(labels), RIDGE)
        weights[NEVER_HELPS] = [min(0.0, weight) for weight in weights[NEVER_HELPS]]
        point = Point(tuple(weights), bias, 0.5)
    stated = [probability(case, point) for case in fitted]
    return Point(point.weights, point.bias, threshold(stated, [case.judged.true for case in fitted], PRECISION))


def probability(case: Case, point: Point) -> float:
    """The highest probability that a candidate without a veto gives; 0 where there is none."""
    free = [values for values, is_free in zip(case.values, case.free, strict=True) if is_free]
    return max((weigh(point, values) for values in free), default=0.0)


def threshold(stated: Sequence[float], true: Sequence[bool], precision: float) -> float:
    """The lowest probability from which the share of true ones among those at or above it is large enough; else 1."""
    order = sorted(zip(stated, true, strict=True), reverse=True)
    best, right = 1.0, 0
    for shown, (value, is_true) in enumerate(order, start=1):
        right += is_true
        if right / shown >= precision:
            best = value
    return best


def report(name: str, seen: Sequence[Case], point: Point) -> str:
    """Precision, share of the true kept and caught of the false, and how well the probability ranks, in one line."""
    stated = [probability(case, point) for case in seen]
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
    parser.add_argument("--judges", nargs="+", default=[BUILT_IN], help="names or folders, as for --judge")
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    chosen = parser.parse_args(arguments)
    if not (chosen.data / "written_sentences").is_dir():
        parser.error(f"{chosen.data} holds no written_sentences; name the folder of the development sets")
    from rag.assemble import open_pipeline

    with open_pipeline() as pipeline:
        claims = list(judged_claims(pipeline, chosen.data))
    for name in chosen.judges:
        found = list(cases(claims, load_judge(name)))
        point = fit_point([case for case in found if case.judged.part == "tune"])
        for part in ("tune", "report"):
            for source in dict.fromkeys(claim.source for claim in claims):
                held = [case for case in found if (case.judged.part, case.judged.source) == (part, source)]
                if held:
                    sys.stdout.write(report(f"{name} {part} {source}", held, point) + "\n")
        sys.stdout.write(f"{name} {point}\n")
        if not chosen.dry:
            write_point(name, point)
    return 0


def write_point(name: str, point: Point) -> None:
    """Keep a judge's point: with the built-in one's, or in the folder of a large encoder beside its weights."""
    large = Path(name) / DESCRIPTION
    path, key = (large, "point") if large.is_file() else (POINTS, name)
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(stored | {key: point.to_dict()}, indent=2) + "\n", encoding="utf-8")


def _even(labels: Sequence[int]) -> list[float]:
    """Weights that let true and false claims count alike."""
    true = max(1, sum(labels))
    false = max(1, len(labels) - true)
    return [len(labels) / (2 * (true if label else false)) for label in labels]


if __name__ == "__main__":
    raise SystemExit(main())
