"""Calibrate two finished runs and write them as weights: `python -m rag.reader.export --help`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.reader.checkpoints import load_trunk
from rag.reader.figures import Floats, fit_logistic
from rag.reader.inputs import load_tokenizer, tokenise
from rag.reader.loading import load_trained
from rag.reader.measure import entailment_pairs
from rag.reader.rows import read_records
from rag.reader.trained import TrainedReader, support_signs
from rag.reader.weights import FOLDER, Calibration, save_weights

ROWS = 1000


def calibrate(reader: TrainedReader, data: Path, most: int) -> Calibration:
    """Fit answerable on SQuAD 2.0 and CLAPNQ, entail on WiCE and Fool Me Twice; classes weigh the same."""
    return Calibration(_fit_answerable(reader, data, most), _fit_entail(reader, data, most))


def _fit_answerable(reader: TrainedReader, data: Path, most: int) -> tuple[float, float, float]:
    texts = {
        str(row["paragraph_id"]): str(row["text"]) for row in read_records(data / "dev/squad2/paragraphs.jsonl.gz")
    }
    squad = read_records(data / "dev/squad2/questions.jsonl.gz")
    squad = squad[:: max(1, len(squad) // most)]
    asked = [(str(row["question"]), texts[str(row["paragraph_id"])], int(not row["is_impossible"])) for row in squad]
    nq = read_records(data / "dev/clapnq/questions.jsonl.gz")
    asked += [(str(row["question"]), str(row["passage"]), int(row["answerable"])) for row in nq]
    tokens = tokenise(load_tokenizer(), [passage for _, passage, _ in asked])
    read = reader.read_logits([(question, each) for (question, _, _), each in zip(asked, tokens, strict=True)])
    best = [max((logits for _, logits in group), key=lambda logits: logits.answerable) for group in read]
    features = np.array([[logits.answerable, logits.margin] for logits in best])
    sets = [(0, len(squad)), (len(squad), len(asked))]
    return _fit(features, [label for _, _, label in asked], sets)


def _fit_entail(reader: TrainedReader, data: Path, most: int) -> tuple[float, float, float]:
    features: list[list[float]] = []
    labels: list[int] = []
    sets: list[tuple[int, int]] = []
    for name in ("wice", "fool_me_twice"):
        pairs = entailment_pairs(data, name, most)
        texts = [(evidence, claim) for evidence, claim, _ in pairs]
        sets.append((len(labels), len(labels) + len(pairs)))
        features += [list(support_signs(*parts)) for parts in zip(texts, reader.entail_logits(texts), strict=True)]
        labels += [label for _, _, label in pairs]
    return _fit(np.array(features), labels, sets)


def _fit(features: Floats, labels: Sequence[int], sets: Sequence[tuple[int, int]]) -> tuple[float, float, float]:
    """Every set, and in it each class, weighs the same."""
    weights = np.zeros(len(labels))
    given = np.asarray(labels)
    for start, end in sets:
        for label in (0, 1):
            where = np.flatnonzero(given[start:end] == label) + start
            weights[where] = 500 / max(1, len(where))
    first, second, bias = fit_logistic(features, labels, weights.tolist())
    return first, second, bias


def _run(folder: Path) -> dict[str, Any]:
    """What a run was and where it ended, as it wrote them down itself."""
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("checkpoint", "settings")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate and write; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rag.reader.export", description=__doc__)
    parser.add_argument("--reading", type=Path, required=True, help="folder of the run that trained reading")
    parser.add_argument("--judging", type=Path, required=True, help="folder of the run that trained judging")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds dev/")
    parser.add_argument("--out", type=Path, default=FOLDER, help="weights folder to write (default: the committed one)")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of each development set to fit on, at most")
    given = parser.parse_args(arguments)
    runs = {"reading": given.reading, "judging": given.judging}
    reading, judging = (load_trunk(folder) for folder in runs.values())
    notes = {"trained": {name: _run(folder) for name, folder in runs.items()}}
    save_weights(given.out, reading, judging, Calibration(), notes)
    calibration = calibrate(load_trained(given.out), given.data, given.rows)
    save_weights(given.out, reading, judging, calibration, notes)
    sys.stdout.write(json.dumps({"answerable": calibration.answerable, "entail": calibration.entail}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
