"""What is kept: verdicts on disk at once, finished reports by content, and nothing where content cannot be known."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import Case
from eval.kept import KeptVerdicts, content_of, keep_report, kept_report, kept_verdicts, run_key, settled
from rag.settings import Settings, read_settings

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
def settings(tmp_path: Path) -> Settings:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("One.")
    return Settings(docs=(docs,), model="quotes", cache=tmp_path)


def key(settings: Settings, cases: Sequence[Case] = (CASE,), judge: str = "built-in", seed: int = 0) -> str | None:
    return run_key(cases, settings, judge, seed)


def test_the_key_follows_content(settings: Settings, tmp_path: Path) -> None:
    """Touching a file changes nothing; words, names, cases, settings and a model's files do."""
    file = settings.docs[0] / "a.md"
    same = key(settings)
    file.touch()
    assert key(settings) == same

    keys = {same, key(settings, [CASE, CASE]), key(settings, seed=1), key(settings, judge="words")}
    file.write_text("Two.")
    keys.add(key(settings))
    file.rename(file.with_name("b.md"))
    keys.add(key(settings))
    keys.add(key(replace(settings, quantize="int8")))
    model = tmp_path / "small.gguf"
    for content in (b"GGUF", b"GGUF again"):
        model.write_bytes(content)
        keys.add(key(replace(settings, model=str(model))))
    assert len(keys) == 9


@pytest.mark.parametrize("field", ["model", "judge"])
def test_what_answers_behind_a_server_is_never_kept(settings: Settings, field: str) -> None:
    """The same address may be another model tomorrow, whether a flag or the environment names it."""
    assert key(replace(settings, **{field: "http://localhost:1/v1#m"})) is None
    assert key(read_settings({}, {f"RAG_{field.upper()}": "http://localhost:1/v1#m"})) is None
    assert not settled(replace(settings, **{field: "http://localhost:1/v1#m"}))


def test_answers_outlive_a_judge_that_fails_behind_its_server(settings: Settings) -> None:
    """No report is taken from a run that it marked, but what was answered does not depend on it."""
    assert key(settings, judge="http://localhost:1/v1#m") is None
    assert settled(settings)


def test_an_index_counts_by_its_files_and_one_in_a_server_is_not_known(settings: Settings, tmp_path: Path) -> None:
    """Given as text or by the environment, beside documents or alone."""
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "index.sqlite").write_bytes(b"1")
    given = read_settings({"index": str(folder)}, {})
    first = key(given)
    (folder / "index.sqlite").write_bytes(b"22")
    assert None not in {first, key(given)}
    assert key(given) != first
    assert key(read_settings({"index": "milvus://localhost:19530/x"}, {})) is None
    assert key(read_settings({"index": str(tmp_path / "none")}, {})) is None


def test_two_judges_never_share_verdicts(tmp_path: Path) -> None:
    """Long names, names that differ in a sign, other weights of one name; behind a server nothing is kept."""
    weights = tmp_path / "judge"
    weights.write_bytes(b"1")
    for named in (f"{'a' * 80}1", f"{'a' * 80}2", "org/judge-v1", "org-judge/v1", str(weights)):
        assert kept_verdicts(CountingJudge(0.5), tmp_path, named).entail([("p", "a")]) == [0.5]
    assert kept_verdicts(CountingJudge(), tmp_path, str(weights)).entail([("p", "a")]) == [0.5]
    weights.write_bytes(b"22")
    assert kept_verdicts(CountingJudge(0.7), tmp_path, str(weights)).entail([("p", "a")]) == [0.7]
    judge = CountingJudge(0.5)
    assert kept_verdicts(judge, tmp_path, "http://localhost:1/v1#m") is judge
    assert kept_verdicts(judge, tmp_path, "built-in", "http://localhost:1/v1#m") is judge


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """What cannot be kept is judged again."""
    (tmp_path / "verdicts").write_text("a file in the way")
    assert kept_verdicts(CountingJudge(0.5), tmp_path, "words").entail([("p", "a")]) == [0.5]


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
