"""Searches an index in Milvus: nearest vectors, BM25 of the server, words near a word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from index.protocols import Vectors
from index.records import Chunk, Hit, HitSource
from index.store import milvus_rows
from index.store.lexical import GERMAN_BOOST, QUERY_TERMS, german_terms, terms
from index.store.milvus_link import Link
from index.store.milvus_rows import Row
from index.text.compounds import SHORTEST_PART
from index.text.spelling import likest, slips

MOST = 16_384
"""Rows that Milvus gives for one search."""
GERMAN_DEPTH = 4  # times k: hits taken for their parts of words, before both scores are added
LOOKED_THROUGH = 200
"""Chunks in which near words are looked for and counted."""
WRITTEN_IN = 10
"""Chunks that are looked through for the ways a word is written."""


class Finder:
    """The searchable side of the two collections, as `index.store.follow.Follower` is that of a folder."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def dense(self, queries: Vectors, k: int, only: Collection[str] | None) -> list[list[Hit]]:
        """At most k hits for each row of (n, dim)."""
        found = [self._nearest("vector", query, k, only) for query in queries]
        return [self._hits([(row["distance"], row) for row in one], k, "dense") for one in found]

    def lexical(self, text: str, k: int, only: Collection[str] | None) -> list[Hit]:
        """At most k hits by BM25, those for whole words and those for parts of German ones added up."""
        counted = Counter(terms(text)).most_common(QUERY_TERMS)
        compounds = [term for term in german_terms(text)[:QUERY_TERMS] if len(term) >= SHORTEST_PART]
        parts = (("words", [t for t, n in counted for _ in range(n)], 1.0), ("german", compounds, GERMAN_BOOST))
        scores: Counter[str] = Counter()
        found: dict[str, Row] = {}
        for name, wanted, weight in parts if k > 0 and counted else ():
            depth = k if name == "words" else GERMAN_DEPTH * k
            for row in self._nearest(f"{name}_bm25", milvus_rows.words(wanted), depth, only) if wanted else ():
                scores[row["id"]] += weight * abs(row["distance"])  # milvus-lite gives it as a negative number
                found[row["id"]] = row
        return self._hits([(scores[one], row) for one, row in found.items()], k, "lexical")

    def near_word(self, word: str) -> str | None:
        """The word of the chunks that this one is a slip of the finger away from; None for a word they hold."""
        stem = terms(word)
        if len(stem) != 1 or not stem[0].isalpha() or self._holding(stem[0], 1):
            return None
        near = [slip for slip in slips(stem[0]) if slip[0] == stem[0][0]]
        found = self._nearest("words_bm25", milvus_rows.words(near), LOOKED_THROUGH, None, ["words"])
        held = sorted({token for row in found for token in row["words"].split()} & set(near))
        best = max(held, key=lambda term: self._holding(term, LOOKED_THROUGH), default=None)
        hits = self.lexical(best, WRITTEN_IN, None) if best else []
        texts = (f"{hit.chunk.text} {hit.chunk.heading} {hit.title}" for hit in hits)
        return likest(word, texts, lambda written: terms(written) == [best])

    def chunks(self, found: Sequence[Row]) -> tuple[Chunk, ...]:
        """The chunks of these rows."""
        return tuple(milvus_rows.chunk_of(row, row["record"] or self._long(row)) for row in found)

    def _holding(self, term: str, at_most: int) -> int:
        return len(self._nearest("words_bm25", milvus_rows.words([term]), at_most, None, ["id"]))

    def _nearest(
        self,
        field: str,
        query: Vectors | str,
        k: int,
        only: Collection[str] | None,
        shown: Sequence[str] = milvus_rows.SHOWN,
    ) -> list[Row]:
        """At least min(k, matches) rows, best first, and all that tie with the k-th."""
        if k < 1 or (only is not None and not only):
            return []
        theirs = "" if only is None else f"document_id in {json.dumps(sorted(only))}"
        limit = min(k + 1, MOST)
        while True:
            found = self._link.search(field, query, limit, theirs, shown)
            if len(found) < limit or limit == MOST or found[k - 1]["distance"] != found[-1]["distance"]:
                return found
            limit = min(2 * limit, MOST)

    def _hits(self, scored: Iterable[tuple[float, Row]], k: int, source: HitSource) -> list[Hit]:
        best = sorted(scored, key=lambda pair: (-pair[0], pair[1]["id"]))[:k]
        chunks = self.chunks([row for _, row in best])
        return [
            Hit(chunk=chunk, title=row["title"], uri=row["uri"], score=score, rank=rank, source=source)
            for rank, (chunk, (score, row)) in enumerate(zip(chunks, best, strict=True), 1)
        ]

    def _long(self, chunk: Row) -> str:
        """The record of a chunk that is too long for its row."""
        own = f"document_id == {json.dumps(chunk['document_id'])} and part > 0"
        found = self._link.all(self._link.documents, own, ["id", "part", "body"])
        mine = (row for row in found if row["id"] == f"{chunk['id']}#{row['part']}")
        return "".join(row["body"] for row in sorted(mine, key=lambda row: row["part"]))
