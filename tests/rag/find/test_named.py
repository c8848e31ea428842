"""Which documents a question names."""

import pytest

from index.records import DocumentEntry
from rag.find.named import named_documents, without_names

PLAN = DocumentEntry("p", "harbour-plan.pdf", "Harbour plan 2031", 900, 3)
NOTES = DocumentEntry("n", "notes.txt", "Minutes of the harbour meeting", 60, 1)
POLICY = DocumentEntry("t", "rules/travel_policy.md", "How we travel", 400, 1)
ALL = (PLAN, NOTES, POLICY)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How many pages does the harbour plan have?", (PLAN,)),
        ("What is in notes.txt?", (NOTES,)),
        ("what is in NOTES.TXT", (NOTES,)),
        ("Summarise the travel policy", (POLICY,)),
        ("Who wrote the harbour song?", ()),
        ("Summarise this document", ()),
        ("", ()),
    ],
)
def test_documents_are_named_by_file_or_title(question: str, named: tuple[DocumentEntry, ...]) -> None:
    """A file's name, all words of a title apart from numbers, or those of the file name; one shared word is too few."""
    assert named == named_documents(question, ALL)


def test_this_document_is_the_only_one() -> None:
    """Where there is one document, "this document" is it; where there are none, nothing is named."""
    assert (PLAN,) == named_documents("Summarise this document.", [PLAN])
    assert () == named_documents("When was the lighthouse built?", [PLAN])
    assert () == named_documents("Summarise this document.", [])


def test_a_name_gives_way_to_the_word_document() -> None:
    """So a question about a known document reads like one about any document."""
    asked = "How many pages does the harbour plan have?"

    assert "How many pages does the document have?" == without_names(asked, [PLAN])
    assert "what is in document.txt?" == without_names("what is in Notes.txt?", [NOTES])


@pytest.mark.parametrize(("words", "named"), [(8, True), (9, False)])
def test_a_title_that_is_a_sentence_names_nothing(words: int, named: bool) -> None:
    """The first line of a text without a heading is its title, and its words are those of any question about it."""
    title = " ".join("amber birch cedar dune ember fjord grove heron islet".split()[:words])
    entry = DocumentEntry("s", "7.md", title, 900, 3)

    assert named_documents(f"Summarise {title}", [entry, NOTES]) == ((entry,) if named else ())
