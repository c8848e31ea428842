"""What is read of a passage leads back to what is cited: exact slices of the passage."""

from collections.abc import Sequence

from hypothesis import given

from index.records import Chunk, Context, Document, Excerpt, Hit
from index.text.blocks import blocks
from rag.protocols import Span
from rag.read.pointing import read_hits
from rag.read.rendering import located, render, statements
from tests.strategies import documents

TABLE = "# Rooms\n\n| Room | Seats |\n|---|---|\n| Birch | 12 |\n| Oak | 30 |\n\nThe key hangs in the hall."


def hit(text: str, context: Context | None = None, start: int = 0) -> Hit:
    return Hit(
        Chunk("d:0", "d", start, start + len(text), None, "", text, context or Context()), "T", "t.md", 1.0, 1, "fused"
    )


class Marking:
    """Marks the given words where it reads them, and remembers what it read."""

    name = "marking"

    def __init__(self, words: str) -> None:
        self.words = words
        self.seen: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        self.seen += passages
        return [(1.0, self._mark(passage)) for passage in passages]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        return [1.0 for _ in passages]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        return [self._mark(passage) for passage in passages]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [1.0 for _ in pairs]

    def _mark(self, passage: str) -> Span:
        start = passage.find(self.words)
        return Span(self.words, start, start + len(self.words), 1.0, 0.9) if start >= 0 else Span("", 0, 0, 0.0, 0.0)


def marked(words: str, passage: Hit, question: str = "?") -> tuple[str, str]:
    """What was read, and the words of the passage that a mark on the given words of it leads to."""
    reader = Marking(words)
    ((_, span),) = read_hits(reader, question, [passage])
    assert span.text == passage.chunk.text[span.start : span.end]
    return reader.seen[0], span.text


@given(documents())
def test_every_stretch_that_is_read_leads_back(source: Document) -> None:
    """A mark anywhere in what is read is a slice of the passage or nothing."""
    chunk = hit(source.text).chunk
    found = blocks(source.text)
    read = render(chunk, found, range(len(found)))
    for start in range(0, len(read.text), 7):
        span = located(read, chunk, Span(read.text[start : start + 9], start, min(len(read.text), start + 9), 0.0, 0.5))
        assert span.text == chunk.text[span.start : span.end]


def test_rows_are_read_with_their_header() -> None:
    """Each cell stands after its column's name; a mark on a cell, or on a column's name, is the cell."""
    read, words = marked("30", hit(TABLE))

    assert "Room: Oak; Seats: 30." in read
    assert "|" not in read
    assert words == "30"
    assert marked("Seats: ", hit(TABLE))[1] == "12"


def test_a_header_before_the_passage() -> None:
    """Rows whose header lies before the passage are read with it all the same, below the headings above."""
    context = Context(path=(Excerpt(2, 7, "Rooms"),), header=(Excerpt(11, 15, "Room"), Excerpt(18, 23, "Seats")))
    read, words = marked("30", hit("| Birch | 12 |\n| Oak | 30 |", context, start=50))

    assert read == "Rooms\nRoom: Birch; Seats: 12.\nRoom: Oak; Seats: 30."
    assert words == "30"


def test_links_are_read_by_their_names() -> None:
    """Where a link leads is not read, in prose and in cells; marks on names and beyond them are slices all the same."""
    table = hit("| Set | Pairs |\n|---|---|\n| [Ferry logs](https://example.org/f) (short) | 304 |\n| Tides | 12 |")
    read, words = marked("304", table)
    assert "Set: Ferry logs (short); Pairs: 304." in read
    assert words == "304"
    assert marked("Ferry logs", table)[1] == "Ferry logs"
    assert marked("logs (short)", table)[1] == "logs](https://example.org/f) (short)"
    prose = hit("See [the plan](plan.pdf) of 1990, signed by Ida.")
    read, words = marked("the plan of 1990", prose)
    assert read == "See the plan of 1990, signed by Ida."
    assert words == "the plan](plan.pdf) of 1990"


def test_only_the_rows_that_the_question_points_at_are_read() -> None:
    """A row that holds the question's rarest words is read without its neighbours."""
    read, _ = marked("30", hit(TABLE), "How many seats has Oak?")

    assert "Oak" in read
    assert "Birch" not in read


def test_a_mark_on_a_heading_or_a_question_is_the_answer_under_it() -> None:
    """What is never an answer by itself leads to what follows it."""
    assert marked("Prices", hit("# Prices\n\nIt costs 5 crowns."))[1] == "It costs 5 crowns."
    assert marked("shipping", hit("**Who pays for shipping?**\n\nWe do, as a rule."))[1] == "We do, as a rule."


def test_a_short_item_is_read_after_its_lead_in() -> None:
    """A name in a list says what it is a name of, and is cited alone."""
    read, words = marked("Ivo Marsh", hit("Members:\n\n- Runa Eik\n- Ivo Marsh"))

    assert "Members: - Ivo Marsh" in read
    assert words == "Ivo Marsh"


def test_a_statement_knows_what_it_leans_on() -> None:
    """A row is a slice with its cells, its columns' names and its header's slice."""
    row = next(item for item in statements([hit(TABLE)]) if "Oak" in item.quote.text)

    assert (row.quote.text, row.labels, row.cell(1)) == ("| Oak | 30 |", ("Room", "Seats"), "30")
    assert [lean.text for lean in row.leans] == ["| Room | Seats |"]


def test_code_is_told_whole_below_what_introduces_it_and_never_alone() -> None:
    """A line of a listing says nothing by itself: it is one statement with all of its lines, read after its lead-in."""
    told = statements([hit("To read a sensor:\n\n```\n>>> import tide\n>>> tide.read(1)\n```\n\nIt takes a minute.")])
    (code,) = [one for one in told if one.kind == "code"]

    assert code.quote.text == ">>> import tide\n>>> tide.read(1)"
    assert ([lean.text for lean in code.leans], code.silent) == (["To read a sensor:"], False)
    assert [one.silent for one in statements([hit(">>> import tide\n\nIt takes a minute.")])] == [True, False]


def test_the_lines_of_a_listing_keep_the_indent_they_share() -> None:
    """Its slice begins where its first line does; else that line alone would stand to the left of its own block."""
    for code in ("    walk(far)\n      stop(near)", "\twalk(far)\n\tstop(near)"):
        told = statements([hit(f"Call it so::\n\n{code}\n\nThen it walks.")])
        assert [one.quote.text for one in told if one.kind == "code"] == [code]


FAULTS = """What the display says:

- E4: door switch open. Push till it clicks.
- E7: climbing too slowly. Note the number.
- No number and no label here."""


def test_of_items_with_labels_those_are_read_that_the_question_names() -> None:
    """With the sentences that go on in the item; where no label is named, all are read, also for words further on."""
    named, _ = marked("clicks", hit(FAULTS), "it says E4, what now?")
    other, _ = marked("clicks", hit(FAULTS), "what if it climbs slowly?")

    assert "Push till it clicks." in named
    assert "No number" in named
    assert "E7" not in named
    assert "Note the number." not in named
    assert "Note the number." in other
    assert "clicks" in other


def test_a_field_is_read_with_a_colon() -> None:
    """Whatever parts its label from its value, and a mark on either leads back."""
    assert marked("hot", hit("green ...... fine\nred ........ motor too hot")) == (
        "green: fine\nred: motor too hot",
        "hot",
    )


def test_rows_of_another_number_are_not_read() -> None:
    """What is asked of house 4 is told by the row of house 4, and by no row where there is none."""
    table = "| Date | House | Humidity |\n|---|---|---|\n| 7 May | 1 | 66 |\n| 7 May | 2 | 71 |\n\nVents were open."

    assert marked("71", hit(table), "humidity in house 2 on 7 May?")[1] == "71"
    read, words = marked("66", hit(table), "What was the humidity in house 4 on 7 May?")
    assert (words, "71" in read, "Vents were open." in read) == ("", False, True)
