"""The curve over sizes is measured on made-up chunks that search like real ones."""

import numpy as np

from eval.speed import sizes
from index.store.lexical import terms


def test_made_up_chunks_are_the_same_at_every_call_and_no_two_alike() -> None:
    """A process that searches draws its questions from what another has stored."""
    texts, vectors = sizes.batch(1_000, 20)
    again, same = sizes.batch(1_000, 20)

    assert texts == again
    assert np.array_equal(vectors, same)
    assert len(set(texts)) == 20
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_words_are_searched_as_they_are() -> None:
    """Different words stay different terms, frequent ones come as often as in a language."""
    words = [word for text in sizes.batch(0, 100)[0] for word in text.split()]
    assert [terms(word) for word in set(words)] == [[word] for word in set(words)]
    most = max(words.count(word) for word in set(words))
    assert 0.04 * len(words) < most < 0.12 * len(words)


def test_each_size_tells_time_memory_disk_and_recall() -> None:
    """Three processes make, derive and search an index."""
    rows = {one.name.partition(": ")[2]: one for one in sizes.measured(300)}

    assert rows["both"].n == sizes.QUERIES
    assert rows["recall@10 of the vectors"].median == 100
    assert 300 * sizes.DIM * 2 < rows["disk"].median < 50e6
    assert rows["memory of searching"].median > 20e6
    assert rows["both"].median >= rows["dense"].median
