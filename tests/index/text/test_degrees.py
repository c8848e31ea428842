"""Superlatives are read as one end of one scale."""

import pytest

from index.text.degrees import superlative


@pytest.mark.parametrize(
    ("text", "least", "scale", "words"),
    [
        ("Which item is the dearest?", False, "money", "dearest"),
        ("the cheapest room", True, "money", "cheapest"),
        ("the least expensive room", True, "money", "least expensive"),
        ("On which day was it hottest?", False, "temperature", "hottest"),
        ("the heaviest load", False, "mass", "heaviest"),
        ("the latest train", False, "time", "latest"),
        ("the earliest train", True, "time", "earliest"),
        ("the newest model", True, "age", "newest"),
        ("the most seats", False, "", "most"),
        ("the fewest seats", True, "", "fewest"),
        ("¿Cuál es la clase más barata?", True, "money", "más barata"),
        ("Welches Zimmer ist am billigsten?", True, "money", "billigsten"),
        ("das größte Zimmer", False, "", "größte"),
        ("最便宜的茶", True, "money", "最便宜"),
    ],
)
def test_superlatives(text: str, least: bool, scale: str, words: str) -> None:
    """The end of the scale, the scale, and the words that say so."""
    found = superlative(text)

    assert found is not None
    assert (found.least, found.scale, text[found.start : found.end]) == (least, scale, words)


@pytest.mark.parametrize("text", ["an honest answer", "the first course", "the forest", "how cheap is it", ""])
def test_no_superlatives(text: str) -> None:
    """Words that only end like one, and what orders without comparing, are none."""
    assert superlative(text) is None
