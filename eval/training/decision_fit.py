"""Fit when to answer: `python -m eval.training.decision_fit --data DIR --cases DIR` writes the decision's weights.

One logistic regression over `rag.find.clues.SIGNS` of "the sentence around this passage's answer holds the answer",
on the passages that the pipeline finds for the bundled cases, the cases of `--cases` and of the strangers' folders
marked "tune" (an index for each folder of documents), and `squad2` of `--data`. Figures are cross-fitted: each document
folder is judged by weights that never saw it.
What the reader says is kept in `--cache`, so that a second fit with the same reader takes seconds.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eval.cases import Case, default_cases, default_documents, load_cases, strangers
from eval.gold import place
from eval.kept import content_of
from index.records import Hit, Quote
from rag.find.clues import SIGNS, asked_of, signs
from rag.find.decide import WEIGHTS
from rag.pipeline import CANDIDATES
from rag.protocols import Span
from rag.read.large import DESCRIPTION
from rag.read.rendering import read_hits, statements
from rag.read.weights import FOLDER

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

Array = NDArray[np.float64]
Holds = Callable[[Quote, str], bool]
"""Whether a statement, given as its slice and as it is read, holds the answer."""

FOLDS = 5
RIDGE = 1.0
"""Weight of the squared weights (of standardised signs) against the summed log-likelihood."""
LEAST_ANSWERED = 0.85
"""What the product owes those who ask for what is there, as a mean over the sources; among the points that pay it the
one that refuses most. A mean, since the source with the hardest questions would else decide alone: asked of every
source, almost nothing was refused anywhere."""
NEWTON_STEPS = 30
SQUAD_QUESTIONS = 300
TURNS = frozenset({"small-talk", "summary"})
"""Cases that are answered without reading."""
AGAINST = frozenset(
    ("unheard", "codes missing", "codes elsewhere", "names missing", "kind missing", "line of another", "of another")
)
"""Signs that speak against an answer."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question: `signs` (passages, len(SIGNS)) and which passages' answers are right; `fold` by its folder."""

    source: str
    folder: str
    answerable: bool
    signs: Array
    right: NDArray[np.bool_]

    @property
    def fold(self) -> int:
        """Which weights judge it: the same for all questions of a folder."""
        return int(hashlib.sha256(self.folder.encode()).hexdigest(), 16) % FOLDS


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
                (rank, span.start, span.end, span.score, span.answerable, span.signs)
                for rank, span in self._reader.read(question, passages)
            ]
        return [
            (rank, Span(passage[a:b], a, b, score, answerable, tuple(own) if own else None))
            for passage, (rank, a, b, score, answerable, own) in zip(passages, self._known[key], strict=True)
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
    values = [signs(asked, hit, rank, span) for hit, (rank, span) in zip(hits, read, strict=True)]
    right = [answerable and _right(hit, span, holds) for hit, (_, span) in zip(hits, read, strict=True)]
    return Example(source, folder, answerable, np.array(values).reshape(-1, len(SIGNS)), np.array(right, dtype=bool))


def to_fit_on(cases: Sequence[Case]) -> list[Case]:
    """Those of the half that may be looked at which ask something of the documents' text."""
    return [case for case in cases if case.half == "tune" and not TURNS & set(case.tags)]


def bundled(keep: Callable[[Any], Kept]) -> Iterator[Example]:
    """The bundled cases to fit on over the bundled documents; each is a folder of its own, since all share these."""
    from rag.assemble import open_pipeline

    cases = to_fit_on(load_cases(default_cases()))
    with open_pipeline(docs=default_documents()) as pipeline:
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


def folders(root: Path, keep: Callable[[Any], Kept]) -> Iterator[Example]:
    """The cases of a folder with `cases.jsonl` and `docs/`: an index for each folder of documents."""
    from rag.assemble import open_pipeline

    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (root / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if not case["kind"].startswith(("small talk", "about the documents")):
            groups[case["files"][0].split("/")[0]].append(case)
    for folder, cases in groups.items():
        with open_pipeline(docs=root / "docs" / folder) as pipeline:
            pipeline.reader = keep(pipeline.reader)
            for case in cases:
                musts, wrong = case.get("must", ()), case.get("must_not", ())

                def holds(item: Quote, read: str, musts: Any = musts, wrong: Any = wrong) -> bool:  # noqa: ANN401
                    said = f"{item.text} {read}"
                    return any(re.search(m, said, re.IGNORECASE | re.DOTALL) for m in musts) and not any(
                        re.search(w, said, re.IGNORECASE) for w in wrong
                    )

                question = pipeline.standalone(case["question"], [(a, b) for a, b in case["history"]])
                yield example(pipeline, "folders", folder, question, not case.get("refuse"), holds)


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


def fit(examples: Sequence[Example]) -> tuple[Array, float]:
    """Weights and bias; every source weighs the same, whatever its number of passages.

    A sign whose weight comes out against its meaning (those `AGAINST` an answer must not speak for it, nor the
    others against it) is left out and the rest fitted again.
    """
    values = np.concatenate([one.signs for one in examples])
    right = np.concatenate([one.right for one in examples]).astype(float)
    sizes: dict[str, int] = defaultdict(int)
    for one in examples:
        sizes[one.source] += len(one.right)
    share = np.concatenate([np.full(len(one.right), len(values) / len(sizes) / sizes[one.source]) for one in examples])
    meaning = np.array([-1.0 if name in AGAINST else 1.0 for name in SIGNS])
    used = np.ones(len(SIGNS), dtype=bool)
    while True:
        weights = np.zeros(len(SIGNS))
        weights[used], bias = _logistic(values[:, used], right, share)
        wrong = weights * meaning < 0
        if not wrong.any():
            return weights, bias
        used &= ~wrong


def _logistic(values: Array, right: Array, share: Array) -> tuple[Array, float]:
    """Ridge-penalised logistic regression by Newton's method on standardised values."""
    middle, scale = values.mean(axis=0), values.std(axis=0) + 1e-9
    design = np.hstack([(values - middle) / scale, np.ones((len(values), 1))])
    weights = np.zeros(design.shape[1])
    ridge = np.diag([RIDGE] * values.shape[1] + [0.0])
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (share * (right - chance)) - ridge @ weights
        curve = (design * (share * chance * (1 - chance))[:, None]).T @ design + ridge
        weights += np.linalg.solve(curve, slope)
    own = weights[:-1] / scale
    return own, float(weights[-1] - own @ middle)


def crossed(examples: Sequence[Example]) -> list[tuple[Example, Array]]:
    """Each example with its passages' probabilities by weights that saw none of its folder."""
    judged: list[tuple[Example, Array]] = []
    for fold in range(FOLDS):
        weights, bias = fit([one for one in examples if one.fold != fold])
        judged += [(one, 1 / (1 + np.exp(-one.signs @ weights - bias))) for one in examples if one.fold == fold]
    return judged


def figures(judged: Sequence[tuple[Example, Array]], threshold: float) -> dict[str, float]:
    """Share of the answerable that are answered by the right sentence, and of the unanswerable that are refused."""
    able = [(one, chance) for one, chance in judged if one.answerable]
    unable = [chance for one, chance in judged if not one.answerable]
    right = [len(p) > 0 and p.max() >= threshold and bool(one.right[p.argmax()]) for one, p in able]
    answered = [len(p) > 0 and p.max() >= threshold for _, p in able]
    refused = [len(p) == 0 or p.max() < threshold for p in unable]
    return {
        "right": float(np.mean(right)),
        "answered": float(np.mean(answered)),
        "refused": float(np.mean(refused)) if refused else 1.0,
        "answerable": len(able),
        "unanswerable": len(unable),
    }


def best_threshold(judged: Sequence[tuple[Example, Array]]) -> float:
    """The highest at which at least LEAST_ANSWERED of the answerable questions are answered, the sources' mean."""
    sources = [[item for item in judged if item[0].source == source] for source in {one.source for one, _ in judged}]

    def answered(threshold: float) -> float:
        return float(np.mean([figures(source, threshold)["answered"] for source in sources]))

    return float(max((t for t in np.linspace(0.02, 0.9, 89) if answered(t) >= LEAST_ANSWERED), default=0.02))


def main(argv: Sequence[str] | None = None) -> int:
    """Reads the data, fits, prints the cross-fitted figures by source and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with dev/squad2")
    parser.add_argument("--cases", type=Path, help="folder with cases.jsonl and docs/")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "footnote" / "fit.json")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args(argv)
    examples = _examples(arguments)
    judged = crossed(examples)
    threshold = best_threshold(judged)
    told: dict[str, Any] = {}
    for source in sorted({one.source for one in examples}):
        told[source] = figures([item for item in judged if item[0].source == source], threshold)
        sys.stdout.write(f"{source} {' '.join(f'{name} {value:.3f}' for name, value in told[source].items())}\n")
    weights, bias = fit(examples)
    stored = {
        "fitted_by": "python -m eval.training.decision_fit",
        "cross_fitted": told,
        "weights": {name: round(float(weight), 4) for name, weight in zip(SIGNS, weights, strict=True)},
        "bias": round(bias, 4),
        "threshold": round(threshold, 3),
    }
    arguments.out.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(stored['weights'])} {stored['bias']} {stored['threshold']}\n")
    return 0


def _examples(arguments: argparse.Namespace) -> list[Example]:
    kept: list[Kept] = []

    def keep(reader: Any) -> Kept:  # noqa: ANN401
        if not kept:
            kept.append(Kept(reader, arguments.cache, content_of([FOLDER / DESCRIPTION])))
        return kept[0]

    found: list[Example] = []
    for root in (*([arguments.cases] if arguments.cases else []), strangers("tune")):
        found += folders(root, keep)
    found += bundled(keep)
    kept[0].save()
    if arguments.data:
        found += squad(arguments.data, keep)
        kept[0].save()
    return found


def _right(hit: Hit, span: Span, holds: Holds) -> bool:
    at = hit.chunk.start + span.start
    holding = next((item for item in statements([hit]) if item.quote.start <= at < item.quote.end), None)
    return bool(span.text) and holding is not None and holds(holding.quote, holding.read)


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _file(name: str) -> str:
    return re.sub(r"\W+", "_", name)


if __name__ == "__main__":
    sys.exit(main())
