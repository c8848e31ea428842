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
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    """Joined names, questions about the sources and bare afterthoughts are no second question."""
    assert (question,) == tuple(parts(question))


@given(st.text(max_size=120))
def test_any_text_has_one_to_three_parts(text: str) -> None:
    """Whatever is asked, something is searched for."""
    assert 1 <= len(list(parts(text))) <= MOST
