"""Folders of BEIR and question lists of others load, and what is wrong with one is a sentence."""

import gzip
import json
from pathlib import Path

import pytest

from eval.cases import BadCases, default_cases, load_cases
from eval.sets.brought import Questions, beir, load_questions
from eval.speed.workbench import Workbench


def beir_folder(folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\td1\t0\n") -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": "d1", "title": "Cells", "text": "Cells divide."}, {"_id": "d2", "text": "Mice eat cheese."}]
    with gzip.open(folder / "corpus.jsonl.gz", "wt") as file:
        file.write("\n".join(map(json.dumps, corpus)))
    queries = [{"_id": "q1", "text": "what do mice eat"}, {"_id": "unjudged", "text": "x"}]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels" / "test.tsv").write_text(qrels)
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    return folder


def bench(folder: Path, cache: Path, pipeline) -> Workbench:
    def open_over(docs: Path | None, index: Path | None):
        return type(pipeline)({file.name: file.read_text() for file in sorted(docs.iterdir())} if docs else None)

    return Workbench(folder, cache, open_over)


def test_a_folder_of_beir_is_searched(tmp_path: Path, pipeline) -> None:
    """Only judged queries of the test split count, grades of 0 are not relevant, gzip and plain text both load."""
    figures = {f.name: f for f in beir(bench(beir_folder(tmp_path / "set"), tmp_path / "cache", pipeline))}

    assert figures["reranked_recall_at_1"].value == 1
    assert figures["fused_recall_at_1"].value == 0
    assert figures["fused_recall_at_1"].n == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [("qrels/test.tsv", "line 1 is"), ("queries.jsonl", "cannot be read"), (None, "holds no corpus.jsonl")],
)
def test_a_broken_folder_is_one_sentence(tmp_path: Path, pipeline, change: str | None, told: str) -> None:
    """The file and what it should hold are named."""
    folder = beir_folder(tmp_path / "set") if change else tmp_path
    if change:
        (folder / change).write_text("{broken")

    with pytest.raises(BadCases, match=told):
        list(beir(bench(folder, tmp_path / "cache", pipeline)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ragas.jsonl", '{"user_input": "Q?", "reference": "A."}\n{"user_input": "R?", "reference": ""}'),
        ("old.jsonl", '{"question": "Q?", "ground_truths": ["A."]}\n{"question": "R?", "ground_truths": []}'),
        ("deepeval.json", '[{"input": "Q?", "expected_output": "A."}, {"input": "R?", "expected_output": ""}]'),
        (
            "goldens.json",
            '{"goldens": [{"input": "Q?", "expected_output": "A."}, {"input": "R?", "expected_output": ""}]}',
        ),
        ("sheet.csv", "question,answer\nQ?,A.\nR?,\n"),
    ],
)
def test_question_lists_of_others_become_cases(tmp_path: Path, name: str, content: str) -> None:
    """The reference is the accepted answer; a question whose reference is empty must be refused."""
    (tmp_path / name).write_text(content)
    first, second = load_questions(tmp_path / name).cases

    assert (first.question, first.answers, first.evidence, first.answerable) == ("Q?", ("A.",), (), True)
    assert (second.question, second.answerable) == ("R?", False)


def test_our_own_cases_stay_ours(tmp_path: Path) -> None:
    """The strict loader reads them, and complains about what it always complained about."""
    assert load_questions(default_cases()) == Questions(load_cases(default_cases()), "cases in Footnote's own form")
    (tmp_path / "c.jsonl").write_text('{"id": "a", "question": "Q?", "answerable": true}')
    with pytest.raises(BadCases, match="answerable but has no answers"):
        load_questions(tmp_path / "c.jsonl")
    (tmp_path / "d.jsonl").write_text('{"user_input": "Q?", "reference": "A."}\n{"user_input": " "}')
    with pytest.raises(BadCases, match=r"d\.jsonl row 2 has no question"):
        load_questions(tmp_path / "d.jsonl")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "c.jsonl",
            '{"id": "a", "question": "Q?", "answer": "A.", "evidence": [{"document": "d.md", "quote": "A."}]}',
            r"line 1 lacks answerable and has the unknown field 'answer'; .* 'answers', a list",
        ),
        (
            "c.jsonl",
            '{"question": "Q?", "answer": "A."}\n{"id": "b", "question": "R?", "answerable": false}',
            r"line 1 lacks id, answerable and has the unknown field 'answer'",
        ),
        ("c.jsonl", '{"id": "a", "question": "Q?", "answer": "A.", "history": [["R?", "B."]]}', "lacks answerable"),
        ("c.csv", "question,answer,answerable\nQ?,A.,false\n", "row 1 has the field 'answerable', which only our own"),
        ("c.json", '{"goldens": [{"input": "Q?", "expected_output": "A."}, {"input": "R?", "need": "all"}]}', "'need'"),
    ],
)
def test_a_case_that_lacks_a_field_is_not_taken_for_a_list_of_others(
    tmp_path: Path, name: str, content: str, told: str
) -> None:
    """Its evidence, its history or its being unanswerable would be dropped in silence."""
    (tmp_path / name).write_text(content)

    with pytest.raises(BadCases, match=told):
        load_questions(tmp_path / name)


def test_how_a_list_was_read_is_told(tmp_path: Path) -> None:
    """Of several fields that may hold the answer one counts, and the reader of the report must know which."""
    (tmp_path / "r.jsonl").write_text(
        '{"question": "Q?", "answer": "said", "ground_truth": "meant"}\n{"question": "R?", "answer": "also said"}\n'
        '{"user_input": "S?", "answer": ""}'
    )
    found = load_questions(tmp_path / "r.jsonl")

    assert [case.answers for case in found.cases] == [("meant",), ("also said",), ()]
    assert found.form == (
        "a question list: questions from 'question' and 'user_input', accepted answers from 'ground_truth' and "
        "'answer', no evidence"
    )


def test_what_a_list_leaves_open_is_not_guessed(tmp_path: Path) -> None:
    """A golden without an output is not unanswerable, a conversation is no question; cells may have lines."""
    goldens = tmp_path / "goldens.json"
    goldens.write_text('[{"input": "Q?", "expected_output": "A."}, {"input": "R?", "expected_output": null}]')
    with pytest.raises(BadCases, match="row 2 has no reference"):
        load_questions(goldens)
    talk = tmp_path / "talk.jsonl"
    talk.write_text('{"user_input": [{"content": "Hi", "type": "human"}], "reference": "A."}')
    with pytest.raises(BadCases, match="row 1 has no question in one text"):
        load_questions(talk)
    table = tmp_path / "table.csv"
    table.write_text('user_input,reference\n"Q?","first line\nsecond line"\n')

    assert [case.answers for case in load_questions(table).cases] == [("first line\nsecond line",)]


def test_a_row_without_an_id_is_known_by_its_question(tmp_path: Path) -> None:
    """A row put before it changes no name; a question that repeats is numbered; given ids stay, also 0."""
    file = tmp_path / "q.csv"
    file.write_text("question,answer\nQ?,A.\nR?,\nQ?,B.\n")
    ids = [case.id for case in load_questions(file).cases]
    file.write_text("question,answer\nNew?,\nQ?,A.\nR?,\nQ?,B.\n")

    assert [case.id for case in load_questions(file).cases][1:] == ids
    assert ids[2] == f"{ids[0]}-2"
    file.write_text("id,question,answer\n0,Q?,A.\n ,R?,\n")
    assert [case.id for case in load_questions(file).cases] == ["0", ids[1]]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "d.jsonl",
            '{"id": 1, "question": "Q?", "answer": ""}\n{"id": "1", "question": "R?", "answer": ""}',
            "'1' twice",
        ),
        ("big.csv", f'question,answer,contexts\nQ?,A.,"{"x" * 140_000}"\n', "larger than field limit"),
        ("head.csv", "question,answer\n", "head.csv holds no questions"),
        ("empty.csv", "", "empty.csv holds no questions"),
    ],
)
def test_a_list_that_cannot_be_used_is_one_sentence(tmp_path: Path, name: str, content: str, told: str) -> None:
    """An id that stands twice, a cell that the csv module does not read, a head without rows."""
    (tmp_path / name).write_text(content)

    with pytest.raises(BadCases, match=told):
        load_questions(tmp_path / name)


def test_a_line_separator_in_a_question_ends_no_row(tmp_path: Path) -> None:
    """JSON allows U+2028 within a text."""
    file = tmp_path / "u.jsonl"
    file.write_text('{"question": "Is\u2028it?", "answer": ""}\n', encoding="utf-8")

    assert [case.question for case in load_questions(file).cases] == ["Is\u2028it?"]
