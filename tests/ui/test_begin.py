"""The questions that the start page takes from the documents."""

from dataclasses import replace

from index.records import Document
from tests.ui.scripted import ScriptedPipeline, answered, cite
from ui.begin import Beginning
from ui.desk import Desk

FILLING = "It is so. " * 30
"""The scripted store cuts each document in two: this stands in the second half."""
DOCUMENTS = tuple(
    Document(f"d{n}", f"d{n}.md", f"Book {n}", f"The thing number {n} is a crane of the harbour.\n\n{FILLING}")
    for n in range(5)
)


class Harbour(ScriptedPipeline):
    """Answers a question with the sentence of the document that it names, where that is not refused."""

    def __init__(self, documents, refused=()):
        super().__init__(documents)
        self.refused, self.tried = refused, []

    def with_model(self, model, tell=None):
        return self

    def ask(self, question, history=(), *, only=None):
        self.tried.append(question)
        number = next(n for n in range(5) if f"number {n}" in question)
        document = DOCUMENTS[number]
        answer = answered(question, [], [cite(1, document, f"The thing number {number} is a crane of the harbour.")])
        return replace(answer, abstained=number in self.refused)


def test_three_questions_of_three_documents_that_are_answered():
    """What is refused is not offered; each names the document that answers it."""
    pipeline = Harbour(DOCUMENTS, refused=(1,))
    found = Beginning().questions(pipeline.store, pipeline.ask)
    assert [(one.question, one.title) for one in found] == [
        (f"What is the thing number {n}?", f"Book {n}") for n in (0, 2, 3)
    ]


def test_a_single_document_may_give_all_of_them():
    """Where there are fewer documents than questions, one may give more."""
    text = "".join(f"The thing number {n} is a crane of the harbour.\n\n" for n in range(5))
    one = Document("one", "one.md", "One", text + FILLING)
    asked = []

    def ask(question):
        asked.append(question)
        quote = next(line for line in text.split("\n\n") if question[12:-1] in line)
        return answered(question, [], [cite(1, one, quote)])

    assert len(Beginning().questions(ScriptedPipeline((one,)).store, ask)) == 3
    assert len(asked) == 3


def test_they_are_found_once_until_the_documents_change(tmp_path):
    """A second page asks nothing; another document does; the bundled examples leave no room for them."""
    pipeline = Harbour(DOCUMENTS)
    desk = Desk(pipeline, tmp_path)
    first, tried = desk.begin(), len(pipeline.tried)
    assert first.count("data-example") == 3
    assert (desk.begin(), len(pipeline.tried)) == (first, tried)
    pipeline.store.remove("d0")
    assert "Book 0" not in desk.begin()
    assert len(pipeline.tried) > tried


def test_nobody_waits_for_them(tmp_path):
    """Where somebody waits for an answer nothing is tried, and the next page looks again."""
    pipeline = Harbour(DOCUMENTS)
    desk = Desk(pipeline, tmp_path)
    with desk._counted():
        assert desk.begin() == ""
    assert pipeline.tried == []
    assert desk.begin().count("data-example") == 3
