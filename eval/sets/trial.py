"""`rag eval judge`: how far judges agree with people, set by set, beside published figures; where two judges differ."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NoReturn

from eval.arguments import from_one, from_zero
from eval.cases import BadCases
from eval.figures import Figure, area, of_pairs
from eval.header import commit, machine
from eval.kept import kept_verdicts
from eval.metrics.agreement import Judged, balanced_accuracy, best_threshold, pearson
from eval.metrics.calibration import brier, calibration_error
from eval.metrics.citations import SUPPORTED
from eval.report import cut, number, save
from eval.report_judge import BUILT_IN, WORDS, report_judge
from eval.sets.people import PEOPLE, Item, PeopleSet, sentence_scores
from eval.speed.workbench import Workbench, counted
from index.home import expanded
from rag.check import load_judge
from rag.protocols import Judge

DIFFERING = 12
"""Items on which two judges differ that are listed for each set."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One judge on one set: its score for every item, None where it gave no verdict."""

    judge: str
    scores: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One set with what each judge said of it."""

    name: str
    items: tuple[Item, ...]
    tried: tuple[Tried, ...]


def register(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rag eval judge`."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="folder that holds the folders of the sets"
    )
    parser.add_argument(
        "--judge",
        nargs="+",
        default=[BUILT_IN, WORDS],
        metavar="J",
        help="judges to try: built-in, small (its small network alone), words, coin, a folder, a cross-encoder, "
        "URL#MODEL (default: built-in words)",
    )
    parser.add_argument("--sets", nargs="+", metavar="SET", help=f"only these of {', '.join(PEOPLE)}")
    parser.add_argument("--limit", type=from_one, metavar="N", help="use at most N rows of each set")
    parser.add_argument("--out", type=Path, metavar="DIR", help="save the figures as text and JSON")
    parser.add_argument("--seed", type=from_zero, default=0, help="seed of the bootstrap intervals (default: 0)")
    parser.add_argument("--allow-download", action="store_true", help="let a missing judge be downloaded")
    parser.add_argument("--fresh", action="store_true", help="take no verdicts from earlier runs")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: reported; 2: a judge, set or folder cannot be used. What was judged before a failure is kept."""
    from rag.settings import read_settings

    try:
        chosen = _chosen(arguments)
        judges: list[Judge] = [
            report_judge(name, load_judge, allow_download=arguments.allow_download) for name in arguments.judge
        ]
        if not arguments.fresh:
            folder = expanded(read_settings({}, os.environ).cache) / "eval"
            judges = [kept_verdicts(judge, folder, name) for judge, name in zip(judges, arguments.judge, strict=True)]
        trials = [_try(name, one, judges, arguments) for name, one in chosen.items()]
    except BadCases as error:
        sys.stderr.write(f"{error}\n")
        return 2
    text = "\n".join(line for trial in trials for line in trial_lines(trial, arguments.seed)) + "\n"
    head = f"commit {commit() or 'unknown'}, {machine()}\n"
    data = json.dumps([trial_row(trial, arguments.seed) for trial in trials], ensure_ascii=False, indent=1) + "\n"
    if arguments.out:
        save(arguments.out, "judges", head + text, data)
    sys.stdout.write(data if arguments.json else head + text)
    return 0


def _chosen(arguments: argparse.Namespace) -> dict[str, PeopleSet]:
    """The sets asked for, of those that the folder holds. Raises `BadCases`."""
    wanted = arguments.sets or [name for name in PEOPLE if (arguments.data / name).is_dir()]
    strange = [name for name in wanted if name not in PEOPLE]
    if strange:
        raise BadCases(f"There is no set {strange[0]!r}; known are {', '.join(PEOPLE)}.")
    if not wanted:
        raise BadCases(f"{arguments.data} holds none of the sets; point --data at the folder of {', '.join(PEOPLE)}.")
    return {name: PEOPLE[name] for name in wanted}


def _try(name: str, one: PeopleSet, judges: Sequence[Judge], arguments: argparse.Namespace) -> Trial:
    bench = Workbench(arguments.data / name, Path(), _no_pipeline, arguments.limit, arguments.seed)
    items = tuple(one.item(row) for row in bench.some([row for row in bench.rows(one.file) if one.usable(row)]))
    return Trial(name, items, tuple(tried(judge, name, items, one) for judge in judges))


def _no_pipeline(*_: Path | None) -> NoReturn:
    raise AssertionError("judges are tried on given passages")


def tried(judge: Judge, name: str, items: Sequence[Item], one: PeopleSet) -> Tried:
    """What a judge says of each item; sentences of an item are joined as the set wants it."""
    scores = [one.join(sentence_scores(item, judge)) for item in counted(items, len(items), f"of {name}, {judge.name}")]
    return Tried(judge.name, tuple(None if score != score else score for score in scores))  # noqa: PLR0124 - NaN


def agreement_figures(trial: Trial, tried_: Tried, seed: int = 0) -> Iterator[Figure]:
    """AUROC, balanced accuracy at 0.5 and at the threshold best on these very items, whether its probabilities
    mean what they say, correlation with people's grades.

    Denominators: the items of which the judge said anything; `left_out` those without a verdict.
    """
    both = [(s, item) for s, item in zip(tried_.scores, trial.items, strict=True) if s is not None]
    judged: list[Judged] = [(score, item.supported) for score, item in both]
    silent, group = len(trial.items) - len(both), tried_.judge
    best = best_threshold(judged)
    threshold = 0.0 if best is None else best
    own, best_label = "balanced accuracy", f"  at {threshold:.3f}, the best here"
    figures = [
        area("auroc", group, "AUROC", judged, seed=seed),
        of_pairs("balanced", group, own, judged, lambda s: balanced_accuracy(s, SUPPORTED), seed=seed),
        of_pairs("best_balanced", group, best_label, judged, lambda s: balanced_accuracy(s, threshold), seed=seed),
        of_pairs("calibration", group, "calibration error", judged, calibration_error, seed=seed, better="lower"),
        of_pairs("brier", group, "Brier score", judged, brier, seed=seed, better="lower"),
    ]
    if any(item.grade for item in trial.items):
        graded = [(score, item.grade) for score, item in both]
        figures.append(of_pairs("pearson", group, "Pearson with grades", graded, pearson, seed=seed))
    yield from (replace(figure, left_out=silent) for figure in figures)


def differing(trial: Trial, first: Tried, second: Tried) -> list[Item]:
    """The items of which one judge says supported and the other not."""
    rows = zip(trial.items, first.scores, second.scores, strict=True)
    return [item for item, a, b in rows if a is not None and b is not None and (a >= SUPPORTED) != (b >= SUPPORTED)]


def trial_lines(trial: Trial, seed: int = 0) -> Iterator[str]:
    """One set for people: every judge's figures, published ones, and where the first two judges differ."""
    supported = sum(item.supported for item in trial.items)
    yield ""
    yield f"{trial.name.upper()}: {len(trial.items)} items, people found {supported} supported"
    for one in trial.tried:
        yield f"  {one.judge}"
        for figure in agreement_figures(trial, one, seed):
            interval = "" if figure.low is None else f"{number(figure.low)} - {number(figure.high)}"
            silent = f", {figure.left_out} without a verdict" if figure.left_out else ""
            yield f"    {figure.label:32} {number(figure.value):>7}   {interval:15} n = {figure.n}{silent}"
    for who, what in PEOPLE[trial.name].published:
        yield f"  published: {who:28} {what}"
    if len(trial.tried) > 1:
        yield from _difference_lines(trial, trial.tried[0], trial.tried[1])


def _difference_lines(trial: Trial, first: Tried, second: Tried) -> Iterator[str]:
    found = differing(trial, first, second)
    yield f"  the first two judges differ on {len(found)} of {len(trial.items)}:"
    for item in found[:DIFFERING]:
        yield f"    people: {'supported' if item.supported else 'not supported':14} {cut(item.text, 90)}"


def trial_row(trial: Trial, seed: int = 0) -> Mapping[str, object]:
    """The same as a JSON object."""
    pairs = zip(trial.tried, trial.tried[1:], strict=False)
    return {
        "set": trial.name,
        "items": len(trial.items),
        "supported": sum(item.supported for item in trial.items),
        "judges": {one.judge: {f.name: asdict(f) for f in agreement_figures(trial, one, seed)} for one in trial.tried},
        "published": [list(pair) for pair in PEOPLE[trial.name].published],
        "differing": [[item.text for item in differing(trial, first, second)] for first, second in pairs],
    }
