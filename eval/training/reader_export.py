"""Calibrate the mean of finished runs and write it as weights: `python -m eval.training.reader_export --help`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from eval.training.checkpoints import finished_run, load_trunk
from eval.training.measure import entailment_pairs
from eval.training.passage_rows import read_records
from eval.training.scored import Floats, fit_logistic
from rag.read.inputs import load_tokenizer, tokenise
from rag.read.loading import load_trained
from rag.read.network import Trunk
from rag.read.trained import TrainedReader, answer_signs, support_signs
from rag.read.weights import FOLDER, Calibration, save_weights

ROWS = 1000


def mean(trunks: Sequence[Trunk]) -> Trunk:
    """The mean of each weight (model soups, Wortsman et al. 2022); the runs must have grown from one another."""
    states = [trunk.state_dict() for trunk in trunks]
    trunk = Trunk()
    trunk.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    return trunk


def calibrate(reader: TrainedReader, data: Path, most: int) -> Calibration:
    """Fit answerable on SQuAD 2.0 and CLAPNQ, entail on WiCE and Fool Me Twice; classes weigh the same."""
    return Calibration(_fit_answerable(reader, data, most), *_fit_entail(reader, data, most))


def _fit_answerable(reader: TrainedReader, data: Path, most: int) -> tuple[float, ...]:
    texts = {
        str(row["paragraph_id"]): str(row["text"]) for row in read_records(data / "dev/squad2/paragraphs.jsonl.gz")
    }
    squad = read_records(data / "dev/squad2/questions.jsonl.gz")
    squad = squad[:: max(1, len(squad) // most)]
    asked = [(str(row["question"]), texts[str(row["paragraph_id"])], int(not row["is_impossible"])) for row in squad]
    nq = read_records(data / "dev/clapnq/questions.jsonl.gz")
    asked += [(str(row["question"]), str(row["passage"]), int(row["answerable"])) for row in nq]
    tokens = tokenise(load_tokenizer(), [passage for _, passage, _ in asked])
    read = reader.read_logits([(question, text, each) for (question, text, _), each in zip(asked, tokens, strict=True)])
    features = []
    for (question, text, _), each, group in zip(asked, tokens, read, strict=True):
        begin, best = max(group, key=lambda part: part[1].answerable)
        span = each.offsets[begin + best.first][0], each.offsets[begin + best.last][1]
        features.append(answer_signs(question, text, span, best))
    sets = [(0, len(squad)), (len(squad), len(asked))]
    return _fit(np.array(features), [label for _, _, label in asked], sets)


def _fit_entail(reader: TrainedReader, data: Path, most: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """For passages of one window, as in Fool Me Twice, and for longer ones, as in WiCE.

    In Fool Me Twice words found speak against support, because its claims were written to mislead; that is no rule for
    other texts, so short passages are judged by the network alone.
    """
    features: dict[bool, list[tuple[float, ...]]] = {False: [], True: []}
    labels: dict[bool, list[int]] = {False: [], True: []}
    for name in ("wice", "fool_me_twice"):
        pairs = entailment_pairs(data, name, most)
        texts = [(evidence, claim) for evidence, claim, _ in pairs]
        for text, windows, (_, _, label) in zip(texts, reader.entail_logits(texts), pairs, strict=True):
            signs, long = support_signs(text, windows), len(windows) > 1
            features[long].append(signs if long else (signs[0], 0.0, 0.0))
            labels[long].append(label)
    one, several = (_fit(np.array(features[key]), labels[key], [(0, len(labels[key]))]) for key in (False, True))
    return one, several


def _fit(features: Floats, labels: Sequence[int], sets: Sequence[tuple[int, int]]) -> tuple[float, ...]:
    """Every set, and in it each class, weighs the same; the last coefficient is the bias."""
    weights = np.zeros(len(labels))
    given = np.asarray(labels)
    for start, end in sets:
        for label in (0, 1):
            where = np.flatnonzero(given[start:end] == label) + start
            weights[where] = 500 / max(1, len(where))
    return tuple(fit_logistic(features, labels, weights.tolist()))


def _run(folder: Path) -> dict[str, Any]:
    """What a run was and where it ended, as it wrote them down itself."""
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("checkpoint", "settings")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate and write; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.reader_export", description=__doc__)
    parser.add_argument(
        "--runs", type=finished_run, nargs="+", required=True, help="folders of finished runs of one origin"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder that holds dev/")
    parser.add_argument("--out", type=Path, default=FOLDER, help="weights folder to write (default: the committed one)")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of each development set to fit on, at most")
    given = parser.parse_args(arguments)
    if not (given.data / "dev").is_dir():
        parser.error(f"{given.data} holds no dev; name the folder of the development data")
    trunk = mean([load_trunk(folder) for folder in given.runs])
    notes = {"trained": [_run(folder) for folder in given.runs]}
    save_weights(given.out, trunk, Calibration(), notes)
    calibration = calibrate(load_trained(given.out), given.data, given.rows)
    save_weights(given.out, trunk, calibration, notes)
    sys.stdout.write(json.dumps(asdict(calibration)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
