"""What is kept: verdicts on disk at once, finished reports by content, and nothing where content cannot be known."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.cases import Case
from eval.kept import KeptVerdicts, content_of, keep_report, kept_report, run_key

CASE = Case("a", "Q?", (), (), (), False)


class CountingJudge:
    name = "counting"

    def __init__(self, *scores: float) -> None:
        self.scores, self.asked = list(scores), []

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self.scores.pop(0) for _ in pairs]


def test_a_pair_is_judged_once_and_kept_on_disk(tmp_path: Path) -> None:
    """Pairs asked before, twice at once, or by an earlier process do not reach the judge; order is kept."""
    file, judge = tmp_path / "v" / "j.jsonl", CountingJudge(0.1, 0.9)
    kept = KeptVerdicts(judge, file)

    assert kept.entail([("p", "a"), ("p", "b"), ("p", "a")]) == [0.1, 0.9, 0.1]
    assert kept.entail([("p", "b")]) == [0.9]
    assert KeptVerdicts(CountingJudge(), file).entail([("p", "b"), ("p", "a")]) == [0.9, 0.1]
    assert judge.asked == [("p", "a"), ("p", "b")]


def test_no_verdict_is_asked_again_and_a_cut_line_is_skipped(tmp_path: Path) -> None:
    """NaN is not remembered; what a crash cut off is judged anew."""
    file = tmp_path / "j.jsonl"
    first = KeptVerdicts(CountingJudge(float("nan"), 0.4), file)
    assert str(first.entail([("p", "a"), ("p", "b")])) == "[nan, 0.4]"
    with file.open("a") as lines:
        lines.write('["abc", 0.')

    assert KeptVerdicts(CountingJudge(0.7), file).entail([("p", "a"), ("p", "b")]) == [0.7, 0.4]


def test_a_judge_that_fails_half_way_loses_nothing(tmp_path: Path) -> None:
    """What it said before it failed is known to the next run."""
    judge = CountingJudge(0.5)
    kept = KeptVerdicts(judge, tmp_path / "j.jsonl")
    kept.entail([("p", "a")])
    with pytest.raises(IndexError):
        kept.entail([("p", "b")])

    assert KeptVerdicts(CountingJudge(), tmp_path / "j.jsonl").entail([("p", "a")]) == [0.5]


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("One.")
    return argparse.Namespace(
        docs=[docs], index=None, model=None, reader=None, embedder=None, judge=None, report_judge="built-in", seed=0
    )


def test_the_key_follows_content(options: argparse.Namespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Touching a file changes nothing; words, names, cases, settings and environment do."""
    file = options.docs[0] / "a.md"
    same = run_key([CASE], options)
    file.touch()
    assert run_key([CASE], options) == same

    keys = {same, run_key([CASE, CASE], options)}
    file.write_text("Two.")
    keys.add(run_key([CASE], options))
    file.rename(file.with_name("b.md"))
    keys.add(run_key([CASE], options))
    options.seed = 1
    keys.add(run_key([CASE], options))
    monkeypatch.setenv("RAG_QUANTIZE", "int8")
    keys.add(run_key([CASE], options))
    assert len(keys) == 6


@pytest.mark.parametrize("field", ["model", "judge", "report_judge"])
def test_what_answers_behind_a_server_is_never_kept(options: argparse.Namespace, field: str) -> None:
    """The same address may be another model tomorrow."""
    setattr(options, field, "http://localhost:1/v1#m")

    assert run_key([CASE], options) is None


def test_the_latest_reports_are_kept(tmp_path: Path) -> None:
    """At most as many as asked for; an unknown key and a broken file give nothing."""
    for number in range(4):
        keep_report(tmp_path, f"k{number}", {"n": number}, most=2)
    keep_report(tmp_path, None, {"n": 9})

    assert len(list((tmp_path / "finished").iterdir())) == 2
    assert kept_report(tmp_path, "k3") == {"n": 3}
    assert kept_report(tmp_path, "k0") is None
    assert kept_report(tmp_path, None) is None
    (tmp_path / "finished" / "k3.json").write_text(json.dumps({"n": 3})[:-2])
    assert kept_report(tmp_path, "k3") is None


def test_content_knows_names_and_folders(tmp_path: Path) -> None:
    """The same bytes under another name are other content."""
    for folder, name in (("one", "a"), ("two", "b")):
        (tmp_path / folder / "x").mkdir(parents=True)
        (tmp_path / folder / "x" / name).write_bytes(b"1")

    assert content_of([tmp_path / "one" / "x"]) != content_of([tmp_path / "two" / "x"])
