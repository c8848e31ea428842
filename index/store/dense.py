"""Nearest vectors with FAISS: exact as long as that is fast enough, searched on one thread."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.protocols import Vectors
from index.store.rows import Numbers

if TYPE_CHECKING:
    import faiss

FLAT_UP_TO = 50_000
HALF_UP_TO = 100_000
PROBED_LISTS = 32
TRAINING_ROWS_PER_LIST = 64
SURPLUS = 4  # an approximate score may misplace a neighbour; this many times k are handed on to be scored exactly


def index_kind(n: int) -> str:
    """FAISS's name of the index for n vectors: exact, exact on half floats, or inverted lists of 8-bit vectors.

    Up to 100,000 vectors a full scan takes at most some 15 ms on one thread; beyond that the lists are 50 times faster
    at a recall@10 of .99. The number of lists is the power of two next to 4 * sqrt(n), so it seldom changes.
    """
    if n <= FLAT_UP_TO:
        return "Flat"
    if n <= HALF_UP_TO:
        return "SQfp16"
    return f"IVF{2 ** round(math.log2(4 * math.sqrt(n)))},SQ8"


class DenseIndex:
    """Vectors under the numbers of their chunks. `exact`: its scores are the inner products of the stored vectors."""

    def __init__(self, index: faiss.Index, kind: str) -> None:
        self._index: Any = index
        self.kind = kind

    @classmethod
    def build(cls, numbers: Numbers, vectors: Vectors) -> DenseIndex:
        """From numbers (n,) and vectors (n, dim)."""
        import faiss

        kind = index_kind(len(numbers))
        inner = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        if not inner.is_trained:
            rows = TRAINING_ROWS_PER_LIST * getattr(inner, "nlist", 1)
            chosen = np.random.default_rng(0).permutation(len(vectors))[: max(rows, 1)]
            inner.train(vectors[chosen])
        built = cls(faiss.IndexIDMap2(inner), kind)
        built.add(numbers, vectors)
        return built

    @classmethod
    def from_bytes(cls, data: bytes, kind: str) -> DenseIndex:
        """Reads what `to_bytes` wrote; only for bytes whose checksum was compared."""
        import faiss

        return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)), kind)

    def to_bytes(self) -> bytes:
        """The index in FAISS's format."""
        import faiss

        return bytes(faiss.serialize_index(self._index).tobytes())

    @property
    def exact(self) -> bool:
        return not self.kind.startswith("IVF")

    def numbers(self) -> Numbers:
        """All numbers held, ascending."""
        import faiss

        held: Numbers = np.sort(faiss.vector_to_array(self._index.id_map))
        return held

    def vectors(self, numbers: Numbers) -> Vectors:
        """(n, dim) float32 as held; only where the index is exact."""
        held: Vectors = self._index.reconstruct_batch(numbers)
        return held

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Takes in vectors (n, dim) under numbers (n,), none of them held already."""
        if len(numbers):
            self._index.add_with_ids(np.ascontiguousarray(vectors), numbers)

    def remove(self, numbers: Numbers) -> None:
        """Forgets the vectors under these numbers."""
        import faiss

        if len(numbers):
            self._index.remove_ids(faiss.IDSelectorBatch(numbers))

    def search(self, vector: Vectors, k: int, only: Numbers | None) -> list[tuple[int, float]]:
        """For a (dim,) vector at least min(k, n) numbers with scores, best first, and all that tie with the k-th.

        Where the index is not exact, SURPLUS times as many come back, for exact scoring by the caller.
        """
        total = self._index.ntotal if only is None else len(only)
        wanted = k if self.exact else k * SURPLUS
        limit = min(wanted + 1, total)
        while limit > 0:
            numbers, scores = self._nearest(vector, limit, only)
            if limit >= total or not self.exact or len(scores) < limit or scores[wanted - 1] > scores[-1]:
                return list(zip(numbers.tolist(), scores.tolist(), strict=True))
            limit = min(2 * limit, total)
        return []

    def _nearest(self, vector: Vectors, k: int, only: Numbers | None) -> tuple[Numbers, NDArray[np.float32]]:
        import faiss

        faiss.omp_set_num_threads(1)  # for this calling thread: measured faster than two where cores are shared
        scores, numbers = self._index.search(vector[None, :], k, params=self._parameters(only))
        held = numbers[0] >= 0  # FAISS fills up with -1
        return numbers[0][held], scores[0][held]

    def _parameters(self, only: Numbers | None) -> faiss.SearchParameters:
        import faiss

        parameters = faiss.SearchParameters()
        if not self.exact:
            parameters = lists = faiss.SearchParametersIVF()
            # A filter can leave nothing in the nearest lists, so a filtered search looks into all of them.
            lists.nprobe = PROBED_LISTS if only is None else faiss.extract_index_ivf(self._index).nlist
        if only is not None:
            parameters.sel = faiss.IDSelectorBatch(only)
        return parameters
