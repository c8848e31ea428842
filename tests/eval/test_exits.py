"""JUnit XML that machines read and Markdown that no document text can break."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from eval.cases import load_cases
from eval.compare import Earlier, compare, earlier
from eval.eval_command import evaluate
from eval.exits import junit, summary
from eval.report import Report


@pytest.fixture
def report(pipeline, tmp_path: Path, case_lines: list[str]) -> Report:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(case_lines), encoding="utf-8")
    return evaluate(load_cases(file), pipeline, seed=3)


def test_junit_has_a_test_for_each_case_and_each_failed_gate(report: Report) -> None:
    """The wrong case fails with what is wrong; ids, kinds and seconds are there."""
    root = ElementTree.fromstring(junit(report, ["Gate failed: right is 0.750."]))
    cases, gates = root

    assert (cases.get("tests"), cases.get("failures")) == ("4", "1")
    assert [case.get("name") for case in cases] == ["cost", "where", "staff", "knows"]
    assert cases[0].get("classname") == "single-fact"
    assert cases[3][0].get("message") == "answered what the documents do not say"
    assert gates[0][0].get("message") == "Gate failed: right is 0.750."


def test_characters_that_xml_cannot_hold_are_left_out(report: Report) -> None:
    """A control character in an answer does not break the file; markup is text."""
    outcome = replace(report.outcomes[3], answer="a\x00\x1b<b>&\ufffe\U0001f9e0", id="x<y")
    root = ElementTree.fromstring(junit(replace(report, outcomes=(outcome,))))

    assert root[0][0].get("name") == "x<y"
    assert root[0][0][0].text.endswith("said: a<b>&\U0001f9e0")


def test_the_summary_shows_headlines_halves_flips_and_gates(report: Report) -> None:
    """Values with interval and n; a pipe or a tag in a question stays text."""
    before = {"knows": Earlier("a|b <img>", "no", {"right": 1.0})}
    outcomes = (*report.outcomes[:3], replace(report.outcomes[3], question="a|b <img>"))
    text = summary(replace(report, outcomes=outcomes), compare(before, earlier(outcomes)), ["Gate failed: x."])

    assert "| right (fact cited, or refused) | 0.750 |" in text
    assert "- **Gate failed: x.**" in text
    assert "0 won, 1 lost" in text
    assert "- lost: knows: a\\|b \\<img\\>" in text
    assert "right (report)" in text or "right (tune)" in text
