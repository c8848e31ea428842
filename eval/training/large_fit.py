"""Fit how the large encoder and the small network are joined: `python -m eval.training.large_fit --help`.

Reading: dev/squad2 on the gold paragraph and the documents that were kept when the large one was taught, weights fitted
on one half of the articles and documents, figures of the other. Judging: the claims marked "tune" and those about half
of these documents; how well the joined judgement does on the others is what `eval.training.judge_fit` reports.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval.sets.judged import judged_claims
from eval.training.figures import auroc, fit_logistic, say, token_f1
from eval.training.passage_rows import read_records
from eval.training.taught_rows import committed, taught_documents, taught_questions
from index.text.look import look
from rag.check.attribute import Attribution
from rag.check.claims import claimed
from rag.odds import log_odds
from rag.protocols import Reader
from rag.read.large import DESCRIPTION, Answered, LargeEncoder, load_large
from rag.read.loading import load_trained
from rag.read.second import Joined

DOCUMENTS = 33
"""Taught documents that were kept out whose claims are judged: about 300 claims."""

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over the text that is read for it; `group` keeps what belongs together on one side of the fit."""

    source: str
    group: str
    question: str
    text: str
    answers: tuple[str, ...]


def squad(dev: Path, most: int) -> list[Asked]:
    """Questions of dev/squad2 over their gold paragraphs, by article."""
    texts = {str(row["paragraph_id"]): str(row["text"]) for row in read_records(dev / "squad2/paragraphs.jsonl.gz")}
    rows = random.Random(2).sample(list(read_records(dev / "squad2/questions.jsonl.gz")), most)
    return [
        Asked(
            "squad2",
            str(row["doc_id"]),
            str(row["question"]),
            texts[str(row["paragraph_id"])],
            () if row["is_impossible"] else tuple(row["all_answers"]),
        )
        for row in rows
    ]


def taught(most: int) -> list[Asked]:
    """Questions of the documents that were kept out of teaching, by document."""
    rows = [
        Asked(
            "taught", document.text, one.question, one.passage, (one.passage[one.start : one.end],) * (one.start >= 0)
        )
        for document in taught_documents(committed())
        if document.held_out
        for one in taught_questions([document], 2)
    ]
    return random.Random(2).sample(rows, min(most, len(rows)))


def answers(quick: Reader, large: LargeEncoder, asked: Sequence[Asked]) -> tuple[list[float], dict[str, Figures]]:
    """Weights of both judgements, of the large one's lead and a bias, fitted on half of the groups, each source
    weighing the same; figures of the other half by source.
    """
    seen: list[tuple[float, Answered]] = []
    for one in asked:
        spans = quick.spans(one.question, [one.text])
        seen.append((log_odds(spans[0].answerable), large.answered(one.question, [one.text])[0]))
    groups = sorted({one.group for one in asked})
    tuned = np.array([groups.index(one.group) % 2 == 0 for one in asked])
    has = np.array([bool(one.answers) for one in asked])
    source = np.array([one.source for one in asked])
    share = np.array([1 / (tuned & (source == name)).sum() for name in source])
    features = np.array([(first, again.answerable, again.margin) for first, again in seen])
    weights = fit_logistic(
        features[tuned], has[tuned].astype(int).tolist(), (share[tuned] * tuned.sum() / len(set(source))).tolist()
    )
    stated = features @ np.array(weights[:3]) + weights[3]
    f1 = np.array([token_f1(one.text[a.start : a.end], one.answers) for one, (_, a) in zip(asked, seen, strict=True)])
    columns = {"joined": stated, "quick": features[:, 0], "large": features[:, 1], "lead": features[:, 2]}
    told: dict[str, Figures] = {}
    for name in sorted(set(source)):
        own, held = tuned & (source == name), ~tuned & (source == name)
        point = max(np.unique(stated[own]), key=lambda t: _f1(stated[own], f1[own], has[own], t))
        told[name] = {
            "n": float(held.sum()), "F1": _f1(stated[held], f1[held], has[held], point),
            "has-answer F1": float(f1[held & has].mean()),
            **{f"AUROC {key}": auroc(c[held].tolist(), has[held].astype(int).tolist()) for key, c in columns.items()},
        }  # fmt: skip
    return weights, told


def _f1(stated: Array, f1: Array, has: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], point: float) -> float:
    return float(np.where(stated >= point, f1 * has, ~has).mean())


def entails(quick: Reader, large: LargeEncoder, dev: Path) -> tuple[list[float], dict[str, Figures]]:
    """Weights of both judgements and a bias, fitted on what is marked "tune", each source weighing the same; figures of
    the rest by source. A claim of the corpus counts at its likeliest place.
    """
    from rag.assemble import open_pipeline

    seen: dict[tuple[str, str], list[tuple[tuple[float, float], int]]] = defaultdict(list)

    def judge(key: tuple[str, str], pairs: Sequence[tuple[str, str]], true: bool) -> None:
        if both := list(zip(map(log_odds, quick.entail(pairs)), large.entailed(pairs), strict=True)):
            seen[key].append((max(both, key=sum), int(true)))

    with open_pipeline() as pipeline:
        claims = list(judged_claims(pipeline, dev))
    for claim in claims:
        if claim.source != "strange":
            text = claimed(claim.draft)
            places = Attribution(claim.hits, claim.question).candidates(look(text))
            judge(("corpus", claim.part), [(one.text, text) for one in places], claim.true)
    kept = [document for document in taught_documents(committed()) if document.held_out]
    for at, document in enumerate(kept[:: max(1, len(kept) // DOCUMENTS)]):
        part = ("tune", "report")[at % 2]
        for true, false, _ in document.claims:
            judge(("taught", part), [(document.read, true)], True)
            judge(("taught", part), [(document.read, false)], False)
    sources = sorted({source for source, _ in seen})
    tune = [(signs, true, 1 / len(seen[name, "tune"])) for name in sources for signs, true in seen[name, "tune"]]
    share = np.array([weight for *_, weight in tune]) * len(tune) / len(sources)
    weights = fit_logistic(np.array([signs for signs, *_ in tune]), [true for _, true, _ in tune], share.tolist())
    told: dict[str, Figures] = {}
    for name in (name for name in sources if seen[name, "report"]):
        features, labels = np.array([x for x, _ in seen[name, "report"]]), [true for _, true in seen[name, "report"]]
        columns = {
            "joined": features @ np.array(weights[:2]) + weights[2],
            "quick": features[:, 0],
            "large": features[:, 1],
        }
        aurocs = {f"AUROC {key}": auroc(column.tolist(), labels) for key, column in columns.items()}
        told[name] = {"n": float(len(labels)), **aurocs}
    return weights, told


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, print and write beside the weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_fit", description=__doc__)
    parser.add_argument("--dev", type=Path, required=True, help="folder of the development sets")
    parser.add_argument("--weights", type=Path, required=True, help="folder of the large encoder's weights")
    parser.add_argument("--most", type=int, default=300, help="questions of each source")
    chosen = parser.parse_args(arguments)
    quick, large = load_trained(), load_large(chosen.weights)
    judging, judged = entails(quick, large, chosen.dev)
    for source, figures in judged.items():
        say(f"judging {source}", figures)
    reading, read = answers(quick, large, [*squad(chosen.dev, chosen.most), *taught(chosen.most)])
    for source, figures in read.items():
        say(f"reading {source}", figures)
    joined = Joined.from_dict({"answers": reading, "entails": judging})
    path = chosen.weights / DESCRIPTION
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(stored | {"joined": asdict(joined)}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
