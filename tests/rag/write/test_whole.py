"""A model's text as whole sentences: what is cut off, repeated or about the prompt itself never comes out."""

import pytest

from rag.errors import GeneratorFailed
from rag.write.repeats import said_again
from rag.write.whole import CUT_OFF, REPEATED, WholeSentences
from tests.fakes import ScriptedStream


def written(text: str, finish: str = "stop") -> tuple[list[str], WholeSentences]:
    stream = ScriptedStream(text)
    stream.finish = None if finish == "stop" else finish  # type: ignore[assignment]
    whole = WholeSentences(stream)
    return [draft.text for drafts in whole for draft in drafts], whole


def test_the_sentence_that_the_length_cut_off_is_left_out() -> None:
    """An answer that ends for its length keeps its whole sentences and says what happened."""
    texts, whole = written("The mill closed in 1931. It was then used as a st", "length")

    assert ["The mill closed in 1931."] == texts
    assert ("length", CUT_OFF) == (whole.finish, whole.notice)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("The mill closed in 1931.", ["The mill closed in 1931."]),
        ("- rye\n- barl", ["rye"]),
        ("| a | b |\n|---|---|\n| rye | 3 |\n| bar", ["| a | b |\n|---|---|\n| rye | 3 |"]),
        ("The mi", []),
    ],
)
def test_only_what_is_incomplete_goes(text: str, kept: list[str]) -> None:
    """A sentence that just fits stays; of a table the last row goes, of a list the last item."""
    assert kept == written(text, "length")[0]


def test_an_answer_that_ends_by_itself_keeps_its_last_words() -> None:
    """Small models leave out the last full stop; that is no cut."""
    texts, whole = written("The mill closed in 1931")

    assert ["The mill closed in 1931"] == texts
    assert ("stop", "") == (whole.finish, whole.notice)


def test_a_failing_writer_keeps_what_was_whole() -> None:
    """The sentence in hand is given out if it is complete, then the failure is raised."""
    texts: list[str] = []
    whole = WholeSentences(ScriptedStream("It closed. It burned. It wa", GeneratorFailed("gone")))
    with pytest.raises(GeneratorFailed):
        texts.extend(draft.text for drafts in whole for draft in drafts)

    assert ["It closed.", "It burned."] == texts


def test_a_loop_is_stopped_and_told() -> None:
    """The third time of a sentence ends the writing, not its three hundredth."""
    stream = ScriptedStream("The upgrade reached 49.2 points. " * 100)
    whole = WholeSentences(stream)

    assert 2 == sum(len(drafts) for drafts in whole)
    assert stream.closed
    assert REPEATED == whole.notice


@pytest.mark.parametrize(
    ("sentences", "loop"),
    [
        ([], False),
        (["The mill closed in 1931."], False),
        (["The mill closed in 1931."] * 2, False),
        (["The mill closed in 1931."] * 3, True),
        (["No.", "Yes."] * 5, False),
        (["The mill closed early.", "Then the wheel stopped."] * 2, True),
        (["The mill closed early.", "Then the wheel stopped.", "The mill closed early."], False),
    ],
)
def test_when_sentences_repeat(sentences: list[str], loop: bool) -> None:
    """Three times the same, or two in a row that were both there before; short rows may be alike."""
    assert loop is said_again(sentences)


def test_questions_that_the_model_puts_to_itself_end_the_answer() -> None:
    """After its answer a small model goes on in the form in which it was asked."""
    texts, whole = written("Answer: The mill closed. [2]\n\nQuestion: Who owned it?\nAnswer: Nobody.")

    assert ["The mill closed."] == texts
    assert "" == whole.notice


@pytest.mark.parametrize(
    "text",
    [
        "According to [1], the mill closed in 1931.",
        "According to document 2, the mill closed in 1931.",
        "Based on the documents above, the mill closed in 1931.",
        "Passage number 5 states: the mill closed in 1931.",
        "The document [1] also says that the mill closed in 1931 [2].",
    ],
)
def test_words_about_the_prompt_are_taken_off_the_claim(text: str) -> None:
    """What is shown and checked is the claim."""
    assert ["The mill closed in 1931."] == written(text)[0]


@pytest.mark.parametrize(
    "text",
    ["The document does not say.", "The article says that it closed.", "Documents mention.", "Sources say little."],
)
def test_other_words_stay(text: str) -> None:
    """What the prompt does not call its documents, and what says something about them, stays as it is."""
    assert [text] == written(text)[0]
