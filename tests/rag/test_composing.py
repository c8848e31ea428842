"""What a sentence looks like when it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Quote
from rag.answer import Sentence, shown_line
from rag.cite import Footnotes
from rag.composing import Turn
from rag.write.extract import Extract


def shown(text: str, focus: tuple[int, int] | None) -> Sentence:
    turn = Turn("q", "q", (), "quotes", Footnotes())
    events = list(turn.quote([Extract((Quote("d", "t", "u", None, 0, len(text), text),), focus)]))
    (sentence,) = (event for event in events if isinstance(event, Sentence))
    return sentence


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## New chips", "New chips"),
        ("- rye  and\nbarley", "rye and barley"),
        ("-5 degrees", "-5 degrees"),
        ("#1", "#1"),
    ],
)
def test_marks_before_the_first_word_are_not_shown(text: str, line: str) -> None:
    """Bullets and heading marks go, signs that belong to a word stay."""
    assert line == shown_line(text)


@pytest.mark.parametrize("text", ["It cost $5 million then.", "- It  cost\n$5 million then."])
def test_the_focus_is_the_answer_in_the_shown_line(text: str) -> None:
    """White space and marks before the answer do not shift it."""
    start = text.index("$5")
    sentence = shown(text, (start, start + len("$5 million")))

    assert sentence.focus is not None
    assert "$5 million" == sentence.text[slice(*sentence.focus)]


@given(st.text(min_size=1).filter(str.strip), st.data())
def test_a_focus_never_points_outside(text: str, data: st.DataObject) -> None:
    """Whatever is marked in a slice, the range lies inside the shown sentence or there is none."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    sentence = shown(text, (start, end))

    assert sentence.focus is None or 0 <= sentence.focus[0] < sentence.focus[1] <= len(sentence.text)


def test_the_reason_of_a_refusal_is_worked_out_for_a_refusal_alone() -> None:
    """It reads every passage for its language and its codes."""
    turn = Turn("q", "q", (), "quotes", Footnotes())
    assert turn.answer(0.0, lambda: "Nothing says it.").reason == "Nothing says it."
    list(turn.quote([Extract((Quote("d", "t", "u", None, 0, 3, "Rye"),))]))
    assert turn.answer(1.0, lambda: pytest.fail("worked out for an answer")).reason == ""
