"""A run against another: flips are named with both answers, and a fall is told with its questions and its noise."""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import BadCases, load_cases
from eval.compare import (
    FORMAT,
    Earlier,
    baseline_row,
    compare,
    comparison_lines,
    earlier,
    load_baseline,
    register,
    worsened,
)
from eval.eval_command import evaluate, publish
from eval.metrics.stats import mean_difference
from eval.report import Report, text_report


@pytest.fixture
def report(pipeline, tmp_path: Path, case_lines: list[str]) -> Report:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(case_lines), encoding="utf-8")
    return evaluate(load_cases(file), pipeline, seed=3)


def of(right: bool, answer: str = "", **measures: float) -> Earlier:
    return Earlier("Q?", answer, {"right": float(right), **measures})


def test_saved_report_is_the_baseline_of_the_next_run(report: Report, tmp_path: Path, capsys) -> None:
    """A report compared with itself has no flips and nothing worse; file and folder are both accepted."""
    assert publish(report, out=tmp_path) == 0
    before = load_baseline(tmp_path)

    assert before == load_baseline(tmp_path / "report.json") == earlier(report.outcomes)
    comparison = compare(before, earlier(report.outcomes))
    assert comparison.flips == ()
    assert worsened(comparison) == []
    assert publish(report, before, allowed=0.0, as_json=True) == 0
    printed = capsys.readouterr().out
    row = json.loads(printed[printed.index("{\n") :])
    assert row["figures"]["right"]["value"] == 0.75
    assert row["comparison"]["shared"] == 4


def test_a_baseline_is_a_small_part_of_a_report(report: Report, tmp_path: Path) -> None:
    """It holds the measures and the answers, is read like a report, and no evidence is in it."""
    row = baseline_row(asdict(report.header), report.outcomes)
    (tmp_path / "b.json").write_text(json.dumps(row))

    assert load_baseline(tmp_path / "b.json") == earlier(report.outcomes)
    assert set(row["outcomes"][0]) == {"id", "question", "answer", "measures"}


def test_what_else_changed_between_the_runs_is_told(report: Report, tmp_path: Path, capsys) -> None:
    """Another judge or other documents may have moved a figure: each form of the report says so. What an old baseline
    does not tell is passed over.
    """
    head = asdict(report.header)
    row = baseline_row(head | {"judge": "a coin", "documents": 2}, report.outcomes)
    (tmp_path / "b.json").write_text(json.dumps(row))
    told = f"Between the runs changed: judge a coin -> {head['judge']}; documents 2 -> 3."

    assert publish(report, load_baseline(tmp_path / "b.json"), out=tmp_path / "out", allowed=0.0) == 0
    assert told in capsys.readouterr().out
    assert "documents 2 -&gt; 3." in (tmp_path / "out" / "report.html").read_text()
    assert "Between the runs changed" in (tmp_path / "out" / "report.md").read_text()
    (tmp_path / "b.json").write_text(json.dumps(row | {"header": {"judge": head["judge"]}}))
    assert compare(load_baseline(tmp_path / "b.json"), earlier(report.outcomes, head)).changed == ()


def test_each_flip_is_named_with_both_answers(report: Report) -> None:
    """Lost questions come first; new and gone cases are counted apart."""
    asked = {one.id: one.question for one in report.outcomes}
    before = {
        "cost": replace(of(False, "It was cheap."), question=asked["cost"]),
        "knows": replace(of(True, "The documents\ndo not say."), question=asked["knows"]),
        "old": of(True, "Yes."),
    }
    comparison = compare(before, earlier(report.outcomes))
    text = text_report(report, comparison)

    assert (comparison.shared, comparison.new, comparison.gone) == (2, 2, 1)
    assert "2 cases in both (2 new, 1 gone): 1 won, 1 lost, p = 1.000" in text
    lost, won = text.index("right -> wrong  knows: who knows"), text.index("wrong -> right  cost: how much did")
    assert lost < won
    assert "before: The documents do not say." in text
    assert "before: It was cheap." in text
    assert "now:    The GPUs cost $5.5 million. [1]" in text


def test_an_id_that_names_another_question_is_another_case() -> None:
    """Rows that are numbered and then moved are not held against each other: new here, gone there."""
    before = {"1": of(True), "2": replace(of(True), question="Who?")}
    after = {"1": of(True), "2": replace(of(False), question="When?"), "3": of(True)}
    comparison = compare(before, after)

    assert (comparison.shared, comparison.new, comparison.gone, comparison.flips) == (1, 2, 1, ())
    assert worsened(comparison) == []


def test_a_fall_is_told_with_its_questions_and_whether_it_is_more_than_noise() -> None:
    """Ten of ten fallen is more than noise, one of ten is not; a rise and an equal measure say nothing."""
    before = {f"c{n}": of(True, precise=1.0, true=0.5, recalled=0.2) for n in range(10)}
    after = {f"c{n}": of(n != 3, precise=0.0, true=0.5, recalled=0.4) for n in range(10)}
    sentences = worsened(compare(before, after))

    assert sentences == [
        "Worse than the baseline: right (fact cited, or refused) fell from 1.000 to 0.900 (n = 10, may be noise) by "
        "c3.",
        "Worse than the baseline: citations needed or sufficient fell from 1.000 to 0.000 (n = 10, more than noise) by "
        + ", ".join(f"c{n}" for n in range(10))
        + ".",
    ]
    assert worsened(compare(before, after), allowed=0.2) == sentences[1:]
    lines = list(comparison_lines(compare(before, after)))
    assert any("0.200 -> 0.400" in line and line.endswith("better, more than noise") for line in lines)


def test_a_measure_counts_only_where_both_runs_have_it() -> None:
    """A case that has no value in one run is no fall."""
    before, after = {"a": of(True, faithful=1.0), "b": of(True)}, {"a": of(True), "b": of(True, faithful=0.0)}

    assert [shift.measure for shift in compare(before, after).shifts] == ["right"]


def outcome(measures: str, answer: str = '"a"') -> str:
    """A report of one outcome."""
    return f'{{"format": 2, "outcomes": [{{"id": "a", "question": "q", "answer": {answer}, "measures": {measures}}}]}}'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is not a report of rag eval"),
        ("{}", "is not a report of rag eval"),
        ("[1]", "is not a report of rag eval"),
        ('{"format": 2, "outcomes": [{"id": "a"}]}', "is not a report of rag eval"),
        ('{"format": 1, "outcomes": []}', "is a report of format 1"),
        (outcome('{"right": "yes"}'), "'yes' stands in an outcome"),
        (outcome('{"right": NaN}'), "nan stands in an outcome"),
        (outcome('{"precise": 7}'), "7 stands in an outcome"),
        (outcome("{}", "[1]"), r"\[1\] stands in an outcome"),
        ("[" * 100_000, "is not a report of rag eval"),
    ],
)
def test_a_file_that_is_no_report_of_this_format_is_no_baseline(tmp_path: Path, content: str, told: str) -> None:
    """One sentence instead of a traceback."""
    (tmp_path / "r.json").write_text(content)

    with pytest.raises(BadCases, match=told):
        load_baseline(tmp_path / "r.json")


def test_runs_without_a_common_case_are_not_compared() -> None:
    """Nothing in common is no success."""
    with pytest.raises(BadCases, match="none of these cases"):
        worsened(compare({"a": of(True)}, {"b": of(True)}))


def test_the_command_compares_two_files_and_exits_with_1_where_something_is_worse(
    report: Report, tmp_path: Path, capsys
) -> None:
    """A against B is worse, B against A is not, and a missing file is bad input."""
    good = baseline_row(asdict(report.header), [replace(one, right=True) for one in report.outcomes])
    bad = baseline_row(asdict(report.header), report.outcomes)
    for name, row in (("a.json", good), ("b.json", bad)):
        (tmp_path / name).write_text(json.dumps(row))
    parser = argparse.ArgumentParser()
    register(parser)

    def run(*names: str) -> int:
        arguments = parser.parse_args([str(tmp_path / name) for name in names[:2]] + list(names[2:]))
        return int(arguments.run(arguments))

    assert run("a.json", "b.json") == 1
    told = capsys.readouterr()
    assert told.err.startswith("Worse than the baseline: right")
    assert told.err.endswith("by knows.\n")
    assert "right -> wrong  knows" in told.out
    assert run("b.json", "a.json") == 0
    assert run("a.json", "b.json", "--allow", "0.25") == 0
    assert run("a.json", "nowhere.json") == 2
    assert FORMAT == good["format"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_the_interval_of_a_difference_holds_no_value_outside_the_differences(pairs: list[tuple[float, float]]) -> None:
    """It lies between the least and the greatest difference, and does not depend on the order of the cases."""
    low, high = mean_difference(pairs)
    differences = [after - before for before, after in pairs]

    assert min(differences) - 1e-9 <= low <= high <= max(differences) + 1e-9
    assert mean_difference(pairs[::-1]) == pytest.approx((low, high), abs=1e-12)


def test_the_interval_of_a_difference_is_about_the_normal_one() -> None:
    """100 paired differences of known spread: mean +- 1.96 x standard error."""
    before = np.random.default_rng(5).random(100)
    after = before + np.random.default_rng(6).normal(0.1, 0.2, 100)
    error = 1.96 * np.std(after - before) / 10
    mean = float(np.mean(after - before))

    found = mean_difference(list(zip(before, after, strict=True)))
    assert found == pytest.approx((mean - error, mean + error), abs=0.01)
    assert mean_difference([]) is None
