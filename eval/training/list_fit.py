"""Fit when a list is told whole: `python -m eval.training.list_fit --data DIR --cases DIR`.

Two regressions (`rag.find.whole_lists`). What a question wants, by its wording: on questions of `lists.jsonl`,
of strangers' folders and of SQuAD, halves marked "tune". Whether the likeliest list is told: on the folders of that
file that were not taught to the large encoder, on strangers' and on `--cases`. Both are cross-fitted by folder.
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

from eval.cases import strangers
from eval.kept import content_of
from eval.sets.answering import by_folder, folder_cases
from eval.sets.listed import ROWS, half_of, taught
from eval.training.decision_rows import Array, Kept
from eval.training.scored import fit_logistic
from index.embed.embedders import load_embedder
from index.records import Document
from rag.find.decide import weigh
from rag.find.intent import features
from rag.find.whole_lists import SIGNS, WEIGHTS, Listed, ListWeights, WholeLists
from rag.pipeline import CANDIDATES
from rag.read.large import DESCRIPTION
from rag.read.loading import load_encoder
from rag.read.pointing import read_hits
from rag.read.rendering import widened
from rag.read.weights import FOLDER

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

_NO_NAME = re.compile(r"[^ \w]")
SQUAD = 1200
"""Questions of SQuAD: what people ask who want one fact."""
PENALTY, RIDGE, FOLDS = 1.0, 1.0, 5
PRECISE = 0.8
"""Share of the lists told that must be the right ones, cross-fitted: a list told for a question that wants another one
is a wrong answer of many lines."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A question and whether it wants a list whole."""

    question: str
    folder: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """The signs of a question's likeliest list, and whether telling it is right; `whole`: a list is what it wants."""

    wording: Wording
    signs: tuple[float, ...]
    right: bool


def wordings(data: Path, cases: Path) -> list[Wording]:
    """Questions of the halves that may be fitted on; what wants a list that is not there wants a list."""
    found = [one for one, _ in _listed(lambda folder: half_of(folder) == "tune")]
    for root in (cases, *strangers("tune")):
        found += [Wording(row["question"], folder, _several(row)) for folder, row in _asked(root)]
    with gzip.open(data / "train" / "reader" / "reader_train.jsonl.gz", "rt", encoding="utf-8") as lines:
        squad = list(dict.fromkeys(str(json.loads(line)["question"]) for line in lines))
    step = max(1, len(squad) // SQUAD)
    return found + [Wording(text, f"squad {at % 20}", False) for at, text in enumerate(squad[::step])]


def _listed(chosen: Callable[[str], bool]) -> Iterator[tuple[Wording, tuple[str, ...]]]:
    """The questions about lists with the first and last line of the list that is wanted whole."""
    for row in _rows(chosen):
        yield from ((Wording(q, row["folder"], True), (first, last)) for q, first, last in row["whole"])
        yield from ((Wording(q, row["folder"], False), ()) for q, _ in row["one"])
        yield from ((Wording(q, row["folder"], True), ()) for q in row["none"])


def _rows(chosen: Callable[[str], bool]) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if chosen(row["folder"])]


def _asked(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for folder, rows in by_folder(folder_cases(root)).items():
        yield from ((folder, dict(row)) for row in rows if not row["kind"].startswith(("small talk", "about the doc")))


def _several(row: dict[str, Any]) -> bool:
    """Whether a case wants several things in one place."""
    return bool(re.match(r"steps|list|numbered steps|heading apart from its list|not there: steps", row["kind"])) and (
        len(row["must"]) > 1 or bool(row.get("refuse"))
    )


def weighed(cases: Path, lists: Callable[[str], WholeLists], keep: Callable[[Any], Kept]) -> Iterator[Weighed]:
    """The likeliest list for each question over its folder; `lists` by a folder that it was not fitted on."""
    from rag.assemble import open_pipeline

    texts: dict[str, dict[str, str]] = defaultdict(dict)
    asked: dict[str, list[tuple[Wording, tuple[str, ...]]]] = defaultdict(list)
    for row in _rows(_left):
        texts[row["folder"]][row["title"]] = row["text"]
    for wording, lines in _listed(_left):
        asked[wording.folder].append((wording, lines))
    for folder, documents in texts.items():
        with tempfile.TemporaryDirectory() as place:
            for at, (title, text) in enumerate(documents.items()):
                Path(place, f"{at} {_NO_NAME.sub('', title)}.md").write_text(text, encoding="utf-8")
            with open_pipeline(docs=place, index=Path(place) / "index") as pipeline:
                pipeline.reader = keep(pipeline.reader)
                for wording, lines in asked[folder]:
                    yield _weighed(pipeline, lists(folder), wording, [re.escape(line) for line in lines])
    for root in (cases, *strangers("tune")):
        for folder, rows in by_folder([row for _, row in _asked(root)]).items():
            with tempfile.TemporaryDirectory() as place, open_pipeline(root / "docs" / folder, place) as pipeline:
                pipeline.reader = keep(pipeline.reader)
                for row in rows:
                    question = pipeline.standalone(row["question"], [(q, a) for q, a in row["history"]])
                    wording = Wording(question, folder, _several(dict(row)))
                    yield _weighed(pipeline, lists(folder), wording, row["must"] if len(row["must"]) > 1 else [])


def _left(folder: str) -> bool:
    return half_of(folder) == "tune" and not taught(folder)


def _weighed(pipeline: Pipeline, lists: WholeLists, wording: Wording, musts: Sequence[str]) -> Weighed:
    hits = pipeline.retrieve(wording.question, CANDIDATES)
    readings = weigh(wording.question, hits, read_hits(pipeline.reader, wording.question, hits))
    around = widened([reading.hit for reading in readings], pipeline.store.document)
    passage = readings[0].answerable if readings else 0.0
    best, signs = lists.weighed(wording.question, around, pipeline.store.document, passage)
    said = _said(best, pipeline.store.document) if best else ""
    right = bool(musts and said) and all(re.search(must, said, re.IGNORECASE | re.DOTALL) for must in musts)
    return Weighed(wording, signs if best else (), right)


def _said(listed: Listed, document_of: Callable[[str], Document]) -> str:
    return document_of(listed.document_id).text[listed.start : listed.end]


def fold(folder: str) -> int:
    return int(hashlib.sha256(folder.encode()).hexdigest(), 16) % FOLDS


def logistic(values: Array, right: Sequence[bool], penalty: float) -> tuple[Array, float]:
    """Ridge-penalised logistic regression on standardised values, its weights as of the plain ones."""
    middle, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    *weights, bias = fit_logistic((values - middle) / scale, [int(one) for one in right], np.ones(len(values)), penalty)
    own = np.array(weights) / scale
    return own, float(bias - own @ middle)


def main(argv: Sequence[str] | None = None) -> int:
    """Fits both, prints the cross-fitted figures and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/reader")
    parser.add_argument("--cases", type=Path, required=True, help="folder with cases.jsonl and docs/")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "footnote" / "fit.json")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(argv)
    embedder, large = load_embedder(), load_encoder()
    asked = wordings(chosen.data, chosen.cases)
    vectors = features([one.question for one in asked], embedder)

    def wording_weights(rows: np.ndarray[Any, Any]) -> Array:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=PENALTY, max_iter=1000).fit(vectors[rows], [asked[at].whole for at in rows])
        return np.append(model.coef_[0], model.intercept_)

    folds = np.array([fold(one.folder) for one in asked])
    apart = [wording_weights(np.flatnonzero(folds != at)) for at in range(FOLDS)]

    def judged(question: str, passages: Sequence[str]) -> list[float]:
        return [one.answerable for one in large.answered(question, passages)]

    def lists(folder: str) -> WholeLists:
        wanted = apart[fold(folder)].astype(np.float32)
        return WholeLists(ListWeights(wanted, (), 0.0, 0.0, 0.0, embedder.fingerprint), embedder, judged)

    kept: list[Kept] = []

    def keep(reader: Any) -> Kept:  # noqa: ANN401
        if not kept:
            kept.append(Kept(reader, chosen.cache, content_of([FOLDER / DESCRIPTION])))
        return kept[0]

    rows = list(weighed(chosen.cases, lists, keep))
    kept[0].save()
    found = [row for row in rows if row.signs]
    signs, right = np.array([row.signs for row in found]), [row.right for row in found]
    crossed = np.zeros(len(found))
    where = np.array([fold(row.wording.folder) for row in found])
    for at in range(FOLDS):
        weights, bias = logistic(signs[where != at], [r for r, f in zip(right, where, strict=True) if f != at], RIDGE)
        crossed[where == at] = signs[where == at] @ weights + bias
    chances = 1 / (1 + np.exp(-crossed))
    threshold = precise(chances, right)
    told = chances >= threshold
    for name, of in (("a list", True), ("no list", False)):
        ours = [at for at, row in enumerate(found) if row.wording.whole is of]
        good = sum(bool(told[at]) and right[at] for at in ours)
        sys.stdout.write(
            f"wants {name}: {len(ours)}, the right list likeliest {sum(right[at] for at in ours)}, told right {good}, "
            f"told wrong {sum(bool(told[at]) for at in ours) - good}\n"
        )
    weights, bias = logistic(signs, right, RIDGE)
    stored = {
        "fitted_by": "python -m eval.training.list_fit",
        "embedder": embedder.fingerprint,
        "weights": {name: round(float(weight), 4) for name, weight in zip(SIGNS, weights, strict=True)},
        "bias": round(bias, 4),
        "threshold": round(threshold, 3),
        "least": round(float(min((row.signs[0] for row, t in zip(found, told, strict=True) if t), default=0.0)), 3),
        "wanted": [round(float(one), 3) for one in wording_weights(np.arange(len(asked)))],
    }
    chosen.out.write_text(json.dumps(stored) + "\n", encoding="utf-8")
    sys.stdout.write(f"{stored['weights']} {stored['bias']} {stored['threshold']} {stored['least']}\n")
    return 0


def precise(chances: Array, right: Sequence[bool]) -> float:
    """The lowest probability from which at least PRECISE of what is told is right; .5 at least."""
    labels = np.array(right)
    points = sorted({float(chance) for chance in chances if chance >= 0.5})
    return next((point for point in points if labels[chances >= point].mean() >= PRECISE), 0.99)


if __name__ == "__main__":
    sys.exit(main())
