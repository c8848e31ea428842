"""One question with and without its answer, counted by hand."""

import json
from pathlib import Path

import pytest

from eval.sets.unanswerable import one_fact, pair_figures, unanswerable
from eval.speed.workbench import Workbench
from rag.answer import Answer, Sentence
from rag.assemble import open_pipeline

MILL = "The mill is run by Ida Nor.\n\nThe bakery sells bread on Fridays."


def said(*texts: str, confidence: float = 0.5) -> Answer:
    sentences = tuple(Sentence(text, "supported", 1.0, ()) for text in texts)
    return Answer("Q?", "Q?", sentences, (), (), not texts, "No.", confidence)


def test_both_halves_are_counted() -> None:
    """Two of three answered, one of them right; one refused without its answer; confidences in the right order."""
    row = {"must": ["12"], "kind": "when"}
    asked = [
        (row, said("It is 12.", confidence=0.9), said(confidence=0.1)),
        (row, said("It is 7.", confidence=0.8), said("It is 7.", confidence=0.7)),
        (row, said(confidence=0.6), said("It is 7.", confidence=0.75)),
    ]
    found = {figure.name: figure.value for figure in pair_figures(asked)}

    assert found["right"] == pytest.approx(1 / 3)
    assert found["answered"] == pytest.approx(2 / 3)
    assert found["refused"] == pytest.approx(1 / 3)
    assert found["auroc"] == pytest.approx(7 / 9)


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({"kind": "when", "must": ["12"]}, True),
        ({"kind": "table cell", "must": ["12"]}, True),
        ({"kind": "when", "must": ["12", "13"]}, False),
        ({"kind": "highest/lowest", "must": ["12"]}, False),
        ({"kind": "old and new version", "must": ["12"]}, False),
        ({"kind": "refuse: another place", "must": ["12"], "refuse": True}, False),
    ],
)
def test_only_questions_for_one_fact_lose_their_answer(row: dict[str, object], counts: bool) -> None:
    """Without the dearest item another one is the dearest, so such a question keeps an answer."""
    assert one_fact(row) is counts


def test_a_folder_is_asked_with_and_without(tmp_path: Path) -> None:
    """The documents on disk stay as they are, and the question without an answer is not right."""
    docs = tmp_path / "docs" / "mill"
    docs.mkdir(parents=True)
    (docs / "mill.md").write_text(MILL)
    row = {"id": "a", "kind": "who", "files": ["mill/mill.md"], "question": "Who runs the mill?", "history": []}
    miss = row | {"id": "b", "question": "What does a loaf cost?", "must": [], "refuse": True}
    miss |= {"would": "A loaf costs 4 euros."}
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, (row | {"must": ["Ida Nor"]}, miss))))

    bench = Workbench(tmp_path, tmp_path / "cache", lambda docs, index: open_pipeline(docs, index, model="quotes"))
    found = {figure.name: figure for figure in unanswerable(bench)}

    assert (found["right"].value, found["right"].n, found["refused"].n) == (1.0, 1, 2)
    assert found["refused"].value == 1.0
    assert (docs / "mill.md").read_text() == MILL
