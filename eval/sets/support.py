"""Judge benchmarks: do the reader's entailment and the gate agree with what people said about support?

Three judges stand side by side: the reader alone, the gate as it ships (retrieval in the given evidence, deterministic
checks, then the reader), and the share of words that the evidence holds, which a judge must beat to show anything.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.figures import Figure, area, of_pairs, share
from eval.metrics.agreement import Judged, balanced_accuracy, best_threshold, pearson, spearman
from eval.metrics.citations import SUPPORTED
from eval.sets.people import (
    Item,
    expertqa_item,
    faithbench_item,
    fm2_item,
    mean,
    mtrag_item,
    sentence_scores,
    wice_item,
    word_overlap,
    worst,
)
from eval.speed.workbench import Library, Workbench, counted

if TYPE_CHECKING:
    from rag.check.gate import Verdict as Checked

KEPT_WEIGHT, ENOUGH = 0.35, 0.8
"""Of the joined judge; from this share of its content words on an answer is no more faithful. Chosen on MT-RAG's
responses: weights of 0.3 to 0.4 and 0.75 to 0.85 differ by 0.003 in Pearson's correlation."""
BELOW = 1e-6
CURVE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Scores at which the curves are read off."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judges on one item. `reader`, `gate` and `overlap` in 0..1; `kept`: the gate shows every claim as
    supported; `kept_share`: share of the claims so shown (1 where nothing is claimed); `content`: share of the content
    words that a passage holds.
    """

    item: Item
    reader: float
    gate: float
    overlap: float
    kept: bool
    kept_share: float
    content: float = 1.0

    @property
    def joined(self) -> float:
        """The gate's share of supported claims and the content words that the passages hold, in 0..1."""
        return KEPT_WEIGHT * self.kept_share + (1 - KEPT_WEIGHT) * min(self.content, ENOUGH) / ENOUGH


def wice(bench: Workbench) -> Iterator[Figure]:
    """Claims of Wikipedia against whole pages; "partially supported" counts as not supported."""
    yield from _judged(bench, "wice", [wice_item(row) for row in bench.some(bench.rows("claims"))], worst)


def fool_me_twice(bench: Workbench) -> Iterator[Figure]:
    """Claims written to mislead, against the gold evidence."""
    yield from _judged(bench, "fool_me_twice", [fm2_item(row) for row in bench.some(bench.rows("claims"))], worst)


def faithbench(bench: Workbench) -> Iterator[Figure]:
    """Summaries against their source; a summary is as supported as its least supported sentence."""
    rows = bench.some(bench.rows("samples"))
    yield from _judged(bench, "faithbench", [faithbench_item(row) for row in rows], worst)


def expertqa_claims(bench: Workbench) -> Iterator[Figure]:
    """Claims of answers against the cited passages, where these were kept; only complete support counts."""
    rows = [row for row in bench.rows("claims") if row["has_passage"]]
    yield from _judged(bench, "expertqa_claims", [expertqa_item(row) for row in bench.some(rows)], worst)


def mtrag_human_eval(bench: Workbench) -> Iterator[Figure]:
    """Answers of a conversation against their contexts; the score of an answer is the mean over its sentences."""
    items = [mtrag_item(row) for row in bench.some(bench.rows("responses"))]
    verdicts = list(_verdicts(bench, "mtrag_human_eval", items, mean))
    yield from judge_figures(verdicts, bench.seed)
    yield from correlation_figures(verdicts, bench.seed)


def _judged(
    bench: Workbench, name: str, items: Sequence[Item], join: Callable[[Sequence[float]], float]
) -> Iterator[Figure]:
    yield from judge_figures(list(_verdicts(bench, name, items, join)), bench.seed)


def _verdicts(
    bench: Workbench, name: str, items: Sequence[Item], join: Callable[[Sequence[float]], float]
) -> Iterator[Verdict]:
    keys = [f"{place}" for place in range(len(items))]
    texts = {key: "\n\n".join(item.passages) + "\n" for key, item in zip(keys, items, strict=True)}
    library = bench.library(f"{name}-{len(items)}", texts)
    with library.pipeline as pipeline:
        for key, item in counted(zip(keys, items, strict=True), len(items), "items"):
            checked = [one for one in _gated(library, key, item.text) if one.claim]
            kept = [one.state in ("quoted", "supported") for one in checked]
            reader = join(sentence_scores(item, pipeline.reader))
            gate = join([gate_score(one, pipeline.point.supported_at) for one in checked])
            yield Verdict(
                item,
                reader,
                gate,
                word_overlap(item),
                all(kept),
                mean([float(flag) for flag in kept]),
                content_held(item),
            )


def _gated(library: Library, key: str, text: str) -> "tuple[Checked, ...]":
    from rag.check.gate import check_text
    from rag.find.found import SHOWN

    only, pipeline = library.ids_of(key), library.pipeline
    return check_text(text, lambda sentence: pipeline.retrieve(sentence, SHOWN, only), pipeline.judge, pipeline.point)


def gate_score(checked: "Checked", supported_at: float) -> float:
    """The probability of a claim, held down to what its state allows: a veto of the gate overrules the judge."""
    held = checked.probability if checked.state in ("quoted", "supported") else supported_at - BELOW
    return min(checked.probability, held)


def content_held(item: Item) -> float:
    """Content words of the text that a passage holds, in any form / its content words; 1 without any."""
    from index.text.look import content

    held = frozenset[str]().union(*(content(passage) for passage in item.passages))
    said = content(item.text)
    return len(said & held) / len(said) if said else 1.0


def judge_figures(verdicts: Sequence[Verdict], seed: int = 0) -> Iterator[Figure]:
    """Balanced accuracy, both of its halves and AUROC; denominators are the items people marked so or so."""
    readers = [(one.reader, one.item.supported) for one in verdicts]
    gates = [(float(one.kept), one.item.supported) for one in verdicts]
    overlaps = [(one.overlap, one.item.supported) for one in verdicts]
    yield from _threshold_figures("reader", "reader alone", readers, SUPPORTED, seed)
    yield area("reader_auroc", "reader alone", "AUROC", readers, seed=seed)
    yield _best("reader_best_balanced", "reader alone", readers, seed)
    yield from _threshold_figures("gate", "gate", gates, 1.0, seed)
    graded = [(one.gate, one.item.supported) for one in verdicts]
    yield area("gate_auroc", "gate", "AUROC", graded, seed=seed)
    yield _best("gate_best_balanced", "gate", graded, seed)
    yield area("overlap_auroc", "word overlap", "AUROC", overlaps, seed=seed)
    yield _best("overlap_best_balanced", "word overlap", overlaps, seed)
    yield from _curve("reader", readers, seed)
    yield from _curve("gate", graded, seed)


def _curve(judge: str, judged: Sequence[Judged], seed: int) -> Iterator[Figure]:
    """What a judge keeps of the supported and catches of the unsupported at each score of CURVE."""
    for at in CURVE:
        kept = ((score >= at, 1.0) for score, supported in judged if supported)
        caught = ((score < at, 1.0) for score, supported in judged if not supported)
        yield share(f"{judge}_kept_{at}", f"curve, {judge}", f"{at}: supported, kept", kept, seed=seed)
        yield share(f"{judge}_caught_{at}", f"curve, {judge}", f"{at}: unsupported, caught", caught, seed=seed)


def _threshold_figures(
    name: str, group: str, judged: Sequence[Judged], threshold: float, seed: int
) -> Iterator[Figure]:
    yield of_pairs(
        f"{name}_balanced", group, "balanced accuracy", judged, lambda s: balanced_accuracy(s, threshold), seed=seed
    )
    kept = ((score >= threshold, 1.0) for score, supported in judged if supported)
    caught = ((score < threshold, 1.0) for score, supported in judged if not supported)
    right = (((score >= threshold) == supported, 1.0) for score, supported in judged)
    yield share(f"{name}_kept", group, "supported, kept", kept, seed=seed)
    yield share(f"{name}_caught", group, "unsupported, caught", caught, seed=seed)
    yield share(f"{name}_accuracy", group, "accuracy", right, seed=seed)


def _best(name: str, group: str, judged: Sequence[Judged], seed: int) -> Figure:
    """Balanced accuracy at the threshold that is best on these very items; it flatters, and its label says so."""
    best = best_threshold(judged)
    threshold = 0.0 if best is None else best
    label = f"balanced, best threshold {threshold:.3f}"
    return of_pairs(name, group, label, judged, lambda sample: balanced_accuracy(sample, threshold), seed=seed)


def correlation_figures(verdicts: Sequence[Verdict], seed: int = 0) -> Iterator[Figure]:
    """Correlation with people's mean grade, over all items."""
    grades = [one.item.grade for one in verdicts]
    judges = {
        "reader": [one.reader for one in verdicts],
        "gate": [one.kept_share for one in verdicts],
        "joined": [one.joined for one in verdicts],
        "overlap": [one.overlap for one in verdicts],
    }
    for name, scores in judges.items():
        pairs = list(zip(scores, grades, strict=True))
        yield of_pairs(f"{name}_pearson", "people's grades", f"Pearson, {name}", pairs, pearson, seed=seed)
        yield of_pairs(f"{name}_spearman", "people's grades", f"Spearman, {name}", pairs, spearman, seed=seed)
