"""The questions that the start page takes from the documents."""

import re
from dataclasses import replace

import pytest

from index.records import Document
from rag.write.questions import AskedBack
from tests.ui.scripted import ScriptedPipeline, answered, cite
from ui.begin import Beginning, stands_alone
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
        number = int(re.search(r"\d", question)[0])
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


@pytest.mark.parametrize(
    ("rule", "question", "alone"),
    [
        ("definition", "What is PanGu-Σ?", True),
        ("definition", "What are the Ascend chips?", True),
        ("question", "How do I book a berth?", True),
        ("table", "What is the Depth of North quay?", True),
        ("definition", "What is Medicine?", False),
        ("definition", "What is the second reason?", False),
        ("definition", "What is What they share?", False),
        ("definition", "What are Their purposes?", False),
        ("definition", "What is the overview makes no claim that the Ascend line?", False),
        ("question", "How serious are they?", False),
        ("label", "What is the source in “Notes”?", False),
    ],
)
def test_only_what_stands_alone_is_a_beginning(rule, question, alone):
    """Nothing came before the first question that could explain it."""
    assert stands_alone(AskedBack(rule, question, "", "", 0, 1)) is alone


def test_what_a_document_is_about_fills_up(tmp_path):
    """Where the words give too few questions, the titles give the rest, if the answer is of that document alone."""
    plain = [Document(f"d{n}", f"d{n}.md", f"Book {n}", f"So it {FILLING}") for n in range(3)]

    def ask(question):
        number = int(question.split("“Book ")[1][0])
        cited = plain[0 if number == 1 else number]
        return answered(question, [], [cite(1, cited, "So it")])

    found = Beginning().questions(ScriptedPipeline(plain).store, ask)
    assert [(one.question, one.title) for one in found] == [
        ("What is “Book 0” about?", "d0.md"),
        ("What is “Book 2” about?", "d2.md"),
    ]


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
    """Where somebody waits for an answer no more is tried, and the next page looks again."""
    pipeline = Harbour(DOCUMENTS)
    desk = Desk(pipeline, tmp_path)
    with desk._counted():
        assert desk.begin() == ""
    assert pipeline.tried == []

    def once(question):
        return None if pipeline.tried else pipeline.ask(question)

    assert len(desk._beginning.questions(pipeline.store, once)) == 1
    assert desk.begin().count("data-example") == 3
