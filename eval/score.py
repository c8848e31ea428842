"""One record scored against its case: every count that the figures of a report are made of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.cases import SMALL_TALK, Case, Half
from eval.gold import Slice, slice_of
from eval.metrics.answers import agreement, numbers_told, opens_with_fact, page_right, says_wrong, short_answer
from eval.metrics.citations import (
    CitationCounts,
    Entail,
    TextOf,
    citation_counts,
    cited_quotes,
    fact_cited,
    fact_shown,
    refused,
    true_slices,
)
from eval.metrics.faithfulness import Faithfulness, faithfulness
from eval.metrics.retrieval import (
    document_ranking,
    evidence_found,
    evidence_reciprocal_rank,
    first_ranks,
    ndcg,
    overlaps,
)
from eval.run import Record
from index.records import Hit
from rag.answer import Answer

DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How one ranking treats the gold evidence of one case; None where the case has none.

    `found_any`, `found_all` and `found` (by the case's need) hold one flag for each of `DEPTHS`.
    """

    found_any: tuple[bool | None, ...]
    found_all: tuple[bool | None, ...]
    found: tuple[bool | None, ...]
    ranks: tuple[int | None, ...]
    reciprocal_rank: float | None
    document_ndcg: float | None

    def found_at(self, k: int) -> bool | None:
        """Whether the evidence that the case needs is among the first k hits; k is one of `DEPTHS`."""
        return self.found[DEPTHS.index(k)]


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says against the accepted ones. `shown`: the facts stand in the shown text; `opens`: in its first
    sentence (None for cases of several facts and for refusals); `numbers`: (told, wanted); `page`: right page cited,
    that of any evidence (None where none is asked for).
    """

    short: str
    shown: bool
    opens: bool | None
    exact: float
    f1: float
    rouge_l: float
    numbers: tuple[int, int]
    page: bool | None
    wrong: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One hit that an answer came with; `gold`: it shows gold evidence of the case."""

    title: str
    text: str
    score: float
    gold: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case with everything counted. `right`: an answerable case has its gold fact in a cited quote of a shown
    sentence and shows nothing that is wrong, an unanswerable one is refused. `words` of the shown sentences; `true` of
    `citations` are true slices. `fused` ranks the hits before reranking, `shown` those that the answer comes with.
    """

    id: str
    question: str
    searched_for: str
    expected: tuple[str, ...]
    answer: str
    answerable: bool
    tags: tuple[str, ...]
    half: Half
    refused: bool
    right: bool
    said: Said
    confidence: float
    words: int
    seconds: float
    stages: dict[str, float]
    citations: int
    true: int
    quotes: tuple[str, ...]
    sentences: tuple[tuple[str, str, float], ...]
    evidence: tuple[Seen, ...]
    cited: CitationCounts
    faithful: Faithfulness
    fused: Ranking
    shown: Ranking

    @property
    def measures(self) -> dict[str, float | None]:
        """What runs are compared by: each in 0..1, higher is better; None where the case has none of its kind."""
        states = [state for _, state, _ in self.sentences]
        told, wanted = self.said.numbers
        return {
            "right": float(self.right),
            "shown": float(self.said.shown) if self.answerable else None,
            "opens": None if self.said.opens is None else float(self.said.opens),
            "numbers": _ratio(told, wanted),
            "evidence_at_1": _number(self.shown.found_at(1)),
            "evidence_at_5": _number(self.shown.found_at(5)),
            "reciprocal_rank": self.shown.reciprocal_rank,
            "fused_reciprocal_rank": self.fused.reciprocal_rank,
            "true": _ratio(self.true, self.citations),
            "recalled": _ratio(self.cited.recalled, self.cited.sentences),
            "precise": _ratio(self.cited.precise, self.cited.citations),
            "faithful": _ratio(self.faithful.supported, self.faithful.claims),
            "checked": _ratio(sum(state in ("quoted", "supported") for state in states), len(states)),
        }

    def to_row(self) -> dict[str, Any]:
        """A JSON object; `from_row` is its inverse."""
        return asdict(self) | {"measures": self.measures}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Outcome":
        """The outcome in one parsed object."""
        given: dict[str, Any] = {name: _frozen(value) for name, value in row.items() if name != "measures"}
        said = {name: _frozen(value) for name, value in row["said"].items()}
        rankings: dict[str, Any] = {
            name: Ranking(**{key: _frozen(value) for key, value in row[name].items()}) for name in ("fused", "shown")
        }
        parts: dict[str, Any] = {"cited": CitationCounts(**row["cited"]), "faithful": Faithfulness(**row["faithful"])}
        evidence = tuple(Seen(**one) for one in row["evidence"])
        return cls(**{**given, **rankings, **parts, "said": Said(**said), "evidence": evidence})


def _ratio(top: float, bottom: float) -> float | None:
    return top / bottom if bottom else None


def _number(flag: bool | None) -> float | None:
    return None if flag is None else float(flag)


def _frozen(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Lists as tuples, all the way down."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def score(case: Case, record: Record, gold: Sequence[Slice], text_of: TextOf, entail: Entail) -> Outcome:
    """The outcome of one case. `gold` are its evidence slices, `text_of` gives the stored text of a document id."""
    answer = record.answer
    silent = refused(answer)
    said = _said(case, answer)
    return Outcome(
        id=case.id,
        question=case.question,
        searched_for=answer.searched_for,
        expected=case.answers,
        answer=answer.text,
        answerable=case.answerable,
        tags=case.tags,
        half=case.half,
        refused=silent,
        right=_right(case, answer, said),
        said=said,
        confidence=answer.confidence,
        words=0 if silent else sum(len(sentence.text.split()) for sentence in answer.sentences),
        seconds=record.seconds,
        stages=answer.seconds,
        citations=len(answer.citations),
        true=true_slices(answer, text_of),
        quotes=tuple(cited_quotes(answer)),
        evidence=tuple(_seen(hit, gold) for hit in answer.evidence),
        sentences=tuple((one.text, one.state, one.support) for one in answer.sentences),
        cited=citation_counts(answer, entail, text_of),
        faithful=faithfulness(answer, entail),
        fused=ranking(record.fused, gold, case.need),
        shown=ranking([slice_of(hit) for hit in answer.evidence], gold, case.need),
    )


def _seen(hit: Hit, gold: Sequence[Slice]) -> Seen:
    return Seen(hit.title, hit.chunk.text, hit.score, any(overlaps(slice_of(hit), one) for one in gold))


def _right(case: Case, answer: Answer, said: Said) -> bool:
    if case.answerable:
        return fact_cited(answer, case.answers, case.need) and not said.wrong
    return refused(answer) or (SMALL_TALK in case.tags and not answer.citations)


def _said(case: Case, answer: Answer) -> Said:
    exact, f1, rouge_l = agreement(answer, case.answers) if case.answerable else (0.0, 0.0, 0.0)
    pages = {gold.page for gold in case.evidence if gold.page}
    silent = refused(answer)
    return Said(
        short=short_answer(answer),
        shown=case.answerable and fact_shown(answer, case.answers, case.need),
        opens=opens_with_fact(answer, case.answers) if case.answerable and case.need == "any" and not silent else None,
        exact=exact,
        f1=f1,
        rouge_l=rouge_l,
        numbers=numbers_told(answer, case.answers[:1] if case.need == "any" else case.answers),
        page=any(page_right(answer, case.answers, page) for page in pages) if pages and not silent else None,
        wrong=says_wrong(answer, case.wrong),
    )


def ranking(hits: Sequence[Slice], gold: Sequence[Slice], need: str) -> Ranking:
    """One ranking against the gold slices of its case."""
    return Ranking(
        found_any=tuple(evidence_found(hits, gold, k, "any") for k in DEPTHS),
        found_all=tuple(evidence_found(hits, gold, k, "all") for k in DEPTHS),
        found=tuple(evidence_found(hits, gold, k, need) for k in DEPTHS),
        ranks=first_ranks(hits, gold),
        reciprocal_rank=evidence_reciprocal_rank(hits, gold),
        document_ndcg=ndcg(document_ranking(hits), {slice_.document_id for slice_ in gold}, 10),
    )
