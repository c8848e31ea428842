"""Retrieval metrics on hand-worked rankings and against ir-measures."""

import math

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.gold import Slice
from eval.metrics.retrieval import (
    document_ranking,
    evidence_found,
    evidence_reciprocal_rank,
    first_ranks,
    ndcg,
    overlaps,
    recall,
    reciprocal_rank,
)

GOLD = (Slice("d", 100, 200), Slice("e", 0, 50))
HITS = (Slice("x", 0, 999), Slice("d", 0, 120), Slice("d", 90, 210), Slice("e", 10, 40))


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        (Slice("d", 100, 200), True),
        (Slice("d", 0, 1000), True),
        (Slice("d", 0, 150), True),
        (Slice("d", 0, 149), False),
        (Slice("d", 150, 160), True),
        (Slice("d", 195, 205), True),
        (Slice("d", 196, 206), False),
        (Slice("d", 200, 300), False),
        (Slice("e", 100, 200), False),
    ],
)
def test_half_of_the_gold_or_of_the_hit_makes_an_overlap(hit: Slice, expected: bool) -> None:
    """Touching is not finding: half of the gold slice or half of the hit must be shared, in the same document."""
    assert overlaps(hit, GOLD[0]) is expected


def test_evidence_metrics_of_a_hand_worked_ranking() -> None:
    """The gold slices are found at ranks 3 and 4."""
    assert first_ranks(HITS, GOLD) == (3, 4)
    assert [evidence_found(HITS, GOLD, k, "any") for k in (2, 3, 4)] == [False, True, True]
    assert [evidence_found(HITS, GOLD, k, "all") for k in (2, 3, 4)] == [False, False, True]
    assert evidence_reciprocal_rank(HITS, GOLD) == 1 / 3


SLICES = st.lists(
    st.builds(
        lambda name, start, size: Slice(name, start, start + size),
        st.sampled_from("de"),
        st.integers(0, 9),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=5,
)


@given(SLICES, SLICES)
def test_evidence_is_found_ever_more_and_where_its_rank_says(hits: list[Slice], gold: list[Slice]) -> None:
    """Deeper finds no less, every piece is harder than any, and 1 / rank says from which depth on any is found."""
    rank = evidence_reciprocal_rank(hits, gold)
    some, every = ([evidence_found(hits, gold, k, need) for k in range(1, 7)] for need in ("any", "all"))

    assert some == sorted(some)
    assert every == sorted(every)
    assert all(one >= other for one, other in zip(some, every, strict=True))
    assert some == [rank >= 1 / k for k in range(1, 7)]
    assert rank == 0 or 1 / rank in range(1, len(hits) + 1)


def test_without_gold_nothing_is_defined_and_without_hits_everything_is_zero() -> None:
    """None and 0 are different things."""
    assert evidence_found(HITS, (), 5, "all") is None
    assert evidence_reciprocal_rank(HITS, ()) is None
    assert ndcg(["a"], set(), 10) is None
    assert recall(["a"], set(), 10) is None
    assert reciprocal_rank(["a"], set(), 10) is None

    assert evidence_found((), GOLD, 5, "any") is False
    assert evidence_reciprocal_rank((), GOLD) == 0
    assert ndcg([], {"a"}, 10) == 0
    assert reciprocal_rank([], {"a"}, 10) == 0


def test_document_ranking_names_each_document_once() -> None:
    """A document stands where its best hit stands."""
    assert document_ranking(HITS) == ["x", "d", "e"]


def test_ndcg_of_a_hand_worked_ranking() -> None:
    """Relevant at ranks 1 and 3 of 3, two relevant: (1 + 1/2) / (1 + 1/log2(3))."""
    assert ndcg(["a", "x", "b"], {"a", "b"}, 10) == pytest.approx(1.5 / (1 + 1 / math.log2(3)))


DOCUMENTS = [f"d{n}" for n in range(12)]


@settings(max_examples=1000, deadline=None)
@given(
    st.permutations(DOCUMENTS), st.sets(st.sampled_from(DOCUMENTS), min_size=1), st.integers(1, 12), st.integers(0, 12)
)
def test_document_metrics_agree_with_ir_measures(order: list[str], relevant: set[str], k: int, length: int) -> None:
    """nDCG, recall and reciprocal rank equal those of the library on 1,000 random rankings, to 12 digits."""
    ranking = order[:length]
    judged = [ir_measures.Qrel("q", one, 1) for one in relevant]
    run = [ir_measures.ScoredDoc("q", one, float(-rank)) for rank, one in enumerate(ranking)]
    wanted = ir_measures.calc_aggregate([ir_measures.nDCG @ k, ir_measures.R @ k, ir_measures.RR @ k], judged, run)

    assert wanted[ir_measures.nDCG @ k] == pytest.approx(ndcg(ranking, relevant, k), abs=1e-12)
    assert wanted[ir_measures.R @ k] == pytest.approx(recall(ranking, relevant, k), abs=1e-12)
    assert wanted[ir_measures.RR @ k] == pytest.approx(reciprocal_rank(ranking, relevant, k), abs=1e-12)
