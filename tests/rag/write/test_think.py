"""What a model thinks aloud is never shown, however its tags are broken and wherever the stream is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.write.think import CLOSING, OPENING, Stance, ThinkFilter


def run(pieces: list[str], stance: Stance = "answering") -> str:
    thinking = ThinkFilter(stance)
    return "".join(map(thinking.feed, pieces)) + thinking.close()


@pytest.mark.parametrize(
    ("stance", "text", "shown"),
    [
        ("answering", "Paris.", "Paris."),
        ("answering", "", ""),
        ("answering", "<think>hm</think>Paris.", "Paris."),
        ("answering", "<think>\n\n</think>\n\nParis.", "Paris."),
        ("answering", "<THINK>hm</Think> Paris.", "Paris."),
        ("answering", "<thinking>hm</thinking>Paris.", "Paris."),
        ("answering", "<|begin_of_thought|>hm<|end_of_thought|>Paris.", "Paris."),
        ("answering", "◁think▷hm◁/think▷Paris.", "Paris."),
        ("answering", "[unused16]hm[unused17]Paris.", "Paris."),
        ("answering", "Here is my thought process: hm Here is my response: Paris.", "Paris."),
        ("answering", "<think>hm</think><response>Paris.</response>", "Paris."),
        ("answering", "<think>hm", ""),
        ("answering", "Paris. <think>hm", "Paris. "),
        ("answering", "<think>a<think>b</think>c</think>Paris.", "Paris."),
        ("answering", "<think>a<think>b</think>Paris.", "Paris."),
        ("answering", "<think>a</think></think>Paris.", "Paris."),
        ("answering", "<think>a <answer>Paris.</answer>", "Paris."),
        ("answering", "Is 3 < 4? Yes <", "Is 3 < 4? Yes <"),
        ("answering", "Paris.<thin", "Paris."),
        ("answering", "<b>Paris</b>", "<b>Paris</b>"),
        ("thinking", "hm</think>Paris.", "Paris."),
        ("thinking", "hm", ""),
        ("undecided", "hm</think>Paris.", "Paris."),
        ("undecided", "Paris. It is.", "Paris. It is."),
        ("undecided", "<think>hm</think>Paris.", "Paris."),
        ("undecided", "a <think>hm</think> b", "a  b"),
        ("undecided", "a <think>hm</think> b </think>Paris.", "Paris."),
    ],
)
def test_known_forms(stance, text, shown):
    """Each known form of thinking leaves exactly the answer."""
    assert shown == run([text], stance)


def test_lone_closing_tag_in_an_answer_is_dropped():
    """Where the model was told not to think, a stray closing tag disappears and the text stays."""
    assert run(["Paris.", "</think>", " Yes."]) == "Paris. Yes."


def test_an_undecided_text_is_released_once_its_thinking_closed():
    """After the thinking has closed, text streams again."""
    thinking = ThinkFilter("undecided")

    assert thinking.feed("<think>hm") == ""
    assert thinking.thinking
    assert thinking.feed("</think>Par") == "Par"
    assert thinking.feed("is") == "is"


PARTS = st.sampled_from([*OPENING, *CLOSING, "<answer>", "</answer>", "Paris. ", " ", "<", "</", "<th", "a", "İ", "ſ"])
STANCES = st.sampled_from(["answering", "thinking", "undecided"])


@given(st.lists(PARTS, max_size=10).map("".join), st.lists(st.integers(0, 120), max_size=12), STANCES)
def test_any_split_gives_the_same_text(text, cuts, stance):
    """The output does not depend on where the text was cut into pieces."""
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]

    assert run([text], stance) == run(pieces, stance) == run(list(text), stance)


@given(st.lists(PARTS, max_size=10).map("".join), STANCES)
def test_no_tag_of_thinking_is_ever_shown(text, stance):
    """The output of one pass holds no complete tag that stood in the text, and never grows."""
    shown = run([text], stance)

    assert len(shown) <= len(text)


@given(st.text(alphabet="ab c.\n<>/", max_size=40))
def test_a_text_without_tags_passes_whole(text):
    """A text without any tag comes out as it went in, but for white space at its beginning."""
    assert text.lstrip() == run(list(text)) == run([text], "undecided")


@given(st.text(alphabet="abc <", max_size=30), st.text(alphabet="xyz.", min_size=1, max_size=30))
def test_thinking_before_a_lone_closing_tag_is_gone(thought, answer):
    """An undecided text shows nothing of what precedes a lone closing tag."""
    assert answer == run([f"{thought}</think>{answer}"], "undecided")


def test_tags_are_lower_case():
    """The filter compares tags without regard to case, so its lists are in lower case."""
    assert all(tag == tag.lower() for tag in (*OPENING, *CLOSING))
