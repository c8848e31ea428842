"""A year in the question picks the edition that holds for it."""

import pytest

from index.records import Chunk, Hit
from rag.find.editions import newest_first, of_the_year

TITLES = ("Travel rules, edition of 2023", "Travel rules, edition of 2025", "Canteen")


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("What was the limit in 2023?", (0, 2)),
        ("What was the limit in 2024?", (0, 2)),
        ("What is the limit since 2025?", (1, 2)),
        ("What is the limit?", (0, 1, 2)),
        ("What was the limit in 1999?", (0, 1, 2)),
    ],
)
def test_the_edition_of_the_year(question: str, kept: tuple[int, ...]) -> None:
    """The edition of the year or the last one before it; other documents and unknown years change nothing."""
    hits = [Hit(Chunk(f"{t}:0", t, 0, 1, None, "", "x"), t, t, 1.0, 1, "fused") for t in TITLES]

    assert [hit.title for hit in of_the_year(question, hits)] == [TITLES[at] for at in kept]


def test_the_newest_edition_comes_first() -> None:
    """Only editions of the first answer's document are put before it."""
    assert newest_first(["old", "other", "new"], [TITLES[0], "Canteen 2026", TITLES[1]]) == ["new", "old", "other"]
    assert newest_first([], []) == []
