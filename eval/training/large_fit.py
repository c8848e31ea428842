"""Fit how the large encoder and the small network are joined: `python -m eval.training.large_fit --help`.

Reading: dev/squad2 on the gold paragraph, weights fitted on one half of the articles and figures of the other. Judging:
the claims marked "tune"; how well the joined judgement does on the others is what `eval.training.judge_fit` reports.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from eval.metrics.overlap import squad_f1
from eval.sets.judged import judged_claims
from eval.training.passage_rows import read_records
from eval.training.scored import auroc, fit_logistic, say
from index.text.look import look
from rag.check.attribute import Attribution
from rag.check.claims import claimed
from rag.odds import log_odds
from rag.protocols import Reader
from rag.read.large import DESCRIPTION, Answered, LargeEncoder, load_large
from rag.read.loading import load_trained
from rag.read.second import Joined

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Figures = dict[str, float]


def answers(quick: Reader, large: LargeEncoder, dev: Path, most: int) -> tuple[list[float], Figures]:
    """Weights of both judgements, of the large one's lead and a bias; figures of the half they were not fitted on."""
    texts = {str(row["paragraph_id"]): str(row["text"]) for row in read_records(dev / "squad2/paragraphs.jsonl.gz")}
    rows = random.Random(2).sample(list(read_records(dev / "squad2/questions.jsonl.gz")), most)
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
        squad_f1(texts[str(row["paragraph_id"])][again.start : again.end], row.get("all_answers") or [])
        for row, (_, again) in zip(rows, seen, strict=True)
    ])  # fmt: skip
    held = ~tuned
    point = max(np.unique(stated[tuned]), key=lambda t: _f1(stated[tuned], f1[tuned], has[tuned], t))
    columns = {"joined": stated, "quick": features[:, 0], "large": features[:, 1], "lead": features[:, 2]}
    return weights, {
        "n": float(held.sum()), "F1": _f1(stated[held], f1[held], has[held], point),
        "has-answer F1": float(f1[held & has].mean()),
        **{f"AUROC {name}": auroc(c[held].tolist(), has[held].astype(int).tolist()) for name, c in columns.items()},
    }  # fmt: skip


def _f1(stated: Array, f1: Array, has: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], point: float) -> float:
    return float(np.where(stated >= point, f1 * has, ~has).mean())


def entails(quick: Reader, large: LargeEncoder, dev: Path) -> tuple[list[float], Figures]:
    """Weights of both judgements and a bias, fitted on claims marked "tune"; figures of the others, by the likeliest
    place of each claim.
    """
    from rag.assemble import open_pipeline

    seen: dict[str, list[tuple[tuple[float, float], int]]] = {"tune": [], "report": []}
    with open_pipeline() as pipeline:
        claims = list(judged_claims(pipeline, dev))
    for claim in claims:
        if claim.source != "strange":
            text = claimed(claim.draft)
            pairs = [(one.text, text) for one in Attribution(claim.hits, claim.question).candidates(look(text))]
            both = list(zip(map(log_odds, quick.entail(pairs)), large.entailed(pairs), strict=True))
            if both:
                seen[claim.part].append((max(both, key=sum), int(claim.true)))
    features = {part: np.array([signs for signs, _ in rows]) for part, rows in seen.items()}
    labels = {part: [label for _, label in rows] for part, rows in seen.items()}
    weights = fit_logistic(features["tune"], labels["tune"], [1.0] * len(labels["tune"]))
    stated = features["report"] @ np.array(weights[:2]) + weights[2]
    columns = {"joined": stated, "quick": features["report"][:, 0], "large": features["report"][:, 1]}
    figures = {f"AUROC {name}": auroc(column.tolist(), labels["report"]) for name, column in columns.items()}
    return weights, {"n": float(len(labels["report"])), **figures}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print and write beside the weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_fit", description=__doc__)
    parser.add_argument("--dev", type=Path, required=True, help="folder of the development sets")
    parser.add_argument("--weights", type=Path, required=True, help="folder of the large encoder's weights")
    parser.add_argument("--most", type=int, default=1200, help="questions of dev/squad2")
    chosen = parser.parse_args(arguments)
    quick, large = load_trained(), load_large(chosen.weights)
    judging, judged = entails(quick, large, chosen.dev)
    say("judging", judged)
    reading, read = answers(quick, large, chosen.dev, chosen.most)
    say("reading", read)
    joined = Joined.from_dict({"answers": reading, "entails": judging})
    path = chosen.weights / DESCRIPTION
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(stored | {"joined": asdict(joined)}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
