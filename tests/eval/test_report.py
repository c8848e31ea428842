"""The figures of a small run, its report as text, and its gates."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import BadCases, Case, Gold, load_cases
from eval.eval_command import evaluate, publish
from eval.figures import Figure, figures, share
from eval.gates import missed_bounds, parse_gates, refuse_unknown
from eval.report import Report, fault, make_report, text_report
from eval.run import run_cases
from eval.score import score


@pytest.fixture
def report(pipeline, tmp_path: Path, case_lines: list[str]) -> Report:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(case_lines), encoding="utf-8")
    return evaluate(load_cases(file), pipeline, seed=3)


def figure(report: Report, name: str) -> Figure:
    return next(figure for figure in report.figures if figure.name == name)


@pytest.mark.parametrize(
    ("name", "value", "top", "bottom"),
    [
        ("right", 0.75, 3, 4),
        ("fact_cited", 1.0, 2, 2),
        ("fact_shown", 1.0, 2, 2),
        ("refused_unanswerable", 0.5, 1, 2),
        ("wrongly_refused", 0.0, 0, 2),
        ("evidence_at_1", 1.0, 2, 2),
        ("evidence_at_5", 1.0, 2, 2),
        ("fused_at_5", 1.0, 2, 2),
        ("fused_mrr", (1 / 2 + 1 / 4) / 2, 0.75, 2),
        ("mrr", 1.0, 2, 2),
        ("true_citations", 1.0, 3, 3),
        ("citation_recall", 1.0, 3, 3),
        ("citation_precision", 1.0, 3, 3),
        ("quoted", 1.0, 3, 3),
        ("opens_with_fact", 1.0, 2, 2),
        ("numbers", 1.0, 1, 1),
        ("invented", 0.0, 0, 3),
    ],
)
def test_shares_of_the_small_run(report: Report, name: str, value: float, top: float, bottom: float) -> None:
    """Each share has the numerator and denominator that counting by hand gives."""
    one = figure(report, name)

    assert (one.value, one.top, one.bottom) == (pytest.approx(value), top, bottom)
    assert one.low <= one.value <= one.high


def test_quotes_have_no_faithfulness(report: Report) -> None:
    """Verbatim sentences are counted as quoted; nothing is left to judge, so the figure is undefined and not 1."""
    one = figure(report, "faithfulness")

    assert (one.value, one.n, one.left_out) == (None, 0, 4)


def test_other_figures_of_the_small_run(report: Report) -> None:
    """Words of single-fact answers, AUROC over all cases, and the area over the answered ones."""
    assert figure(report, "words_single_fact").value == 4.5
    assert figure(report, "auroc").value == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    assert figure(report, "risk_area").n == 3
    assert figure(report, "seconds_p95").value >= figure(report, "seconds_median").value


def test_tags_have_their_own_figures(report: Report) -> None:
    """Each tag counts the cases that carry it."""
    rows = {tag: [(one.value, one.n) for one in row[:1]] for tag, row in report.tags.items()}

    expected = {"follow-up": [(1.0, 1)], "near-miss": [(0.5, 2)], "number": [(1.0, 1)], "single-fact": [(1.0, 2)]}
    assert rows == expected


def test_cases_without_a_value_are_reported_beside_the_denominator() -> None:
    """None and an empty denominator leave a case out and count it; nothing at all is undefined, not zero."""
    mixed = share("x", "g", "l", [(1.0, 2.0), None, (0.0, 0.0)])
    empty = share("x", "g", "l", [])

    assert (mixed.value, mixed.n, mixed.left_out) == (0.5, 1, 2)
    assert (empty.value, empty.n, empty.low) == (None, 0, None)
    assert empty.worse_than(0.0)


def test_figures_of_no_cases_are_all_undefined() -> None:
    """A report over nothing claims nothing."""
    assert {one.value for one in figures(())} == {None}


def test_text_report_says_what_was_run_and_names_the_wrong_case(report: Report) -> None:
    """Header, denominators, intervals, thresholds, tags and the worst case with its fault."""
    text = text_report(report)

    assert "4 cases, seed 3" in text
    assert "model quotes, reader words, embedder none" in text
    assert "judge words (the system's own)" in text
    assert "BY HALF" in text
    assert "3 documents, 6 chunks" in text
    assert "3/4, 4 cases" in text
    assert "WORST CASES, 1 of 1 that are wrong" in text
    assert "knows: who knows the market future?" in text
    assert "answered what the documents do not say; confidence 0.50; expected a refusal" in text
    assert max(len(line) for line in text.splitlines()) <= 120


def test_a_report_survives_the_way_through_json(report: Report) -> None:
    """Header, figures, outcomes and all they hold are the same after writing and reading."""
    assert Report.from_row(json.loads(json.dumps(report.to_row()))) == report


def test_both_halves_are_shown_apart(report: Report) -> None:
    """Every case counts in exactly one half."""
    assert sum(row[0].n for row in report.halves.values()) == 4
    assert set(report.halves) <= {"report", "tune"}


def test_faults_are_told_apart(report: Report) -> None:
    """A right outcome has no fault; the wrong one says what is wrong."""
    assert [fault(outcome) for outcome in report.outcomes[:3]] == ["", "", ""]
    assert fault(report.outcomes[3]) == "answered what the documents do not say"


def test_a_wrong_value_and_a_case_without_evidence_have_words_of_their_own(pipeline) -> None:
    """The fact is cited and a value of an older version shown; where no evidence is given, none is missed."""
    case = Case("c", "how much did the GPUs cost?", (), ("5.5 million",), (), True)
    gold = (Gold("v3.md", "The GPUs cost $5.5 million."),)
    cases = [
        replace(case, evidence=gold, wrong=("GPUs cost",)),
        replace(case, id="d", answers=("7 million",)),
        replace(case, id="e", question="zzz?"),
        replace(case, id="f", evidence=gold, answers=("7 million",)),
    ]

    assert [fault(one) for one in evaluate(cases, pipeline).outcomes] == [
        "shows a value that is wrong here",
        "gold fact not in a cited quote, no gold evidence to look for",
        "refused, no gold evidence to look for",
        "gold fact not in a cited quote",
    ]


def test_the_page_of_any_evidence_is_the_right_one(pipeline) -> None:
    """Of two places that hold the fact the answer may cite either; another page is wrong, and none asked for none."""
    golds = [Gold("v3.md", "DeepSeek V3", 3), Gold("v3.md", "The GPUs cost $5.5 million.", 7)]
    case = Case("c", "how much did the GPUs cost?", (), ("5.5 million",), tuple(golds), True)
    (record,) = run_cases([case], pipeline)
    (cited,) = record.answer.citations

    def page(cited_page: int, case: Case) -> bool | None:
        moved = replace(cited, source=replace(cited.source, page=cited_page))
        said = replace(record, answer=replace(record.answer, citations=(moved,)))
        return score(case, said, (), lambda _: None, pipeline.judge.entail).said.page

    assert [page(number, case) for number in (3, 7, 4)] == [True, True, False]
    assert page(7, replace(case, evidence=(Gold("v3.md", "DeepSeek V3"),))) is None


def test_gates_fail_on_the_wrong_side_of_their_bound(report: Report, capsys) -> None:
    """Shares fail below, refusals of good questions above; a met bound is no failure; exit codes are 1 and 0."""
    gates = parse_gates(["right=0.8", "wrongly_refused=0", "fact_cited=1", "words_single_fact=4"])

    expected = [
        "Gate failed: right is 0.750, wanted at least 0.8.",
        "Gate failed: words_single_fact is 4.500, wanted at most 4.",
    ]
    assert missed_bounds(report.figures, gates) == expected
    assert publish(report, gates=gates) == 1
    assert capsys.readouterr().err.splitlines() == expected
    assert publish(report, gates={"right": 0.75}) == 0


def test_an_undefined_figure_fails_its_gate(report: Report) -> None:
    """A gate on a figure that no case can give is not passed silently."""
    assert missed_bounds(make_report(report.header, report.outcomes[2:]).figures, {"fact_cited": 0.1})


@pytest.mark.parametrize("text", ["right", "rigth=1", "right=x", "=1", "right=nan", "right=inf"])
def test_gates_that_cannot_be_read_are_refused(text: str) -> None:
    """A typing error in a gate is never a passed gate."""
    with pytest.raises(BadCases, match=r"METRIC=VALUE|known are right"):
        refuse_unknown(parse_gates([text]), ["right"])
