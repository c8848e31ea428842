"""Answering or abstaining is decided by evidence, through one fitted model."""

import math

import pytest

from index.records import Chunk, Hit
from rag.find.clues import SIGNS
from rag.find.decide import Model, about, decide, fitted, in_another, refusal, weigh
from rag.odds import log_odds
from rag.protocols import Span

GERMAN = "Die Kündigungsfrist beträgt drei Monate. Haustiere sind nicht gestattet."


def hit(text: str, rank: int = 1, title: str = "Chips", heading: str = "") -> Hit:
    return Hit(Chunk(f"d:{rank}", "d", 0, len(text), None, heading, text), title, "chips.md", 1.0, rank, "fused")


def span(answerable: float) -> Span:
    return Span("x", 0, 1, answerable, answerable)


def test_the_surer_reader_is_believed_first() -> None:
    """Of two passages that differ in nothing else, the one that the reader is surer of comes first."""
    readings = weigh("what is it", [hit("x a", 1), hit("x a", 1)], [(0.0, span(0.2)), (0.0, span(0.9))])

    assert [0.9, 0.2] == [reading.span.answerable for reading in readings]


def test_a_number_that_the_line_lacks_counts_against_it() -> None:
    """The fuse of machine 300 is not told by the row of machine 287: its odds fall to less than a tenth."""
    text = "| Machine | Fuse |\n|---|---|\n| machine 287 | 90 ampere |"
    answer = Span("90 ampere", text.index("90"), text.index("90") + 9, 0.9, 0.9)
    (right,) = weigh("Which fuse has machine 287?", [hit(text)], [(1.0, answer)])
    (other,) = weigh("Which fuse has machine 300?", [hit(text)], [(1.0, answer)])

    assert log_odds(other.answerable) < log_odds(right.answerable) - math.log(10)


def test_ties_keep_the_order_of_retrieval() -> None:
    """Equal evidence is ordered by rank."""
    passages = [hit("b", 1), hit("a", 1)]
    readings = weigh("what is it", passages, [(0.0, span(0.5)), (0.0, span(0.5))])

    assert passages == [reading.hit for reading in readings]


def test_the_threshold_decides() -> None:
    """At the threshold it answers, just below it abstains."""
    readings = weigh("what is it", [hit("a", heading="Price"), hit("b", 2)], [(0.0, span(0.5)), (0.0, span(0.2))])
    best = readings[0].answerable

    assert decide(readings, best).answers
    told = decide(readings, best + 1e-9)
    assert not told.answers
    assert best == told.confidence
    assert decide(readings, best + 1e-9, worked_out=True).answers


def test_a_refusal_names_the_first_of_the_evidence() -> None:
    """In the order in which the evidence is listed, each subject once, whatever rank retrieval gave them."""
    evidence = [hit("a", 4, heading="Price"), hit("b", 2), hit("c", 3), hit("d", 1, title="Unlisted")]

    assert "The documents do not say. The nearest passages are about “Chips: Price”; “Chips”." == refusal(evidence)


def test_a_refusal_names_what_is_nowhere() -> None:
    """A number or code of the question that no passage holds is told; one that some passage holds is not."""
    shown, other = [hit("Machine 287 has one.")], [hit("Error E-41 is rare.")]

    assert refusal(shown, "Which fuse has machine 300?", other).startswith("The documents say nothing of 300.")
    assert refusal(shown, "What is E-41 of 287?", other).startswith("The documents do not say.")


def test_an_empty_index_abstains() -> None:
    """Without passages there is no answer, and a reason of its own."""
    assert not decide([], 0.0).answers
    assert "nothing to search" in refusal([])


def test_a_subject_is_title_and_heading_once() -> None:
    """A heading that repeats the title is not said twice."""
    assert "Chips" == about(hit("x", heading="Chips"))
    assert "Chips: New ones" == about(hit("x", heading="New\n ones"))


def test_the_model_is_a_logistic_regression() -> None:
    """Weights times signs plus bias, through the logistic function; far logits do not overflow."""
    model = Model((2.0, -1.0), 1.0, 0.5)

    assert model.probability((0.0, 1.0)) == pytest.approx(0.5)
    assert model.probability((1e9, 0.0)) == pytest.approx(1.0)


def test_the_committed_weights_name_every_sign() -> None:
    """One weight a sign, and a threshold that is a probability."""
    assert len(fitted().weights) == len(SIGNS)
    assert 0 < fitted().threshold < 1


def test_a_question_in_another_language_is_told_so() -> None:
    """Both languages and the setting are named; in the same language, or where it cannot be told, nothing is said."""
    said = in_another("How much is the deposit?", [GERMAN], "all-MiniLM-L6-v2")

    assert "English" in said
    assert "German" in said
    assert "--embedder" in said
    assert "" == in_another("Wie hoch ist die Kaution?", [GERMAN], "m")
    assert "" == in_another("deposit?", [GERMAN], "m")
    assert "" == in_another("How much is the deposit?", [], "m")


def test_of_chinese_the_number_alone_is_missing() -> None:
    """What is written without spaces is not named as one long word."""
    said = refusal([hit("超过5000元的，须由主任批准。")], "超过6000元的物品由谁批准？")

    assert said.startswith("The documents say nothing of 6000. ")


def test_one_passage_in_the_question_s_language_is_enough() -> None:
    """Whoever asks in Chinese over a Chinese notice among English papers is not told to ask in English."""
    english = "The store is open from eight to five. It is closed on Sundays, and nobody has the key then. " * 9

    assert "Chinese" in in_another("仓库几点开门？", [english], "m")
    assert "" == in_another("仓库几点开门？", [english, "仓库每天8点开门，周日关闭。", english], "m")
