"""Questions for lists, counted by hand; and the rows say what their documents say."""

import json

import pytest

from eval.sets.listed import ROWS, Asked, half_of, list_figures, questions_of, shows
from rag.answer import Answer, Sentence


def said(*texts: str) -> Answer:
    sentences = tuple(Sentence(text, "supported", 1.0, ()) for text in texts)
    return Answer("Q?", "Q?", sentences, (), (), not texts, "No.", 0.5)


def test_figures_by_hand() -> None:
    """Of two lists one is told whole and one in part; a line is told; of two near misses one is refused."""
    whole = Asked("f", "How do we open?", "whole", ("Lift the sluice.", "Ring the bell."))
    asked = [whole, whole, Asked("f", "Which bell?", "one", ("Ring the bell.",)), Asked("f", "How do we sell?", "none")]
    answers = [said("1. Lift the sluice.", "2. Ring the\n bell."), said("1. Lift the sluice."), said("Ring the bell.")]
    found = {one.name: one for one in list_figures([*asked, asked[-1]], [*answers, said(), said("Ring the bell.")])}

    assert {name: one.value for name, one in found.items()} == {
        "whole_answered": 1.0,
        "whole_right": 0.5,
        "one_answered": 1.0,
        "one_right": 1.0,
        "none_refused": 0.5,
    }
    assert found["whole_right"].n == 2
    assert not shows(said(), ())


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]


def test_every_line_that_is_wanted_stands_in_its_document(rows) -> None:
    """First before last, and no question is asked of both halves."""
    for row in rows:
        for one in questions_of(row):
            assert all(line in row["text"] for line in one.lines)
        assert all(row["text"].index(first) < row["text"].rindex(last) for _, first, last in row["whole"])
    halves = {
        half: {q for r in rows if half_of(r["folder"]) == half for q, *_ in r["whole"]} for half in ("tune", "report")
    }
    assert min(map(len, halves.values())) > 200
    assert not halves["tune"] & halves["report"]
