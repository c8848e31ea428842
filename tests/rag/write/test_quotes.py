"""The built-in writer chooses whole sentences of the documents."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.records import Chunk, Hit
from rag.find.decide import Reading
from rag.protocols import Span
from rag.read.pointing import read_hits
from rag.read.rendering import statements
from rag.write.extract import Extract
from rag.write.quotes import DOCUMENTS, SHORT_WORDS, answering, quote


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


class Doubtful(WordReader):
    """Sure of the first word, and of the others less than the point from which is answered."""

    def __init__(self, *words: str, answerable: float = 0.2) -> None:
        super().__init__(*words)
        self.answerable = answerable

    def _span(self, passage: str) -> Span:
        span = super()._span(passage)
        return replace(span, answerable=self.answerable) if span.text and span.text != self.words[0] else span


def ask(question: str, reader: WordReader, *texts: str) -> tuple[Extract, ...]:
    hits = [
        Hit(Chunk(f"d{i}:0", f"d{i}", 10, 10 + len(text), None, "", text), f"T{i}", f"{i}.md", 1.0, i + 1, "fused")
        for i, text in enumerate(texts)
    ]
    read = read_hits(reader, question, hits)
    readings = [Reading(hit, rank, span, span.answerable) for hit, (rank, span) in zip(hits, read, strict=True)]
    readings.sort(key=lambda reading: -reading.answerable)
    return quote(question, readings, statements(hits), reader, 0.5)


def shown(quotes: Sequence[Extract]) -> list[str]:
    return [item.slices[0].text for item in quotes]


def test_a_single_fact_is_one_sentence_with_its_answer_marked() -> None:
    """The sentence that holds the answer is shown, and the focus is the answer."""
    (only,) = ask("How much did it cost?", WordReader("$5 million"), "The GPUs cost $5 million.")

    assert "The GPUs cost $5 million." == only.slices[0].text
    assert only.focus is not None
    assert "$5 million" == only.slices[0].text[slice(*only.focus)]
    assert 10 == only.slices[0].start


def test_the_fact_comes_first_and_then_what_adds_to_the_question() -> None:
    """A neighbour is told after the answer if it speaks of what the question asks, and never beyond SHORT_WORDS."""
    long = "price " * SHORT_WORDS + "end."
    near = "It was new. The GPUs cost $5 million. Their price fell later. All cheered."

    assert ["The GPUs cost $5 million.", "Their price fell later."] == shown(
        ask("What is the price, how much did it cost?", WordReader("$5 million"), near)
    )
    assert ["The GPUs cost $5 million."] == shown(
        ask("What is the price?", WordReader("$5 million"), f"{long} The GPUs cost $5 million. {long}")
    )


def test_a_sentence_that_leans_back_brings_its_owner() -> None:
    """A quote that opens with a pronoun is followed by the sentence that says what it means."""
    told = ask("What did V3 score?", WordReader("59.4"), "Last came V3. It scored 59.4 in the test.")

    assert ["It scored 59.4 in the test.", "Last came V3."] == shown(told)


def test_a_curt_answer_is_told_with_what_follows() -> None:
    """Yes alone says little: the sentence after it comes along, and the question is cited."""
    told = ask("Can I return it?", WordReader("Yes"), "Can I return a lamp?\n\nYes. Send it within 40 days.")

    assert ["Yes.", "Send it within 40 days."] == shown(told)
    assert "Can I return a lamp?" == told[0].slices[1].text


@pytest.mark.parametrize(
    ("question", "second"),
    [
        ("How long may the night train wait, now that it is November?", ["Make it 20 minutes until Christmas."]),
        ("How long does the night train wait?", []),
        ("What may the night train do, now that it is November?", []),
    ],
)
def test_another_document_is_told_where_the_best_leaves_words_of_the_question_unsaid(
    question: str, second: list[str]
) -> None:
    """A less likely value of the kind asked for, of another document, follows an answer that leaves words unsaid."""
    told = ask(
        question,
        Doubtful("12 minutes", "20 minutes"),
        "The night train will wait up to 12 minutes.",
        "Make it 20 minutes until Christmas.",
    )

    assert ["The night train will wait up to 12 minutes.", *second] == shown(told)


def test_the_same_document_is_not_told_again_where_it_is_less_likely() -> None:
    """A second place counts for less within one document: what stands there is of something else."""
    chunks = "The night train will wait up to 12 minutes.", "The day train waits 20 minutes."
    hits = [
        Hit(Chunk(f"d0:{i}", "d0", 50 * i, 50 * i + len(text), None, "", text), "T", "t.md", 1.0, i + 1, "fused")
        for i, text in enumerate(chunks)
    ]
    reader = Doubtful("12 minutes", "20 minutes")
    readings = [
        Reading(hit, rank, span, span.answerable)
        for hit, (rank, span) in zip(hits, read_hits(reader, "How long, in November?", hits), strict=True)
    ]

    told = quote("How long, in November?", readings, statements(hits), reader, 0.5)

    assert ["The night train will wait up to 12 minutes."] == shown(told)


def test_a_list_item_is_told_whole() -> None:
    """What an entry says first is of little use without what it says next; a long one is told in part."""
    faults = "The display:\n\n- E4: door open. Push till it clicks.\n- E7: slow. Note it down."
    long = f"The display:\n\n- E4: door open. {'Push ' * SHORT_WORDS}it.\n- E7: slow."

    assert ["- E4: door open.", "Push till it clicks."] == shown(ask("what is E4?", WordReader("door open"), faults))
    assert ["Push till it clicks.", "- E4: door open."] == shown(ask("what is E4?", WordReader("clicks"), faults))
    assert ["- E4: door open."] == shown(ask("what is E4?", WordReader("door open"), long))


def test_a_heading_is_never_an_answer() -> None:
    """A mark on a heading is told by the sentence under it."""
    told = ask(
        "Where does Moonshot move?",
        WordReader("Singapore"),
        "Moonshot moves to Singapore\n\nIts seat will be there from the coming spring on.",
    )

    assert ["Its seat will be there from the coming spring on."] == shown(told)


def test_a_row_cites_its_header_and_marks_its_cell() -> None:
    """A table's row is shown as it stands, with the header row among its slices."""
    (row,) = ask("Seats in Oak?", WordReader("30"), "| Room | Seats |\n|---|---|\n| Birch | 12 |\n| Oak | 30 |")

    assert ["| Oak | 30 |", "| Room | Seats |"] == [piece.text for piece in row.slices]
    assert row.short is not None
    assert "30" == row.short.text
    assert row.short.start == row.slices[0].start + 8


def test_a_mark_is_never_half_a_number() -> None:
    """The words in focus are whole words and whole numbers."""
    for part, whole in (("000 vehicles", "12 000 vehicles"), ("250", "1.250.000"), ("bridge", "bridge")):
        (only,) = ask(
            "How many?", WordReader(part), f"The bridge carries {whole} a day." if part != "bridge" else "A bridge."
        )
        assert whole == only.focused


def test_which_do_not() -> None:
    """Of sentences of one make, only those are told that say it as the question does."""
    plans = [
        "The Basic plan has no phone support.",
        "The Gold plan has phone support.",
        "The Free plan has no phone support.",
    ]

    assert [plans[0], plans[2]] == shown(ask("Which plans have no phone support?", WordReader("plan"), *plans))


def test_a_question_about_several_sources_hears_each_document() -> None:
    """What the articles say, and which of two things holds, is told in a sentence of each document."""
    reader = WordReader("in May", "in June", "was late")
    texts = ["All waited. R2 comes in May.", "R2 will come in June.", "Lunch was late."]

    for question in ("When will R2 come? do the reports agree", "Does R2 come in May or not?"):
        assert ["R2 comes in May.", "R2 will come in June.", "Lunch was late."] == shown(ask(question, reader, *texts))
    assert ["R2 comes in May."] == shown(ask("What do the articles say?", reader, texts[0]))
    credits_ = "Source: what comes in May and in June, a long article about models and the people who wait for them"
    assert ["R2 comes in May."] == shown(ask("What do the articles say?", reader, texts[0], credits_))


def test_a_list_question_takes_sentences_from_several_places() -> None:
    """Each place that answers is quoted, at most five of them."""
    reader = WordReader("HSBC", "Aramco", "BYD", "Tencent", "Baidu", "Alibaba")
    texts = ["HSBC uses it now.", "Aramco took it up.", "BYD builds cars with it.", "Tencent made games of it all."]
    told = shown(
        ask("Which companies adopted the model?", reader, *texts, "Baidu searches by it.", "Alibaba sells it.")
    )

    assert 5 == len(told)
    assert len(set(told)) == len(told)


def test_the_same_sentence_in_two_documents_is_shown_once_with_both_sources() -> None:
    """A repeated claim is one sentence with two citations."""
    (only,) = ask(
        "List the factors", WordReader("quality"), "The quality gap is closed.", "The quality gap is closed now."
    )

    assert {"d0", "d1"} == {piece.document_id for piece in only.slices}


def test_an_answer_in_a_silent_line_is_told_by_the_line_after_it_in_the_document() -> None:
    """Not by that of the passage found next, wherever that one stands."""
    document = "# The kiln of 1961\n\nIt was built by Ida Nor. The path is closed."
    first, path = document.index("It was"), document.index("The path")
    hits = [
        Hit(Chunk(f"d:{start}", "d", start, end, None, "", document[start:end]), "T", "d.md", 1.0, rank, "fused")
        for rank, (start, end) in enumerate([(0, first), (path, len(document)), (first, path)], start=1)
    ]
    told = statements(hits)
    assert [item.silent for item in told] == [True, False, False]
    found = answering([Reading(hits[0], 1.0, Span("1961", 14, 18, 1.0, 0.9), 0.9)], told, 0.5)
    assert shown(found) == ["It was built by Ida Nor."]


def test_sentences_that_nearly_say_the_same_are_one_with_two_citations() -> None:
    """One word more does not make another answer; another year does."""
    first, twin = "The old mill of Elm Hill burned down in March 1921.", "The old mill of Elm Hill burned down in 1921."
    other = "The new mill of Ash Vale was flooded in 1950."
    told = ask("List all mills that were lost.", WordReader("mill"), first, twin, other)

    assert [[one.text for one in item.slices] for item in told] == [[first, twin], [other]]


def test_at_most_so_many_documents_are_heard() -> None:
    """Asked what the sources say, the best of each of three is told."""
    texts = [
        f"The mill of {place} was built in {year}." for place, year in zip("ABCDE", range(1901, 1906), strict=True)
    ]
    told = ask("What do the different documents say about when the mill was built?", WordReader("19"), *texts)

    assert shown(told) == texts[:DOCUMENTS] == texts[:3]


@pytest.mark.parametrize(("words_between", "brought"), [(15, True), (30, False)])
def test_a_long_sentence_before_a_pronoun_is_not_brought_along(words_between: int, brought: bool) -> None:
    """An owner is worth a few words, not a paragraph."""
    owner = f"Last came V3, {'very ' * words_between}late."
    told = ask("What was the score?", WordReader("59.4"), f"{owner} It scored 59.4 in the test.")

    assert (owner in shown(told)) is brought


@pytest.mark.parametrize(("answerable", "told"), [(0.2, True), (0.1, False)])
def test_a_second_place_needs_a_quarter_of_what_an_answer_needs(answerable: float, told: bool) -> None:
    """Of another document, of another source and of another name that is compared; what is less likely is left out."""
    one, other = "The night train will wait up to 12 minutes.", "Make it 20 minutes until Christmas."
    reader = Doubtful("12 minutes", "20 minutes", answerable=answerable)
    again = "How long may the night train wait, now that it is November?"
    assert (other in shown(ask(again, reader, one, other))) is told
    assert (other in shown(ask("How long will it wait, do the reports agree?", reader, one, other))) is told

    plans = "The Gold plan costs 12 crowns.", "The Plus plan costs 20 crowns."
    compared = Doubtful("12 crowns", "20 crowns", answerable=answerable)
    assert (plans[1] in shown(ask("Compare the costs of Gold and Plus.", compared, *plans))) is told


@pytest.mark.parametrize(("shared", "told"), [(6, 1), (5, 2)])
def test_sentences_say_the_same_where_most_of_their_words_are(shared: int, told: int) -> None:
    """Six words of eight in common make one answer of two sentences; five do not."""
    words = "mill amber birch cedar dune ember fjord grove".split()
    one, other = " ".join(words[:7]), " ".join([*words[:shared], *words[7:]])
    found = ask("List all mills that were lost.", WordReader("mill"), f"The {one}.", f"The {other}.")

    assert len(found) == told


@pytest.mark.parametrize(("others", "told"), [(30, True), (50, False)])
def test_a_neighbour_is_told_where_both_are_short(others: int, told: bool) -> None:
    """About two lines are an answer; nothing is won by quoting everything."""
    near = f"Their price {'really ' * others}fell later."
    found = ask(
        "What is the price, how much did it cost?", WordReader("$5 million"), f"The GPUs cost $5 million. {near}"
    )

    assert (near in shown(found)) is told


@pytest.mark.parametrize(("answer", "told"), [("Yes, you may.", True), ("You may return anything here.", False)])
def test_three_words_are_too_few_to_stand_alone(answer: str, told: bool) -> None:
    """A fuller answer is told alone."""
    found = shown(ask("Can I swap it?", WordReader(answer[:5]), f"{answer} Send it within 40 days."))

    assert ("Send it within 40 days." in found) is told


@pytest.mark.parametrize(("words", "whole"), [(6, True), (12, False)])
def test_a_short_cell_is_marked_whole(words: int, whole: bool) -> None:
    """Of a longer one only the words that answer."""
    cell = " ".join(["Oak", *["very"] * (words - 2), "wide"])
    (row, *_) = ask("What is the hall like?", WordReader("wide"), f"| Room | Kind |\n|---|---|\n| Hall | {cell} |")

    assert row.focused == (cell if whole else "wide")
