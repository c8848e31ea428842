"""Fusion of rankings."""

from hypothesis import given
from hypothesis import strategies as st

from index.records import Chunk, Hit, HitSource
from rag.retrieve import RRF_K, fuse


def ranking(ids: list[str], source: HitSource) -> list[Hit]:
    return [
        Hit(Chunk(f"d:{i}", "d", 0, 1, None, "", "x"), "t", "u", 1.0 / rank, rank, source)
        for rank, i in enumerate(ids, start=1)
    ]


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    """A chunk that both rankings hold gets both shares; the worked example is exact."""
    fused = fuse([ranking(["a", "b"], "dense"), ranking(["b", "c"], "lexical")], k=3)

    assert ["d:b", "d:a", "d:c"] == [hit.chunk.id for hit in fused]
    assert 1 / (RRF_K + 2) + 1 / (RRF_K + 1) == fused[0].score
    assert [1, 2, 3] == [hit.rank for hit in fused]
    assert {"fused"} == {hit.source for hit in fused}


def test_nothing_found_fuses_to_nothing() -> None:
    """Empty rankings are normal."""
    assert () == fuse([[], []], k=5)


ids = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(ids, ids, st.integers(0, 10))
def test_the_order_of_the_rankings_does_not_matter(dense: list[str], lexical: list[str], k: int) -> None:
    """Fusion is symmetric, complete up to k, and ties break by chunk id."""
    one = fuse([ranking(dense, "dense"), ranking(lexical, "lexical")], k)
    other = fuse([ranking(lexical, "lexical"), ranking(dense, "dense")], k)

    assert [hit.chunk.id for hit in one] == [hit.chunk.id for hit in other]
    assert min(k, len(set(dense) | set(lexical))) == len(one)
    assert sorted(one, key=lambda hit: (-hit.score, hit.chunk.id)) == list(one)
