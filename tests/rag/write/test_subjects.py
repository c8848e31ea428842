"""What is asked of a subject: who or what, in which letters, or nothing."""

import pytest

from rag.write.questions import asked_back
from rag.write.subjects import inside, leans, what_or_who


@pytest.mark.parametrize(
    ("subject", "said", "asks"),
    [
        ("Per Holm", "the harbour master of Brae", "Who"),
        ("Ida van der Berg", "a nurse", "Who"),
        ("Per Holm", "head of the yard", "Who"),
        ("Dr Osei", "here on Mondays", "Who"),
        ("Marie Curie", "one of the physicists who worked there", "Who"),
        ("The keeper", "a woman of few words", "Who"),
        ("The contractor", "Skarn Marine", "Who"),
        ("The founders of Ember", "Ida Nor and Per Holm", "Who"),
        ("Anna", "a teacher at the school", "Who"),
        ("Per Holm", "responsible for the berths", ""),
        ("South Korea", "number two in the world", ""),
        ("Mount Fell", "a hill", "What"),
        ("The conductor", "a copper wire", "What"),
        ("Kimi", "a model", "What"),
        ("Ember Labs", "a partner of the harbour", "What"),
        ("The Tern", "a ferry over the sound", "What"),
    ],
)
def test_a_person_is_asked_after_with_who(subject: str, said: str, asks: str) -> None:
    """By a title, or by a noun for people in what is said; a name of two words of which nothing tells is left alone."""
    assert what_or_who(subject, said) == asks


@pytest.mark.parametrize(
    ("subject", "alone"),
    [
        ("The crane", True), ("The last ferry in May", True), ("The north quay", True), ("The land", True),
        ("The second reason", False), ("The big one", False), ("The second", False), ("No refund", False),
        ("Three firms", False), ("Dele to ask whether the gutter", False), ("Rye goes in at 250 and", False),
    ],
)  # fmt: skip
def test_a_subject_that_leans_on_its_place_is_not_asked_after(subject: str, *, alone: bool) -> None:
    """Counted off, picked out of several, cut off at a verb that the rule took for a noun."""
    assert leans(subject) is not alone


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Medicine", "medicine"), ("Openness", "Openness"), ("Prices", "prices"), ("Swiss banks", "Swiss banks"),
        ("Shoppers in China", "Shoppers in China"), ("Tenors and basses", "tenors and basses"), ("Huawei", "Huawei"),
        ("The Pump", "the Pump"), ("K2", "K2"), ("High-end training", "high-end training"),
    ],
)  # fmt: skip
def test_a_capital_of_the_sentence_is_none_of_the_word(subject: str, shown: str) -> None:
    """Small where the text has it small or its form is plain; a word that may be a name stays as it is."""
    assert inside(subject, {"medicine", "high-end"}) == shown


def questions(text: str, rule: str = "") -> dict[str, str]:
    return {one.question: one.answer for one in asked_back(text, "T") if rule in ("", one.rule)}


def test_labels_are_asked_as_what_they_are() -> None:
    """Of people with who, codes without an article; no participle, no advice, no label that several lines have."""
    assert questions(
        "Maker: Atelier Corvaisier\n\nHWP: hot work permit\n\nHeight: 2.07 m\n\nMade: 1868\n\nWritten by: Ada Moll\n\n"
        "Not taken: betting, loans\n\nFixed: the crash\n\nMAYOR: Then we go.\n\nBELL: 4\n\nBELL: 5\n\nContains: oats\n"
    ) == {
        "Who is the maker in “T”?": "Atelier Corvaisier",
        "What is HWP in “T”?": "hot work permit",
        "What is the height in “T”?": "2.07 m",
    }


def test_a_number_is_asked_for_where_there_can_be_many() -> None:
    """Neither halves nor one of a thing, nothing behind a label or in a list; signs stay where they were."""
    assert questions(
        "Recordings are kept for 42 days, then gone.\n\nThe tank was filled in two months.\n\n"
        "The café closes half an hour before the shop.\n\n"
        "It was not so: I went back for one year.\n\nMAYOR: Then we wait for three months instead.\n\n"
        "New cable ordered by Joy, £38, out of the tin.\n\nBuilding is only half of the plan.\n",
        "number",
    ) == {
        "Recordings are kept for how many days, then gone?": "42 days",
        "The tank was filled in how many months?": "two months",
    }


def test_a_text_in_another_language_is_asked_nothing_in_english() -> None:
    """A question in two languages is nobody's; the cells of its tables stay, whose names are asked as they are."""
    text = "La matrícula cuesta 25 euros y se paga una sola vez al año. El horario es el de la puerta.\n\n"
    assert questions(text) == {}
    table = "| Curso | Sala |\n|---|---|\n| Salsa | 2B |\n"
    assert questions(text + table) == {"What is the Sala of Salsa?": "2B"}


def test_a_question_of_a_text_that_points_back_is_not_repeated() -> None:
    """What "they" are stands before it."""
    assert [*questions("## How serious are they?\n\nVery.\n\n## Can I bring a boat?\n\nYes.\n")] == [
        "Can I bring a boat?"
    ]
