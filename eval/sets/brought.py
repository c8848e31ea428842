"""Sets in other people's forms: folders of BEIR, and question lists of ragas and deepeval."""

import csv
import gzip
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.cases import BadCases, Case, load_cases
from eval.figures import Figure
from eval.sets.search import search_figures
from eval.speed.workbench import Row, Workbench

QUESTION = ("user_input", "question", "input", "query")
REFERENCE = ("reference", "ground_truth", "ground_truths", "expected_output", "answer")
"""Names of the fields in ragas (both generations) and deepeval, the first that stands in a row counts."""
OURS = ("answerable", "answers", "evidence", "history", "need", "wrong")
"""Fields of our own cases that lists of others do not have: a row with one of them was meant as a case."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The cases of a file, and how it was read, in words."""

    cases: tuple[Case, ...]
    form: str


def beir(bench: Workbench) -> Iterator[Figure]:
    """Any folder in BEIR's form: corpus.jsonl, queries.jsonl and qrels/*.tsv, plain or gzipped."""
    corpus = {row["_id"]: f"# {row.get('title', '')}\n\n{row['text']}\n" for row in _json_lines(bench.data, "corpus")}
    relevant = _qrels(bench.data)
    judged = [row for row in _json_lines(bench.data, "queries") if row["_id"] in relevant]
    queries = {row["_id"]: row["text"] for row in bench.some(judged)}
    library = bench.library(f"beir-{bench.data.name}", corpus)
    with library.pipeline:
        gold = {query: {library.same[one] for one in found if one in corpus} for query, found in relevant.items()}
        yield from search_figures(bench, library.pipeline, queries, gold, library.name_of)


def _json_lines(folder: Path, name: str) -> list[Row]:
    for file, opener in ((folder / f"{name}.jsonl", open), (folder / f"{name}.jsonl.gz", gzip.open)):
        if file.is_file():
            try:
                with opener(file, "rt", encoding="utf-8") as lines:
                    return [json.loads(line) for line in lines if line.strip()]
            except (OSError, EOFError, ValueError) as error:
                raise BadCases(f"{file} cannot be read ({error}); it should hold one JSON object a line.") from error
    raise BadCases(f"{folder} holds no {name}.jsonl; point --data at a folder in BEIR's form.")


def _qrels(folder: Path) -> dict[str, set[str]]:
    """Query id -> ids of its relevant documents; of several splits "test" counts, else all."""
    files = sorted((folder / "qrels").glob("*.tsv"))
    files = [file for file in files if file.stem == "test"] or files
    if not files:
        raise BadCases(f"{folder} holds no qrels/*.tsv; point --data at a folder in BEIR's form.")
    relevant: dict[str, set[str]] = {}
    for file in files:
        for number, cells in enumerate(csv.reader(file.read_text(encoding="utf-8").splitlines(), delimiter="\t"), 1):
            if len(cells) < 3 or (number > 1 and not cells[-1].strip().lstrip("-").isdigit()):
                raise BadCases(f"{file} line {number} is {cells!r}; write query, document and grade between tabs.")
            if cells[-1].strip().isdigit() and int(cells[-1]) > 0:
                relevant.setdefault(cells[0], set()).add(cells[-2])
    return relevant


def load_questions(path: Path) -> Questions:
    """Our own cases, or a question list of ragas or deepeval (JSON, JSON Lines or CSV). Raises `BadCases`.

    A foreign row becomes a case with its reference as the accepted answer and without gold evidence, so that agreement
    in words, citations, faithfulness and silence are measured and retrieval is not. An empty reference: unanswerable; a
    row without one, as goldens may be, says nothing of that and is refused. A row without an id is known by its
    question.
    """
    rows = _foreign(path)
    if rows is None:
        return Questions(load_cases(path), "cases in Footnote's own form")
    if not rows:
        raise BadCases(f"{path} holds no questions; give one a row, below the names of the fields.")
    cases = [_case(row, f"{path.name} row {number}") for number, row in enumerate(rows, start=1)]
    return Questions(_with_ids(cases, path.name), f"a question list: {_fields_read(rows)}")


def _fields_read(rows: Sequence[dict[str, Any]]) -> str:
    """Where questions and accepted answers were taken from: of several possible fields a reader must know which."""
    asked = dict.fromkeys(next(name for name in QUESTION if row.get(name)) for row in rows)
    told = dict.fromkeys(next((name for name in REFERENCE if row.get(name)), "") for row in rows)
    named = [" and ".join(map(repr, filter(None, names))) for names in (asked, told)]
    return f"questions from {named[0]}, accepted answers from {named[1] or 'none'}, no evidence"


def _with_ids(cases: Sequence[Case], name: str) -> tuple[Case, ...]:
    """The cases, those without an id named by a hash of their question (and a number where it repeats), so that they
    keep their names when rows are added or moved. Raises `BadCases` for an id that stands twice.
    """
    known: dict[str, Case] = {}
    times: Counter[str] = Counter()
    for case in cases:
        id_ = case.id
        if not id_:
            id_ = f"q-{hashlib.sha256(case.question.encode()).hexdigest()[:12]}"
            times[id_] += 1
            id_ += f"-{times[id_]}" if times[id_] > 1 else ""
        if id_ in known:
            raise BadCases(f"{name} holds the id {id_!r} twice; give each case an id of its own.")
        known[id_] = replace(case, id=id_)
    return tuple(known.values())


def _foreign(path: Path) -> list[dict[str, Any]] | None:
    """The rows of a list in another form; None for ours and for what our own loader will complain about. Raises
    `BadCases` for a cell that is too long.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            return list(csv.DictReader(io.StringIO(text, newline="")))
        whole = json.loads(text) if path.suffix.lower() == ".json" else None
        rows = whole if isinstance(whole, list) else (whole or {}).get("goldens") or (whole or {}).get("samples")
        rows = [json.loads(line) for line in text.split("\n") if line.strip()] if rows is None else rows
    except csv.Error as error:
        raise BadCases(
            f"{path} cannot be read ({error}); leave out the columns that hold neither questions nor answers."
        ) from error
    except (OSError, ValueError, AttributeError):
        return None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None
    ours = whole is None and any(name in row for row in rows for name in OURS)
    return None if ours or not any(name in rows[0] for name in QUESTION) else rows


def _case(row: dict[str, Any], where: str) -> Case:
    """The case in a row; its id is "" where the row has none."""
    if own := [name for name in OURS if name in row]:
        raise BadCases(
            f"{where} has the field {own[0]!r}, which only our own cases have; write them as JSON Lines, "
            f"or leave it out of a list with {', '.join(REFERENCE)}."
        )
    question = next((row[name] for name in QUESTION if row.get(name)), "")
    if not isinstance(question, str) or not question.strip():
        raise BadCases(f"{where} has no question in one text; give one of the fields {', '.join(QUESTION)}.")
    references = [row[name] for name in REFERENCE if row.get(name) is not None]
    if not references:
        raise BadCases(
            f"{where} has no reference; give one of the fields {', '.join(REFERENCE)}, "
            "empty where the documents do not say."
        )
    reference = next((one for one in references if one), "")
    answers = tuple(str(one).strip() for one in (reference if isinstance(reference, list) else [reference]))
    told = tuple(answer for answer in answers if answer)
    id_ = "" if row.get("id") is None else str(row["id"]).strip()
    return Case(id_, question.strip(), (), told, (), bool(told), ("brought",))
