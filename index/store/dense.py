"""Nearest vectors with FAISS: exact as long as that is fast enough, searched on one thread."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.protocols import Vectors
from index.store.rows import Numbers

if TYPE_CHECKING:
    import faiss

FLAT_UP_TO = 50_000
HALF_UP_TO = 100_000
PROBES = (8, 16, 32, 64, 128)  # lists looked into, of which the first that finds enough is kept
RECALL = 0.98  # wanted of the 10 nearest, before the exact scoring of four times as many
SAMPLE = 64  # vectors that are searched for to measure it
TRAINING_ROWS_PER_LIST = 64
NEAREST = 10
READ_AT_ONCE = 4_096  # vectors in memory beside the index while it is made: 6 MB of 384 numbers each
SURPLUS = 4  # an approximate score may misplace a neighbour; this many times k are handed on to be scored exactly

Read = Callable[[Numbers], Vectors]
"""Gives the (m, dim) vectors under m ascending numbers, which are some of those stored."""


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
    """Vectors under the numbers of their chunks.

    `exact`: its scores are the inner products of the stored vectors. Where it is not, `probes` lists are looked into,
    which found the share `recall` of the ten nearest when the index was built.
    """

    def __init__(
        self, index: faiss.Index, kind: str, probes: int = PROBES[-1], recall: float = 1.0, mapped: bool = False
    ) -> None:
        self._index: Any = index
        self._mapped = mapped
        self.kind = kind
        self.probes = probes
        self.recall = recall

    @classmethod
    def build(cls, numbers: Numbers, dim: int, read: Read) -> DenseIndex:
        """From ascending numbers (n,) whose vectors are read a few at a time, and for the training a sample of them."""
        import faiss

        kind = index_kind(len(numbers))
        inner: Any = faiss.index_factory(dim, kind, faiss.METRIC_INNER_PRODUCT)
        if inner.is_trained:
            # Room for all, which adding then fills: a vector that grows is copied, and is there twice meanwhile.
            inner.codes.resize(len(numbers) * inner.code_size)
        else:
            inner.train(_sample(numbers, TRAINING_ROWS_PER_LIST * inner.nlist, 0, read)[1])
        # Inverted lists keep numbers themselves; under a map, FAISS would shift its numbers at a removal, not theirs.
        built = cls(inner if kind.startswith("IVF") else faiss.IndexIDMap2(inner), kind)
        built.add(numbers, read)
        if not built.exact:
            built._choose_probes(numbers, read)
        return built

    @classmethod
    def open(cls, path: Path, kind: str, probes: int, recall: float) -> DenseIndex:
        """Maps the file that `write` filled into memory; only for a file whose checksum was compared."""
        import faiss

        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), kind, probes, recall, mapped=True)

    def write(self, put: Callable[[bytes], object]) -> None:
        """Hands the index in FAISS's format to `put`, a megabyte at a time; what `put` raises ends it."""
        import faiss

        writer = faiss.PyCallbackIOWriter(put)  # type: ignore[attr-defined]  # its stubs do not name it
        faiss.write_index(self._index, writer)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def exact(self) -> bool:
        return not self.kind.startswith("IVF")

    def numbers(self) -> Numbers:
        """All numbers held, ascending."""
        import faiss

        if self.exact:
            held: Numbers = np.sort(faiss.vector_to_array(self._index.id_map))
            return held
        lists = self._index.invlists
        sizes = ((number, lists.list_size(number)) for number in range(lists.nlist))
        # Copies, since the lists own what the pointers lead to.
        parts = [faiss.rev_swig_ptr(lists.get_ids(number), size).copy() for number, size in sizes if size]
        return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *parts]))

    def vectors(self, numbers: Numbers) -> Vectors:
        """(n, dim) float32 as held; only where the index is exact."""
        held: Vectors = self._index.reconstruct_batch(numbers)
        return held

    def add(self, numbers: Numbers, read: Read) -> None:
        """Takes in the vectors under ascending numbers (n,), none of them held already."""
        if len(numbers):
            self._own()
        for some in _batches(numbers):
            self._index.add_with_ids(read(some), some)

    def remove(self, numbers: Numbers) -> None:
        """Forgets the vectors under these numbers."""
        import faiss

        if len(numbers):
            self._own()
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

    def _own(self) -> None:
        """Takes a mapped index into memory of its own: FAISS ends the process where a mapped one is changed."""
        import faiss

        if self._mapped and self.exact:
            self._index = DenseIndex.build(self.numbers(), self._index.d, self.vectors)._index
        elif self._mapped:
            self._index = faiss.deserialize_index(faiss.serialize_index(self._index))
        self._mapped = False

    def _choose_probes(self, numbers: Numbers, read: Read) -> None:
        """The fewest lists that find RECALL of the ten nearest of some of the stored vectors."""
        import faiss

        sample, queries = _sample(numbers, SAMPLE, 1, read)
        best = faiss.ResultHeap(len(sample), NEAREST, keep_max=True)
        for some in _batches(numbers):
            best.add_result(queries @ read(some).T, np.tile(some, (len(sample), 1)))
        nearest = list(map(set, best.I.tolist()))
        for probes in PROBES:
            self.probes = probes
            found = (
                len(wanted.intersection(self._nearest(query, NEAREST, None)[0].tolist()))
                for query, wanted in zip(queries, nearest, strict=True)
            )
            self.recall = sum(found) / (NEAREST * len(sample))
            if self.recall >= RECALL:
                return

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
            lists.nprobe = self.probes if only is None else faiss.extract_index_ivf(self._index).nlist
        if only is not None:
            parameters.sel = faiss.IDSelectorBatch(only)
        return parameters


def _sample(numbers: Numbers, size: int, seed: int, read: Read) -> tuple[Numbers, Vectors]:
    """Some of the numbers with their vectors, in the order drawn: what FAISS learns depends on it."""
    chosen = np.random.default_rng(seed).permutation(numbers)[:size]
    order = np.argsort(chosen)
    vectors = read(chosen[order])
    mixed = np.empty_like(vectors)
    mixed[order] = vectors
    return chosen, mixed


def _batches(numbers: Numbers) -> Iterator[Numbers]:
    return (numbers[start : start + READ_AT_ONCE] for start in range(0, len(numbers), READ_AT_ONCE))
