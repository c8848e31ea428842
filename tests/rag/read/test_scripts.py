"""Questions in a script that the networks have not learnt are answered by their words, and no others."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from index.embed.embedders import load_embedder
from index.protocols import Embedder, Vectors
from rag.protocols import Span
from rag.read.evidence import EvidenceReader
from rag.read.scripts import ScriptReader

PASSAGES = (
    "演习在2025年9月12日举行。集合地点是三号停车场。不得使用电梯。",
    "仓库每天8点开门。借出的工具应在三天内归还。",
)


class Certain:
    """Is sure of the first two characters of every passage, whatever is asked."""

    name = "certain"

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        return [(0.5, Span(passage[:2], 0, 2, 9.0, 0.99)) for passage in passages]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        return [0.5 for _ in passages]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [0.5 for _ in pairs]


@pytest.fixture(scope="module")
def reader() -> ScriptReader:
    return ScriptReader(Certain(), EvidenceReader(load_embedder()))


@pytest.mark.parametrize(
    ("question", "likeliest", "sentence"),
    [
        ("集合地点在哪里？", 0, "集合地点是三号停车场。"),
        ("借出的工具几天归还？", 1, "借出的工具应在三天内归还。"),
    ],
)
def test_another_script_is_read_by_its_words(
    reader: ScriptReader, question: str, likeliest: int, sentence: str
) -> None:
    """What a reader of English is sure of counts for nothing there; the sentence with the question's words does."""
    spans = reader.spans(question, PASSAGES)
    best = spans[likeliest]

    assert best.text == sentence == PASSAGES[likeliest][best.start : best.end]
    assert best.answerable > 0.4 > spans[1 - likeliest].answerable


def test_of_the_trained_span_the_place_is_kept_in_the_sentence_that_has_the_words(reader: ScriptReader) -> None:
    """It may be the value; how sure it was of it is not believed."""
    (span,) = reader.spans("演习在什么时候举行？", PASSAGES[:1])

    assert (span.start, span.end) == (0, 2)
    assert span.answerable < 0.4


def test_what_no_sentence_says_is_not_believed(reader: ScriptReader) -> None:
    """Neither a question whose words stand nowhere nor a passage without a sentence."""
    spans = reader.spans("预算有多少钱？", [*PASSAGES, ""])

    assert max(span.answerable for span in spans) < 0.1
    assert spans[2].text == ""


def test_an_embedder_that_knows_the_script_is_asked() -> None:
    """With another embedder than the packaged one the cosine counts too: a paraphrase shares no word."""

    class Knowing:
        name = "multilingual"

        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            return np.array([[1.0, 0.0] if "集合" in text else [0.0, 1.0] for text in texts], dtype=np.float32)

        def embed_queries(self, texts: Sequence[str]) -> Vectors:
            return np.array([[1.0, 0.0] for _ in texts], dtype=np.float32)

    knowing = cast("Embedder", Knowing())
    (span,) = ScriptReader(Certain(), EvidenceReader(knowing)).spans("где встреча?", PASSAGES[:1])

    assert span.text == "集合地点是三号停车场。"


def test_english_is_read_by_the_trained_reader(reader: ScriptReader) -> None:
    """Whatever the words say."""
    (span,) = reader.spans("Where is the place to meet?", ["We meet in car park three. No lift is to be used."])

    assert span.text == "We"
    assert span.answerable > 0.9
