"""Signs are what speaks for and against an answer, each of them readable by itself."""

from hypothesis import given
from hypothesis import strategies as st

from index.records import Chunk, Context, Excerpt, Hit
from index.text.codes import codes, held_codes
from rag.find.clues import SIGNS, asked_of, signs
from rag.protocols import Span


def told(
    question: str, text: str, answer: str = "", heading: str = "", context: Context | None = None
) -> dict[str, float]:
    """The signs by name of one passage whose answer is the given words of it."""
    chunk = Chunk("d:0", "d", 0, len(text), None, heading, text, context or Context())
    passage = Hit(chunk, "Chips", "chips.md", 1.0, 1, "fused")
    start = text.index(answer)
    span = Span(answer or text, start, start + len(answer or text), 0.0, 0.5)
    return dict(zip(SIGNS, signs(asked_of(question, [passage]), passage, span), strict=True))


def test_codes_have_one_form() -> None:
    """Hyphens and the v of a version make no difference; plain words are no codes."""
    assert codes("Error E-41, E41, v1.20 and 1.20 in 2025") == {"e41", "1.20", "2025"}
    assert codes("no numbers at all") == frozenset()


def test_a_text_holds_the_number_that_a_word_is_joined_to() -> None:
    """A file "jobs-week-36.csv" is asked for as "week 36"; an error E-41 is not asked for as 41."""
    assert codes("the jobs of week 36") <= held_codes("jobs-week-36.csv")
    assert not codes("error 41") <= held_codes("E-41")


def test_a_code_that_is_missing() -> None:
    """Codes of the question that are in neither passage, title nor headings."""
    text = "The fuse of machine 287 has 90 ampere."

    assert told("Which fuse has machine 300?", text)["codes missing"] == 1
    assert told("Which fuse has machine 287?", text)["codes missing"] == 0


def test_a_code_that_nothing_holds() -> None:
    """Long numbers and codes stand for one thing; a short number may be written out, and says nothing."""
    text = "Machine 287 shows E-41. It needs eight people."

    assert told("What does machine 300 need?", text)["code unheard"] == 1
    assert told("What is E-42?", text)["code unheard"] == 1
    assert told("What does machine 287 need with E41?", text)["code unheard"] == 0
    assert told("超过5000元的物品由谁批准？", "超过5000元的，须由主任批准。")["code unheard"] == 0
    assert told("超过6000元的物品由谁批准？", "超过5000元的，须由主任批准。")["code unheard"] == 1
    assert told("Do 8 people lift it by 30cm in the 2030s?", text)["code unheard"] == 0


def test_a_script_that_the_readers_have_not_learnt() -> None:
    """Most of the letters decide: a name in another script makes no other question of it."""
    for question, other in (("谁批准了?", 1), ("Кто это?", 1), ("Größe in Łódź?", 0), ("Who is 王芳?", 0), ("???", 0)):
        assert told(question, "Ada Hill runs the mill.")["other script"] == other


def test_a_code_elsewhere_in_the_passage() -> None:
    """It is told apart whether the answer's own sentences or only others hold the code."""
    text = "Machine 12 is old. It hums. It rests. It waits. Machine 287 has 90 ampere."

    assert told("What has machine 287?", text, "90 ampere")["codes elsewhere"] == 0
    assert told("What has machine 287?", text, "old")["codes elsewhere"] == 1


def test_the_kind_of_value() -> None:
    """A value of the kind asked for is a sign, its absence another, and most questions ask for no kind."""
    assert told("When was it built?", "It was built in 1990.")["kind given"] == 1
    assert told("When was it built?", "It cost a lot.")["kind missing"] == 1
    assert told("Why was it built?", "It cost a lot.")["kind missing"] == 0


def test_an_attribute_of_another_name() -> None:
    """Who leads one company is not answered by who leads the other."""
    text = "Lee, CEO of 01.AI, waits."

    assert told("Who is the CEO of DeepSeek?", text, "Lee")["of another"] == 1
    assert told("Who is the CEO of 01.AI?", text, "Lee")["of another"] == 0


def test_a_row_is_read_with_its_header() -> None:
    """The words around a row's answer are the row's and its header's, also where the header lies before the passage."""
    context = Context(header=(Excerpt(0, 4, "Room"), Excerpt(7, 12, "Seats")))
    inside = told("How many seats has Birch?", "| Room | Seats |\n|---|---|\n| Birch | 12 |\n| Oak | 9 |", "12")
    before = told("How many seats has Birch?", "| Birch | 12 |\n| Oak | 9 |", "12", context=context)

    for found in (inside, before):
        assert found["cell named"] == 1
    assert told("How high is Birch?", "| Room | Seats |\n|---|---|\n| Birch | 12 |", "12")["cell named"] == 0


@given(st.text(max_size=60), st.text(min_size=1, max_size=80))
def test_any_text_has_finite_signs(question: str, text: str) -> None:
    """No question and no passage is too odd."""
    assert all(abs(value) < 100 for value in told(question, text).values())
