"""Train the judge: the reader's network goes on with pairs of evidence and claim, and is averaged with where it began.

`python -m eval.training.judge_train --data DIR --out RUN`; run again to resume. Twins train together. The mean with the
start keeps what the start knew of sentences in other words, which pairs made by rules teach it to forget.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from eval.training.export import mean
from eval.training.judge_rows import Unit, epoch_units, judge_units
from eval.training.rows import Row
from eval.training.train import Settings, Training, report
from rag.check.judge import JUDGE_FOLDER
from rag.read.weights import FOLDER, load_weights, save_weights

TOKENS, RATE, BATCH_TOKENS = 1_500_000, 1e-4, 4096


def rows(units: Sequence[Unit]) -> list[Row]:
    """Units as rows that train the entailment judgement; twins share a pair number."""
    return [
        Row(claim.source, claim.claim, claim.evidence, entail=claim.label, pair=number if len(unit) == 2 else -1)
        for number, unit in enumerate(units)
        for claim in unit
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train or resume, then write the mean of start and end."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.judge_train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint and curve")
    parser.add_argument("--weights", type=Path, default=JUDGE_FOLDER, help="folder to write the judge to")
    parser.add_argument("--tokens", type=int, default=TOKENS)
    parser.add_argument("--seed", type=int, default=13)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    start, calibration, digest = load_weights(FOLDER)
    settings = Settings(
        seed=given.seed, tokens=given.tokens, rate=RATE, batch_tokens=BATCH_TOKENS, compiled=False, save_every=120.0
    )
    units = judge_units(given.data)
    training = Training(
        lambda epoch: rows(list(epoch_units(units, given.seed + epoch))),
        given.out,
        settings,
        torch.device("cpu"),
        load_weights(FOLDER)[0].requires_grad_(True),
    )
    training.trunk.train()
    report(training, settings, given.out / "curve.jsonl")
    notes = {"trained": [{"settings": asdict(settings), "start": digest, "progress": asdict(training.progress)}]}
    save_weights(given.weights, mean([start, training.trunk]), calibration, notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
