"""From a question to hits: dense and lexical search over the same chunks, fused by reciprocal rank."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from index.protocols import Embedder, Store
from index.records import Hit

RRF_K = 10
DEPTH = 50


def retrieve(
    query: str, store: Store, embedder: Embedder, k: int, only: Collection[str] | None = None, depth: int = DEPTH
) -> tuple[Hit, ...]:
    """The k best chunks for the query, best first, from `depth` dense and `depth` lexical hits."""
    dense = store.search_dense(embedder.embed_queries([query]), depth, only)[0]
    return fuse([dense, store.search_lexical(query, depth, only)], k)


def fuse(rankings: Sequence[Sequence[Hit]], k: int, rrf_k: int = RRF_K) -> tuple[Hit, ...]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): score = sum of 1 / (rrf_k + rank) over the rankings.

    Ties break by chunk id, so that the order does not depend on the order of the rankings.
    """
    scores: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    for ranking in rankings:
        for hit in ranking:
            scores[hit.chunk.id] = scores.get(hit.chunk.id, 0.0) + 1.0 / (rrf_k + hit.rank)
            hits.setdefault(hit.chunk.id, hit)
    best = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))[:k]
    return tuple(
        replace(hits[chunk_id], score=scores[chunk_id], rank=rank, source="fused")
        for rank, chunk_id in enumerate(best, start=1)
    )
