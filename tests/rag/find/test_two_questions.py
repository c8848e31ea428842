"""Two questions in one are taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.find.two_questions import MOST, parts


def test_two_questions_stand_alone() -> None:
    """Each part is a question of its own, and a pronoun in the second finds its name."""
    assert ("who is behind MiniMax?", "who built PanGu-Sigma?") == parts(
        "who is behind MiniMax and who built PanGu-Sigma"
    )
    first, second = parts("What did Kimi K2 cost, and when was it released?")
    assert "What did Kimi K2 cost?" == first
    assert second.startswith("when was Kimi K2 released?")


def test_a_second_half_may_ask_yes_or_no() -> None:
    """ "And is it ..." is a question of its own."""
    first, second = parts("What does the Norn pump weigh and is it waterproof?")
    assert "What does the Norn pump weigh?" == first
    assert second.startswith("is Norn waterproof?")


@pytest.mark.parametrize(
    "question",
    [
        "Which two Japanese carmakers planned to merge?",
        "How do Europe and Asia differ?",
        "How cheap was it really, what do the articles say",
        "When will R2 come out, and why?",
        "",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    """Joined names, questions about the sources and bare afterthoughts are no second question."""
    assert (question,) == parts(question)


@given(st.text(max_size=120))
def test_any_text_has_one_to_three_parts(text: str) -> None:
    """Whatever is asked, something is searched for."""
    assert 1 <= len(parts(text)) <= MOST
