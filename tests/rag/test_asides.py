"""Turns that are no questions to the documents, end to end: a line without citations, or a summary of slices."""

from collections.abc import Iterator

import pytest

from index.embed.embedders import load_embedder
from index.errors import UnknownDocument
from index.store.local import open_store
from index.sync import sync
from rag.find.intent import Intents, Weights
from rag.pipeline import Pipeline
from rag.read.evidence import EvidenceReader

DOCUMENTS = {
    "harbour-plan.md": "# Harbour plan\n\nThe harbour of Vell gets a new quay by 2031. The quay will be 240 metres "
    "long. Two cranes move from the old basin to the new quay.\n\n## Cost\n\nThe quay costs 14 million crowns. "
    "The county pays half of it and the town pays the rest.\n",
    "notes.txt": "Minutes of the meeting. The crane was discussed for an hour. Nobody wanted to pay for new paint.\n",
}
HISTORY = [("How long will the quay be?", "The quay will be 240 metres long.")]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    root = tmp_path_factory.mktemp("docs")
    for name, text in DOCUMENTS.items():
        (root / name).write_text(text, encoding="utf-8")
    embedder = load_embedder()
    store = open_store(tmp_path_factory.mktemp("index"), embedder, create=True)
    sync([root], store, embedder)
    reader = EvidenceReader(embedder)
    intents = Intents(Weights.load(), embedder)
    with Pipeline(store, embedder, reader, threshold=0.1, directory=root, intents=intents) as opened:
        yield opened


@pytest.mark.parametrize("turn", ["hello", "thanks", "ok", "who are you?", "what can you do?", "are you sure?", "bye"])
def test_small_talk_gets_one_line_and_no_citation(pipeline: Pipeline, turn: str) -> None:
    """With and without a history, nothing is searched for, quoted or refused."""
    for history in ([], HISTORY):
        answer = pipeline.ask(turn, history)

        assert ["told"] == [sentence.state for sentence in answer.sentences]
        assert () == answer.citations == answer.evidence
        assert not answer.abstained


def test_small_talk_is_no_topic(pipeline: Pipeline) -> None:
    """A follow-up after thanks leans on the question before them."""
    history = [*HISTORY, ("thanks", "You are welcome."), ("which documents do you have?", "There are 2 documents.")]

    assert pipeline.ask("and what does it cost?", history).searched_for == pipeline.standalone(
        "and what does it cost?", HISTORY
    )


def test_the_collection_is_described_from_the_store(pipeline: Pipeline) -> None:
    """Which documents there are, and how long one is, without a citation."""
    listing, length = pipeline.ask("Which documents do you have?"), pipeline.ask("How long is the file notes.txt?")

    assert listing.text == "There are 2 documents: “Harbour plan” (harbour-plan.md); " + listing.text.split("; ")[1]
    assert "notes.txt" in listing.text
    assert "18 words" in length.text
    assert () == listing.citations == length.citations


def test_what_the_file_does_not_say_of_itself_is_asked_of_the_documents(pipeline: Pipeline) -> None:
    """A Markdown file names no author: the question is read as any other."""
    answer = pipeline.ask("Who wrote the harbour plan?")

    assert "told" not in {sentence.state for sentence in answer.sentences}


@pytest.mark.parametrize("request_", ["Summarise the documents.", "Give me a summary of the harbour plan"])
def test_a_summary_is_made_of_cited_slices(pipeline: Pipeline, request_: str) -> None:
    """Every sentence is a quote, of the named document only where one is named, and is kept in the store."""
    answer = pipeline.ask(request_)
    uris = {citation.uri for citation in answer.citations}

    assert {"quoted"} == {sentence.state for sentence in answer.sentences}
    assert all(pipeline.store.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)
    assert uris == ({"harbour-plan.md"} if "plan" in request_ else set(DOCUMENTS))
    assert pipeline.store.summary(answer.citations[0].document_id)


def test_a_summary_on_a_topic_and_on_none(pipeline: Pipeline) -> None:
    """Only what names the topic is told; of a topic that nobody mentions nothing is."""
    told = pipeline.ask("Summarise what the documents say about the crane")

    assert "The crane was discussed for an hour." in [sentence.text for sentence in told.sentences]
    assert not any("paint" in sentence.text for sentence in told.sentences)
    assert pipeline.ask("Summarise what the documents say about whales").abstained


def test_a_document_is_summarised_by_its_id(pipeline: Pipeline) -> None:
    """The page asks by id; an unknown one is an error of its own."""
    plan = next(entry for entry in pipeline.store.documents() if entry.uri == "harbour-plan.md")
    answer = pipeline.summarise(plan.id)

    assert {plan.id} == {citation.document_id for citation in answer.citations}
    assert set(DOCUMENTS) == {citation.uri for citation in pipeline.summarise().citations}
    with pytest.raises(UnknownDocument):
        pipeline.summarise("nobody")


@pytest.mark.parametrize(
    "question", ["How long is the harbour plan?", "When was the harbour plan made?", "How old is the harbour plan?"]
)
def test_a_thing_that_shares_its_name_with_a_document_is_no_document(pipeline: Pipeline, question: str) -> None:
    """A bridge, a plan or a mill has a length and a date too: only pages, a title or an author make it a text."""
    answer = pipeline.ask(question)

    assert "told" not in {sentence.state for sentence in answer.sentences}


def test_questions_pass(pipeline: Pipeline) -> None:
    """A question with a greeting before it is answered."""
    answer = pipeline.ask("hello, how long will the quay be?")

    assert "240 metres" in answer.text
    assert answer.citations
