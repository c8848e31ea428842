"""Retrieval metrics of one query, whose ranking holds nothing twice; None stands for "undefined", averages count Nones.

The document metrics agree with ir-measures (nDCG, R, RR), which the tests check. Gold slices and hits are compared by
their offsets.
"""

import math
from collections.abc import Sequence, Set

from eval.gold import Slice


def overlaps(hit: Slice, gold: Slice) -> bool:
    """Whether the hit shows at least half of the gold slice, or lies with at least half of itself inside it.

    Touching by a few characters is no evidence, so mere contact does not count.
    """
    if hit.document_id != gold.document_id:
        return False
    shared = min(hit.end, gold.end) - max(hit.start, gold.start)
    return shared > 0 and 2 * shared >= min(gold.end - gold.start, hit.end - hit.start)


def first_ranks(hits: Sequence[Slice], gold: Sequence[Slice]) -> tuple[int | None, ...]:
    """For each gold slice the 1-based rank of the first hit that overlaps it, or None."""
    return tuple(next((rank for rank, hit in enumerate(hits, start=1) if overlaps(hit, one)), None) for one in gold)


def evidence_found(hits: Sequence[Slice], gold: Sequence[Slice], k: int, need: str) -> bool | None:
    """Whether any (`need` "any") or every (`need` "all") gold slice is overlapped by one of the first k hits.

    Averaged over cases: numerator cases found, denominator cases with gold slices. None without gold slices.
    """
    found = [rank is not None and rank <= k for rank in first_ranks(hits, gold)]
    if not found:
        return None
    return all(found) if need == "all" else any(found)


def evidence_reciprocal_rank(hits: Sequence[Slice], gold: Sequence[Slice]) -> float | None:
    """1 / rank of the first hit that overlaps any gold slice, 0 when none does. None without gold slices."""
    ranks = [rank for rank in first_ranks(hits, gold) if rank is not None]
    if not gold:
        return None
    return 1 / min(ranks) if ranks else 0.0


def document_ranking(hits: Sequence[Slice]) -> list[str]:
    """Document ids in the order of their best hit, each once."""
    return list(dict.fromkeys(hit.document_id for hit in hits))


def ndcg(ranking: Sequence[str], relevant: Set[str], k: int) -> float | None:
    """nDCG@k with gain 1 for a relevant document and discount log2(rank + 1).

    Numerator: gains of the first k; denominator: gains of the best possible order. None without relevant documents.
    """
    if not relevant:
        return None
    gains = sum(1 / math.log2(rank + 1) for rank, one in enumerate(ranking[:k], start=1) if one in relevant)
    return gains / sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))


def recall(ranking: Sequence[str], relevant: Set[str], k: int) -> float | None:
    """Relevant documents among the first k / relevant documents. None without relevant documents."""
    return sum(one in relevant for one in ranking[:k]) / len(relevant) if relevant else None


def reciprocal_rank(ranking: Sequence[str], relevant: Set[str], k: int) -> float | None:
    """1 / rank of the first relevant document among the first k, 0 when none. None without relevant documents."""
    if not relevant:
        return None
    return next((1 / rank for rank, one in enumerate(ranking[:k], start=1) if one in relevant), 0.0)
