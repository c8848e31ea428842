"""The decision's weights come from data: separable data are separated, and no sign speaks against its meaning."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval.cases import default_cases, load_cases
from eval.training.decision_fit import AGAINST, best_threshold, crossed, figures, fit
from eval.training.decision_rows import Example, Kept, folders, of_another, to_fit_on
from rag.find.clues import SIGNS, held_codes
from rag.protocols import Span


def examples(count: int = 60) -> list[Example]:
    """Two passages a question; the right one has the higher judgement, none is right where a code is missing."""
    chance = np.random.default_rng(7)
    made = []
    for at in range(count):
        answerable = at % 3 > 0
        signs = chance.normal(0, 0.1, (2, len(SIGNS)))
        signs[0, SIGNS.index("judgement")] += 3
        signs[:, SIGNS.index("codes missing")] = 0.0 if answerable else 1.0
        made.append(Example("made", f"folder {at // 3}", answerable, signs, np.array([answerable, False])))
    return made


def test_what_can_be_told_apart_is() -> None:
    """Cross-fitted, the right passage is found and what lacks the code is refused."""
    judged = crossed(examples())
    told = figures(judged, best_threshold(judged))

    assert told["right"] >= 0.8
    assert told["refused"] == 1.0
    assert (told["answerable"], told["unanswerable"]) == (40, 20)


def test_no_weight_against_its_meaning() -> None:
    """Signs against an answer weigh at most 0, the others at least 0."""
    weights, _ = fit(examples())

    for name, weight in zip(SIGNS, weights, strict=True):
        assert weight <= 0 if name in AGAINST else weight >= 0


def test_the_hardest_source_does_not_decide_the_point_alone() -> None:
    """Half of one source's answers are hopeless; the point is one of .8 answered or more on average over both."""

    def judged(source: str, chances: list[float]) -> list[tuple[Example, np.ndarray]]:
        one = Example(source, source, True, np.zeros((1, len(SIGNS))), np.array([True]))
        return [(one, np.array([chance])) for chance in chances]

    easy, hard = judged("easy", [0.8] * 20), judged("hard", [0.6] * 14 + [0.01] * 6)

    assert best_threshold([*easy, *hard]) == pytest.approx(0.6)


class Once:
    """Reads everything once."""

    name = "once"

    def __init__(self) -> None:
        self.calls = 0

    def read(self, question: str, passages: list[str]) -> list[tuple[float, Span]]:
        self.calls += 1
        return [(0.5, Span(text[:2], 0, 2, 1.0, 0.7)) for text in passages]


def test_readings_are_kept(tmp_path: Path) -> None:
    """A second run reads nothing again and gets the same."""
    first, second = Once(), Once()
    kept = Kept(first, tmp_path / "kept.json")
    said = kept.read("q", ["abc", "def"])
    kept.save()

    assert Kept(second, tmp_path / "kept.json").read("q", ["abc", "def"]) == said
    assert (first.calls, second.calls) == (1, 0)


def test_networks_joined_anew_read_anew(tmp_path: Path) -> None:
    """The reader's name tells its weights and not how its networks are joined; a reading outlives neither."""
    first, second = Once(), Once()
    kept = Kept(first, tmp_path / "kept.json", "joined so")
    kept.read("q", ["abc"])
    kept.save()
    Kept(second, tmp_path / "kept.json", "joined otherwise").read("q", ["abc"])

    assert (first.calls, second.calls) == (1, 1)


def test_reported_cases_are_not_fitted_on() -> None:
    """The half that figures are reported on stays unseen, and so do turns that nothing is read for."""
    cases = load_cases(default_cases())
    chosen = to_fit_on(cases)

    assert {case.half for case in chosen} == {"tune"}
    assert not {"small-talk", "summary"} & {tag for case in chosen for tag in case.tags}
    assert len(chosen) == sum(case.half == "tune" and not {"small-talk", "summary"} & set(case.tags) for case in cases)


def test_a_question_for_one_fact_is_read_again_without_it(tmp_path: Path) -> None:
    """Its twin has no right passage, counts as unanswerable and is told apart from a near miss that was written."""
    docs = tmp_path / "docs" / "mill"
    docs.mkdir(parents=True)
    (docs / "mill.md").write_text("The mill is run by Ida Nor.\n\nThe bakery sells bread on Fridays.")
    rows = [
        {"kind": "who", "question": "Who runs the mill?", "must": ["Ida Nor"]},
        {
            "kind": "refuse: x",
            "question": "Who runs the bakery?",
            "must": [],
            "refuse": True,
            "would": "Jon Ek runs it.",
        },
    ]
    lines = [json.dumps({"files": ["mill/mill.md"], "history": [], **row}) for row in rows]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines))
    found = list(folders(tmp_path, lambda reader: Kept(reader, tmp_path / "kept.json")))

    assert [(one.answerable, one.withheld, bool(one.right.any())) for one in found] == [
        (True, False, True),
        (False, True, False),
        (False, False, False),
        (True, False, True),
    ]


def test_a_number_is_exchanged_for_one_that_nothing_tells_of() -> None:
    """Codes and long numbers that the documents hold are turned at their last digit; amounts and others' stay."""
    held = held_codes("Machine 287 has 90 ampere, machine 288 has 60. E-41 is low oil, in 2019.")

    assert of_another("Which fuse has machine 287?", held) == "Which fuse has machine 289?"
    assert of_another("What is E-41 since 2019?", held) == "What is E-42 since 2010?"
    assert of_another("Which machine has 90 ampere?", held) == ""
    assert of_another("Which fuse has machine 300?", held) == ""


def test_what_speaks_against_an_answer_is_among_the_signs() -> None:
    """A sign that was renamed here alone would be taken for one that speaks for an answer, and left out of the fit."""
    assert AGAINST < set(SIGNS)
