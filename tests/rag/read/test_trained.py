"""The shipped reader: exact slices, scores that do not depend on company, and what it was trained to tell apart."""

import math
from collections.abc import Iterator

import pytest

from rag.read.loading import load_trained
from rag.read.trained import TrainedReader

BRIDGE = (
    "The Kestrel Bridge was opened in 1911 and spans 240 metres over the river Orva. It was designed by Ada Lindqvist, "
    "who had built two smaller bridges before. In 1958 the deck was widened, and trams were banned from it."
)
MUSEUM = "The museum of Norrby shows 300 paintings of ferries and harbours. It is closed on Mondays."
SOUP = "Simmer the lentils for forty minutes, then add salt, lemon juice and two spoons of olive oil."
ODD_PASSAGES = {
    "empty": "",
    "blanks": " \n\t ",
    "punctuation": "...!?",
    "Chinese": "凯斯特雷尔大桥于1911年通车，横跨奥尔瓦河，全长240米。",
    "Arabic": "افتتح الجسر في عام 1911 ويبلغ طوله 240 مترا.",
    "emoji": "🌉 1911 🎉" * 10,
    "one long word": "x" * 5000,
    "long": " ".join(f"{BRIDGE} {SOUP} Paragraph {number}." for number in range(130)),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[TrainedReader]:
    return load_trained()


def test_an_answer_is_a_slice_of_its_passage(reader: TrainedReader) -> None:
    """The text of a span is what stands between its offsets, in short passages and in one of thousands of words."""
    passages = [BRIDGE, MUSEUM, SOUP, *ODD_PASSAGES.values()]
    for passage, span in zip(passages, reader.spans("When was the Kestrel Bridge opened?", passages), strict=True):
        assert span.text == passage[span.start : span.end]
        assert 0 <= span.answerable <= 1


def test_an_empty_passage_has_no_span(reader: TrainedReader) -> None:
    """Without words there is nothing to mark."""
    (span,) = reader.spans("When?", [""])

    assert (span.text, span.start, span.end, span.answerable) == ("", 0, 0, 0.0)


def test_no_passages_give_no_scores(reader: TrainedReader) -> None:
    """Every call takes an empty list."""
    assert reader.read("Why?", []) == []
    assert reader.rank("Why?", []) == []
    assert reader.spans("Why?", []) == []
    assert reader.entail([]) == []


@pytest.mark.parametrize("kind", list(ODD_PASSAGES))
def test_scores_are_finite(reader: TrainedReader, kind: str) -> None:
    """Empty, foreign, huge and senseless passages get ordinary numbers."""
    passage = ODD_PASSAGES[kind]
    ((rank, span),) = reader.read("When was the Kestrel Bridge opened?", [passage])
    (support,) = reader.entail([(passage, "The Kestrel Bridge was opened in 1911.")])

    assert math.isfinite(rank)
    assert math.isfinite(span.score)
    assert 0 <= support <= 1


def test_a_question_of_any_length_is_read(reader: TrainedReader) -> None:
    """No question, and one of a thousand words, are scored like others."""
    for question in ("", "why " * 1000):
        ((rank, _),) = reader.read(question, [BRIDGE])
        assert math.isfinite(rank)


def test_scores_do_not_depend_on_company_or_order(reader: TrainedReader) -> None:
    """A passage scores within 0.001 of itself alone, in a batch, and in the batch turned around."""
    question = "Who designed the Kestrel Bridge?"
    passages = [f"{BRIDGE} {SOUP * (number % 4)} {MUSEUM[: 7 * number]}" for number in range(24)]
    together = reader.read(question, passages)
    turned = reader.read(question, passages[::-1])[::-1]
    for index, passage in enumerate(passages):
        (alone,) = reader.read(question, [passage])
        for rank, span in (together[index], turned[index]):
            assert rank == pytest.approx(alone[0], abs=1e-3)
            assert span.answerable == pytest.approx(alone[1].answerable, abs=1e-3)
            assert (span.start, span.end) == (alone[1].start, alone[1].end)


def test_entailment_does_not_depend_on_company(reader: TrainedReader) -> None:
    """A pair's support alone is within 0.001 of its support in a batch of others."""
    pairs = [(BRIDGE + SOUP * (number % 5), f"The bridge spans {number} metres.") for number in range(20)]
    together = reader.entail(pairs)

    assert together == pytest.approx([reader.entail([pair])[0] for pair in pairs], abs=1e-3)


def test_views_agree(reader: TrainedReader) -> None:
    """`rank` and `spans` say what `read` says."""
    passages = [BRIDGE, MUSEUM]
    read = reader.read("How long is the bridge?", passages)

    assert reader.rank("How long is the bridge?", passages) == [rank for rank, _ in read]
    assert reader.spans("How long is the bridge?", passages) == [span for _, span in read]


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("When was the Kestrel Bridge opened?", BRIDGE),
        ("How many paintings does the museum show?", MUSEUM),
        ("How long do the lentils simmer?", SOUP),
    ],
)
def test_the_passage_that_answers_ranks_first(reader: TrainedReader, question: str, gold: str) -> None:
    """Among three passages the one that answers comes first, and is the likeliest to answer."""
    passages = [SOUP, BRIDGE, MUSEUM]
    read = reader.read(question, passages)

    assert max(zip(read, passages, strict=True), key=lambda pair: pair[0][0])[1] == gold
    assert max(zip(read, passages, strict=True), key=lambda pair: pair[0][1].answerable)[1] == gold


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When was the Kestrel Bridge opened?", "1911"),
        ("Who designed the Kestrel Bridge?", "Ada Lindqvist"),
        ("When was the deck widened?", "1958"),
    ],
)
def test_the_answer_is_marked(reader: TrainedReader, question: str, answer: str) -> None:
    """The span of a plain question holds the answer and little else."""
    (span,) = reader.spans(question, [BRIDGE])

    assert answer in span.text
    assert len(span.text) <= len(answer) + 12


@pytest.mark.parametrize(
    ("said", "not_said"),
    [
        ("The Kestrel Bridge was opened in 1911.", "The Kestrel Bridge was opened in 1934."),
        ("It was designed by Ada Lindqvist.", "It was designed by Tomas Berg."),
        ("Trams were banned from the bridge in 1958.", "Trams were introduced on the bridge in 1985."),
    ],
)
def test_a_changed_fact_lowers_the_support(reader: TrainedReader, said: str, not_said: str) -> None:
    """A sentence with another number or name is supported less than the true one."""
    true, false = reader.entail([(BRIDGE, said), (BRIDGE, not_said)])

    assert true > 0.5
    assert false < true - 0.2
