"""How search, start, memory and disk grow with the number of chunks, on made-up texts and vectors.

`rag bench sizes`, or `python -m eval.speed.sizes CHUNKS...` for other numbers. Words follow Zipf's law (120 a chunk, as
200 tokens of English have), vectors lie in clusters; queries are a chunk's vector moved a little and six rarer words of
it. Each step has a process of its own, so that its memory is its own.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.speed.lines import part_lines
from eval.speed.parts import Bench, Finished, Row, process, row
from index.protocols import Vectors
from index.records import Chunk, Document
from index.store.local import LocalStore, open_store
from index.store.statistics import statistics

SIZES = (1_000, 10_000)
DIM = 384
WORDS = 120
VOCABULARY = 200_000
COMMON = 100  # the most frequent words, which a question is searched without
CHUNKS = 10
"""Chunks of a document."""
BATCH = 1_000
"""Chunks of a transaction."""
QUERIES = 200
K = 50
CODE = "import sys; from eval.speed.sizes import {0}; {0}(sys.argv[1], int(sys.argv[2]))"


def sizes(_: Bench) -> Iterator[Row]:
    """Both searches of a question, and what they need, at each number of chunks."""
    for chunks in SIZES:
        yield from measured(chunks)


def measured(chunks: int) -> Iterator[Row]:
    """The rows of one size. Raises RuntimeError where a process failed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = str(Path(temporary) / "index")
        stored, derived, searched = (_step(name, folder, chunks) for name in ("store", "derive", "search"))
        figures = json.loads(searched.output)
        name = f"{chunks:,} chunks"
        yield row(f"{name}: stored", "chunks/s", [chunks / stored.seconds])
        yield row(f"{name}: made searchable", "s", [derived.seconds])
        yield row(f"{name}: opened, first query", "s", [figures["first"]])
        for kind in ("dense", "lexical", "both", "both, processor"):
            yield row(f"{name}: {kind}", "s", figures[kind])
        yield row(f"{name}: recall@10 of the vectors", "%", [100 * figures["recall"]])
        yield row(f"{name}: memory of making searchable", "B", [derived.peak])
        yield row(f"{name}: memory of searching", "B", [searched.peak])
        yield row(f"{name}: disk", "B", [float(sum(statistics(Path(folder)).bytes.values()))])


def _step(name: str, folder: str, chunks: int) -> Finished:
    done = process(CODE.format(name), folder, str(chunks))
    if done.code:
        raise RuntimeError(f"{name} of {chunks} chunks ended with {done.code}: {done.output[-300:]}")
    return done


@dataclass(frozen=True, slots=True)
class Made:
    """An embedder in name only, for vectors that are made up."""

    name: str = "made-up"
    fingerprint: str = "made-up"
    dim: int = DIM
    max_tokens: int = 254

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words."""
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Not here: vectors come from `batch`."""
        raise NotImplementedError

    embed_queries = embed_passages


def store(folder: str, chunks: int) -> None:
    """Stores the documents; nothing is searchable yet."""
    index = open_store(Path(folder), Made(), create=True)  # closing it would make it searchable, which comes next
    for start in range(0, chunks, BATCH):
        texts, vectors = batch(start, min(BATCH, chunks - start))
        with index.together():
            for first in range(0, len(texts), CHUNKS):
                some = slice(first, first + CHUNKS)
                index.put(*_document(start + first, texts[some]), vectors[some])


def derive(folder: str, _: int) -> None:
    """Makes the files that are searched."""
    with open_store(Path(folder)) as index:
        index.flush()


def search(folder: str, chunks: int) -> None:
    """Searches as a question does: nearest vectors, then words."""
    queries = list(_queries(chunks))
    began = time.perf_counter()
    index = open_store(Path(folder))
    _both(index, *queries[0])
    took: dict[str, list[float]] = {"first": [time.perf_counter() - began], "dense": [], "lexical": [], "both": []}
    took["both, processor"] = []  # what a busy machine does not change
    for vector, words in queries:
        processor = time.process_time()
        dense, lexical = _both(index, vector, words)
        took["both, processor"].append(time.process_time() - processor)
        took["dense"].append(dense)
        took["lexical"].append(lexical)
        took["both"].append(dense + lexical)
    recall = statistics(Path(folder)).recall
    index.close()
    told = {**took, "first": took["first"][0], "recall": 1.0 if recall is None else recall}
    sys.stdout.write(json.dumps(told) + "\n")


def _both(index: LocalStore, vector: Vectors, words: str) -> tuple[float, float]:
    began = time.perf_counter()
    index.search_dense(vector[None], K)
    between = time.perf_counter()
    index.search_lexical(words, K)
    return between - began, time.perf_counter() - between


def batch(start: int, chunks: int) -> tuple[list[str], Vectors]:
    """Texts and vectors (chunks, DIM) of the chunks from `start` on, the same at every call."""
    chance = np.random.default_rng(start)
    words = _words(_ranks(chance, (chunks, WORDS)))
    centres = np.random.default_rng(0).normal(size=(1_000, DIM)).astype(np.float32)
    vectors = centres[chance.integers(0, len(centres), chunks)] + chance.normal(size=(chunks, DIM)).astype(np.float32)
    return [" ".join(one) for one in words], _unit(vectors)


def _queries(chunks: int) -> Iterator[tuple[Vectors, str]]:
    chance = np.random.default_rng(1)
    for start in chance.integers(0, -(-chunks // BATCH), QUERIES) * BATCH:
        texts, vectors = batch(int(start), min(BATCH, chunks - int(start)))
        one = int(chance.integers(0, len(texts)))
        rare = [word for word in texts[one].split() if word not in _COMMON_WORDS]
        moved = vectors[one] + chance.normal(size=DIM).astype(np.float32) / DIM**0.5 / 2
        yield _unit(moved[None])[0], " ".join(chance.choice(rare, 6))


def _ranks(chance: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Ranks of words by Zipf's law: the one of rank r comes 1 / r as often as the first."""
    ranks: NDArray[np.int64] = np.exp(chance.random(shape) * np.log(VOCABULARY)).astype(np.int64) - 1
    return ranks


def _words(ranks: NDArray[np.int64]) -> list[list[str]]:
    return [[_word(rank) for rank in line] for line in ranks.tolist()]


def _word(rank: int) -> str:
    """A word of syllables that no stemmer changes."""
    word = "xo"
    while rank:
        rank, digit = divmod(rank, 60)
        word += "bcdfgklmnprtvwz"[digit % 15] + "aiou"[digit // 15]
    return f"{word}x"


_COMMON_WORDS = frozenset(map(_word, range(COMMON)))


def _unit(vectors: Vectors) -> Vectors:
    rows: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return rows


def _document(start: int, texts: Sequence[str]) -> tuple[Document, list[Chunk]]:
    name, place, chunks = f"{start:016x}", 0, []
    for number, text in enumerate(texts):
        chunks.append(Chunk(f"{name}:{number}", name, place, place + len(text), None, "", text))
        place += len(text) + 1
    return Document(name, f"{start}.txt", f"Document {start}", "\n".join(texts)), chunks


if __name__ == "__main__":
    for size in map(int, sys.argv[1:]):
        sys.stdout.write("\n".join(part_lines("sizes", list(measured(size)))) + "\n")
        sys.stdout.flush()
