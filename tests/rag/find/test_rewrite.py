"""Follow-ups become standalone questions."""

from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.protocols import Embedder
from index.text.words import terms
from rag.find.rewrite import is_follow_up, rewrite

COST = ("How much did the GPUs used to train DeepSeek V3 cost?", "$5.5 million")


def test_without_history_the_question_is_untouched() -> None:
    """There is nothing to carry over."""
    assert "And how long did that take?" == rewrite("And how long did that take?")


def test_a_standalone_question_is_untouched() -> None:
    """A question that names its own subject keeps its words."""
    question = "How did the Nasdaq react when DeepSeek R1 launched?"

    assert question == rewrite(question, [COST])


@pytest.mark.parametrize("question", ["And who made Kimi K2?", "So when was Qwen 2.5 released?"])
def test_a_whole_question_after_and_is_untouched(question: str) -> None:
    """It names what it asks about, and what was talked of before is not what it asks."""
    assert question == rewrite(question, [COST])


def test_a_follow_up_carries_entity_and_topic() -> None:
    """What the earlier question was about is searched for too."""
    searched = rewrite("And how long did that take?", [COST])

    assert searched.startswith("how long did that take?")
    assert "DeepSeek V3" in searched
    assert "train" in searched


@pytest.mark.parametrize("question", ["And Qwen 2.5?", "What about Qwen 2.5?", "how about Qwen 2.5"])
def test_a_swapped_subject_takes_the_place_of_the_old_one(question: str) -> None:
    """The earlier question is asked again about something else."""
    assert "Who released Qwen 2.5?" == rewrite(question, [("Who released Kimi K2?", "Moonshot AI")])


@pytest.mark.parametrize(
    ("before", "question", "searched"),
    [
        ("Who is the consultant for glaucoma?", "And the retina?", "Who is the consultant for the retina?"),
        ("Who leads the team in Hangzhou?", "And in Beijing?", "Who leads the team in Beijing?"),
        ("When does the pool open on Monday?", "and the sauna?", "When does the sauna open on Monday?"),
        ("When does the pool open on Monday?", "and Sunday?", "When does the pool open on Sunday?"),
        ("How long can the Ravna X5 be borrowed?", "What about the drill?", "How long can the drill be borrowed?"),
        ("Who made Kimi K2 in 2025?", "And Qwen?", "Who made Qwen in 2025?"),
        ("How far ahead do I order a loaf?", "And for a cake?", "How far ahead do I order a loaf for a cake?"),
    ],
)
def test_the_likest_phrase_gives_way(embedder: Embedder, before: str, question: str, searched: str) -> None:
    """A name takes a name's place, a day a day's; what follows "in" takes the place of what follows "in"."""
    assert searched == rewrite(question, [(before, "")], embedder)


def test_follow_ups_of_other_languages_and_sides(embedder: Embedder) -> None:
    """ "¿Y la de tango?" is one as "and X?" is; "the other side" is a thing of its own, and no pronoun in it."""
    salsa = ("¿Quién enseña la clase de salsa?", "Nuria Vela")

    assert rewrite("¿Y la de tango?", [salsa], embedder) == "¿Quién enseña la clase la de tango?"
    searched = rewrite("And who was on the other side?", [("Who was counsel for the claimant?", "Rupert.")], embedder)
    assert searched.startswith("who was on the other side?")
    assert "claimant" in searched


def test_a_long_question_before_is_looked_through_once() -> None:
    """The phrases that are compared grow with the words of a question, not with their square."""

    class Counting:
        compared = 0

        def embed_queries(self, texts: list[str]) -> np.ndarray:
            self.compared += len(texts)
            return np.eye(len(texts), 2, dtype=np.float32)

    counting = Counting()
    rewrite("and the sauna?", [("which " + "pool " * 400, "")], cast("Embedder", counting))
    assert 400 < counting.compared <= 1 + 3 * 400


def test_a_pronoun_becomes_the_subject() -> None:
    """ "It" is the thing the earlier question named."""
    assert rewrite("who made it?", [COST]).startswith("who made DeepSeek V3?")


def test_the_topic_survives_two_follow_ups() -> None:
    """Each earlier question is resolved before the next."""
    history = [("When was Kimi K2 released?", "In 2025"), ("who made it?", "a company")]

    assert "Kimi K2" in rewrite("where is it based?", history)


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=3))
def test_rewriting_any_text_keeps_the_terms_of_the_question(question: str, history: list[tuple[str, str]]) -> None:
    """Nothing that was asked is lost, unless the question only swaps the subject."""
    searched = rewrite(question, history)

    assert set(terms(question)) <= set(terms(searched)) or is_follow_up(question)


@pytest.mark.parametrize(
    ("question", "earlier", "answer", "searched"),
    [
        ("Where did she study?", "Who founded the Falk Institute?", "It was founded by Ida Nor.", "did Ida Nor study"),
        ("Where is it?", "Who founded the Falk Institute?", "It was founded by Ida Nor.", "is Falk Institute"),
        ("what did he do before?", "Who is the head of 01.AI?", "Kai-Fu Lee", "did Kai-Fu Lee do"),
        ("and who runs it?", "When does the pool open?", "It opens in May.", "who runs the pool"),
        ("What does it cost?", "How long is the welding course?", "Three evenings.", "does the welding course cost"),
        (
            "Since when does she run it?",
            "Who runs the tool library?",
            "Ida Nor runs it.",
            "does Ida Nor run the tool library",
        ),
        ("how long is it valid?", "what is a kiln permit", "A permit to fire a kiln.", "is the kiln permit valid"),
    ],
)
def test_a_pronoun_finds_what_is_meant(question: str, earlier: str, answer: str, searched: str) -> None:
    """People for he and she, things for it, topics in lower case too; months and verbs of an answer are none."""
    found = rewrite(question, [(earlier, answer)])

    assert searched in found
    assert "May" not in found
