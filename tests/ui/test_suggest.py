"""Questions to go on with: from the passages found, and only those that their words answer."""

from dataclasses import replace

from index.records import Chunk, Context, Document, Excerpt, Hit
from rag.answer import Answer
from tests.ui.scripted import answered, cite
from ui.suggest import MOST, TRIED, candidates, suggestions
from ui.turn import Turn

BOOK = Document(
    "book",
    "book.md",
    "Handbook",
    "# Handbook\n\nThe **yard crane** is the oldest crane of the harbour.\n\n## How do I book a berth?\n\n"
    "A berth is booked by e-mail three days ahead.\n\n| Berth | Depth |\n|---|---|\n| North quay | 9.5 |\n",
)
OTHER = Document(
    "other", "other.md", "Lamps", "The lamp is a lens of the second order. The keeper is a woman of few words.\n"
)
CRANE, BERTH = "What is the yard crane?", "How do I book a berth?"
DEPTH, LAMP, KEEPER = "What is the Depth of North quay?", "What is the lamp?", "Who is the keeper?"


def hit(document: Document, rank: int = 1) -> Hit:
    chunk = Chunk(f"{document.id}:0", document.id, 0, len(document.text), None, "", document.text)
    return Hit(chunk, document.title, document.uri, 1.0, rank, "reranked")


TURN = Turn("Who is it?", "answered", hits=(hit(BOOK), hit(OTHER, 2)))
QUOTES = {
    CRANE: (BOOK, "The **yard crane** is the oldest crane of the harbour."),
    BERTH: (BOOK, "A berth is booked by e-mail three days ahead."),
    DEPTH: (BOOK, "| North quay | 9.5 |"),
    LAMP: (OTHER, "The lamp is a lens of the second order."),
    KEEPER: (OTHER, "The keeper is a woman of few words."),
}


def answer(question: str) -> Answer:
    return answered(question, [], [cite(1, *QUOTES[question])])


def test_three_questions_at_most_and_two_of_a_document():
    """The questions that a text asks itself come first; all are answered by the words they were made from."""
    assert list(suggestions(TURN, iter(()), answer)) == [BERTH, CRANE, LAMP]
    assert MOST == 3


def test_what_is_refused_or_answered_from_elsewhere_is_not_offered():
    """A question counts only where its answer cites the words that it was made from."""
    elsewhere = {CRANE: answered(CRANE, [], [cite(1, *QUOTES[LAMP])])}
    refused = {BERTH: replace(answer(BERTH), abstained=True)}
    given = elsewhere | refused
    assert list(suggestions(TURN, iter(()), lambda q: given.get(q) or answer(q))) == [LAMP, KEEPER, DEPTH]


def test_a_passage_that_begins_within_a_table_is_asked_of_by_its_columns():
    """Its first row is no header: the names of the columns stand above the passage; "To" names nothing to ask for."""
    table = Document(
        "t", "t.md", "Ferries", "| Line | To | Fare |\n|---|---|---|\n| F1 | Kiel | 4.80 |\n| F2 | Laboe | 3.20 |\n"
    )
    start = table.text.index("| F1")
    names = (Excerpt(0, len(name), name) for name in ("Line", "To", "Fare"))
    chunk = Chunk("t:1", "t", start, len(table.text), None, "", table.text[start:], Context(header=tuple(names)))
    asked = [one.question for _, one in candidates([Hit(chunk, "Ferries", "t.md", 1.0, 1, "reranked")], set())]
    assert asked == ["What is the Fare of F1?", "What is the Fare of F2?"]


def test_what_was_asked_or_told_is_not_offered_again():
    """Neither a question of this conversation nor one whose words the answer has cited already."""
    told = replace(TURN, question="how do I book a BERTH", citations=(cite(1, *QUOTES[LAMP]),))
    assert list(suggestions(told, iter([CRANE]), answer)) == [KEEPER, DEPTH]


def test_no_more_is_tried_than_there_is_time_for():
    """None of `ask` ends it, and at most TRIED questions are answered."""
    asked = []

    def never(question: str) -> Answer:
        asked.append(question)
        return replace(answer(LAMP), abstained=True)

    many = Document("m", "m.md", "M", "".join(f"The lamp number {n} is a lens of order {n}.\n\n" for n in range(30)))
    assert list(suggestions(replace(TURN, hits=(hit(many),)), iter(()), never)) == []
    assert len(asked) == TRIED
    assert list(suggestions(TURN, iter(()), lambda question: None)) == []
