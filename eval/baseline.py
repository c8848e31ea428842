"""A run against an earlier one: which questions flipped, and whether so many flips can be chance."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import BadCases
from eval.metrics.stats import PairedTest, sign_test
from eval.score import Outcome


@dataclass(frozen=True, slots=True)
class Earlier:
    """One case as a saved report has it."""

    right: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Flip:
    """One question whose answer was right in only one of two runs."""

    id: str
    question: str
    before: str
    after: str
    now_right: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Flips in the order of the cases; `shared` cases are in both runs, `new` only in this, `gone` only in the old."""

    shared: int
    new: int
    gone: int
    flips: tuple[Flip, ...]
    test: PairedTest


def load_baseline(path: Path) -> dict[str, Earlier]:
    """Case id -> what a saved `report.json` (or its folder) says about it. Raises `BadCases`."""
    file = path / "report.json" if path.is_dir() else path
    try:
        row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return {one["id"]: Earlier(one["right"], one["answer"]) for one in row["outcomes"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadCases(f"{file} is not a report of rag eval ({error}); give a report.json that --out wrote.") from error


def compare(before: dict[str, Earlier], after: Sequence[Outcome]) -> Comparison:
    """The earlier run against this one, over the cases that both have; a paired exact sign test."""
    shared = [outcome for outcome in after if outcome.id in before]
    flips = tuple(
        Flip(outcome.id, outcome.question, before[outcome.id].answer, outcome.answer, outcome.right)
        for outcome in shared
        if outcome.right != before[outcome.id].right
    )
    test = sign_test([before[outcome.id].right for outcome in shared], [outcome.right for outcome in shared])
    return Comparison(len(shared), len(after) - len(shared), len(before) - len(shared), flips, test)


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The comparison for people, every flipped question with both answers."""
    test = comparison.test
    yield ""
    yield (
        f"AGAINST THE BASELINE, {comparison.shared} cases in both ({comparison.new} new, {comparison.gone} gone): "
        f"{test.gained} won, {test.lost} lost, p = {test.p:.3f} (exact sign test)"
    )
    for flip in sorted(comparison.flips, key=lambda flip: flip.now_right):
        yield f"  {'wrong -> right' if flip.now_right else 'right -> wrong'}  {flip.id}: {flip.question}"
        yield f"    before: {' '.join(flip.before.split())}"
        yield f"    now:    {' '.join(flip.after.split())}"
