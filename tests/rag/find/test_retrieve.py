"""Fusion of rankings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Chunk, Hit, HitSource
from rag.find.retrieve import by_relevance, content, fuse


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
    expected = {"d:a": 0.6, "d:b": 0.7, "d:c": 0.2}

    assert expected == pytest.approx({hit.chunk.id: hit.score for hit in fused})
    assert ["d:b", "d:a", "d:c"] == [hit.chunk.id for hit in fused]
    assert [1, 2, 3] == [hit.rank for hit in fused]
    assert {"fused"} == {hit.source for hit in fused}


def hit(name: str, score: float, source: HitSource) -> Hit:
    return Hit(Chunk(f"d:{name}", "d", 0, 1, None, "", "x"), "t", "u", score, 1, source)


@pytest.mark.parametrize(("meant", "said", "first"), [(0.9, 0.08, "d:meant"), (0.7, 0.16, "d:said")])
def test_meaning_counts_for_more_than_words(meant: float, said: float, first: str) -> None:
    """What is near in meaning and shares no word goes before the best by words, unless that is not so far off."""
    dense = [hit("meant", meant, "dense"), hit("said", said, "dense")]
    (best, _) = fuse(dense, [hit("said", 7.0, "lexical")], k=2)

    assert best.chunk.id == first


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
    hits = [hit(name, score, "fused") for name, score in (("a", 0.8), ("b", 0.7), ("c", 0.1))]

    assert ["d:a", "d:b", "d:c"] == [hit.chunk.id for hit in by_relevance(hits, [0.0, 2.0, 0.0])]
    moved = by_relevance(hits, [0.0, 3.0, 0.0])
    assert ["d:b", "d:a", "d:c"] == [hit.chunk.id for hit in moved]
    assert [(1, "reranked"), (2, "reranked"), (3, "reranked")] == [(hit.rank, hit.source) for hit in moved]
