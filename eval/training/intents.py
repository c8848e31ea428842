"""Fits what tells small talk, questions about the collection and summaries from questions to the documents.

    python -m eval.training.intents [--questions FILE.jsonl.gz ...]

Phrases: `eval/data/intents.txt` (those "held out" are only measured) and every second bundled case. `--questions` adds
rows with a "question" as further questions, the first half of them fitted and the second half measured.
"""

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from index.embed.embedders import load_embedder
from index.protocols import Embedder
from index.text.words import words
from rag.find.intent import TALK, WEIGHTS, Features, Weights, decided, familiar, features, group_of

DATA = Path(__file__).resolve().parent.parent / "data"
PENALTY = 10.0
"""Inverse strength of the L2 penalty; 3 and 30 were no better on the held-out phrases (.873, .868; 10: .873)."""
SWALLOWED = 0.001
"""Share of the questions, each judged by a fit without it, that a group may take at its threshold."""
LEAST = {"talk": 0.6, "collection": 0.6, "summary": 0.6}
_SECTION = re.compile(r"\[(\w+)( held out)?\]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A turn and what it wants; those `added` from files together weigh as much as our own."""

    text: str
    kind: str
    held_out: bool
    added: bool = False


def phrases(path: Path = DATA / "intents.txt") -> Iterator[Phrase]:
    """The phrases of our own."""
    kind, held_out = "", False
    for line in path.read_text(encoding="utf-8").splitlines():
        if section := _SECTION.fullmatch(line):
            kind, held_out = section[1], bool(section[2])
        elif line and not line.startswith("#"):
            yield Phrase(line, kind, held_out)


def questions(files: Sequence[Path], limit: int = 2400) -> Iterator[Phrase]:
    """Bundled cases and the rows of `files`, at most `limit` of each."""
    cases = [json.loads(line) for line in (DATA / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    for at, case in enumerate(cases):
        yield Phrase(case["question"], "question", at % 2 == 1)
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = list(dict.fromkeys(str(json.loads(line)["question"]) for line in lines))[:limit]
        for at, text in enumerate(rows):
            yield Phrase(text, "question", at >= len(rows) // 2, added=True)


def fit(rows: Sequence[Phrase], embedder: Embedder) -> Weights:
    """The weights for these phrases, with thresholds from a fit of four fifths judged on the last."""
    found, kinds = features([row.text for row in rows], embedder), np.array([row.kind for row in rows])
    added = np.array([row.added for row in rows])
    weight = np.where(added, (~added).sum() / max(1, added.sum()), 1.0)
    model = LogisticRegression(C=PENALTY, max_iter=150, tol=1e-3)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    apart = cross_val_predict(model, found, kinds, cv=folds, method="predict_proba", params={"sample_weight": weight})
    model.fit(found, kinds, sample_weight=weight)
    vocabulary = frozenset(word for row in rows if row.kind in TALK for word in words(row.text))
    order = tuple(str(kind) for kind in model.classes_)
    matrix, bias = (np.round(part, 3).astype(np.float32) for part in (model.coef_, model.intercept_))
    thresholds = {}
    for group, least in LEAST.items():
        shares = apart[:, [group_of(kind) == group for kind in order]].sum(axis=1)
        may = [group != "talk" or familiar(row.text, vocabulary) for row in rows]
        asked = np.where(may, shares, 0.0)[kinds == "question"]
        thresholds[group] = max(least, float(np.quantile(asked, 1 - SWALLOWED)))
    return Weights(order, matrix, bias, thresholds, vocabulary, embedder.fingerprint)  # type: ignore[arg-type]


def write(weights: Weights, path: Path = WEIGHTS) -> None:
    """As JSON, readable by `Weights.load`."""
    stored = {
        "kinds": weights.kinds,
        "thresholds": {group: round(value, 4) for group, value in weights.thresholds.items()},
        "embedder": weights.embedder,
        "vocabulary": sorted(weights.vocabulary),
        "bias": [round(float(value), 3) for value in weights.bias],
        "matrix": [[round(float(value), 3) for value in row] for row in weights.matrix],
    }
    path.write_text(json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def measure(rows: Sequence[Phrase], weights: Weights, embedder: Embedder) -> Iterator[str]:
    """Per group: how many of its held-out phrases are seen as such, and the questions that it takes."""
    odds = _probabilities(features([row.text for row in rows], embedder), weights)
    seen = [decided(row.text, odd, weights) for row, odd in zip(rows, odds, strict=True)]
    for group in (*weights.thresholds, "question"):
        of_group = [(row, got) for row, got in zip(rows, seen, strict=True) if group_of(row.kind) == group]
        right = sum(group_of(got.kind) == group for _, got in of_group)
        exact = sum(got.kind == row.kind for row, got in of_group)
        yield f"{group:>10}: {right} of {len(of_group)} in their group, {exact} as their kind"
    for row, got in zip(rows, seen, strict=True):
        if group_of(got.kind) != group_of(row.kind):
            yield f"{row.kind:>10} taken for {got.kind} ({got.probability:.2f}): {row.text}"


def _probabilities(found: Features, weights: Weights) -> Features:
    logits = found @ weights.matrix.T + weights.bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Features = odds / odds.sum(axis=1, keepdims=True)
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Fits, measures, and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", nargs="*", type=Path, default=(), metavar="FILE")
    arguments = parser.parse_args(argv)
    embedder = load_embedder()
    rows = [*phrases(), *questions(arguments.questions)]
    weights = fit([row for row in rows if not row.held_out], embedder)
    write(weights)
    told = measure([row for row in rows if row.held_out], weights, embedder)
    sys.stdout.write("\n".join([f"thresholds {weights.thresholds}", *told]) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
