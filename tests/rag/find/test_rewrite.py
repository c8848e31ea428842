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


@pytest.mark.parametrize(
    "question",
    [
        "How long does it take to fire a kiln?",
        "how much is it for a team to enter the cup?",
        "Where is it forbidden to fish?",
        "Is it true that members pay 20 euros?",
        "What does it mean when the red lamp blinks?",
        "How does it rain so much in May?",
        "Is there a lift?",
        "How many seats are there in the main house?",
        "What is the fine for dogs that bite children?",
        "What are the three things that a tenant must pay?",
        "Who says that prices will rise?",
        "How old does one have to be to drive the forklift?",
        "how much is the summer camp for one child?",
        "How many members pay a fee this year?",
        "What is the price of the Norn pump?",
    ],
)
def test_words_that_refer_to_nothing_lean_on_nothing(question: str) -> None:
    """ "It takes", "there is", "dogs that bite", "one child", "this year", "the price of": the question says it all."""
    assert question == rewrite(question, [("Who leads the Oslo branch?", "Ida Nor")])


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("How long does it take?", "How long does the welding course take?"),
        ("Is it easy to learn?", "Is the welding course easy to learn?"),
        ("Who wrote that report?", "Who wrote that report? (the welding course"),
        ("How much does one cost?", "How much does one cost? (the welding course"),
        ("How much for one day?", "How much for one day? (the welding course"),
        ("How many are there in May?", "How many are there in May? (the welding course"),
        ("And how long does it take to fire a kiln?", "how long does it take to fire a kiln? (the welding course"),
    ],
)
def test_words_that_refer_still_do(question: str, searched: str) -> None:
    """ "Is it easy to learn" asks of a thing, "that report" points; where "it" refers to nothing, it is not filled."""
    assert rewrite(question, [("How hard is the welding course?", "Very.")]).startswith(searched)


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


TIMES = [
    ("What was the revenue of Acme in 2022?", "What about 2023?", "What was the revenue of Acme in 2023?"),
    ("What was the revenue in May 2022?", "and June?", "What was the revenue in June 2022?"),
    ("What was the revenue on 3 May 2022?", "and in 2023?", "What was the revenue on 3 May 2023?"),
    ("What was the revenue last year?", "And this year?", "What was the revenue this year?"),
    ("When does the ferry leave today?", "And tomorrow?", "When does the ferry leave tomorrow?"),
    ("When does the pool open today?", "and on 3 May?", "When does the pool open on 3 May?"),
    ("When does the pool open on Monday?", "What about weekends?", "When does the pool open on weekends?"),
    ("When does the pool open on Monday?", "and in 2023?", "When does the pool open on Monday in 2023?"),
    ("When does the pool open on Monday?", "and the sauna?", "When does the sauna open on Monday?"),
    ("Who was the mayor before 2010?", "And after 2020?", "Who was the mayor after 2020?"),
    ("Who leads the Oslo branch?", "What about 2023?", "Who leads the Oslo branch 2023?"),
    ("Wann öffnet das Bad am Samstag?", "und am Sonntag?", "Wann öffnet das Bad am Sonntag?"),
]


@pytest.mark.parametrize(("before", "question", "searched"), TIMES)
def test_a_time_takes_the_place_of_a_time(embedder: Embedder, before: str, question: str, searched: str) -> None:
    """A year, date or day takes the place of one of its kind with its preposition, else it is added; with or without an
    embedder.
    """
    assert searched == rewrite(question, [(before, "")])
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


@pytest.mark.parametrize(("more", "carried"), [(8, True), (18, False)])
def test_the_names_of_a_short_answer_are_carried_over(more: int, carried: bool) -> None:
    """A long answer names much that is not talked of."""
    answer = f"It was Ida Nor who founded it{' then' * more}."
    assert ("Ida Nor" in rewrite("Where did she study?", [("Who founded the institute?", answer)])) is carried
