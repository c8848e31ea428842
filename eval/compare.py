"""One run against another: what changed, which questions flipped, and whether so much can be chance.

`rag eval compare A B` reads two saved reports; `--no-worse-than BASELINE` is the gate of a change.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.arguments import decimal
from eval.cases import BadCases
from eval.metrics.stats import Interval, PairedTest, mean_difference, sign_test
from eval.score import Outcome

MEASURES: dict[str, str] = {
    "right": "right (fact cited, or refused)",
    "shown": "gold fact in the shown text",
    "opens": "gold fact in the first sentence",
    "numbers": "numbers with units told",
    "evidence_at_1": "gold evidence in the first hit",
    "evidence_at_5": "gold evidence in the first 5",
    "reciprocal_rank": "reciprocal rank of the evidence",
    "fused_reciprocal_rank": "reciprocal rank before reranking",
    "true": "citations that are true slices",
    "recalled": "sentences borne out by their citations",
    "precise": "citations needed or sufficient",
    "faithful": "claims supported",
    "checked": "sentences shown as quoted or supported",
}
"""What two runs are compared by, case by case: each in 0..1, higher is better."""

FORMAT = 2
"""Of report.json and of baselines; another one is refused."""
NAMED = 12
"""Questions that a gate names for each measure."""
NONE_SHARED = "The baseline has none of these cases; compare runs of the same cases."
TOLERANCE = 1e-9
NOISE = 0.05
CIRCUMSTANCES = ("model", "reader", "judge", "embedder", "documents", "chunks")
"""Of a header: where one of them differs, it and not the code may be what moved a figure."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """One case as a saved report has it; `measures`: measure -> value in 0..1, or None where it has none."""

    question: str
    answer: str
    measures: Mapping[str, float | None]

    @property
    def right(self) -> bool:
        return bool(self.measures.get("right"))


class Run(dict[str, Earlier]):
    """Case id -> what a run said about it, in the order of the cases. `head`: how the run came to be, as its header has
    it; empty where that is not known.
    """

    def __init__(self, cases: Mapping[str, Earlier], head: Mapping[str, Any]) -> None:
        super().__init__(cases)
        self.head = head


@dataclass(frozen=True, slots=True)
class Flip:
    """One question whose answer was right in only one of two runs."""

    id: str
    question: str
    before: str
    after: str
    now_right: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """One measure over the cases that have it in both runs: means, bootstrap interval of their difference, sign test
    over the cases that changed, and the ids of those that fell.
    """

    measure: str
    n: int
    before: float
    after: float
    interval: Interval | None
    test: PairedTest
    fallen: tuple[str, ...]

    @property
    def worse(self) -> bool:
        return self.after < self.before - TOLERANCE

    @property
    def more_than_noise(self) -> bool:
        """Whether both tests say so: the interval of the difference leaves out 0 (which resampling a handful of cases
        does too easily), and so uneven a split of ups and downs comes about in less than one of twenty cases.
        """
        apart = self.interval is not None and (self.interval[0] > 0 or self.interval[1] < 0)
        return apart and self.test.p < NOISE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Flips in the order of the cases; `shared` cases are in both runs, `new` only in this, `gone` only in the old;
    `changed`: what beside the answers is another between the runs, in words.
    """

    shared: int
    new: int
    gone: int
    flips: tuple[Flip, ...]
    test: PairedTest
    shifts: tuple[Shift, ...] = ()
    changed: tuple[str, ...] = ()


def load_baseline(path: Path) -> Run:
    """The run of a saved report or baseline, or of the folder of a report. Raises `BadCases`."""
    file = path / "report.json" if path.is_dir() else path
    try:
        row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if "outcomes" in row and row.get("format") != FORMAT:
            raise BadCases(
                f"{file} is a report of format {row.get('format')} and this version compares format {FORMAT}; "
                "run the evaluation that made it again."
            )
        return Run(dict(map(_earlier, row["outcomes"])), dict(row.get("header", {})))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadCases(f"{file} is not a report of rag eval ({error}); give a report.json that --out wrote.") from error


def _earlier(row: Mapping[str, Any]) -> tuple[str, Earlier]:
    """A saved outcome, by its id. Raises KeyError, TypeError and ValueError for what no run has written."""
    texts, measures = (row["id"], row["question"], row["answer"]), dict(row["measures"])
    odd = [text for text in texts if not isinstance(text, str)]
    odd += [
        one for one in measures.values() if one is not None and not (isinstance(one, int | float) and 0 <= one <= 1)
    ]
    if odd:
        raise ValueError(f"{odd[0]!r} stands in an outcome")
    return row["id"], Earlier(row["question"], row["answer"], measures)


def earlier(outcomes: Sequence[Outcome], head: Mapping[str, Any] | None = None) -> Run:
    """A run of now in the form of a saved one."""
    return Run({one.id: Earlier(one.question, one.answer, one.measures) for one in outcomes}, head or {})


def baseline_row(header: Mapping[str, Any], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What a baseline needs of a run, and no more: small enough to commit."""
    kept = ("date", "commit", "cases", *CIRCUMSTANCES)
    rows = [{"id": id_} | asdict(one) for id_, one in earlier(outcomes).items()]
    return {"format": FORMAT, "header": {name: header[name] for name in kept}, "outcomes": rows}


def compare(before: Mapping[str, Earlier], after: Mapping[str, Earlier], seed: int = 0) -> Comparison:
    """The earlier run against this one, over the cases that both have; a paired exact sign test.

    A case is the same where id and question agree: an id that now names another question is a new case.
    """
    shared = in_both(before, {id_: one.question for id_, one in after.items()})
    flips = tuple(
        Flip(id_, after[id_].question, before[id_].answer, after[id_].answer, after[id_].right)
        for id_ in shared
        if after[id_].right != before[id_].right
    )
    test = sign_test([before[id_].right for id_ in shared], [after[id_].right for id_ in shared])
    shifts = (_shift(name, before, after, shared, seed) for name in MEASURES)
    found = tuple(shift for shift in shifts if shift is not None)
    new, gone = len(after) - len(shared), len(before) - len(shared)
    return Comparison(len(shared), new, gone, flips, test, found, tuple(_changed(before, after)))


def in_both(before: Mapping[str, Earlier], questions: Mapping[str, str]) -> list[str]:
    """The ids of these questions that the earlier run has too."""
    return [id_ for id_, question in questions.items() if id_ in before and before[id_].question == question]


def _changed(before: Mapping[str, Earlier], after: Mapping[str, Earlier]) -> Iterator[str]:
    if isinstance(before, Run) and isinstance(after, Run):
        both = (name for name in CIRCUMSTANCES if name in before.head and name in after.head)
        differing = (name for name in both if before.head[name] != after.head[name])
        yield from (f"{name} {before.head[name]} -> {after.head[name]}" for name in differing)


def _shift(
    name: str, before: Mapping[str, Earlier], after: Mapping[str, Earlier], shared: Sequence[str], seed: int
) -> Shift | None:
    pairs = [(id_, before[id_].measures.get(name), after[id_].measures.get(name)) for id_ in shared]
    known = [(id_, old, new) for id_, old, new in pairs if old is not None and new is not None]
    if not known:
        return None
    n = len(known)
    changes = [(old, new) for _, old, new in known]
    fallen = tuple(id_ for id_, old, new in known if new < old - TOLERANCE)
    test = sign_test([old > new for old, new in changes], [new > old for old, new in changes])
    means = sum(old for old, _ in changes) / n, sum(new for _, new in changes) / n
    return Shift(name, n, *means, mean_difference(changes, seed), test, fallen)


def worsened(comparison: Comparison, allowed: float = 0.0) -> list[str]:
    """One sentence for each measure whose mean fell by more than `allowed`, with the questions; [] where none did.

    Raises `BadCases` where the runs share no case.
    """
    if not comparison.shared:
        raise BadCases(NONE_SHARED)
    worse = [shift for shift in comparison.shifts if shift.before - shift.after > max(allowed, TOLERANCE)]
    return [_worse_sentence(shift) for shift in worse]


def _worse_sentence(shift: Shift) -> str:
    more = len(shift.fallen) - NAMED
    named = ", ".join(shift.fallen[:NAMED]) + (f" and {more} more" if more > 0 else "")
    noise = "more than noise" if shift.more_than_noise else "may be noise"
    return (
        f"Worse than the baseline: {MEASURES[shift.measure]} fell from {shift.before:.3f} to {shift.after:.3f} "
        f"(n = {shift.n}, {noise}) by {named}."
    )


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The comparison for people: every measure, then every flipped question with both answers."""
    test = comparison.test
    yield ""
    yield (
        f"AGAINST THE BASELINE, {comparison.shared} cases in both ({comparison.new} new, {comparison.gone} gone): "
        f"{test.gained} won, {test.lost} lost, p = {test.p:.3f} (exact sign test)"
    )
    if comparison.changed:
        yield changed_sentence(comparison)
    for shift in comparison.shifts:
        yield _shift_line(shift)
    for flip in sorted(comparison.flips, key=lambda flip: flip.now_right):
        yield f"  {'wrong -> right' if flip.now_right else 'right -> wrong'}  {flip.id}: {flip.question}"
        yield f"    before: {' '.join(flip.before.split())}"
        yield f"    now:    {' '.join(flip.after.split())}"


def changed_sentence(comparison: Comparison) -> str:
    """What else may have moved the figures."""
    return f"Between the runs changed: {'; '.join(comparison.changed)}."


def _shift_line(shift: Shift) -> str:
    low, high = shift.interval or (0.0, 0.0)
    verdict = "same" if abs(shift.after - shift.before) <= TOLERANCE else "worse" if shift.worse else "better"
    noise = "" if verdict == "same" else ", more than noise" if shift.more_than_noise else ", may be noise"
    return (
        f"  {MEASURES[shift.measure]:44} {shift.before:.3f} -> {shift.after:.3f}   {low:+.3f} to {high:+.3f}   "
        f"n = {shift.n}: {verdict}{noise}"
    )


def register(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rag eval compare`."""
    parser.add_argument("before", type=Path, metavar="A", help="a saved report.json, its folder, or a baseline")
    parser.add_argument("after", type=Path, metavar="B", help="the run to compare with it")
    parser.add_argument("--allow", type=decimal, default=0.0, metavar="X", help="by how much a measure may fall (0)")
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: nothing is worse by more than is allowed; 1: something is; 2: a file cannot be used."""
    try:
        comparison = compare(load_baseline(arguments.before), load_baseline(arguments.after))
        worse = worsened(comparison, arguments.allow)
    except BadCases as error:
        sys.stderr.write(f"{error}\n")
        return 2
    data = json.dumps(asdict(comparison), ensure_ascii=False, indent=1)
    sys.stdout.write(f"{data}\n" if arguments.json else "\n".join(comparison_lines(comparison)).lstrip("\n") + "\n")
    sys.stderr.writelines(f"{sentence}\n" for sentence in worse)
    return 1 if worse else 0
