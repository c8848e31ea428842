"""Benchmarks of whole answers, on rows small enough to count by hand."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.cases import BadCases
from eval.sets.answering import (
    accepted,
    case_figures,
    cases,
    character_figures,
    judged_figures,
    multihop_hotpot100,
    pubmedqa,
    rgb,
    said_any,
    verdict,
)
from eval.speed.workbench import Workbench
from index.records import Quote
from rag.answer import Answer, Citation, Sentence
from rag.protocols import Span


@pytest.fixture
def bench(tmp_path: Path, pipeline) -> Workbench:
    def open_over(docs: Path | None, index: Path | None):
        texts = {file.name: file.read_text() for file in sorted(docs.rglob("*.md"))} if docs else None
        return type(pipeline)(texts)

    (tmp_path / "data").mkdir()
    return Workbench(tmp_path / "data", tmp_path / "cache", open_over)


@pytest.fixture
def write(bench: Workbench) -> Callable[..., None]:
    def write_rows(name: str, *rows: dict[str, object]) -> None:
        with gzip.open(bench.data / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)

    return write_rows


def values(figures) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in figures}


def said(*texts: str, abstained: bool = False, citations: tuple[Citation, ...] = ()) -> Answer:
    sentences = tuple(Sentence(text, "supported", 1.0, (1,)) for text in texts)
    return Answer("Q?", "Q?", sentences, citations, (), abstained, "No.", 0.5)


def test_rgb_counts_answers_in_noise_and_refusals_of_noise(bench: Workbench, write) -> None:
    """The true passage answers while it is there; with noise alone the quoting pipeline refuses; the planted fact is
    repeated where only it is given."""
    row = {
        "id": "0",
        "question": "where was the big final game played",
        "answer": "Tampa, Florida",
        "positive": ["The big final game was played in Tampa, Florida."] * 5,
        "negative": ["Tickets are on sale."] * 5,
        "positive_wrong": ["The big final game was played in Glendale."] * 5,
        "fakeanswer": "Glendale",
    }
    write("en_fact", row)
    write("zh_refine", {**row, "answer": [["Tampa, Florida", "Tampa"]]})
    found = values(rgb(bench))

    assert [found[f"en_fact_noise_{noise}"] for noise in ("0", "0.4", "0.8")] == [1, 1, 1]
    assert (found["en_fact_rejected"], found["zh_refine_rejected"]) == (1, 1)
    assert (found["fake_repeated"], found["conflict_told"]) == (1, 0)
    assert accepted([["a", "b"], "c"]) == ["a", "b", "c"]


def test_an_answer_without_spaces_is_found_by_its_characters() -> None:
    """Chinese facts stand inside longer runs; a refusal says nothing."""
    assert said_any(said("踩踏事件造成至少12人死亡。"), ["12人"]) == 1
    assert said_any(said("12人。", abstained=True), ["12人"]) == 0


def test_pubmedqa_counts_what_the_answer_opens_with(bench: Workbench, write) -> None:
    """A quote that says neither yes nor no is maybe; the abstract is found among the others."""
    write(
        "questions",
        {"id": "1", "question": "do mice like cheese", "contexts": ["Mice like cheese.", "n = 5."], "answer": "maybe"},
        {"id": "2", "question": "do cells divide often", "contexts": ["Cells divide often."], "answer": "yes"},
    )
    found = values(pubmedqa(bench))

    assert (found["accuracy"], found["decided"]) == (0.5, 0.0)
    assert found["reranked_recall_at_1"] == 1
    assert [verdict(said(text)) for text in ("Yes, they do.", "No.", "Nobody knows.")] == ["yes", "no", "maybe"]


def test_our_measure_of_a_right_answer_is_held_against_people() -> None:
    """Two agree, one correct answer in other words is missed: 2/3, and (1/2 + 1) / 2 balanced."""
    rows = [
        {"model_answer": "It is $8.70 million.", "gold_answer": "$8.70", "human_label": "Incorrect Answer"},
        {"model_answer": "It is 5 dollars.", "gold_answer": "$5", "human_label": "Correct Answer"},
        {"model_answer": "About eight.", "gold_answer": "8.1", "human_label": "Correct Answer"},
    ]
    found = values(judged_figures(rows))

    assert found["measure_accuracy"] == pytest.approx(2 / 3)
    assert found["measure_balanced"] == pytest.approx(0.75)


def test_hotpot_wants_both_paragraphs(bench: Workbench, write) -> None:
    """One of two supporting paragraphs in the first two hits is a recall of one half."""
    write(
        "corpus",
        *({"doc_id": name, "title": name, "text": f"{name} is a spirit."} for name in ("Lilu", "Alu", "Gallu")),
    )
    row = {"id": "q", "question": "Gallu is a demon", "answer": "spirit", "supporting_doc_ids": ["Gallu", "nothing"]}
    write("questions", {**row, "supporting_doc_ids": ["Gallu", "Lilu"]})
    found = values(multihop_hotpot100(bench))

    assert found["fused_recall_at_5"] == 1
    assert found["answer_shown"] == 1


def test_characters_by_hand() -> None:
    """Of the answers 踢爆 and 被踢爆 the first is matched exactly; half of the span has F1 2 x 2 / (4 + 2)."""
    spans = [Span("踢爆。", 0, 3, 0.0, 1.0), Span("即为踢爆", 0, 4, 0.0, 1.0), Span("", 0, 0, 0.0, 0.0)]
    found = values(character_figures(spans, [["被踢爆", "踢爆"], ["踢爆"], ["泡"]]))

    assert found["exact"] == pytest.approx(1 / 3)
    assert found["f1"] == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_cases_are_scored_by_patterns_pages_and_refusals() -> None:
    """Right with page, right without opening, wrong by an unwanted word, silent or citing where silence is wanted."""
    cite = (Citation(1, Quote("d", "D", "d.pdf", 4, 0, 9, "It is 12.")),)
    base = {"must": ["12"], "history": [], "kind": "a: b"}
    asked = [
        ({**base, "page": 4}, said("It is 12.", citations=cite)),
        (base, said("Well.", "It is 12.")),
        ({**base, "must_not": ["red"]}, said("It is 12, red.")),
        ({"refuse": True, "must": [], "kind": "talk"}, said("Hello!")),
        ({"refuse": True, "must": [], "kind": "talk"}, said("It is 12.", citations=cite)),
    ]
    found = values(case_figures(asked))

    assert (found["right"], found["refused"], found["opens"], found["page"]) == (pytest.approx(2 / 3), 0.5, 0.5, 1.0)
    assert found["kind_a"] == pytest.approx(2 / 3)


def test_folders_of_cases_have_an_index_each_and_a_missing_file_is_one_sentence(bench: Workbench) -> None:
    """Each question meets only the documents of its own folder; one without a history comes after nothing."""
    with pytest.raises(BadCases, match="point --data at the folder that holds cases/"):
        list(cases(bench))
    for name, text in (("one", "The red cat sat there."), ("two", "The red dog sat there.")):
        (bench.data / "docs" / name).mkdir(parents=True)
        (bench.data / "docs" / name / "a.md").write_text(text)
    rows = [
        {"id": name, "kind": "k", "files": [f"{name}/a.md"], "question": "which red one sat there"}
        | {"must": [animal]}
        | ({"history": []} if name == "one" else {})
        for name, animal in (("one", "cat"), ("two", "dog"))
    ]
    (bench.data / "cases.jsonl").write_text("\n".join(map(json.dumps, rows)))

    assert values(cases(bench))["right"] == 1
    (bench.data / "cases.jsonl").write_text("5\n")
    with pytest.raises(BadCases, match="point --data at the folder that holds cases/"):
        list(cases(bench))
