"""The questions that the decision is fitted on: the signs of their passages, and which passages' answers are right."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eval.cases import Case, default_cases, default_documents, load_cases
from eval.gold import locate, place
from eval.sets.answering import by_folder, folder_cases
from eval.sets.unanswerable import one_fact, would_file
from eval.withheld import Span as Place
from eval.withheld import matching, told, withheld
from index.records import Hit, Quote
from index.text.codes import codes, held_codes
from rag.find.clues import SIGNS, asked_of, signs
from rag.pipeline import CANDIDATES
from rag.protocols import Span
from rag.read.pointing import read_hits
from rag.read.rendering import statements

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

Array = NDArray[np.float64]
Holds = Callable[[Quote, str], bool]
"""Whether a statement, given as its slice and as it is read, holds the answer."""

SQUAD_QUESTIONS = 300
TURNS = frozenset({"small-talk", "summary"})
"""Cases that are answered without reading."""
_CODE = re.compile(r"\b(?:\d{3,}|[A-Za-z]+-?\d+)\b")
ELSEWHERE = frozenset(("list", "comparison", "version", "false-premise", "conflict", "two-documents", "table"))
"""Tags of cases that may have an answer, another one, without the sentences that give the wanted one."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question: `signs` (passages, len(SIGNS)) and which passages' answers are right.
    `withheld`: it has an answer, which was taken out of the documents, or had one before its number was exchanged.
    """

    source: str
    folder: str
    answerable: bool
    signs: Array
    right: NDArray[np.bool_]
    withheld: bool = False


class Kept:
    """A reader whose readings are kept on disk, by its name and by how its networks were last joined."""

    def __init__(self, reader: Any, path: Path, joined: str = "") -> None:  # noqa: ANN401  (a Reader, kept for its other methods)
        self._reader, self._path = reader, path
        self._name = f"{reader.name} {joined}"
        self._known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._reader, name)

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """As the reader's own."""
        key = hashlib.sha256(json.dumps([self._name, question, *passages]).encode()).hexdigest()
        if key not in self._known:
            self._known[key] = [
                (rank, span.start, span.end, span.score, span.answerable)
                for rank, span in self._reader.read(question, passages)
            ]
        return [
            (rank, Span(passage[a:b], a, b, score, answerable))
            for passage, (rank, a, b, score, answerable) in zip(passages, self._known[key], strict=True)
        ]

    def save(self) -> None:
        """Writes what is known."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._known), encoding="utf-8")


def example(pipeline: Pipeline, source: str, folder: str, question: str, answerable: bool, holds: Holds) -> Example:
    """The question's passages with their signs, and whether the statement around each one's answer holds it."""
    hits = pipeline.retrieve(question, CANDIDATES)
    read = read_hits(pipeline.reader, question, hits)
    asked = asked_of(question, hits)
    values = [signs(asked, hit, span) for hit, (_, span) in zip(hits, read, strict=True)]
    right = [answerable and _right(hit, span, holds) for hit, (_, span) in zip(hits, read, strict=True)]
    return Example(source, folder, answerable, np.array(values).reshape(-1, len(SIGNS)), np.array(right, dtype=bool))


def twin(pipeline: Pipeline, source: str, folder: str, question: str) -> Example:
    """The same question while its answer is withheld."""
    return replace(example(pipeline, source, folder, question, False, lambda *_: False), withheld=True)


def exchanged(pipeline: Pipeline, source: str, folder: str, question: str) -> Iterator[Example]:
    """The same question for another machine, year or error, of which the documents tell nothing; nothing where it names
    none.

    What is asked of machine 300 is not told by the row of machine 287: few questions that people wrote teach that.
    """
    texts = (pipeline.store.document(entry.id).text for entry in pipeline.store.documents())
    other = of_another(question, held_codes("\n".join(texts)))
    if other:
        yield replace(example(pipeline, source, folder, other, False, lambda *_: False), withheld=True)


def of_another(question: str, held: Set[str]) -> str:
    """The question with each number of three digits or more, and each code of letters and digits, that the documents
    hold exchanged for one that they do not; "" where there is none.
    """

    def other(match: re.Match[str]) -> str:
        code = match.group()
        turned = [f"{code[:-1]}{(int(code[-1]) + by) % 10}" for by in range(1, 10)] if codes(code) <= held else []
        return next((one for one in turned if not codes(one) <= held), code)

    changed = _CODE.sub(other, question)
    return changed if changed != question else ""


def to_fit_on(cases: Sequence[Case]) -> list[Case]:
    """Those of the half that may be looked at which ask something of the documents' text."""
    return [case for case in cases if case.half == "tune" and not TURNS & set(case.tags)]


def bundled(keep: Callable[[Any], Kept]) -> Iterator[Example]:
    """The bundled cases to fit on over the bundled documents; each is a folder of its own, since all share these."""
    from rag.assemble import open_pipeline

    cases = to_fit_on(load_cases(default_cases()))
    with _copied(*default_documents()) as copy, open_pipeline([*copy.iterdir()], copy / "index") as pipeline:
        pipeline.reader = keep(pipeline.reader)
        gold = place(cases, pipeline.store)
        for case in cases:
            slices = gold[case.id]

            def holds(item: Quote, _: str, slices: Any = slices) -> bool:  # noqa: ANN401
                return any(
                    s.document_id == item.document_id and s.start < item.end and item.start < s.end for s in slices
                )

            question = pipeline.standalone(case.question, case.history)
            yield example(pipeline, "bundled", case.id, question, case.answerable, holds)
            yield from exchanged(pipeline, "bundled", case.id, question)
            if case.answerable and case.need == "any" and not ELSEWHERE & set(case.tags):
                with withheld(pipeline, copy, _evidence(case)) as gone:
                    if gone:
                        yield twin(pipeline, "bundled", case.id, question)


def _evidence(case: Case) -> Callable[[Path, str], list[Place]]:
    """Where the quotes of a case stand in a file."""

    def places(file: Path, text: str) -> list[Place]:
        quotes = [gold.quote for gold in case.evidence if gold.document in (file.name, file.stem)]
        return [span for quote in quotes if (span := locate(quote, text))]

    return places


def folders(root: Path, keep: Callable[[Any], Kept]) -> Iterator[Example]:
    """The cases of a folder with `cases.jsonl` and `docs/`: an index for each folder of documents."""
    from rag.assemble import open_pipeline

    cases = [row for row in folder_cases(root) if not row["kind"].startswith(("small talk", "about the documents"))]
    for folder, rows in by_folder(cases).items():
        with (
            _copied(root / "docs" / folder) as copy,
            open_pipeline(docs=copy / folder, index=copy / "index") as pipeline,
        ):
            pipeline.reader = keep(pipeline.reader)
            for row in rows:
                musts, wrong = row.get("must", ()), row.get("must_not", ())

                def holds(item: Quote, read: str, musts: Any = musts, wrong: Any = wrong) -> bool:  # noqa: ANN401
                    said = f"{item.text} {read}"
                    return any(re.search(m, said, re.IGNORECASE | re.DOTALL) for m in musts) and not any(
                        re.search(w, said, re.IGNORECASE) for w in wrong
                    )

                question = pipeline.standalone(row["question"], [(a, b) for a, b in row["history"]])
                yield example(pipeline, "folders", folder, question, not row.get("refuse"), holds)
                yield from exchanged(pipeline, "folders", folder, question)
                if file := would_file(row, copy):
                    with told(pipeline, file, row["would"]):
                        yield example(pipeline, "folders", folder, question, True, _telling(row["would"]))
                elif one_fact(row):
                    with withheld(pipeline, copy / folder, matching(musts)) as gone:
                        if gone:
                            yield twin(pipeline, "folders", folder, question)


def _telling(sentence: str) -> Holds:
    return lambda item, _: item.text in sentence or sentence in item.text


@contextmanager
def _copied(*folders: Path) -> Iterator[Path]:
    """A folder with copies of these, for as long as it is open."""
    with tempfile.TemporaryDirectory() as name:
        for folder in folders:
            shutil.copytree(folder, Path(name) / folder.name)
        yield Path(name)


def squad(data: Path, keep: Callable[[Any], Kept]) -> Iterator[Example]:
    """Questions of dev/squad2, every n-th, over its paragraphs as documents; an article is a folder."""
    from rag.assemble import open_pipeline

    paragraphs, rows = (_rows(data / "dev" / "squad2" / f"{name}.jsonl.gz") for name in ("paragraphs", "questions"))
    with tempfile.TemporaryDirectory() as folder:
        for row in paragraphs:
            Path(folder, f"{_file(row['paragraph_id'])}.txt").write_text(row["text"], encoding="utf-8")
        with open_pipeline(docs=folder, index=Path(folder) / "index") as pipeline:
            pipeline.reader = keep(pipeline.reader)
            for row in rows[:: max(1, len(rows) // SQUAD_QUESTIONS)]:
                answers, paragraph = row["answers"], _file(row["paragraph_id"])

                def holds(item: Quote, _: str, answers: Any = answers, paragraph: str = paragraph) -> bool:  # noqa: ANN401
                    return paragraph in item.uri and any(answer in item.text for answer in answers)

                yield example(pipeline, "squad2", row["doc_id"], row["question"], not row["is_impossible"], holds)
                yield from exchanged(pipeline, "squad2", row["doc_id"], row["question"])


def _right(hit: Hit, span: Span, holds: Holds) -> bool:
    at = hit.chunk.start + span.start
    holding = next((item for item in statements([hit]) if item.quote.start <= at < item.quote.end), None)
    return bool(span.text) and holding is not None and holds(holding.quote, holding.read)


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _file(name: str) -> str:
    return re.sub(r"\W+", "_", name)
