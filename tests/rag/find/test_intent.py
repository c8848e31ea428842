"""What a turn wants is seen, and a question is never taken for small talk."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.training.intents import DATA, phrases
from index.embed.embedders import load_embedder
from rag.find.intent import LONGEST, QUESTION, Intents, Weights, familiar, group_of

INTENTS = Intents(Weights.load(), load_embedder())


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        ("hello", "greeting"),
        ("Danke schön!", "thanks"),
        ("ok", "reaction"),
        ("who are you?", "who"),
        ("what can you do?", "help"),
        ("Are you sure?", "doubt"),
        ("good bye", "bye"),
        ("Which documents do you have?", "documents"),
        ("What is in report.pdf?", "about"),
        ("How many pages does the document have?", "length"),
        ("Who wrote the document?", "author"),
        ("Summarise this document.", "summary"),
        ("Give me an overview of the articles", "summary"),
    ],
)
def test_turns_that_are_no_questions_are_known(turn: str, kind: str) -> None:
    """Greetings, thanks, doubts, the collection and summaries each have their kind, in any case."""
    assert kind == INTENTS.of(turn).kind


@pytest.mark.parametrize(
    "turn",
    [
        "",
        "   ",
        "Celts",
        "deposit?",
        "why?",
        "thanks, and how much is the deposit?",
        "hello, who chairs the board?",
        "who are you supposed to call when the lift is broken?",
        "How many documents must a member hand in?",
        "Is the library open on Monday?",
        "مدة الإعارة",
        "hello " * LONGEST,
    ],
)
def test_questions_stay_questions(turn: str) -> None:
    """Words beside those of small talk make it a question, as do bare names and turns of any length."""
    assert QUESTION.kind == INTENTS.of(turn).kind


def test_hardly_any_question_is_swallowed_and_most_small_talk_is_seen() -> None:
    """On phrases that were never fitted: 1 in 100 questions at most is taken, two thirds of the small talk is seen."""
    bundled = [json.loads(line) for line in (DATA / "cases.jsonl").read_text("utf-8").splitlines()][1::2]
    cases = [case["question"] for case in bundled if not {"summary", "small-talk"} & set(case["tags"])]
    held = [phrase for phrase in phrases() if phrase.held_out]
    asked = [*cases, *(phrase.text for phrase in held if phrase.kind == "question")]
    talk = [phrase.text for phrase in held if group_of(phrase.kind) == "talk"]

    assert sum(INTENTS.of(text).kind != "question" for text in asked) <= len(asked) / 100
    assert sum(INTENTS.of(text).talk for text in talk) >= len(talk) * 2 / 3


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_kind(turn: str) -> None:
    """Whatever is typed, something is decided, and the same again the second time."""
    assert INTENTS.of(turn) == INTENTS.of(turn)


@pytest.mark.parametrize(
    ("turn", "may_be"),
    [
        ("thanks a lot", True),
        ("thanks a lot you good Celts", True),
        ("thanks a lot you very good Celts", False),
        ("thanks Celts and Picts", False),
        ("Celts", False),
    ],
)
def test_small_talk_may_hold_one_strange_word_among_few(turn: str, may_be: bool) -> None:
    """A name alone, two of them, or one in a longer sentence is asked for."""
    assert familiar(turn, frozenset("thanks a lot you very good and".split())) is may_be
