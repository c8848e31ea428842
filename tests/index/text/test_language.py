"""The language of a text is told by its letters and its commonest words, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.language import language

GERMAN = "Die Kündigungsfrist beträgt drei Monate. Haustiere sind nicht gestattet."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wie hoch ist die Kaution?", "German"),
        ("How much is the deposit of the third floor?", "English"),
        ("quel est le prix du billet ?", "French"),
        ("¿Cuánto cuesta el curso?", "Spanish"),
        ("押金是多少？", "Chinese"),
        ("会議室はどこですか", "Japanese"),
        ("ما هي مدة الإعارة؟", "Arabic"),
        ("Kai-Fu Lee?", ""),
        ("deposit?", ""),
        ("", ""),
        ("123 !?", ""),
    ],
)
def test_languages_are_told_apart(text: str, name: str) -> None:
    """By script, or by common words that one language has and the next has fewer of; names alone tell nothing."""
    assert name == language(text)


@pytest.mark.parametrize(
    "text",
    [
        "v 1.2 | a | https://example.org/a/v/z | v 1.3 | a | to do | https://example.org/z/v/o | do a z v",
        "o o o a a e as os 1 2 3 no no",
        "Plan A, plan B to z: v 2, v 3, v 4",
    ],
)
def test_letters_and_small_english_words_are_no_language(text: str) -> None:
    """A table of links is in no language that its single letters happen to be words of."""
    assert language(text) in ("", "English")


@given(st.text(max_size=200))
def test_any_text_has_a_language_or_none(text: str) -> None:
    """Whatever is typed, an answer comes and is the same again."""
    assert language(text) == language(text)
