"""The built-in writer chooses whole sentences of the documents."""

from collections.abc import Sequence

from index.records import Chunk, Hit
from rag.cite import slices
from rag.find.decide import Reading
from rag.protocols import Span
from rag.write.quotes import MAX_QUOTES, SHORT_WORDS, Extract, quote


class WordReader:
    """Answerable when the passage holds one of the given words."""

    name = "words"

    def __init__(self, *words: str) -> None:
        self.words = words

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        return [self._span(passage) for passage in passages]

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        return [(span.score, span) for span in self.spans(question, passages)]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        return [span.score for span in self.spans(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [1.0 for _ in pairs]

    def _span(self, passage: str) -> Span:
        word = next((word for word in self.words if word in passage), "")
        start = passage.find(word)
        return Span(word, start, start + len(word), 1.0, 0.9) if word else Span("", 0, 0, 0.0, 0.0)


def ask(question: str, reader: WordReader, *texts: str) -> tuple[Extract, ...]:
    hits = [
        Hit(Chunk(f"d{i}:0", f"d{i}", 10, 10 + len(text), None, "", text), f"T{i}", f"{i}.md", 1.0, i + 1, "fused")
        for i, text in enumerate(texts)
    ]
    read = reader.spans(question, texts)
    readings = [Reading(hit, span.score, span, span.answerable) for hit, span in zip(hits, read, strict=True)]
    readings.sort(key=lambda reading: -reading.answerable)
    return quote(question, readings, slices(hits), reader, 0.5)


def shown(quotes: Sequence[Extract]) -> list[str]:
    return [item.slices[0].text for item in quotes]


def test_a_single_fact_is_one_sentence_with_its_answer_marked() -> None:
    """The sentence that holds the answer is shown, and the focus is the answer."""
    (only,) = ask("How much did it cost?", WordReader("$5 million"), "The GPUs cost $5 million.")

    assert "The GPUs cost $5 million." == only.slices[0].text
    assert only.focus is not None
    assert "$5 million" == only.slices[0].text[slice(*only.focus)]
    assert 10 == only.slices[0].start


def test_a_short_answer_has_its_neighbours_as_far_as_they_fit() -> None:
    """What stands around the answer is told in the document's order, but never beyond SHORT_WORDS words."""
    long = "word " * SHORT_WORDS + "end."
    near = "It was new. The GPUs cost $5 million. All cheered."

    assert ["It was new.", "The GPUs cost $5 million.", "All cheered."] == shown(
        ask("How much did it cost?", WordReader("$5 million"), near)
    )
    assert ["The GPUs cost $5 million."] == shown(
        ask("How much did it cost?", WordReader("$5 million"), f"{long} The GPUs cost $5 million. {long}")
    )


def test_a_sentence_that_leans_back_brings_its_lead_in() -> None:
    """A quote that opens with a pronoun is preceded by the sentence that says what it means."""
    told = ask("What did V3 score?", WordReader("59.4"), "Last came V3. It scored 59.4 in the test.")

    assert ["Last came V3.", "It scored 59.4 in the test."] == shown(told)


def test_a_heading_never_stands_alone() -> None:
    """A quote that is a heading is followed by the sentence under it."""
    told = ask(
        "Where does Moonshot move?", WordReader("Singapore"), "Moonshot moves to Singapore\n\nIts seat goes there."
    )

    assert ["Moonshot moves to Singapore", "Its seat goes there."] == shown(told)


def test_a_label_under_a_heading_is_passed_over() -> None:
    """What follows a heading in an answer is a sentence, not a line of credits."""
    credits_ = "Source: an article about many firms and their many plans for the coming year"
    text = f"# Moonshot moves to Singapore\n\n{credits_}\n\nIts seat goes."

    assert ["# Moonshot moves to Singapore", "Its seat goes."] == shown(
        ask("Where does Moonshot move?", WordReader("Singapore"), text)
    )


def test_a_question_about_several_sources_hears_each_document() -> None:
    """What the articles say, and which of two things holds, is told in a sentence of each document."""
    reader = WordReader("in May", "in June", "was late")
    texts = ["All waited. R2 comes in May.", "R2 will come in June.", "Lunch was late."]

    for question in ("When will R2 come? do the reports agree", "Does R2 come in May or not?"):
        assert ["R2 comes in May.", "R2 will come in June.", "Lunch was late."] == shown(ask(question, reader, *texts))
    assert ["All waited.", "R2 comes in May."] == shown(ask("What do the articles say?", reader, texts[0]))
    credits_ = "Source: what comes in May and in June, a long article about models and the people who wait for them"
    assert ["All waited.", "R2 comes in May."] == shown(ask("What do the articles say?", reader, texts[0], credits_))


def test_a_list_question_takes_sentences_from_several_places() -> None:
    """Each place that answers is quoted, at most MAX_QUOTES of them."""
    reader = WordReader("HSBC", "Aramco", "BYD", "Tencent", "Baidu", "Alibaba")
    texts = ["HSBC uses it now.", "Aramco took it up.", "BYD builds cars with it.", "Tencent made games of it all."]
    told = shown(
        ask("Which companies adopted the model?", reader, *texts, "Baidu searches by it.", "Alibaba sells it.")
    )

    assert MAX_QUOTES == len(told)
    assert len(set(told)) == len(told)


def test_the_same_sentence_in_two_documents_is_shown_once_with_both_sources() -> None:
    """A repeated claim is one sentence with two citations."""
    (only,) = ask(
        "List the factors", WordReader("quality"), "The quality gap is closed.", "The quality gap is closed now."
    )

    assert {"d0", "d1"} == {piece.document_id for piece in only.slices}
