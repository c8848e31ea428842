"""Figures of the reader on the development sets: `python -m eval.training.measure --data DIR`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from eval.metrics.agreement import balanced_accuracy, pearson
from eval.metrics.calibration import calibration_error
from eval.metrics.overlap import squad_f1
from eval.training.passage_rows import Record, read_records
from eval.training.scored import auroc, best_threshold
from index.text.sentences import sentence_spans
from rag.read.loading import load_trained
from rag.read.trained import TrainedReader

Figures = dict[str, float]
BATCH = 64


def _some(records: Sequence[Record], most: int) -> Sequence[Record]:
    """Every k-th record, so that at most `most` are left; 0 keeps all."""
    return records if not most or len(records) <= most else records[:: -(-len(records) // most)]


def squad2(reader: TrainedReader, data: Path, most: int) -> Figures:
    """Reading the gold paragraph: F1 with refusals at the best threshold, F1 where there is an answer, AUROC."""
    texts = {
        str(row["paragraph_id"]): str(row["text"]) for row in read_records(data / "dev/squad2/paragraphs.jsonl.gz")
    }
    rows = _some(read_records(data / "dev/squad2/questions.jsonl.gz"), most)
    spans = [reader.spans(str(row["question"]), [texts[str(row["paragraph_id"])]])[0] for row in rows]
    has = np.array([not row["is_impossible"] for row in rows])
    f1 = np.array([squad_f1(span.text, row.get("all_answers") or []) for span, row in zip(spans, rows, strict=True)])
    stated = np.array([span.answerable for span in spans])
    totals = {float(t): float(np.where(stated >= t, f1 * has, ~has).mean()) for t in np.unique(np.round(stated, 2))}
    threshold = max(totals, key=lambda t: totals[t])
    return {
        "n": len(rows), "F1": totals[threshold], "threshold": threshold,
        "F1 at 0.5": float(np.where(stated >= 0.5, f1 * has, ~has).mean()), "has-answer F1": float(f1[has].mean()),
        "AUROC": auroc(stated.tolist(), has.astype(int).tolist()),
        "calibration error": calibration_error(list(zip(stated.tolist(), has.tolist(), strict=True))) or 0.0,
    }  # fmt: skip


def clapnq(reader: TrainedReader, data: Path, most: int) -> Figures:
    """Refusing and answering on the given passage at 0.5 and at the best threshold."""
    rows = _some(read_records(data / "dev/clapnq/questions.jsonl.gz"), most)
    stated = [reader.spans(str(row["question"]), [str(row["passage"])])[0].answerable for row in rows]
    labels = [int(row["answerable"]) for row in rows]
    best, accuracy = best_threshold(stated, labels)
    figures: Figures = {
        "n": len(rows),
        "AUROC": auroc(stated, labels),
        "best threshold": best,
        "BAcc at best": accuracy,
    }
    for name, threshold in (("0.5", 0.5), ("best", best)):
        figures[f"answered at {name}"] = _share(stated, labels, 1, threshold)
        figures[f"refused at {name}"] = 1 - _share(stated, labels, 0, threshold)
    return figures


def _share(stated: Sequence[float], labels: Sequence[int], label: int, threshold: float) -> float:
    return float(np.mean([score >= threshold for score, given in zip(stated, labels, strict=True) if given == label]))


def entailment_pairs(data: Path, name: str, most: int) -> list[tuple[str, str, int]]:
    """(evidence, claim, supported) of a judge set: wice, fool_me_twice, faithbench or expertqa_claims."""
    if name == "wice":
        rows = _some(read_records(data / "dev/wice/claims.jsonl.gz"), most)
        return [(" ".join(row["evidence_sentences"]), str(row["claim"]), int(row["supported"])) for row in rows]
    if name == "fool_me_twice":
        rows = _some(read_records(data / "dev/fool_me_twice/claims.jsonl.gz"), most)
        return [(_gold(row), str(row["claim"]), int(row["label"] == "SUPPORTS")) for row in rows]
    rows = _some(read_records(data / "dev/faithbench/samples.jsonl.gz"), most)
    return [(str(row["source"]), str(row["summary"]), 1 - int(row["hallucinated"])) for row in rows]


def _gold(row: Record) -> str:
    return f"{row['page']}. " + " ".join(str(piece["text"]) for piece in row["gold_evidence"])


def judge(reader: TrainedReader, data: Path, name: str, most: int) -> Figures:
    """Entailment against people's labels; a text of several sentences is as supported as its least supported one."""
    triples = entailment_pairs(data, name, most)
    scores = least_supported(reader, [(evidence, claim) for evidence, claim, _ in triples])
    labels = [label for _, _, label in triples]
    threshold, accuracy = best_threshold(scores, labels)
    judged = [(score, bool(label)) for score, label in zip(scores, labels, strict=True)]
    return {
        "n": len(labels), "AUROC": auroc(scores, labels), "BAcc at 0.5": balanced_accuracy(judged, 0.5) or 0.0,
        "BAcc at best": accuracy, "best threshold": threshold,
        "calibration error": calibration_error(judged) or 0.0,
    }  # fmt: skip


def least_supported(reader: TrainedReader, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The smallest entailment over the sentences of each text; 1 for a text without any."""
    flat = [
        (index, evidence, text[a:b]) for index, (evidence, text) in enumerate(pairs) for a, b in sentence_spans(text)
    ]
    lowest = [1.0] * len(pairs)
    for begin in range(0, len(flat), BATCH):
        part = flat[begin : begin + BATCH]
        for (index, _, _), score in zip(part, reader.entail([(e, s) for _, e, s in part]), strict=True):
            lowest[index] = min(lowest[index], score)
    return lowest


def people(reader: TrainedReader, data: Path, most: int) -> Figures:
    """Pearson of mean sentence support (best passage) with mean human faithfulness, and of word overlap."""
    rows = _some(read_records(data / "dev/mtrag_human_eval/responses.jsonl.gz"), most)
    scores, overlap, human = [], [], []
    for row in rows:
        response, passages = str(row["response"]), [str(context["text"]) for context in row["contexts"]]
        sentences = [response[a:b] for a, b in sentence_spans(response)]
        flat = reader.entail([(passage, sentence) for sentence in sentences for passage in passages])
        table = np.array(flat).reshape(len(sentences), len(passages))
        scores.append(float(table.max(axis=1).mean()) if table.size else 0.0)
        words, held = response.lower().split(), set(" ".join(passages).lower().split())
        overlap.append(sum(word in held for word in words) / max(1, len(words)))
        human.append(float(np.mean(row["human"]["faithfulness"]["values"])))
    both = (np.array(scores) - np.mean(scores)) / np.std(scores) + (np.array(overlap) - np.mean(overlap)) / np.std(
        overlap
    )
    return {
        "n": len(rows),
        "Pearson": pearson(list(zip(scores, human, strict=True))) or 0.0,
        "overlap": pearson(list(zip(overlap, human, strict=True))) or 0.0,
        "together": pearson(list(zip(both.tolist(), human, strict=True))) or 0.0,
    }


def speed(reader: TrainedReader, data: Path, _most: int) -> Figures:
    """Paragraphs read for one question: median milliseconds for 10 of them, and how many words a second."""
    texts = [str(row["text"]) for row in read_records(data / "dev/squad2/paragraphs.jsonl.gz")][:200]
    took, words = [], 0
    for begin in range(0, len(texts), 10):
        started = time.perf_counter()
        reader.read("When was the treaty signed, and by whom?", texts[begin : begin + 10])
        took.append(time.perf_counter() - started)
        words += sum(len(text.split()) for text in texts[begin : begin + 10])
    return {"n": len(took), "median ms for 10": float(np.median(took) * 1000), "words a second": words / sum(took)}


Measure = Callable[[TrainedReader, Path, int], Figures]


def _judge_of(name: str) -> Measure:
    return lambda reader, data, most: judge(reader, data, name, most)


def measures() -> Mapping[str, Measure]:
    """Every measurement by the name of its set."""
    from eval.training.ranking import paragraphs, scifact

    judges = {name: _judge_of(name) for name in ("wice", "fool_me_twice", "faithbench")}
    return {
        "squad2": squad2,
        "clapnq": clapnq,
        **judges,
        "people": people,
        "paragraphs": paragraphs,
        "scifact": scifact,
        "speed": speed,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON line per set; returns the exit status."""
    known = measures()
    parser = argparse.ArgumentParser(prog="python -m eval.training.measure", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds dev/")
    parser.add_argument("--weights", type=Path, help="a weights folder other than the committed one")
    parser.add_argument("--sets", nargs="*", default=list(known), choices=list(known), help="what to measure")
    parser.add_argument("--most", type=int, default=0, help="at most so many rows of a set; 0 takes all")
    given = parser.parse_args(arguments)
    reader = load_trained(given.weights)
    for name in given.sets:
        started = time.monotonic()
        figures = known[name](reader, given.data, given.most)
        rounded = {key: round(value, 4) for key, value in figures.items()}
        sys.stdout.write(json.dumps({"set": name, **rounded, "seconds": round(time.monotonic() - started)}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
