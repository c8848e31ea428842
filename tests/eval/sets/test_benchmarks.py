"""Benchmarks read their rows, keep their indexes, and count what a hand count gives."""

import argparse
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.cases import BadCases
from eval.figures import Figure
from eval.sets.benchmarks import BENCHMARKS, benchmark_text, list_benchmarks, run_benchmark
from eval.sets.question_answering import (
    Read,
    best_squad_threshold,
    clapnq_figures,
    query_rewrite,
    set_f1,
    squad_figures,
)
from eval.sets.search import scifact, squad2_articles, squad2_paragraphs
from eval.sets.support import (
    Item,
    Verdict,
    correlation_figures,
    gate_score,
    judge_figures,
    mean,
    sentence_scores,
    word_overlap,
)
from eval.speed.workbench import Workbench
from rag.answer import Answer
from rag.check.gate import Verdict as Checked
from rag.protocols import Span


@pytest.fixture
def opened() -> list[Path | None]:
    return []


@pytest.fixture
def bench(tmp_path: Path, pipeline, opened: list[Path | None]) -> Workbench:
    """A workbench over the quoting pipeline, which takes in the files of the folder that it is opened over."""

    def open_over(docs: Path | None, index: Path | None):
        opened.append(docs)
        texts = {file.name: file.read_text() for file in sorted(docs.iterdir())} if docs else None
        return type(pipeline)(texts)

    return Workbench(tmp_path / "data", tmp_path / "cache", open_over)


@pytest.fixture
def write(bench: Workbench) -> Callable[..., None]:
    def write_rows(name: str, *rows: dict[str, object]) -> None:
        bench.data.mkdir(exist_ok=True)
        with gzip.open(bench.data / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)

    return write_rows


def values(figures) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in figures}


def test_library_maps_names_to_stored_documents_and_keeps_equal_texts_once(bench: Workbench) -> None:
    """Two names with one text share its document, a blank one has none; every hit knows its name."""
    library = bench.library("x", {"a": "One is here.", "b": "Two is here.", "c": "One is here.", "d": " "})

    assert library.same == {"a": "a", "b": "b", "c": "a", "d": "d"}
    assert library.ids_of("c") == library.ids_of("a") != library.ids_of("b")
    assert library.ids_of("d") == frozenset()
    assert {library.name_of(hit) for hit in library.pipeline.retrieve("One", 10)} == {"a", "b"}


def test_files_of_a_library_are_written_once_and_replaced_when_the_texts_change(bench: Workbench) -> None:
    """An unchanged text keeps its file, so that nothing is embedded again; a removed one leaves nothing behind."""
    bench.library("x", {"a": "One. Two.", "b": "Three."})
    folder = bench.cache / "x" / "docs"
    (folder / "00000.md").write_text("touched")
    bench.library("x", {"a": "One. Two.", "b": "Three."})

    assert (folder / "00000.md").read_text() == "touched"
    bench.library("x", {"a": "One. Two."})
    assert [file.read_text() for file in folder.iterdir()] == ["One. Two."]


def test_rows_that_cannot_be_read_are_one_sentence(bench: Workbench, write) -> None:
    """A missing, a truncated and a wrong file name the folder that --data must hold."""
    with pytest.raises(BadCases, match="point --data at the folder that holds data/"):
        bench.rows("queries")
    write("queries", {"a": 1})
    file = bench.data / "queries.jsonl.gz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(BadCases, match="cannot be read"):
        bench.rows("queries")


def test_limit_takes_rows_from_everywhere(bench: Workbench) -> None:
    """Every k-th row, at most as many as allowed, all without a limit."""
    thinned = Workbench(bench.data, bench.cache, bench.open_over, limit=3)

    assert thinned.some(range(10)) == range(0, 10, 4)
    assert bench.some(range(10)) == range(10)


def test_scifact_ranks_documents_by_their_best_chunk(bench: Workbench, write) -> None:
    """The relevant abstract is second in the store's order, first by words, and first after reranking."""
    write(
        "corpus",
        {"doc_id": "d1", "title": "Cells", "text": "Cells divide often. Nothing else."},
        {"doc_id": "d2", "title": "Mice", "text": "Mice like cheese. They eat it."},
    )
    write("queries", {"query_id": "q", "text": "mice eat cheese"}, {"query_id": "unjudged", "text": "mice"})
    write("qrels", {"query_id": "q", "doc_id": "d2", "relevance": 1})
    figures = list(scifact(bench))
    found = values(figures)

    assert [found[f"{stage}_recall_at_1"] for stage in ("dense", "lexical", "fused", "reranked")] == [0, 1, 0, 1]
    assert found["fused_ndcg_at_10"] == pytest.approx(0.6309, abs=1e-4)
    assert found["reranked_mrr_at_10"] == 1
    assert {(figure.n, figure.left_out) for figure in figures} == {(1, 1)}


def test_squad_paragraphs_are_found_alone_and_inside_their_article(bench: Workbench, write) -> None:
    """Joined paragraphs are told apart again by where the hit lies."""
    write(
        "paragraphs",
        {"doc_id": "A", "title": "A", "paragraph_id": "A#1", "paragraph_index": 1, "text": "Mice eat cheese."},
        {"doc_id": "A", "title": "A", "paragraph_id": "A#0", "paragraph_index": 0, "text": "Cells divide often."},
    )
    write("questions", {"id": "q", "question": "what do mice eat", "paragraph_id": "A#1", "is_impossible": False})

    assert values(squad2_paragraphs(bench))["reranked_recall_at_1"] == 1
    found = values(squad2_articles(bench))
    assert (found["reranked_recall_at_1"], found["fused_recall_at_1"]) == (1, 0)


def read(text: str, answerable: float, *accepted: str) -> Read:
    return Read(Span(text, 0, len(text), 0.0, answerable), accepted)


def test_squad_reading_by_hand() -> None:
    """One right, one half right, one refused wrongly, one refused rightly, one answered wrongly: 2.5 of 5."""
    rows = [
        read("cat", 0.9, "the cat"),
        read("black cat sat", 0.8, "cat"),
        read("dog", 0.2, "dog"),
        read("x", 0.1),
        read("y", 0.7),
    ]
    found = values(squad_figures(rows, 0.5))

    assert found["f1"] == pytest.approx((1 + 0.5 + 0 + 1 + 0) / 5)
    assert found["exact"] == pytest.approx(2 / 5)
    assert found["has_answer_f1"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert found["answerable_auroc"] == pytest.approx(5 / 6)
    assert best_squad_threshold(rows) == 0.8
    assert found["best_f1"] == pytest.approx((1 + 0.5 + 0 + 1 + 1) / 5)


def test_refusing_everything_is_the_best_reading_where_nothing_is_right() -> None:
    """The threshold then lies above every score."""
    assert best_squad_threshold([read("x", 1.0), read("y", 0.5)]) > 1


def test_clapnq_counts_refusals_apart_from_overlap() -> None:
    """A refused answerable question scores 0 in overlap and stays in the denominator."""
    rows = [
        {"answerable": True, "answers": ["it was 1988", "in 1988"]},
        {"answerable": True, "answers": ["never"]},
        {"answerable": False, "answers": []},
    ]
    answers = [said("in 1988", 0.9), said("", 0.4), said("", 0.3)]
    found = values(clapnq_figures(rows, answers, [0.5, 0.0, 0.0]))

    assert (found["refused"], found["answered"], found["answerable_auroc"]) == (1, 0.5, 1)
    assert (found["rouge_l"], found["rouge_1_recall"], found["sentence_f1"]) == (0.5, 0.5, 0.25)
    assert found["characters"] == 7


def said(text: str, confidence: float) -> Answer:
    from rag.answer import Sentence

    sentences = (Sentence(text, "quoted", 1.0, (1,)),) if text else ()
    return Answer("q", "q", sentences, (), (), not text, "No.", confidence)


def test_set_f1_by_hand() -> None:
    """Two of three said, two of two wanted; two empty sets agree on nothing."""
    assert set_f1({"a", "b", "c"}, {"a", "b"}) == 0.8
    assert set_f1(set(), set()) == 0


def test_rewriting_is_shown_beside_copying(bench: Workbench, write) -> None:
    """The fake adds the history, which brings the missing word."""
    row = {"history": ["who made kimi"], "question": "when was it made", "rewrite": "when was kimi made"}
    write("cast2019", row)
    write("mtrag_rewrites", row)
    found = values(query_rewrite(bench))

    assert found["cast2019_copied_recall"] == 0.75
    assert found["cast2019_rewritten_recall"] == 1


def verdict(reader: float, kept: bool, supported: bool, grade: float = 0.0) -> Verdict:
    return Verdict(Item((), "", supported, grade), reader, reader if kept else 0.0, 1 - reader, kept, float(kept))


def test_judges_by_hand() -> None:
    """The reader keeps 1 of 2 and catches 2 of 2; the gate keeps 2 of 2 and catches 1 of 2."""
    verdicts = [
        verdict(0.9, True, True, 4.0),
        verdict(0.3, True, True, 3.0),
        verdict(0.4, True, False, 2.0),
        verdict(0.1, False, False, 1.0),
    ]
    found = values(judge_figures(verdicts))

    assert (found["reader_kept"], found["reader_caught"], found["reader_balanced"]) == (0.5, 1, 0.75)
    assert (found["gate_kept"], found["gate_caught"], found["gate_balanced"]) == (1, 0.5, 0.75)
    assert (found["reader_auroc"], found["gate_auroc"], found["overlap_auroc"]) == (0.75, 0.75, 0.25)
    assert [found[f"reader_kept_{at}"] for at in (0.2, 0.5, 0.9)] == [1, 0.5, 0.5]
    assert [found[f"reader_caught_{at}"] for at in (0.1, 0.2, 0.5)] == [0, 0.5, 1]
    grades = values(correlation_figures(verdicts))
    assert grades["reader_pearson"] == pytest.approx(-grades["overlap_pearson"])
    assert grades["reader_pearson"] > 0.8
    assert grades["reader_spearman"] == pytest.approx(0.8)


def test_each_sentence_is_scored_by_its_best_passage(pipeline) -> None:
    """The second sentence stands in the second passage; without passages nothing is supported."""
    passages, text = ("Mice eat cheese.", "Cells divide."), "Mice eat cheese. Cells divide. Cats sleep."

    assert sentence_scores(Item(passages, text, True), pipeline.reader) == [1, 1, 0]
    assert sentence_scores(Item((), text, True), pipeline.reader) == [0, 0, 0]
    assert word_overlap(Item(passages, text, True)) == pytest.approx(5 / 7)
    assert mean([]) == 1


def test_the_rules_of_the_gate_overrule_the_reader() -> None:
    """However sure the reader is, the score of a claim stays in the range of its state."""
    scores = [gate_score(Checked("x", state, 0.9), 0.8) for state in ("unsupported", "partial", "supported")]
    assert scores[0] == scores[1] < 0.8 <= scores[2] == 0.9


def test_every_benchmark_says_what_it_measures() -> None:
    """The list has one line with a sentence for each name."""
    lines = list(list_benchmarks())

    assert [line.split()[0] for line in lines] == list(BENCHMARKS)
    assert all(len(line) > 50 for line in lines)


def test_unknown_benchmark_and_missing_data_are_refused(tmp_path: Path) -> None:
    """The error names what is known, or asks for --data."""
    options = argparse.Namespace(benchmark="scifcat", data=None, out=None, json=False)
    with pytest.raises(BadCases, match="no benchmark 'scifcat'; known are list, scifact"):
        run_benchmark(options, {})
    options.benchmark = "scifact"
    with pytest.raises(BadCases, match="Point --data"):
        run_benchmark(options, {})


def test_data_may_be_a_folder_of_cases_itself_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    """Without its own folder a benchmark names the one that it looked for, not the one that was given."""
    given = {"data": tmp_path, "out": None, "json": False, "embedder": None, "limit": None, "seed": 0, "reader": None}
    with pytest.raises(BadCases, match="the folder that holds squad2/"):
        run_benchmark(argparse.Namespace(benchmark="squad2", **given), {})
    with pytest.raises(BadCases, match="the folder that holds cases/"):
        run_benchmark(argparse.Namespace(benchmark="cases", **given), {})
    (tmp_path / "cases.jsonl").write_text("")

    assert run_benchmark(argparse.Namespace(benchmark="cases", **given), {}) == 0


def test_text_of_a_benchmark_says_how_it_was_made() -> None:
    """Name, date, rows and each figure with its denominator."""
    row = {"benchmark": "x", "date": "D", "commit": "", "seconds": 3.2, "reader": "r", "limit": None, "seed": 0}
    text = benchmark_text(
        row | {"machine": "M", "versions": {"a": "1"}}, [Figure("f", "g", "label", 0.5, 2, 0, 1.0, 2.0)]
    )

    assert "x, D, commit unknown, 3 s\nreader r, all rows, seed 0\nM\na 1" in text
    assert "0.500" in text
    assert "1/2, 2 cases" in text
