"""What the large encoder sees: `python -m eval.training.large_measure --train DIR --dev DIR`.

Twins and pairs that were kept out of training, and reading with refusals, alone and joined with the quick reader
(weights fitted on one half of the articles, figures of the other).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.training.figures import auroc, best_threshold, fit_logistic, token_f1
from eval.training.judge_rows import Unit, kept_out, records, units_of
from eval.training.rows import read_records
from rag.check.point import log_odds
from rag.read import load_reader
from rag.read.large import Answered, LargeEncoder, load_large

Figures = dict[str, float]


def held_out(train: Path, most: int) -> tuple[list[Unit], list[Unit]]:
    """Twins whose evidence was kept out, and rows of the half of PAWS that was; at most `most` of each, seeded."""
    twins = [
        unit
        for folder in ("contrast_pairs", "relation_templates")
        for unit in units_of(folder, records(train / folder))
        if len(unit) == 2 and kept_out(unit[0])
    ]
    paws = [unit for unit in units_of("paws_wiki", records(train / "paws_wiki")) if kept_out(unit[0])]
    random_ = random.Random(1)
    return random_.sample(twins, min(most, len(twins))), random_.sample(paws, min(most, len(paws)))


def twins_ahead(large: LargeEncoder, twins: Sequence[Unit]) -> Figures:
    """Share of twins whose true one is believed more, by source."""
    ahead: dict[str, list[bool]] = defaultdict(list)
    for true, false in twins:
        more, less = large.entailed([(true.evidence, true.claim), (false.evidence, false.claim)])
        for name in ("all", true.source):
            ahead[name].append(more > less)
    return {f"{name} (n {len(flags)})": sum(flags) / len(flags) for name, flags in sorted(ahead.items())}


def balanced(large: LargeEncoder, rows: Sequence[Unit]) -> Figures:
    """AUROC, and balanced accuracy at log-odds 0 and at the best threshold."""
    stated = large.entailed([(unit[0].evidence, unit[0].claim) for unit in rows])
    labels = [unit[0].label for unit in rows]
    right = [[(value > 0) == bool(label) for value, label in zip(stated, labels, strict=True) if label == kind]
             for kind in (0, 1)]  # fmt: skip
    plain = sum(sum(flags) / max(1, len(flags)) for flags in right) / 2
    return {"n": len(rows), "AUROC": auroc(stated, labels), "at 0": plain, "at best": best_threshold(stated, labels)[1]}


def reading(large: LargeEncoder, dev: Path, most: int) -> Figures:
    """dev/squad2 on the gold paragraph, joined weights fitted on half of the articles and reported on the other."""
    texts = {str(row["paragraph_id"]): str(row["text"]) for row in read_records(dev / "squad2/paragraphs.jsonl.gz")}
    rows = read_records(dev / "squad2/questions.jsonl.gz")
    rows = random.Random(2).sample(list(rows), min(most, len(rows)))
    quick = load_reader()
    seen: list[tuple[float, Answered]] = []
    for row in rows:
        question, text = str(row["question"]), texts[str(row["paragraph_id"])]
        seen.append((log_odds(quick.spans(question, [text])[0].answerable), large.answered(question, [text])[0]))
    titles = sorted({str(row["doc_id"]) for row in rows})
    tuned = np.array([titles.index(str(row["doc_id"])) % 2 == 0 for row in rows])
    has = np.array([not row["is_impossible"] for row in rows])
    features = np.array([(first, again.answerable, again.margin) for first, again in seen])
    weights = fit_logistic(features[tuned], has[tuned].astype(int).tolist(), [1.0] * int(tuned.sum()))
    stated = features @ np.array(weights[:3]) + weights[3]
    f1 = np.array([
        token_f1(texts[str(row["paragraph_id"])][again.start : again.end], row.get("all_answers") or [])
        for row, (_, again) in zip(rows, seen, strict=True)
    ])  # fmt: skip
    held = ~tuned
    point = max(np.unique(stated[tuned]), key=lambda t: _total(stated[tuned], f1[tuned], has[tuned], t))
    return {
        "n reported": float(held.sum()), "F1": _total(stated[held], f1[held], has[held], point),
        "has-answer F1": float(f1[held & has].mean()),
        "AUROC joined": auroc(stated[held].tolist(), has[held].astype(int).tolist()),
        "AUROC quick": auroc(features[held, 0].tolist(), has[held].astype(int).tolist()),
        "AUROC large": auroc(features[held, 1].tolist(), has[held].astype(int).tolist()),
        "AUROC margin": auroc(features[held, 2].tolist(), has[held].astype(int).tolist()),
    }  # fmt: skip


def _total(
    stated: np.ndarray[tuple[int], np.dtype[np.float64]],
    f1: np.ndarray[tuple[int], np.dtype[np.float64]],
    has: np.ndarray[tuple[int], np.dtype[np.bool_]],
    point: float,
) -> float:
    return float(np.where(stated >= point, f1 * has, ~has).mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_measure", description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--most", type=int, default=600, help="rows of each set")
    chosen = parser.parse_args(arguments)
    large = load_large(chosen.weights)
    twins, paws = held_out(chosen.train, chosen.most)
    _say("twins ahead", twins_ahead(large, twins))
    _say("paws", balanced(large, paws))
    _say("squad2", reading(large, chosen.dev, chosen.most))
    return 0


def _say(name: str, figures: Figures) -> None:
    sys.stdout.write(f"{name}: " + json.dumps({key: round(value, 4) for key, value in figures.items()}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
