"""Answering or abstaining is decided by evidence."""

import pytest

from index.records import Chunk, Hit
from rag.find.decide import OF_ANOTHER_FACTOR, UNKNOWN_NAME_FACTOR, about, decide, weigh
from rag.protocols import Span

NEUTRAL_RANK = 3


def hit(text: str, rank: int = 1, title: str = "Chips", heading: str = "") -> Hit:
    return Hit(Chunk(f"d:{rank}", "d", 0, len(text), None, heading, text), title, "chips.md", 1.0, rank, "fused")


def span(answerable: float) -> Span:
    return Span("x", 0, 1, answerable, answerable)


def test_a_passage_without_the_questions_name_counts_for_less() -> None:
    """Who leads Nvidia is not answered by a passage about Huawei's leader, however sure the reader is."""
    hits = [hit("Huawei is led by Ren.", 1), hit("Nvidia is led by Jensen Huang.", 2)]
    readings = weigh("Who leads Nvidia?", hits, [(1.0, span(0.9)), (0.5, span(0.6))])

    assert [2, 1] == [reading.hit.rank for reading in readings]
    alone = weigh("who leads it", [hits[0]], [(1.0, span(0.9))])
    assert alone[0].answerable * UNKNOWN_NAME_FACTOR == readings[1].answerable


def test_names_may_stand_in_title_or_heading() -> None:
    """A passage under the heading of the thing asked for does mention it."""
    passage = hit("It is fast.", rank=NEUTRAL_RANK, heading="Ascend")
    readings = weigh("How fast is Ascend?", [passage], [(1.0, span(0.8))])

    assert readings[0].answerable == pytest.approx(0.8)


def test_an_attribute_of_another_name_counts_for_less() -> None:
    """Who leads one company is not answered by who leads the other, even if both stand in the passage."""
    for text in ("DeepSeek grew. Lee, CEO of Chinese startup 01.AI, waits.", "DeepSeek grew. 01.AI’s CEO Lee waits."):
        at = text.index("Lee")
        led = Span("Lee", at, at + 3, 0.9, 0.9)

        (right,) = weigh("Who is the CEO of 01.AI?", [hit(text)], [(1.0, led)])
        for question in ("Who is the CEO of DeepSeek?", "who's DeepSeek's CEO"):
            (other,) = weigh(question, [hit(text)], [(1.0, led)])
            assert right.answerable * OF_ANOTHER_FACTOR == pytest.approx(other.answerable)


def test_the_other_name_may_stand_in_any_sentence_of_the_span() -> None:
    """A span that begins in a sentence about the company asked for and ends with another one's head answers nothing."""
    text = "Zhang of DeepSeek won a prize. Lee, CEO of 01.AI, praised him."
    wide = Span(text[:35], 0, 35, 0.9, 0.9)

    (other,) = weigh("Who is the CEO of DeepSeek?", [hit(text)], [(1.0, wide)])
    (plain,) = weigh("Who won the prize?", [hit(text)], [(1.0, wide)])
    assert other.answerable == pytest.approx(plain.answerable * OF_ANOTHER_FACTOR)


def test_a_better_rank_counts_for_more() -> None:
    """Of two passages that read alike, the one that retrieval found first is believed first."""
    readings = weigh("what is it", [hit("a", 1), hit("b", 9)], [(0.0, span(0.5)), (0.0, span(0.5))])

    assert readings[0].answerable > 0.5 > readings[1].answerable


def test_ties_keep_the_order_of_retrieval() -> None:
    """Equal evidence is ordered by rank."""
    readings = weigh("what is it", [hit("b", 2), hit("a", 1)], [(0.0, span(0.5)), (0.0, span(0.5))])

    assert [1, 2] == [reading.hit.rank for reading in readings]


def test_the_threshold_decides() -> None:
    """At the threshold it answers, just below it abstains and names what it found."""
    readings = weigh("what is it", [hit("a", heading="Price"), hit("b", 2)], [(0.0, span(0.5)), (0.0, span(0.2))])
    best = readings[0].answerable

    assert decide(readings, best).answers
    refusal = decide(readings, best + 1e-9)
    assert not refusal.answers
    assert best == refusal.confidence
    assert "The documents do not say. The nearest passages are about “Chips: Price”; “Chips”." == refusal.reason


def test_an_empty_index_abstains() -> None:
    """No passages is a reason of its own."""
    assert "nothing to search" in decide([], 0.0).reason


def test_a_subject_is_title_and_heading_once() -> None:
    """A heading that repeats the title is not said twice."""
    assert "Chips" == about(hit("x", heading="Chips"))
    assert "Chips: New ones" == about(hit("x", heading="New\n ones"))
