"""Citation metrics on hand-worked answers; each gap of the published scorers has a test that it is closed."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.citations import (
    CitationCounts,
    citation_counts,
    cited_quotes,
    entails,
    fact_cited,
    fact_shown,
    refused,
    true_slices,
)
from index.records import Quote
from rag.answer import Answer, Citation, Sentence

TEXT = "Training took two months. The GPUs cost $5.5 million. It is open source."


def citation(marker: int, quote: str, text: str = TEXT) -> Citation:
    start = text.index(quote)
    return Citation(marker, Quote("d", "D", "d.md", None, start, start + len(quote), quote))


def answer(*sentences: Sentence, citations: tuple[Citation, ...] = (), abstained: bool = False) -> Answer:
    return Answer("Q?", "Q?", sentences, citations, (), abstained, "No.", 0.5)


TIME = citation(1, "Training took two months.")
COST = citation(2, "The GPUs cost $5.5 million.")
OPEN = citation(3, "It is open source.")


def moved(**changes) -> Citation:
    return replace(COST, source=replace(COST.source, **changes))


def by_words(pairs):
    """Entails when every word of the sentence is in the passage."""
    return [float(set(sentence.split()) <= set(passage.split())) for passage, sentence in pairs]


def never(pairs):
    return [0.0 for _ in pairs]


def text_of(document_id: str) -> str | None:
    return TEXT if document_id == "d" else None


def test_counts_of_a_hand_worked_answer() -> None:
    """One sentence needs both quotes, one is entailed by the first of two, one by nothing it cites."""
    both = Sentence("two months. $5.5 million.", "supported", 0.9, (1, 2))
    padded = Sentence("Training took two months.", "quoted", 1.0, (1, 3))
    wrong = Sentence("Training was free.", "unsupported", 0.1, (2,))
    said = answer(both, padded, wrong, citations=(TIME, COST, OPEN))

    assert citation_counts(said, by_words, text_of) == CitationCounts(
        sentences=3, recalled=2, citations=5, precise=3, invented=0
    )


PRICES = "Prices of 2024:\n\n| Item | Price |\n|---|---|\n| Lamp | 4 euros |\n| Rope | 9 euros |\n"
LAMP = citation(2, "| Lamp | 4 euros |", PRICES)


def counted(text: str, *cited: Citation) -> CitationCounts:
    said = answer(Sentence(text, "quoted", 1.0, tuple(one.marker for one in cited)), citations=cited)
    return citation_counts(said, by_words, lambda _: PRICES)


@pytest.mark.parametrize("header", ["| Item | Price |", "Item"])
def test_the_header_of_a_cited_row_bears_it(header: str) -> None:
    """Row and header, 2 of 2: the row is the sentence, and without its header nobody knows what its cells are. A header
    is cited whole, or by its first cell where the passage begins below it.
    """
    assert counted("Lamp | 4 euros", LAMP, citation(1, header, PRICES)) == CitationCounts(1, 1, 2, 2, 0)


def test_a_row_counts_with_its_header() -> None:
    """ "Price" stands in the header alone and "Lamp" in the row alone: both are needed, and the other row is not."""
    header, rope = citation(1, "| Item | Price |", PRICES), citation(3, "| Rope | 9 euros |", PRICES)

    assert counted("Price Lamp 4", LAMP, header, rope) == CitationCounts(1, 1, 3, 2, 0)


def test_what_heads_nothing_that_bears_the_sentence_is_needless() -> None:
    """The line above the table heads no row; the header of a needless row is as needless, and so is a row below."""
    above = citation(1, "Prices of 2024:", PRICES)
    header, rope = citation(1, "| Item | Price |", PRICES), citation(3, "| Rope | 9 euros |", PRICES)

    assert counted("Lamp | 4 euros", LAMP, above) == CitationCounts(1, 1, 2, 1, 0)
    assert counted("Lamp | 4 euros", LAMP, rope) == CitationCounts(1, 1, 2, 1, 0)
    apart = replace(LAMP, source=replace(LAMP.source, document_id="e"))
    assert counted("Lamp | 4 euros", apart, header, rope) == CitationCounts(1, 1, 3, 1, 0)


CITED = (
    citation(1, "| Item | Price |", PRICES),
    LAMP,
    citation(3, "| Rope | 9 euros |", PRICES),
    citation(4, "Prices of 2024:", PRICES),
)


@given(
    st.lists(st.tuples(st.sampled_from(["Lamp | 4 euros", "Lamp is cheap [8].", "x"]), st.lists(st.integers(-1, 6)))),
    st.integers(),
)
def test_counts_stay_within_their_denominators(said: list[tuple[str, list[int]]], seed: int) -> None:
    """Whatever is cited and whoever judges: no more recalled than shown, no more precise than there is to point to."""
    coin = random.Random(seed)
    sentences = [Sentence(text, "supported", 0.9, tuple(markers)) for text, markers in said]
    counts = citation_counts(
        answer(*sentences, citations=CITED), lambda pairs: [coin.random() for _ in pairs], lambda _: PRICES
    )

    typed = sum(text.endswith("[8].") for text, _ in said)
    assert counts.sentences == len(said)
    assert counts.citations == sum(len(set(markers)) for _, markers in said) + typed
    assert counts.invented == sum(len(set(markers) - {1, 2, 3, 4}) for _, markers in said) + typed
    assert 0 <= counts.recalled <= counts.sentences
    assert 0 <= counts.precise <= counts.citations - counts.invented


def test_an_invented_marker_counts_as_a_wrong_citation() -> None:
    """A marker without a citation is in the denominator of precision, where the published scorer drops it."""
    said = answer(Sentence("Training took two months.", "quoted", 1.0, (1, 7)), citations=(TIME,))

    assert citation_counts(said, by_words, text_of) == CitationCounts(
        sentences=1, recalled=1, citations=2, precise=1, invented=1
    )


@pytest.mark.parametrize("marker", [0, -1])
def test_markers_below_one_point_to_nothing(marker: int) -> None:
    """[0] earns no credit from the last citation, not even where a citation bears that number."""
    said = answer(
        Sentence("It is open source.", "quoted", 1.0, (marker,)), citations=(TIME, OPEN, replace(OPEN, marker=marker))
    )

    assert citation_counts(said, by_words, text_of) == CitationCounts(
        sentences=1, recalled=0, citations=1, precise=0, invented=1
    )
    assert cited_quotes(said) == []


def test_a_marker_typed_into_the_text_counts_as_invented() -> None:
    """A "[9]" inside a sentence is a citation to nothing, unless the quoted source has it."""
    typed = answer(Sentence("Training took two months [9].", "supported", 0.9, (1,)), citations=(TIME,))
    source = "Training took two months [9]."
    held = answer(Sentence(source, "quoted", 1.0, (1,)), citations=(citation(1, source, source),))

    assert citation_counts(typed, by_words, text_of).invented == 1
    assert citation_counts(held, by_words, text_of).invented == 0


def test_an_empty_answer_is_a_refusal_and_counts_nothing() -> None:
    """No sentences, blank sentences and an abstention are the same thing, whatever citations lie beside them."""
    empty = answer(citations=(TIME,))
    blank = answer(Sentence("  ", "quoted", 1.0, (1,)), citations=(TIME,))
    abstained = answer(Sentence("It took two months.", "quoted", 1.0, (1,)), citations=(TIME,), abstained=True)

    for silent in (empty, blank, abstained):
        assert refused(silent)
        assert citation_counts(silent, by_words, text_of) == CitationCounts(0, 0, 0, 0, 0)
        assert not fact_cited(silent, ["two months"], "any")
        assert not fact_shown(silent, ["two months"], "any")


def test_a_sentence_without_markers_loses_recall() -> None:
    """What cites nothing is entailed by nothing, even if it is true."""
    said = answer(Sentence("Training took two months.", "supported", 1.0, ()), citations=(TIME,))

    assert citation_counts(said, by_words, text_of) == CitationCounts(
        sentences=1, recalled=0, citations=0, precise=0, invented=0
    )


def test_the_same_marker_twice_is_one_citation() -> None:
    """[1][1] does not count double."""
    said = answer(Sentence("Training took two months.", "quoted", 1.0, (1, 1)), citations=(TIME,))

    assert citation_counts(said, by_words, text_of).citations == 1


def test_true_slices_want_the_stored_text_at_the_offsets() -> None:
    """Shifted, altered, empty, outside, unknown and doubled citations are not true slices."""
    false = (
        moved(start=COST.start + 1, end=COST.end + 1),
        moved(text="The GPUs cost $6.5 million."),
        moved(start=5, end=5, text=""),
        moved(start=-5, end=len(TEXT), text=TEXT[-5:]),
        moved(document_id="e"),
        replace(COST, marker=0),
    )

    assert true_slices(answer(citations=(TIME, COST, OPEN)), text_of) == 3
    assert [true_slices(answer(citations=(one,)), text_of) for one in false] == [0] * len(false)
    assert true_slices(answer(citations=(TIME, replace(COST, marker=1))), text_of) == 1


def test_only_quotes_that_a_shown_sentence_points_to_hold_the_fact() -> None:
    """A fact in an unused citation, or only in the prose, is not a cited fact."""
    blank = Sentence(" ", "supported", 0.9, (2,))
    said = answer(Sentence("The GPUs cost 5.5 million dollars.", "supported", 0.9, (1,)), blank, citations=(TIME, COST))

    assert not fact_cited(said, ["$5.5 million"], "any")
    assert fact_shown(said, ["$5.5 million"], "any")
    assert fact_cited(said, ["two months"], "any")


def test_need_all_wants_every_fact_in_some_cited_quote() -> None:
    """Two facts in two quotes satisfy `all`; one does not."""
    both = answer(Sentence("a", "supported", 0.9, (1,)), Sentence("b", "supported", 0.9, (2,)), citations=(TIME, COST))

    assert fact_cited(both, ["two months", "$5.5 million"], "all")
    assert not fact_cited(both, ["two months", "open source"], "all")
    assert fact_cited(both, ["two months", "open source"], "any")


def test_verbatim_text_needs_no_model_and_no_verdict_is_no_support() -> None:
    """Whole sentences, one or a run, are entailed by their quote; NaN is not; half a word is not verbatim."""
    assert entails([TEXT], "the GPUs  cost $5.5 million.", never)
    assert entails([TEXT], "The GPUs cost $5.5 million.\nIt is open source.", never)
    assert entails(["no sentence, a cell"], "No sentence, a cell", never)
    assert not entails([TEXT], "GPUs cost $5.5 millions.", never)
    assert not entails([TEXT], "raining took two", never)
    assert not entails([TEXT], "Something else.", lambda pairs: [float("nan") for _ in pairs])
    assert not entails([], "Training took two months.", lambda pairs: [1.0 for _ in pairs])


def test_a_part_of_a_sentence_is_judged() -> None:
    """What stands in a quote word for word may be what the quote denies."""
    denied = "Training took two months. Nobody can say that export controls work."

    assert not entails([denied], "export controls work.", never)
    assert not entails([denied], "two months. Nobody can say that export controls work.", never)
    assert entails([denied], "export controls work.", by_words)
