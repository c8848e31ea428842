"""Fusion of rankings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Chunk, Hit, HitSource
from rag.find.retrieve import DENSE, RELEVANCE, by_relevance, content, fuse


def ranking(ids: list[str], source: HitSource) -> list[Hit]:
    return [
        Hit(
            Chunk(f"d:{i}", "d", 0, 1, None, "", "x"),
            "t",
            "u",
            8.0 / rank if source == "lexical" else 1.0 / rank,
            rank,
            source,
        )
        for rank, i in enumerate(ids, start=1)
    ]


def test_scores_are_joined_by_their_shares() -> None:
    """The worked example is exact: cosines 1 and 1/2, BM25 8 and 4 of at best 8."""
    fused = fuse(ranking(["a", "b"], "dense"), ranking(["b", "c"], "lexical"), k=3)
    expected = {"d:a": DENSE, "d:b": DENSE / 2 + (1 - DENSE), "d:c": (1 - DENSE) / 2}

    assert expected == pytest.approx({hit.chunk.id: hit.score for hit in fused})
    assert ["d:b", "d:a", "d:c"] == [hit.chunk.id for hit in fused]
    assert [1, 2, 3] == [hit.rank for hit in fused]
    assert {"fused"} == {hit.source for hit in fused}


def test_nothing_found_fuses_to_nothing() -> None:
    """Empty rankings are normal."""
    assert () == fuse([], [], k=5)


def test_a_lexical_query_has_no_question_words() -> None:
    """What every question has in common finds nothing in particular; a query of nothing else stays whole."""
    assert "GPUs cost?" == content("How much did the GPUs cost?")
    assert "what is it" == content("what is it")


ids = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(ids, ids, st.integers(0, 10))
def test_fusion_is_complete_and_sorted(dense: list[str], lexical: list[str], k: int) -> None:
    """Every chunk found by either search comes once, best first, ties by chunk id, at most k."""
    fused = fuse(ranking(dense, "dense"), ranking(lexical, "lexical"), k)

    assert min(k, len(set(dense) | set(lexical))) == len(fused)
    assert sorted(fused, key=lambda hit: (-hit.score, hit.chunk.id)) == list(fused)
    assert len({hit.chunk.id for hit in fused}) == len(fused)


def test_relevance_moves_hits_by_what_it_adds() -> None:
    """A lead in the joined score is lost to a larger one in relevance, and the ranks are given anew; ties stay."""
    hits = fuse(ranking(["a", "b", "c"], "dense"), [], k=3)
    lead = (hits[0].score - hits[1].score) / RELEVANCE

    assert ["d:a", "d:b", "d:c"] == [hit.chunk.id for hit in by_relevance(hits, [0.0, lead * 0.9, 0.0])]
    moved = by_relevance(hits, [0.0, lead * 1.1, 0.0])
    assert ["d:b", "d:a", "d:c"] == [hit.chunk.id for hit in moved]
    assert [(1, "reranked"), (2, "reranked"), (3, "reranked")] == [(hit.rank, hit.source) for hit in moved]
    assert moved[0].score == pytest.approx(hits[1].score + lead * 1.1 * RELEVANCE)
