"""Thumbs of the chat become proposals, which a reviewer can accept."""

import json
from pathlib import Path

import pytest

from eval.cases import BadCases, load_cases
from eval.proposals.decisions import Desk
from eval.proposals.thumbs import from_feedback
from index.records import Quote
from rag.answer import Answer, Citation, Sentence

TEXT = "The Tern ferry carries 22 cars over the sound."


def test_thumbs_of_the_chat_become_proposals(tmp_path: Path) -> None:
    """The latest thumb on a question counts; words and quotes of the answer are offered, none for a refusal."""
    cite = Citation(1, Quote("d", "D", "docs/ferry.md", None, 0, 46, TEXT))
    good = Answer("cars?", "cars?", (Sentence(TEXT, "quoted", 1.0, (1,)),), (cite,), (), False, "", 0.9)
    refused = Answer("dogs?", "dogs?", (), (), (), True, "Not said.", 0.1)
    rows = [("down", good), ("up", refused), ("up", good)]
    file = tmp_path / "feedback.jsonl"
    file.write_text("".join(json.dumps({"time": "", "verdict": v, "answer": a.to_dict()}) + "\n" for v, a in rows))
    cars, dogs = from_feedback(file)

    assert (cars.case.tags, cars.case.answers) == (("feedback", "praised"), (TEXT,))
    assert cars.case.evidence[0].document == "ferry.md"
    assert (dogs.case.answerable, dogs.case.answers) == (False, ())
    quote = {"citation": {"quote": "The Tern"}}
    rows = [json.loads(line) | quote for line in file.read_text().splitlines()]
    told = [json.dumps(row | {"verdict": said}) for row, said in zip(rows, ("up", "down", "up"), strict=True)]
    file.write_text("\n".join(told))
    (judged,) = from_feedback(file)
    assert "does not say what the answer says: “The Tern”" in judged.context
    assert judged.case.tags == ("feedback", "complained")
    file.write_text('{"verdict": "up"}\n')
    with pytest.raises(BadCases, match="line 1 is no thumb"):
        from_feedback(file)


def test_a_thumb_on_words_of_a_model_can_be_accepted(tmp_path: Path) -> None:
    """The quotes that the answer cites stand around the place, for they are what the case is checked against."""
    cite = Citation(1, Quote("d", "D", "docs/ferry.md", None, 0, 46, TEXT))
    said = Sentence("22 cars fit on the Tern.", "supported", 0.95, (1,), (0, 7))
    file = tmp_path / "feedback.jsonl"
    answer = Answer("cars?", "cars?", (said,), (cite,), (), False, "", 0.9, model="small")
    file.write_text(json.dumps({"verdict": "up", "answer": answer.to_dict()}) + "\n")
    desk = Desk(from_feedback(file), tmp_path / "cases.jsonl")
    desk.decide(0, "accepted", desk.proposals[0].case)

    assert [case.answers for case in load_cases(desk.cases)] == [("22 cars",)]


@pytest.mark.parametrize(
    "line", ["5", "[]", '"x"', '{"verdict": "up", "answer": "x"}', '{"verdict": "up", "answer": {}}']
)
def test_a_line_that_is_no_thumb_is_one_sentence(tmp_path: Path, line: str) -> None:
    """The line is named, whatever JSON it holds; empty lines are counted."""
    file = tmp_path / "feedback.jsonl"
    file.write_text(f"\n{line}\n")

    with pytest.raises(BadCases, match=r"^feedback\.jsonl line 2 is no thumb of the chat page \(.*\); give"):
        from_feedback(file)
