"""The judge's point: fitted on claims marked for it, chosen for precision, and objections never help."""

import json
from pathlib import Path

import pytest

from eval.sets.judged import TWINS, Judged, strange, twins
from eval.training.judge_fit import PRECISION, Case, cases, fit_point, main, probability, report, threshold
from index.records import Chunk, Hit
from rag.assemble import open_pipeline
from rag.check.judge import BUILT_IN, POINTS
from rag.check.point import PLAIN, SIGNS
from rag.check.split import Draft
from tests.fakes import ScriptedReader

TEXT = "The mill closed in 1911. It had four wheels."


def judged(text: str, true: bool, part: str = "tune") -> Judged:
    chunk = Chunk("d:0", "d", 0, len(TEXT), None, "", TEXT)
    return Judged(text, "own", part, Draft(text), (Hit(chunk, "Mill", "m.md", 1.0, 1, "fused"),), true)  # type: ignore[arg-type]


def by_hand(entailed: float, objection: float, true: bool, *, free: bool = True) -> Case:
    """A claim with one candidate: the judge's log-odds and one objection (a name)."""
    values = [0.0] * len(SIGNS)
    values[0], values[SIGNS.index("name")] = entailed, objection
    return Case(judged("x", true), (tuple(values),), (free,))


@pytest.mark.parametrize(
    ("stated", "true", "precision", "wanted"),
    [
        ([0.9, 0.8, 0.7, 0.6], [True, True, False, True], 0.95, 0.8),
        ([0.9, 0.8, 0.7, 0.6], [True, True, False, True], 0.75, 0.6),
        ([0.9, 0.8], [False, True], 0.95, 1.0),
        ([], [], 0.95, 1.0),
    ],
)
def test_the_threshold_is_the_lowest_that_is_precise_enough(
    stated: list[float], true: list[bool], precision: float, wanted: float
) -> None:
    """Worked by hand; where no share is large enough, nothing is to be shown."""
    assert threshold(stated, true, precision) == wanted


def test_a_fit_learns_the_judge_and_lets_objections_only_hurt() -> None:
    """Log-odds that separate get a positive weight; an objection that happens to go with true claims gets none."""
    true = [by_hand(2.0 + at / 10, at % 2, True) for at in range(20)]
    false = [by_hand(-2.0 - at / 10, 0.0, False) for at in range(20)]
    point = fit_point([*true, *false])

    assert point.weights[0] > 0
    assert point.weights[SIGNS.index("name")] == 0
    assert all(probability(case, point) >= point.supported_at for case in true)
    shown = sum(probability(case, point) >= point.supported_at for case in false)
    assert 20 / (20 + shown) >= PRECISION
    assert 20 / (20 + shown + 1) < PRECISION, "the lowest such probability"
    assert max(probability(case, point) for case in false) < min(probability(case, point) for case in true)
    assert probability(by_hand(9.0, 0.0, True, free=False), point) == 0.0
    assert f"kept 1.000 caught {1 - shown / 20:.3f} AUROC 1.000" in report("x", [*true, *false], point)


def test_cases_hold_what_the_gate_would_see() -> None:
    """Each candidate has its signs, and a hard disagreement is no free one."""
    right, wrong = cases(
        [judged("The mill closed in 1911.", True), judged("The mill closed in 1912.", False)], ScriptedReader()
    )

    assert any(right.free)
    assert not any(wrong.free)
    assert all(len(values) == len(SIGNS) for values in (*right.values, *wrong.values))
    assert probability(wrong, PLAIN) == 0.0 < probability(right, PLAIN)


def test_twins_are_pairs_that_differ_and_stand_in_both_halves() -> None:
    """Every pair has its kind and half, and its statements are claims of the bundled corpus."""
    rows = [json.loads(line) for line in TWINS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 120
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["true"] != row["false"] and row["kind"] for row in rows)
    assert {row["part"] for row in rows} == {"tune", "report"}
    with open_pipeline() as pipeline:
        made = list(twins(pipeline))
        told = list(strange(pipeline))
    assert len(made) == 2 * len(rows)
    assert all(one.hits for one in made)
    assert not any(one.draft.text in hit.chunk.text for one in told for hit in one.hits)
    assert not any(one.true for one in told)


def test_the_committed_point_names_every_sign() -> None:
    """What the fit wrote is what the judge reads."""
    stored = json.loads(POINTS.read_text(encoding="utf-8"))
    assert set(stored[BUILT_IN]["weights"]) == set(SIGNS)


def test_without_data_it_says_so(tmp_path: Path) -> None:
    """A folder without the development sets is one sentence, before anything is judged."""
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path)])
