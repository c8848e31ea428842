"""Superlatives are read as one end of one scale."""

import pytest

from index.text.degrees import comparative, superlative


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
        ("the fastest runner", False, "speed", "fastest"),
        ("the worst time", True, "merit", "worst"),
    ],
)
def test_superlatives(text: str, least: bool, scale: str, words: str) -> None:
    """The end of the scale, the scale, and the words that say so."""
    found = superlative(text)

    assert found is not None
    assert (found.least, found.scale, text[found.start : found.end]) == (least, scale, words)


@pytest.mark.parametrize(
    "text",
    ["an honest answer", "the first course", "the forest", "how cheap is it", "at least 12 seats", "at most 12", ""],
)
def test_no_superlatives(text: str) -> None:
    """Words that only end like one, and what orders without comparing, are none."""
    assert superlative(text) is None


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("the cheapest room", 1, 1, "cheapest"),
        ("the second cheapest room", 2, 2, "second cheapest"),
        ("the 3rd most expensive room", 3, 3, "3rd most expensive"),
        ("the two cheapest rooms", 1, 2, "two cheapest"),
        ("the top 3 teams", 1, 3, "top 3"),
    ],
)
def test_places_of_superlatives(text: str, first: int, last: int, words: str) -> None:
    """An ordinal asks for one place counted from the end, a number for the first so many."""
    found = superlative(text)

    assert found is not None
    assert (found.first, found.last, text[found.start : found.end]) == (first, last, words)


@pytest.mark.parametrize(
    ("text", "least", "scale", "words"),
    [
        ("Which rooms are cheaper", True, "money", "cheaper"),
        ("Which rooms have more seats", False, "", "more"),
        ("Which rooms are less expensive", True, "money", "less expensive"),
        ("Which talks are longer", False, "", "longer"),
    ],
)
def test_comparatives(text: str, least: bool, scale: str, words: str) -> None:
    """A comparative points to one end of one scale."""
    found = comparative(text)

    assert found is not None
    assert (found.least, found.scale, text[found.start : found.end]) == (least, scale, words)
