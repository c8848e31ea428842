"""What an answer says, by hand: opening, marked words, numbers with units, pages, wrong values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.answers import agreement, numbers_told, opens_with_fact, page_right, says_wrong, short_answer
from index.records import Quote
from rag.answer import Answer, Citation, Sentence
from tests.strategies import texts


def answer(*sentences: Sentence, citations: tuple[Citation, ...] = (), abstained: bool = False) -> Answer:
    return Answer("Q?", "Q?", sentences, citations, (), abstained, "No.", 0.5)


def said(*lines: str) -> Answer:
    return answer(*(Sentence(line, "supported", 1.0, (1,)) for line in lines))


def test_an_answer_opens_with_its_fact_or_does_not() -> None:
    """Only the first sentence with text counts; a refusal opens with nothing."""
    assert opens_with_fact(said(" ", "It took two months.", "It was cheap."), ["2 months"])
    assert not opens_with_fact(said("It was cheap.", "It took two months."), ["2 months"])
    assert not opens_with_fact(answer(Sentence("Two months.", "quoted", 1.0), abstained=True), ["2 months"])


def test_the_short_answer_is_the_marked_words_where_there_are_any() -> None:
    """The focus of the first sentence that has one; else the first sentence; else nothing."""
    marked = Sentence("It took two months.", "quoted", 1.0, (), (8, 18))

    assert short_answer(answer(Sentence("Well.", "quoted", 1.0), marked)) == "two months"
    assert short_answer(said("Well.", "It took two months.")) == "Well."
    assert short_answer(answer()) == ""


def test_agreement_by_hand() -> None:
    """ "two months" against "two long months": no match, F1 4/5, ROUGE-L 4/5; a refusal scores 0 even where silence is
    all that is accepted."""
    marked = answer(Sentence("It took two months.", "quoted", 1.0, (), (8, 18)))

    assert agreement(marked, ["two long months"]) == (0, pytest.approx(4 / 5), pytest.approx(4 / 5))
    assert agreement(marked, ["x", "Two months!"]) == (1, 1, 1)
    assert agreement(answer(), []) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "accepted", "counts"),
    [
        ("The GPUs cost $5.5M.", ["5.5 million dollars"], (1, 1)),
        ("It takes 120 seconds.", ["two minutes"], (1, 1)),
        ("It takes 120 minutes.", ["two minutes"], (0, 1)),
        ("It cost 5.5 million euros.", ["$5.5 million"], (0, 1)),
        ("It has 61 layers.", ["61"], (1, 1)),
        ("Between 10 and 20 percent.", ["10 percent", "20 percent"], (2, 2)),
        ("Nothing.", ["Singapore"], (0, 0)),
    ],
)
def test_numbers_are_told_in_any_notation_of_the_same_unit(text: str, accepted: list[str], counts: object) -> None:
    """Values are compared in the base unit of their dimension; another unit is another number."""
    assert numbers_told(said(text), accepted) == counts


def test_a_page_is_right_where_a_cited_quote_on_it_holds_the_fact() -> None:
    """The right page without the fact, the fact on another page and an unused citation do not count."""
    citations = tuple(
        Citation(marker, Quote("d", "D", "d.pdf", page, 0, len(text), text))
        for marker, page, text in (
            (1, 4, "The load is 1,850 kg."),
            (2, 5, "It is red."),
            (3, 6, "The load is 1,850 kg."),
        )
    )
    one = answer(Sentence("The load is 1,850 kg. It is red.", "supported", 1.0, (1, 2)), citations=citations)

    assert [page_right(one, ["1850 kg"], page) for page in (4, 5, 6)] == [True, False, False]


def test_a_wrong_value_is_seen_in_shown_text_only() -> None:
    """A refusal shows nothing wrong."""
    assert says_wrong(said("The limit was 40 euros."), ["40 euros"])
    assert not says_wrong(said("The limit is 60 euros."), ["40 euros"])
    assert not says_wrong(answer(Sentence("40 euros.", "quoted", 1.0), abstained=True), ["40 euros"])


@given(texts(12), st.lists(texts(6), min_size=1, max_size=3))
def test_measures_of_any_text_stay_in_their_bounds(text: str, accepted: list[str]) -> None:
    """Shares lie in 0..1, an exact match has an F1 of 1, and no more numbers are told than wanted."""
    one = said(text)
    exact, f1, rouge = agreement(one, accepted)
    told, wanted = numbers_told(one, accepted)

    assert 0 <= exact <= f1 <= 1
    assert 0 <= rouge <= 1
    assert 0 <= told <= wanted
