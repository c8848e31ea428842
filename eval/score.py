"""One record scored against its case: every count that the figures of a report are made of."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.cases import Case
from eval.citations import (
    CitationCounts,
    Entail,
    citation_counts,
    cited_quotes,
    fact_cited,
    fact_shown,
    refused,
    true_slices,
)
from eval.faithfulness import Faithfulness, faithfulness
from eval.gold import Slice, slice_of
from eval.retrieval import document_ranking, evidence_found, evidence_reciprocal_rank, first_ranks, ndcg
from eval.run import Record

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
class Outcome:
    """One case with everything counted. `right`: an answerable case has its gold fact in a cited quote of a shown
    sentence, an unanswerable one is refused. `words` of the shown sentences; `true` of `citations` are true slices.
    `fused` ranks the hits before reranking, `shown` those that the answer comes with.
    """

    id: str
    question: str
    searched_for: str
    expected: tuple[str, ...]
    answer: str
    answerable: bool
    tags: tuple[str, ...]
    refused: bool
    right: bool
    fact_shown: bool
    confidence: float
    words: int
    seconds: float
    citations: int
    true: int
    quotes: tuple[str, ...]
    cited: CitationCounts
    faithful: Faithfulness
    fused: Ranking
    shown: Ranking

    def to_row(self) -> dict[str, Any]:
        return asdict(self)


def score(
    case: Case, record: Record, gold: Sequence[Slice], text_of: Callable[[str], str | None], entail: Entail
) -> Outcome:
    """The outcome of one case. `gold` are its evidence slices, `text_of` gives the stored text of a document id."""
    answer = record.answer
    silent = refused(answer)
    cited = case.answerable and fact_cited(answer, case.answers, case.need)
    return Outcome(
        id=case.id,
        question=case.question,
        searched_for=answer.searched_for,
        expected=case.answers,
        answer=answer.text,
        answerable=case.answerable,
        tags=case.tags,
        refused=silent,
        right=cited if case.answerable else silent,
        fact_shown=case.answerable and fact_shown(answer, case.answers, case.need),
        confidence=answer.confidence,
        words=0 if silent else sum(len(sentence.text.split()) for sentence in answer.sentences),
        seconds=record.seconds,
        citations=len(answer.citations),
        true=true_slices(answer, text_of),
        quotes=tuple(cited_quotes(answer)),
        cited=citation_counts(answer, entail),
        faithful=faithfulness(answer, entail),
        fused=ranking(record.fused, gold, case.need),
        shown=ranking([slice_of(hit) for hit in answer.evidence], gold, case.need),
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
