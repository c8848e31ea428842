"""`rag eval` from its arguments to its exit code, with the real pipeline over a folder of two files."""

import argparse
import json
from pathlib import Path

import pytest

from eval.cases import default_corpus, load_cases
from eval.eval_command import register
from rag import open_pipeline

TEXTS = {
    "v3.md": "# DeepSeek V3\n\nTraining DeepSeek V3 took two months. The GPUs used for it cost $5.5 million.\n",
    "kimi.md": "# Kimi\n\nMoonshot AI made Kimi K2. The company moves its headquarters to Singapore.\n",
}


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case_lines: list[str]) -> list[str]:
    monkeypatch.setenv("RAG_CACHE", str(tmp_path / "cache"))
    docs, cases = tmp_path / "docs", tmp_path / "cases.jsonl"
    docs.mkdir()
    for name, text in TEXTS.items():
        (docs / name).write_text(text)
    case = {
        "id": "cost",
        "question": "How much did the GPUs used to train DeepSeek V3 cost?",
        "answers": ["5.5 million dollars"],
        "evidence": [{"document": "v3.md", "quote": "The GPUs used for it cost $5.5 million."}],
        "answerable": True,
        "tags": ["single-fact"],
    }
    cases.write_text(json.dumps(case) + "\n")
    return ["--docs", str(docs), "--cases", str(cases)]


def rag_eval(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser)
    given = parser.parse_args(arguments)
    return int(given.run(given))


def test_a_run_reports_saves_compares_and_gates(options: list[str], tmp_path: Path, capsys) -> None:
    """The right answer gives exit code 0, a missed gate 1, and the saved report serves as baseline."""
    out = tmp_path / "out"

    assert rag_eval(*options, "--out", str(out), "--fail-under", "right=1", "true_citations=1") == 0
    told = capsys.readouterr()
    assert "1/1, 1 cases" in told.out
    assert "BY HALF" not in told.out  # of somebody's own cases nothing was fitted on either
    assert f"open {out / 'report.html'}" in told.err
    assert {file.name for file in out.iterdir()} == {
        "records.jsonl",
        *(f"report.{suffix}" for suffix in ("json", "txt", "html", "md", "xml")),
    }
    report = json.loads((out / "report.json").read_text())
    assert report["figures"]["evidence_at_5"]["value"] == 1
    assert report["header"]["documents"] == 2

    arguments = [*options, "--baseline", str(out), "--fail-under", "words_single_fact=1"]
    assert rag_eval(*arguments) == 1
    told = capsys.readouterr()
    assert "1 cases in both (0 new, 0 gone): 0 won, 0 lost" in told.out
    assert "Gate failed: words_single_fact is " in told.err


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        (["--cases", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["--fail-under", "rigth=1"], "--fail-under names 'rigth'"),
        (["--baseline", "nowhere.json"], "nowhere.json is not a report"),
        (["--no-worse-than", "nowhere.json"], "nowhere.json is not a report"),
        (["--benchmark", "scifact"], "--cases is for cases and --benchmark has its own"),
    ],
)
def test_bad_options_are_one_sentence_before_anything_is_loaded(
    options: list[str], capsys, extra: list[str], sentence: str
) -> None:
    """Exit code 2, nothing on stdout."""
    assert rag_eval(*options, *extra) == 2
    told = capsys.readouterr()
    assert told.err.startswith(sentence)
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_a_half_without_a_case_is_no_report(options: list[str], capsys) -> None:
    """A report of no case would pass every comparison."""
    (case,) = load_cases(Path(options[3]))
    other = "tune" if case.half == "report" else "report"

    assert rag_eval(*options, "--half", other) == 2
    assert capsys.readouterr().err == f"None of the 1 cases is of the half {other!r}; leave --half out.\n"


def test_the_report_says_how_the_cases_were_read(options: list[str], tmp_path: Path, capsys) -> None:
    """In the text, the page, the JSON and the summary; also where the report comes from an earlier run."""
    listed = tmp_path / "list.csv"
    listed.write_text("question,answer\nHow much did the GPUs used to train DeepSeek V3 cost?,5.5 million dollars\n")
    form = "a question list: questions from 'question', accepted answers from 'answer', no evidence"
    out = tmp_path / "out"
    for _ in range(2):
        assert rag_eval(*options[:2], "--cases", str(listed), "--out", str(out)) == 0
        assert f"\nread as {form}\n" in capsys.readouterr().out
        assert json.loads((out / "report.json").read_text())["header"]["form"] == form
    assert f"Read as {form}" in (out / "report.md").read_text()
    assert "accepted answers from &#39;answer&#39;" in (out / "report.html").read_text()
    assert rag_eval(*options) == 0
    assert "\nread as cases in Footnote's own form\n" in capsys.readouterr().out


def test_cases_about_other_documents_are_refused(options: list[str], tmp_path: Path, capsys) -> None:
    """Gold evidence that is not among the documents stops the run before any question is asked."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "kimi.md").write_text(TEXTS["kimi.md"])

    assert rag_eval("--docs", str(other), *options[2:]) == 2
    assert "no stored document is named 'v3.md' (there are 1)" in capsys.readouterr().err


def test_a_second_run_with_nothing_changed_opens_nothing(options: list[str], capsys, monkeypatch) -> None:
    """The same report comes from what was kept; another case, document or a wish for a fresh one asks again."""
    assert rag_eval(*options, "--json") == 0
    first = json.loads(capsys.readouterr().out)

    def refuse(_: argparse.Namespace) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr("rag.cli.open_from", refuse)
    assert rag_eval(*options, "--json") == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == first
    assert told.err.startswith("Nothing changed since an earlier run")
    for change in (["--fresh"], ["--report-judge", "words"], ["--seed", "2"]):
        with pytest.raises(AssertionError, match="opened"):
            rag_eval(*options, *change)
    (Path(options[1]) / "kimi.md").write_text("# Kimi\n\nChanged.\n")
    with pytest.raises(AssertionError, match="opened"):
        rag_eval(*options)


def test_what_was_answered_afresh_stays(options: list[str], tmp_path: Path) -> None:
    """A run with --fresh takes nothing from earlier ones, and where it is stopped the next one goes on from it."""
    assert rag_eval(*options, "--fresh") == 0
    records = tmp_path / "cache" / "eval" / "records" / "quotes" / "records.jsonl"

    assert len(records.read_text().splitlines()) == 2


def test_a_baseline_of_other_cases_is_refused_before_any_question(
    options: list[str], tmp_path: Path, capsys, monkeypatch
) -> None:
    """It could only be refused at the end of the run."""
    row = {"id": "cost", "question": "Another?", "answer": "", "measures": {"right": 1.0}}
    (tmp_path / "base.json").write_text(json.dumps({"format": 2, "outcomes": [row]}))
    monkeypatch.setattr("rag.cli.open_from", lambda _: pytest.fail("opened"))

    assert rag_eval(*options, "--no-worse-than", str(tmp_path / "base.json")) == 2
    assert "none of these cases" in capsys.readouterr().err


def test_an_index_that_the_environment_names_is_asked_as_it_is(
    options: list[str], tmp_path: Path, capsys, monkeypatch
) -> None:
    """Neither replaced by the bundled documents nor a crash where a flag names it, with or without documents beside."""
    index = tmp_path / "index"
    with open_pipeline(docs=options[1], index=index) as pipeline:
        held = {entry.uri for entry in pipeline.store.documents()}
    monkeypatch.setenv("RAG_INDEX", str(index))
    assert rag_eval(*options[2:], "--json") == 0
    assert json.loads(capsys.readouterr().out)["header"]["documents"] == len(held)
    monkeypatch.delenv("RAG_INDEX")
    assert rag_eval("--index", str(index), *options[2:], "--json") == 0
    assert rag_eval("--index", str(index), *options, "--json") == 0
    with open_pipeline(index=index) as pipeline:
        assert {entry.uri for entry in pipeline.store.documents()} == held


@pytest.mark.parametrize("other", [["--fresh"], []])
def test_a_run_takes_nothing_from_one_that_was_another(
    options: list[str], tmp_path: Path, capsys, monkeypatch, other: list[str]
) -> None:
    """Neither the report nor the records that stand in the folder it is saved in: weights in eight bits may answer
    otherwise than weights in full.
    """
    out = tmp_path / "out"
    assert rag_eval(*options, "--out", str(out)) == 0
    lines = (out / "records.jsonl").read_text().split("\n")
    row = json.loads(lines[1])
    row["seconds"] = 99.0
    (out / "records.jsonl").write_text("\n".join([lines[0], json.dumps(row)]))
    capsys.readouterr()
    if not other:
        monkeypatch.setenv("RAG_QUANTIZE", "int8")
    assert rag_eval(*options, *other, "--out", str(out), "--json") == 0
    assert json.loads(capsys.readouterr().out)["outcomes"][0]["seconds"] < 99


@pytest.mark.parametrize(
    ("option", "texts"),
    [("--allow", ("nan", "inf", "much")), ("--sample", ("0", "-3", "x")), ("--limit", ("0",)), ("--seed", ("-1",))],
)
def test_a_number_that_no_run_could_use_is_refused_at_once(options: list[str], option: str, texts, capsys) -> None:
    """With "nan" or "inf" no measure could ever fall by more; a sample of none was once all, a seed below 0 a crash."""
    for text in texts:
        with pytest.raises(SystemExit):
            rag_eval(*options, option, text)
        assert f"{text!r} is no " in capsys.readouterr().err


def test_a_gate_beside_a_benchmark_is_refused(capsys) -> None:
    """It would never be looked at, and so would seem to have passed."""
    assert rag_eval("--benchmark", "injections", "--no-worse-than", "b.json") == 2
    assert capsys.readouterr().err.startswith("--no-worse-than is for cases and --benchmark has its own")
    assert rag_eval("--benchmark", "nothing") == 2
    assert capsys.readouterr().err.startswith("There is no benchmark 'nothing'")


def test_a_saved_baseline_is_compared_and_gates(options: list[str], tmp_path: Path, capsys) -> None:
    """An unchanged run is no worse than itself; a baseline of other cases is refused in one sentence."""
    baseline = tmp_path / "baseline.json"

    assert rag_eval(*options, "--save-baseline", str(baseline)) == 0
    assert rag_eval(*options, "--no-worse-than", str(baseline)) == 0
    assert "1 cases in both" in capsys.readouterr().out
    row = json.loads(baseline.read_text())
    row["outcomes"][0]["id"] = "another"
    baseline.write_text(json.dumps(row))
    assert rag_eval(*options, "--no-worse-than", str(baseline)) == 2
    assert "none of these cases" in capsys.readouterr().err


def test_the_list_of_benchmarks_needs_no_data(capsys) -> None:
    """`--benchmark list` names them all."""
    assert rag_eval("--benchmark", "list") == 0
    assert "scifact" in capsys.readouterr().out
    assert default_corpus().is_dir()
