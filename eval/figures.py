"""The figures of a report, each with its denominator and interval, from the outcomes of a run. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from eval.metrics.abstention import auroc, risk_area
from eval.metrics.calibration import calibration_error
from eval.metrics.faithfulness import Faithfulness
from eval.metrics.stats import interval_of, quantile, ratio_interval
from eval.score import DEPTHS, Outcome

SINGLE_FACT = "single-fact"
"""Tag of the cases whose answer is one fact: only their answers have a length worth bounding."""

Pair = tuple[float, float]
Better = Literal["higher", "lower"]
P = TypeVar("P", tuple[float, bool], tuple[float, float])


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `value` is `top` / `bottom` where it is a share, None where undefined; `n` cases stand behind it and
    `left_out` cases have no value of this kind. `low`, `high`: the 95 % interval.
    """

    name: str
    group: str
    label: str
    value: float | None
    n: int
    left_out: int
    top: float | None = None
    bottom: float | None = None
    low: float | None = None
    high: float | None = None
    better: Better = "higher"

    def worse_than(self, bound: float) -> bool:
        """Whether the figure misses a bound; an undefined figure misses every bound."""
        if self.value is None:
            return True
        return self.value < bound if self.better == "higher" else self.value > bound


def figures(outcomes: Sequence[Outcome], seed: int = 0) -> tuple[Figure, ...]:
    """All figures of a run, in the order of the report."""
    return (*_evidence(outcomes, seed), *_answers(outcomes, seed), *_silence(outcomes, seed), *_cost(outcomes, seed))


def share(
    name: str,
    group: str,
    label: str,
    pairs: Iterable[Pair | None],
    *,
    seed: int = 0,
    better: Better = "higher",
) -> Figure:
    """Sum of first parts / sum of second parts, one pair per case; None marks a case without a value, and a pair with a
    second part of 0 counts as one. Undefined without any value.
    """
    given = list(pairs)
    counted = [pair for pair in given if pair is not None and pair[1]]
    top, bottom = sum(pair[0] for pair in counted), sum(pair[1] for pair in counted)
    low, high = ratio_interval(counted, seed) or (None, None)
    value = top / bottom if bottom else None
    return Figure(name, group, label, value, len(counted), len(given) - len(counted), top, bottom, low, high, better)


def _one(value: float | None) -> Pair | None:
    return None if value is None else (float(value), 1.0)


def _evidence(outcomes: Sequence[Outcome], seed: int) -> Iterable[Figure]:
    asked = [outcome for outcome in outcomes if outcome.answerable]
    group = "evidence found"

    def each(name: str, label: str, value: Callable[[Outcome], float | None]) -> Figure:
        return share(name, group, label, (_one(value(outcome)) for outcome in asked), seed=seed)

    five = DEPTHS.index(5)
    yield each("evidence_at_1", "gold evidence in the first hit", lambda outcome: outcome.shown.found_at(1))
    yield each("evidence_at_5", "gold evidence in the first 5", lambda outcome: outcome.shown.found_at(5))
    yield each("evidence_any_at_5", "  any piece of it, first 5", lambda outcome: outcome.shown.found_any[five])
    yield each("evidence_all_at_5", "  every piece of it, first 5", lambda outcome: outcome.shown.found_all[five])
    yield each("fused_at_5", "  before reranking, first 5", lambda outcome: outcome.fused.found_at(5))
    yield each("fused_at_10", "  before reranking, first 10", lambda outcome: outcome.fused.found_at(10))
    yield each("mrr", "reciprocal rank of the evidence", lambda outcome: outcome.shown.reciprocal_rank)
    yield each("fused_mrr", "  before reranking", lambda outcome: outcome.fused.reciprocal_rank)
    yield each("document_ndcg_at_10", "nDCG@10 of the documents", lambda outcome: outcome.shown.document_ndcg)


def _answers(outcomes: Sequence[Outcome], seed: int) -> Iterable[Figure]:
    asked = [outcome for outcome in outcomes if outcome.answerable]
    group = "answers"
    said = [outcome for outcome in asked if not outcome.refused]

    def each(name: str, label: str, pairs: Iterable[Pair | None]) -> Figure:
        return share(name, group, label, pairs, seed=seed)

    yield each("right", "right (fact cited, or refused)", (_one(outcome.right) for outcome in outcomes))
    yield each("fact_cited", "gold fact in a cited quote", (_one(outcome.right) for outcome in asked))
    yield each("fact_cited_when_answered", "  of those answered", (_one(outcome.right) for outcome in said))
    yield each("fact_shown", "gold fact in the shown text", (_one(outcome.said.shown) for outcome in asked))
    yield each("opens_with_fact", "gold fact in the first sentence", (_one(outcome.said.opens) for outcome in asked))
    yield each("exact", "exact match of the marked words", (_one(outcome.said.exact) for outcome in asked))
    yield each("token_f1", "token F1 of the marked words", (_one(outcome.said.f1) for outcome in asked))
    yield each("rouge_l", "ROUGE-L of the marked words", (_one(outcome.said.rouge_l) for outcome in asked))
    yield each("numbers", "numbers with units told", (outcome.said.numbers for outcome in asked))
    yield each("page", "right page cited", (_one(outcome.said.page) for outcome in asked))
    yield each("true_citations", "citations that are true slices", ((o.true, o.citations) for o in outcomes))
    cited = [outcome.cited for outcome in outcomes]
    yield each("citation_recall", "sentences entailed by citations", ((c.recalled, c.sentences) for c in cited))
    yield each("citation_precision", "citations needed or sufficient", ((c.precise, c.citations) for c in cited))
    invented = ((c.invented, c.citations) for c in cited)
    yield share("invented", group, "markers that point to nothing", invented, seed=seed, better="lower")
    faithful = [outcome.faithful for outcome in outcomes]
    yield each("faithfulness", "claims supported (micro), quotes apart", ((f.supported, f.claims) for f in faithful))
    yield each("faithfulness_macro", "claims supported (macro)", (_share_of(f) for f in faithful))
    yield each("quoted", "sentences in the documents' own words", ((f.quoted, f.shown) for f in faithful))
    yield share(
        "no_claim",
        group,
        "sentences that claim nothing",
        ((f.no_claim, f.shown) for f in faithful),
        seed=seed,
        better="lower",
    )


def _share_of(faithful: Faithfulness) -> Pair | None:
    return (faithful.supported / faithful.claims, 1.0) if faithful.claims else None


def _silence(outcomes: Sequence[Outcome], seed: int) -> Iterable[Figure]:
    group = "silence"
    asked = [outcome for outcome in outcomes if outcome.answerable]
    others = [outcome for outcome in outcomes if not outcome.answerable]
    refused = (_one(outcome.refused) for outcome in others)
    wrongly = (_one(outcome.refused) for outcome in asked)
    yield share("refused_unanswerable", group, "unanswerable refused", refused, seed=seed)
    yield share("wrongly_refused", group, "answerable wrongly refused", wrongly, seed=seed, better="lower")
    marked = [(outcome.confidence, outcome.answerable) for outcome in outcomes]
    yield area("auroc", group, "AUROC of confidence", marked, seed=seed)
    answered = [(outcome.confidence, outcome.right) for outcome in outcomes if not outcome.refused]
    yield of_pairs("risk_area", group, "area under risk-coverage", answered, risk_area, seed=seed, better="lower")
    error = of_pairs(
        "calibration", group, "calibration error of confidence", answered, calibration_error, seed=seed, better="lower"
    )
    yield error


def area(name: str, group: str, label: str, marked: Sequence[tuple[float, bool]], *, seed: int = 0) -> Figure:
    """AUROC of a score for telling the marked items from the others; undefined without items of both kinds."""
    return of_pairs(name, group, label, marked, _auroc, seed=seed)


def _auroc(marked: Sequence[tuple[float, bool]]) -> float | None:
    return auroc([score for score, good in marked if good], [score for score, good in marked if not good])


def of_pairs(
    name: str,
    group: str,
    label: str,
    pairs: Sequence[P],
    statistic: Callable[[Sequence[P]], float | None],
    *,
    seed: int = 0,
    better: Better = "higher",
) -> Figure:
    """Any statistic of a list with one pair per case, with its bootstrap interval."""
    low, high = interval_of(pairs, statistic, seed) or (None, None)
    return Figure(name, group, label, statistic(pairs), len(pairs), 0, low=low, high=high, better=better)


def _cost(outcomes: Sequence[Outcome], seed: int) -> Iterable[Figure]:
    said = [outcome for outcome in outcomes if outcome.answerable and not outcome.refused]
    words = [float(outcome.words) for outcome in said if SINGLE_FACT in outcome.tags]
    seconds = [outcome.seconds for outcome in outcomes]
    yield _quantile("words_single_fact", "words of a single-fact answer, median", words, 0.5, seed)
    yield _quantile("seconds_median", "seconds per answer, median", seconds, 0.5, seed)
    yield _quantile("seconds_p95", "seconds per answer, 95th percentile", seconds, 0.95, seed)


def _quantile(name: str, label: str, values: list[float], q: float, seed: int) -> Figure:
    low, high = interval_of(values, lambda sample: quantile(sample, q), seed) or (None, None)
    return Figure(name, "cost", label, quantile(values, q), len(values), 0, low=low, high=high, better="lower")


def by_tag(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, tuple[Figure, ...]]:
    """For each tag, sorted, the share right, the evidence in the first 5, what was refused and what its claims rest on,
    over the cases that carry it.
    """
    tags = sorted({tag for outcome in outcomes for tag in outcome.tags})
    return {tag: _brief(tag, [one for one in outcomes if tag in one.tags], seed) for tag in tags}


def by_half(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, tuple[Figure, ...]]:
    """The same for each half of the cases; what is fitted on "tune" flatters that half only."""
    halves = sorted({outcome.half for outcome in outcomes})
    return {half: _brief(half, [one for one in outcomes if one.half == half], seed) for half in halves}


def _brief(group: str, ours: Sequence[Outcome], seed: int) -> tuple[Figure, ...]:
    found = (_one(outcome.shown.found_at(5)) for outcome in ours)
    claims = ((outcome.faithful.supported, outcome.faithful.claims) for outcome in ours)
    return (
        share("right", group, "right", (_one(outcome.right) for outcome in ours), seed=seed),
        share("evidence_at_5", group, "evidence in the first 5", found, seed=seed),
        share("refused", group, "refused", (_one(outcome.refused) for outcome in ours), seed=seed),
        share("faithfulness", group, "claims supported", claims, seed=seed),
    )
