"""The loop saves what it did, continues where it was stopped, and scores what it saved."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import BadCases, Case, load_cases
from eval.run import RECORDS, from_row, identity, run_cases, run_in


@pytest.fixture
def cases(tmp_path: Path, case_lines: list[str]) -> tuple[Case, ...]:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(case_lines), encoding="utf-8")
    return load_cases(file)


def test_a_record_survives_the_way_through_json(pipeline, cases) -> None:
    """Answers, hits and seconds are the same after writing and reading."""
    records = list(run_cases(cases, pipeline, seed=7))

    assert [from_row(json.loads(json.dumps(record.to_row()))) for record in records] == records
    assert [record.case for record in records] == ["cost", "where", "staff", "knows"]
    assert {record.seed for record in records} == {7}


def test_history_reaches_the_pipeline_and_hits_come_from_the_rewritten_question(pipeline, cases) -> None:
    """A follow-up is searched with its history."""
    record = list(run_cases(cases, pipeline))[1]

    assert record.answer.searched_for == "it moves to where? what of Moonshot AI?"
    assert len(record.fused) == 6
    assert record.answer.evidence[0].chunk.document_id == "id-kimi.md"


def test_a_stopped_run_continues_where_it_stopped(pipeline, cases, tmp_path: Path) -> None:
    """After two records and a line cut off by a crash, only the other cases are asked; the records are all there."""
    started = run_in(tmp_path / "out", cases, pipeline, "run")
    first = [next(started), next(started)]
    started.close()
    with (tmp_path / "out" / RECORDS).open("a", encoding="utf-8") as file:
        file.write('{"case": "staff", "se')
    pipeline.asked.clear()
    records = list(run_in(tmp_path / "out", cases, pipeline, "run"))

    assert pipeline.asked == ["how many people?", "who knows the market future?"]
    assert first == records[:2]
    lines = (tmp_path / "out" / RECORDS).read_text(encoding="utf-8").splitlines()
    assert [from_row(json.loads(line)) for line in lines[1:]] == records


def test_a_line_cut_within_a_letter_loses_itself_alone(pipeline, cases, tmp_path: Path) -> None:
    """A full disk ends a file anywhere, within the bytes of a letter too; the records before are still taken."""
    first = next(run_in(tmp_path, cases, pipeline, "run"))
    with (tmp_path / RECORDS).open("ab") as file:
        file.write('{"asked": "wo geht das hin, Käthe'.encode()[:-4])
    pipeline.asked.clear()

    assert next(run_in(tmp_path, cases, pipeline, "run")) == first
    assert pipeline.asked == []


def test_two_runs_at_once_keep_the_records_of_both(pipeline, cases, tmp_path: Path) -> None:
    """The second goes on from what the first has saved, takes nothing from under it, and both may be stopped."""
    first = run_in(tmp_path, cases, pipeline, "run")
    next(first)
    second = run_in(tmp_path, cases, pipeline, "run")
    next(second)
    records = [next(first), next(first)]
    for one in (first, second):
        one.close()
    pipeline.asked.clear()

    assert list(run_in(tmp_path, cases, pipeline, "run"))[1:3] == records
    assert pipeline.asked == ["who knows the market future?"]


def test_records_of_another_run_are_never_mixed_in(pipeline, cases, tmp_path: Path) -> None:
    """With other code, documents or models every case is asked again."""
    assert len(list(run_in(tmp_path, cases, pipeline, "one"))) == len(cases)
    pipeline.asked.clear()

    assert len(list(run_in(tmp_path, cases, pipeline, "other"))) == len(cases)
    assert len(pipeline.asked) == len(cases)


def test_what_did_not_change_is_not_asked_again(pipeline, cases, tmp_path: Path) -> None:
    """After a finished run only a changed question and a new history reach the pipeline, even for a renamed case."""
    records = list(run_in(tmp_path, cases, pipeline, "run"))
    pipeline.asked.clear()
    changed = [
        replace(cases[0], question="how much did they cost?"),
        replace(cases[1], history=()),
        replace(cases[2], id="renamed", tags=("other",)),
        cases[3],
    ]
    again = list(run_in(tmp_path, changed, pipeline, "run"))

    assert pipeline.asked == ["how much did they cost?", "it moves to where?"]
    assert again[2].answer == records[2].answer
    assert [record.case for record in again] == ["cost", "where", "renamed", "knows"]
    assert again[3] == records[3]


def test_identity_changes_with_each_part() -> None:
    """Model, seed: whatever an answer depends on, in any order."""
    same = identity(model="quotes", seed=0)

    assert same == identity(seed=0, model="quotes")
    assert len({same, identity(model="quotes", seed=1), identity(model="other", seed=0)}) == 3


def test_a_folder_that_cannot_be_written_is_one_sentence(pipeline, cases, tmp_path: Path) -> None:
    """--out on a path below a file is refused with a remedy."""
    (tmp_path / "file").write_text("x")

    with pytest.raises(BadCases, match=r"cannot be saved in .*file.*; give another --out"):
        list(run_in(tmp_path / "file" / "out", cases, pipeline, "run"))
