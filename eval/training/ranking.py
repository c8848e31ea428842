"""Ranking figures: the gold paragraph first (SQuAD), nDCG@10 (SciFact), before and after the reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from eval.metrics.retrieval import ndcg
from eval.training.claim_rows import held_out
from eval.training.mining import Bm25
from eval.training.passage_rows import Record, read_records
from rag.read.trained import TrainedReader

Figures = dict[str, float]
CANDIDATES = 10
FUSION = 10
WEIGHTS = (0.25, 0.5, 1.0, 2.0)


def paragraphs(reader: TrainedReader, data: Path, most: int) -> Figures:
    """Share of questions whose own paragraph comes first among all 300: lexical, reader, and both added."""
    rows = read_records(data / "dev/squad2/paragraphs.jsonl.gz")
    texts = [str(row["text"]) for row in rows]
    places = {str(row["paragraph_id"]): index for index, row in enumerate(rows)}
    questions = _sample(read_records(data / "dev/squad2/questions.jsonl.gz"), most)
    search = Bm25([f"{row['title']} {row['text']}" for row in rows])
    hits: dict[str, list[bool]] = defaultdict(list)
    for question in questions:
        gold, found = places[str(question["paragraph_id"])], search.top(str(question["question"]), CANDIDATES)
        ranks = reader.rank(str(question["question"]), [texts[index] for index in found])
        for name, order in orders(found, search.scores(str(question["question"]))[found].tolist(), ranks).items():
            hits[name].append(order[0] == gold)
    return {"n": len(questions), **{name: float(np.mean(each)) for name, each in hits.items()}}


def scifact(reader: TrainedReader, data: Path, most: int) -> Figures:
    """nDCG@10 over the claims kept out of training, of the lexical top and of its reader orders."""
    corpus = read_records(data / "dev/scifact/corpus.jsonl.gz")
    texts = [f"{row['title']} {row['text']}" for row in corpus]
    names = [str(row["doc_id"]) for row in corpus]
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in read_records(data / "dev/scifact/qrels.jsonl.gz"):
        wanted[str(row["query_id"])].add(str(row["doc_id"]))
    claims = [row for row in read_records(data / "dev/scifact/queries.jsonl.gz") if held_out(str(row["text"]))]
    claims = list(_sample(claims, most))
    search = Bm25(texts)
    gains: dict[str, list[float]] = defaultdict(list)
    for claim in claims:
        found = search.top(str(claim["text"]), 2 * CANDIDATES)
        ranks = reader.rank(str(claim["text"]), [texts[index] for index in found])
        for name, order in orders(found, search.scores(str(claim["text"]))[found].tolist(), ranks).items():
            gains[name].append(
                ndcg([names[index] for index in order], wanted[str(claim["query_id"])], CANDIDATES) or 0.0
            )
    return {"n": len(claims), **{name: float(np.mean(each)) for name, each in gains.items()}}


def orders(found: Sequence[int], scores: Sequence[float], ranks: Sequence[float]) -> Mapping[str, list[int]]:
    """The candidates as found, by the reader alone, and by both: reciprocal ranks or scores, the reader's weighted."""
    by_reader = sorted(range(len(found)), key=lambda place: (-ranks[place], place))
    seat = {place: rank for rank, place in enumerate(by_reader)}
    made = {"before": list(found), "reader": [found[place] for place in by_reader]}
    for weight in WEIGHTS:
        fused = {place: 1 / (FUSION + place + 1) + weight / (FUSION + seat[place] + 1) for place in range(len(found))}
        added = {place: scores[place] + weight * ranks[place] for place in range(len(found))}
        for name, joined in (("fused", fused), ("added", added)):
            order = sorted(joined, key=lambda place: (-joined[place], place))
            made[f"{name} {weight}"] = [found[place] for place in order]
    return made


def _sample(rows: Sequence[Record], most: int) -> Sequence[Record]:
    return rows if not most or len(rows) <= most else rows[:: -(-len(rows) // most)]
