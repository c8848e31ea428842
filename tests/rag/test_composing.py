"""What a sentence looks like when it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.records import Chunk, Hit, Quote
from rag.answer import Answer, Sentence, shown_line
from rag.check.gate import Gate
from rag.check.point import PLAIN
from rag.cite import Footnotes
from rag.composing import Turn
from rag.write.extract import Extract
from tests.fakes import ScriptedReader, ScriptedStream


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


CODE = "for x in tide.read(1):\n    print(f`{x}` * 2)  # [^1] | ```\n\n\tx_y_z <b> & so"


def listed(text: str, uri: str, *, listing: bool) -> Answer:
    turn = Turn("q", "q", (), "quotes", Footnotes())
    lead = Quote("d", "t", uri, None, 0, 6, "Do so:")
    said = Quote("d", "t", uri, None, 9, 9 + len(text), text)
    list(turn.quote([Extract((lead,)), Extract((said, lead), (0, 3), listing=listing), Extract((lead,), claim="So.")]))
    return turn.answer(1.0, str)


@pytest.mark.parametrize(("uri", "listing"), [("u.md", True), ("TIDE.PY", False)])
def test_code_is_shown_line_by_line_as_it_stands(uri: str, *, listing: bool) -> None:
    """What the text calls code, and lines of a file of code: the sentence is the slice, and its markers are below."""
    answer = listed(CODE, uri, listing=listing)

    assert (answer.sentences[1].text, answer.sentences[1].listing) == (CODE, True)
    assert CODE[slice(*answer.sentences[1].focus or ())] == "for"
    for text in (answer.text, str(answer)):
        assert f"Do so: [1]\n\n{CODE}\n[1] [2]\n\nSo. [1]" in text
    assert listed("one\ntwo", "u.md", listing=False).sentences[1].text == "one two"


@given(st.text(st.sampled_from("`~ \t\nab[^1]<!-*|")).filter(str.strip))
def test_code_in_markdown_is_what_it_was(code: str) -> None:
    """Whatever fences, footnotes and markup it holds: a Markdown reader shows its lines, and nothing of it acts."""
    turn = Turn("q", "q", (), "quotes", Footnotes())
    said = Quote("d", "t", "u.md", None, 0, len(code), code)
    list(turn.quote([Extract((said,), listing=True)]))
    tokens = MarkdownIt().parse(turn.answer(1.0, str).to_markdown("7-"))

    assert [one.content for one in tokens if one.type == "fence"] == [f"{code}\n"]
    assert next(one.content for one in tokens if one.type == "inline") == "[^7-1]"


def test_lines_that_a_model_drew_are_kept() -> None:
    """A block of code claims nothing and is shown with the claim after it; its lines and fences stay."""
    hits = (Hit(Chunk("d:0", "d", 0, 22, None, "", "It takes five minutes."), "t", "u.md", 1.0, 1, "fused"),)
    turn = Turn("q", "q", hits, "m", Footnotes())
    pieces = ScriptedStream(["```sh\ntide push\n  --force\n```\n", "It takes five minutes. [1]"])
    list(turn.generate(lambda: pieces, Gate(ScriptedReader(), hits, point=PLAIN), ()))
    first, second = turn.answer(1.0, str).sentences

    assert (first.text, first.listing) == ("```sh\ntide push\n  --force\n```", True)
    assert (second.text, second.listing) == ("It takes five minutes.", False)


def test_the_reason_of_a_refusal_is_worked_out_for_a_refusal_alone() -> None:
    """It reads every passage for its language and its codes."""
    turn = Turn("q", "q", (), "quotes", Footnotes())
    assert turn.answer(0.0, lambda: "Nothing says it.").reason == "Nothing says it."
    list(turn.quote([Extract((Quote("d", "t", "u", None, 0, 3, "Rye"),))]))
    assert turn.answer(1.0, lambda: pytest.fail("worked out for an answer")).reason == ""
