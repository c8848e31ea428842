"""What a reviewer decided is kept: behind a crash, beside what others wrote, and over new proposals."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import BadCases, load_cases
from eval.proposals.decisions import Desk
from eval.proposals.make import read_proposals, register
from eval.proposals.propose import propose
from eval.proposals.review import decided
from index.records import Document
from rag.answer import Answer
from tests.eval.conftest import QuotingPipeline

CRANE = Document(
    "1" * 16, "yard.md", "Yard", "The yard crane is a gift of the town. The pump CV-41 weighs 30 kilograms.\n"
)
MILL = Document("2" * 16, "mill.md", "Mill", "The old mill is a museum of bread.\n")


def make(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser)
    given = parser.parse_args(arguments)
    return int(given.run(given))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(propose([CRANE], 4), tmp_path / "cases.jsonl")


def test_decisions_are_on_disk_at_once_and_a_second_start_goes_on(desk: Desk) -> None:
    """Accepted ones are cases, rejected ones are not, the open ones come next; a cut line is skipped."""
    desk.decide(0, "accepted", desk.proposals[0].case)
    desk.decide(1, "rejected", desk.proposals[1].case)
    with desk.cases.with_suffix(".decisions.jsonl").open("a") as file:
        file.write('{"id": "x", "ver')
    again = Desk(desk.proposals, desk.cases)

    assert [one.id for one in load_cases(desk.cases)] == [desk.proposals[0].case.id]
    assert again.accepted() == desk.accepted()
    assert again.next_open() == 2


def test_a_decision_behind_a_line_that_a_crash_cut_is_not_lost(desk: Desk) -> None:
    """It begins a line of its own, also where the cut goes through a character."""
    for cut in (b'{"id": "x", "ver', '{"id": "ü'.encode()[:-1]):
        desk.decide(0, "accepted", desk.proposals[0].case)
        with desk.cases.with_suffix(".decisions.jsonl").open("ab") as file:
            file.write(cut)
        desk = Desk(desk.proposals, desk.cases)
        desk.decide(1, "accepted", desk.proposals[1].case)

        assert Desk(desk.proposals, desk.cases).accepted() == [one.case for one in desk.proposals[:2]]


def test_cases_that_no_decision_made_are_not_overwritten(desk: Desk, tmp_path: Path, capsys) -> None:
    """A file written by hand is refused before anything is read, and stays as it is."""
    desk.cases.write_text('{"id": "mine", "question": "By hand?", "answerable": false}\n')
    with pytest.raises(BadCases, match=r"would be overwritten; give another --cases-out\."):
        Desk(desk.proposals, desk.cases)

    assert make("--docs", str(tmp_path), "--cases-out", str(desk.cases)) == 2
    assert capsys.readouterr().err.endswith("give another --cases-out.\n")
    assert [case.id for case in load_cases(desk.cases)] == ["mine"]


def test_new_proposals_do_not_take_the_decisions_on_old_ones(tmp_path: Path) -> None:
    """Numbers begin again with new proposals; what was accepted before stays, and the same proposal stays decided."""
    old, new = propose([CRANE], 1), propose([MILL], 1)
    assert old[0].case.id == new[0].case.id
    Desk(old, tmp_path / "c.jsonl").decide(0, "accepted", old[0].case)
    desk = Desk(new, tmp_path / "c.jsonl")

    assert desk.next_open() == 0
    desk.decide(0, "accepted", new[0].case)
    kept = load_cases(desk.cases)
    assert [case.question for case in kept] == [old[0].case.question, new[0].case.question]
    assert kept[0] == old[0].case
    renumbered = [replace(old[0], case=replace(old[0].case, id="fact-009"))]
    assert Desk(renumbered, tmp_path / "c.jsonl").next_open() is None


def test_decisions_of_before_there_were_keys_count_for_the_same_question_only(desk: Desk) -> None:
    """By their id, where question and evidence agree."""
    desk.decide(0, "accepted", desk.proposals[0].case)
    desk.decide(1, "rejected", desk.proposals[1].case)
    log = desk.cases.with_suffix(".decisions.jsonl")
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    for row in rows:
        del row["key"]
    rows[1]["case"]["question"] = "Another one?"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    again = Desk(desk.proposals, desk.cases)

    assert again.next_open() == 1
    assert again.accepted() == [desk.proposals[0].case]


def test_an_earlier_start_is_told_and_new_thumbs_are_taken_up(tmp_path: Path, monkeypatch, capsys) -> None:
    """Proposals are made once; other documents do not change them unseen, and a thumb given since is not lost."""
    monkeypatch.setattr("rag.cli.open_from", lambda _: QuotingPipeline())
    cases, thumbs = tmp_path / "c.jsonl", tmp_path / "feedback.jsonl"
    options = ("--cases-out", str(cases), "--no-review")
    assert make(*options) == 0
    assert capsys.readouterr().out.split("\n")[:2] == [
        f"2 proposals in {tmp_path}/c.proposed.jsonl from 1 of 3 documents; none is trusted before you accept it.",
        "None is accepted yet: run this again, without --no-review, and read them.",
    ]
    refused = Answer("dogs?", "dogs?", (), (), (), True, "Not said.", 0.1)
    thumbs.write_text(json.dumps({"verdict": "down", "answer": refused.to_dict()}) + "\n")
    for _ in range(2):
        assert make(*options, "--feedback", str(thumbs)) == 0
        assert "3 proposals in" in (told := capsys.readouterr().out)
        assert "of an earlier start (remove c.proposed.jsonl to have them made anew)" in told


def test_accepted_cases_come_with_the_command_that_asks_them_and_makes_the_page(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    """What it prints is what one types next; the report is a page beside the cases, not a terminal's scroll."""
    monkeypatch.setattr("rag.cli.open_from", lambda _: QuotingPipeline())
    cases = tmp_path / "my cases.jsonl"
    options = ("--docs", str(tmp_path), "--cases-out", str(cases), "--no-review")
    assert make(*options) == 0
    desk = Desk(read_proposals(cases.with_suffix(".proposed.jsonl")), cases)
    desk.decide(0, "accepted", desk.proposals[0].case)
    capsys.readouterr()

    assert make(*options) == 0
    command = f"rag eval --docs {tmp_path} --cases '{cases}' --out '{tmp_path}/my cases.report'"
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"1 accepted in {cases}. Ask them, and read {tmp_path}/my cases.report/report.html:",
        f"  {command}",
    ]


def test_documents_that_give_nothing_leave_no_file_behind(tmp_path: Path, monkeypatch, capsys) -> None:
    """Else nothing could ever be proposed for that file of cases, whatever was added to the documents."""
    cases = tmp_path / "c.jsonl"
    for texts, code in (({"a.md": "Hello there."}, 2), (None, 0)):
        monkeypatch.setattr("rag.cli.open_from", lambda _, texts=texts: QuotingPipeline(texts))
        assert make("--cases-out", str(cases), "--no-review") == code
    assert "give nothing to ask about" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        make("--cases-out", str(cases), "--most", "0")


def test_a_near_miss_that_a_document_answers_becomes_an_answerable_case(tmp_path: Path) -> None:
    """The reviewer writes the answer and the quote; the case is of neither kind any more."""
    miss = next(one for one in propose([CRANE], 9) if not one.case.answerable)
    desk = Desk([miss], tmp_path / "c.jsonl")
    told = decided(desk, 0, "accepted", "What is the yard crane?", "a gift", "The yard crane is a gift of the town.")

    assert told[1].startswith("Every proposal is decided: 1 accepted")
    (case,) = load_cases(desk.cases)
    assert (case.answerable, case.tags, case.evidence[0].document) == (True, ("edited",), "yard.md")
