"""Two questions in one are taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.find.two_questions import MOST, parts


def test_two_questions_stand_alone() -> None:
    """Each part is a question of its own, and a pronoun in the second finds its name."""
    assert ("who is behind MiniMax?", "who built PanGu-Sigma?") == tuple(
        parts("who is behind MiniMax and who built PanGu-Sigma")
    )
    first, second = parts("What did Kimi K2 cost, and when was it released?")
    assert "What did Kimi K2 cost?" == first
    assert second.startswith("when was Kimi K2 released?")


def test_what_ends_in_a_question_mark_is_a_question() -> None:
    """Also without a question word, as a follow-up about two things is worked out: both are asked for."""
    assert ("the weight of the saw?", "the weight of the cutter?") == tuple(
        parts("the weight of the saw? the weight of the cutter?")
    )
    assert ("Is that right? the saw, I mean",) == tuple(parts("Is that right? the saw, I mean"))


def test_a_second_half_may_ask_yes_or_no() -> None:
    """ "And is it ..." is a question of its own."""
    first, second = parts("What does the Norn pump weigh and is it waterproof?")
    assert "What does the Norn pump weigh?" == first
    assert second.startswith("is Norn waterproof?")


def test_a_pronoun_may_stand_for_the_answer() -> None:
    """ "He" is who the first part is answered with; the answer is asked for only after the first part was taken."""
    answers: list[str] = []
    taken = parts("Who runs the mill and what is he paid?", lambda: answers[-1])
    assert next(taken) == "Who runs the mill?"
    answers.append("Ole Brandt")
    assert next(taken).startswith("what is Ole Brandt paid?")


@pytest.mark.parametrize(
    "question",
    [
        "Which two Japanese carmakers planned to merge?",
        "How do Europe and Asia differ?",
        "How cheap was it really, what do the articles say",
        "When will R2 come out, and why?",
        "Whom do I tell and by what day?",
        "",
        "In the contract, what is the notice period?",
        "If the pump fails, who do I call?",
        "When a colleague has quit, how long does someone still receive his mail?",
        "The blower is showing red, when can I use it again?",
        "Who is the person, whose car was stolen?",
        "What are the rules for boats, which came into force in 2020?",
        "Does the system, when idle, use power?",
        "What is the difference between what Anna said and what Bob said?",
        "Can members who pay late and who live abroad vote?",
        "Who decides when and where the meeting is held?",
        "What happens when the pump fails and when the valve sticks?",
        "What is the fee? Thanks a lot for it.",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    """Joined names, questions about the sources, bare afterthoughts and clauses are no second question."""
    assert (question,) == tuple(parts(question))


@pytest.mark.parametrize(
    ("question", "pieces"),
    [
        ("Hello, what is the fee and who runs the mill?", ("Hello, what is the fee?", "who runs the mill?")),
        ("Low Tide: which cover was it and who drew Ida Nor?", ("Low Tide: which cover was it?", "who drew Ida Nor?")),
        ("I let a flat. Who helps me and when is Ole in?", ("I let a flat. Who helps me?", "when is Ole in?")),
        ("Can I bring a dog on board, what does a cat cost?", ("Can I bring a dog on board?", "what does a cat cost?")),
        (
            "How big was the gap between Acme and Bose and who runs Norn?",
            ("How big was the gap between Acme and Bose?", "who runs Norn?"),
        ),
        (
            "date of the launch and how much the mill lost in May",
            ("date of the launch?", "how much the mill lost in May?"),
        ),
        (
            "Do you know what a pass costs and when the mill opens?",
            ("Do you know what a pass costs?", "when the mill opens?"),
        ),
        ("Who runs the mill? And who built Norn?", ("Who runs the mill?", "And who built Norn?")),
    ],
)
def test_what_stands_before_a_question_is_none_of_its_own(question: str, pieces: tuple[str, ...]) -> None:
    """A greeting, a topic or a sentence before the first question, or a pair in it, does not keep two together."""
    assert pieces == tuple(parts(question))


def test_whether_there_is_something_leans_on_the_first_half() -> None:
    """ "And is there ..." is asked of what the first half is about."""
    _, second = parts("What does the boat trip cost and is there a discount?")
    assert second == "is there a discount? (the boat trip, cost)"


def test_a_long_chain_of_questions_is_looked_through_once() -> None:
    """What could be cut at very many places stays whole, in little time."""
    question = "Do you know " + "when x and when y " * 3000
    assert (question,) == tuple(parts(question))


@given(st.text(max_size=120))
def test_any_text_has_one_to_three_parts(text: str) -> None:
    """Whatever is asked, something is searched for."""
    assert 1 <= len(list(parts(text))) <= MOST


@pytest.mark.parametrize(
    ("question", "pieces"), [("Who runs the mill and who sells flour?", 2), ("Who runs the mill and who sells?", 1)]
)
def test_two_words_are_no_question_of_their_own(question: str, pieces: int) -> None:
    """They stay with what they belong to."""
    assert pieces == len(list(parts(question)))
