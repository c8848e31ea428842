"""Recorded sentences of small models: read strictly, replayed without a model, counted by hand."""

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.cases import BadCases, default_corpus
from eval.sets.written import Replay, load_written, replay
from rag.check.gate import Gate
from rag.check.point import PLAIN
from tests.fakes import ScriptedReader

TEXT = "The mill at Stoke closed in 1931. It was owned by Anna Reed."
PASSAGES = [{"document": "mill.md", "title": "Mills", "heading": "", "start": 40, "end": 40 + len(TEXT), "text": TEXT}]
ROW = {
    "id": "w1",
    "question": "When did the mill close?",
    "model": "small",
    "given": "g1",
    "sentence": "The mill at Stoke closed in 1931.",
    "label": "true",
    "reason": "as it stands there",
    "half": "tune",
}


def saved(folder: Path, *rows: dict[str, object], passages: object = None) -> Path:
    hits = PASSAGES if passages is None else passages
    (folder / "some_passages.jsonl").write_text(json.dumps({"id": "g1", "hits": hits}) + "\n")
    (folder / "some.jsonl").write_text("".join(json.dumps({**ROW, **row}) + "\n" for row in rows))
    return folder / "some.jsonl"


def test_the_bundled_sentences_are_labelled_and_halved_by_question() -> None:
    """Every label and both models stand in both halves, no question in two, and no sentence twice for one question."""
    sentences = load_written()

    assert 2 == len({one.model for one in sentences})
    for half in ("tune", "report"):
        labels = Counter(one.label for one in sentences if one.half == half)
        assert {"true", "partial", "false"} == set(labels)
        assert 2 == len({one.model for one in sentences if one.half == half})
    questions = {half: {one.question for one in sentences if one.half == half} for half in ("tune", "report")}
    assert not questions["tune"] & questions["report"]
    assert len({(one.model, one.question, one.draft.text) for one in sentences}) == len(sentences)
    assert all(one.reason for one in sentences)
    assert {hit.uri for one in sentences for hit in one.passages} <= {path.name for path in default_corpus().iterdir()}


def test_a_sample_is_replayed_without_a_model() -> None:
    """A verbatim sentence is kept; one whose words no passage holds is not shown as supported."""
    sentences = load_written()
    sample = [
        *[one for one in sentences if one.label == "true"][:3],
        *[one for one in sentences if one.label == "false"][:3],
    ]
    found = replay(sample, lambda one: Gate(ScriptedReader(), one.passages, point=PLAIN, question=one.question))
    everything = [result for (_, model), result in found.items() if model == "all"]

    assert 6 == sum(sum(result.total.values()) for result in everything)


def test_what_is_shown_is_counted_by_label(tmp_path: Path) -> None:
    """Three true sentences, two of them kept, and a false one that the gate believes: 2 of 3, 2 of 3."""
    said = {"Anna owned a mill in Stoke.": 0.0, "The mill burned down twice.": 1.0}
    rows = [
        {},
        {"id": "w2", "sentence": "It was owned by Anna Reed."},
        {"id": "w3", "sentence": "Anna owned a mill in Stoke."},
        {"id": "w4", "sentence": "The mill burned down twice.", "label": "false"},
    ]
    sentences = load_written(saved(tmp_path, *rows))
    found = replay(sentences, lambda one: Gate(ScriptedReader(said), one.passages, point=PLAIN))

    assert {("tune", "small"), ("tune", "all")} == set(found)
    result = found["tune", "all"]
    assert (2 / 3, 2 / 3) == (result.precision, result.kept)
    assert "2 of 3; 0 partial, 1 false" in str(result)


def test_nothing_shown_is_no_precision() -> None:
    """The zero case is told as such, not as 0 or 1."""
    none = dict.fromkeys(("true", "partial", "false"), 0)

    assert (None, None) == (Replay(none, none).precision, Replay(none, none).kept)
    assert "n/a" in str(Replay(none, none))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"label": "maybe"}, "line 1 has 'maybe' as 'label'"),
        ({"half": "both"}, "line 1 has 'both' as 'half'"),
        ({"given": "g9"}, "line 1 has 'g9' as 'given'"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: dict[str, object], said: str) -> None:
    """Line, field and what is known."""
    with pytest.raises(BadCases, match=said):
        load_written(saved(tmp_path, row))


def test_a_line_separator_in_a_sentence_ends_no_row(tmp_path: Path) -> None:
    """JSON allows U+2028 within a text."""
    path = saved(tmp_path)
    path.write_text(json.dumps({**ROW, "sentence": "It closed\u2028in 1931."}, ensure_ascii=False), encoding="utf-8")

    assert [one.draft.text for one in load_written(path)] == ["It closed\u2028in 1931."]


def test_damaged_files_are_one_sentence(tmp_path: Path) -> None:
    """No JSON, missing fields, a passage that is not as long as its place, no file."""
    path = saved(tmp_path, ROW)
    path.write_text("{")
    with pytest.raises(BadCases, match="line 1 is not JSON"):
        load_written(path)
    path.write_text("{}\n")
    with pytest.raises(BadCases, match="line 1 lacks id, question"):
        load_written(path)
    with pytest.raises(BadCases, match=r"mill\.md whose text is not as long"):
        load_written(saved(tmp_path, ROW, passages=[{**PASSAGES[0], "end": 3}]))
    with pytest.raises(BadCases, match="cannot be read"):
        load_written(tmp_path / "absent.jsonl")
