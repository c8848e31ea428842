"""Fits when two answers to one question disagree: `python -m eval.training.disagreements`.

Pairs of sentences of our own, `eval/data/disagreements.jsonl`; those held out are only measured. To be run again when
the reader changes, since what it makes of a sentence with an exchanged value is among the signs.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from index.embed.embedders import load_embedder
from index.records import Quote
from rag.check.conflicts import WEIGHTS, Disagreement, measured
from rag.read import load_reader

PAIRS = Path(__file__).resolve().parent.parent / "data" / "disagreements.jsonl"
RARELY_WRONG = 0.1
"""Share of the pairs that do not disagree which may be flagged, each judged by a fit without it: precision first."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences, the value of each, and whether they disagree."""

    question: str
    told: Disagreement
    conflict: bool
    held_out: bool


def pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of our own."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Pair(
            row["question"],
            Disagreement(_quote(row["first"], "a"), _quote(row["second"], "b"), tuple(row["values"])),
            bool(row["conflict"]),
            bool(row["held_out"]),
        )
        for row in rows
    ]


def fit(found: NDArray[np.float64], conflict: NDArray[np.bool_]) -> dict[str, object]:
    """The weights as `rag.check.conflicts.load` reads them."""
    mean, scale = found.mean(axis=0), np.maximum(found.std(axis=0), 1e-6)
    model = LogisticRegression(C=1.0)
    scaled = (found - mean) / scale
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    apart = cross_val_predict(model, scaled, conflict, cv=folds, method="predict_proba")[:, 1]
    model.fit(scaled, conflict)
    threshold = max(0.5, float(np.quantile(apart[~conflict], 1 - RARELY_WRONG)))
    rounded = {"mean": mean, "scale": scale, "weights": model.coef_[0]}
    stored = {name: [round(float(value), 4) for value in values] for name, values in rounded.items()}
    return {**stored, "bias": round(float(model.intercept_[0]), 4), "threshold": round(threshold, 3)}


def main() -> int:
    """Fits, writes the weights and says what they do on the held-out pairs."""
    reader, embedder, rows = load_reader(), load_embedder(), pairs()
    found = np.array([measured(row.question, [row.told], reader, embedder)[0] for row in rows])
    conflict, held_out = (np.array([getattr(row, name) for row in rows]) for name in ("conflict", "held_out"))
    stored = fit(found[~held_out], conflict[~held_out])
    WEIGHTS.write_text(json.dumps(stored) + "\n", encoding="utf-8")
    from rag.check.conflicts import load, probability

    flagged = np.array([probability(one, load()) >= load().threshold for one in found])
    for part, of in (("fitted", ~held_out), ("held out", held_out)):
        hits, false = int((flagged & conflict & of).sum()), int((flagged & ~conflict & of).sum())
        sys.stdout.write(
            f"{part}: {hits} of {int((conflict & of).sum())} disagreements flagged, "
            f"{false} of {int((~conflict & of).sum())} others\n"
        )
    return 0


def _quote(text: str, name: str) -> Quote:
    return Quote(name, "", name, None, 0, len(text), text)


if __name__ == "__main__":
    raise SystemExit(main())
