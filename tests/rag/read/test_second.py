"""Two readers as one: only the most relevant passages are read again, and what both say is joined by fitted weights."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.errors import ModelUnavailable
from rag.odds import likely, log_odds
from rag.protocols import Span
from rag.read.large import DESCRIPTION, LargeEncoder, load_large, save_large
from rag.read.loading import load_both, load_trained
from rag.read.second import Joined, SecondReader
from rag.read.weights import FOLDER
from tests.rag.read.tiny_large import tiny

JOINED = Joined((0.5, 0.25, 0.125, -1.0), (0.75, 0.5, 0.1))
PASSAGES = tuple(f"The Kestrel Bridge number {at} was opened in 19{at}1. It is {at}40 metres long." for at in range(6))


class Quick:
    """Believes later passages more, and finds them as relevant as it is told: by default the earlier ones more."""

    name = "quick"

    def __init__(self, relevance: Sequence[int] = (0, -1, -2, -3, -4, -5)) -> None:
        self.relevance = relevance

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        return [(float(self.relevance[at]), Span(p[:3], 0, 3, 0.0, 0.1 + 0.1 * at)) for at, p in enumerate(passages)]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        return [float(at) for at, _ in enumerate(passages)]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [0.25 for _ in pairs]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LargeEncoder:
    save_large(tmp_path, tiny(monkeypatch), {})
    return load_large(tmp_path)


@pytest.mark.parametrize(
    ("relevance", "chosen"),
    [
        ((0, -1, -2, -3, -4, -5), (0, 1, 2, 3)),
        ((0, 1, 2, 3, 4, 5), (0, 1, 4, 5)),
        ((0, -1, -5, -3, -2, -4), (0, 1, 3, 4)),
    ],
)
def test_the_likeliest_passages_are_read_again(
    large: LargeEncoder, relevance: tuple[int, ...], chosen: tuple[int, ...]
) -> None:
    """Four of them, by relevance and by the order in which they were found. The others keep the first reader's span,
    and are believed no more than the least likely of those; relevance stays the first reader's throughout.
    """
    read = SecondReader(Quick(relevance), lambda: large, JOINED, "large").read("When was it opened?", PASSAGES)
    again = large.answered("When was it opened?", PASSAGES)

    assert [stated for stated, _ in read] == list(relevance)
    for at in chosen:
        span = read[at][1]
        own = 0.5 * log_odds(0.1 + 0.1 * at) + 0.25 * again[at].answerable + 0.125 * again[at].margin - 1
        assert span.answerable == pytest.approx(likely(own))
        assert (span.start, span.end) == (again[at].start, again[at].end)
        assert span.text == PASSAGES[at][span.start : span.end]
    least = min(read[at][1].answerable for at in chosen)
    for at in set(range(6)) - set(chosen):
        span = read[at][1]
        assert (span.start, span.end) == (0, 3)
        assert span.answerable == min(least, 0.1 + 0.1 * at)


def test_another_script_is_not_read_again() -> None:
    """The large encoder has learnt none: it is not even loaded, and the first reader's word stands."""
    reader = SecondReader(Quick(), lambda: pytest.fail("loaded"), JOINED, "large")

    assert reader.read("何时通车？", PASSAGES) == Quick().read("何时通车？", PASSAGES)


def test_entailment_is_joined(large: LargeEncoder) -> None:
    """The log-odds of both, weighed."""
    reader, pair = SecondReader(Quick(), lambda: large, JOINED, "large"), (PASSAGES[0], "It was opened in 1901.")
    wanted = 0.75 * log_odds(0.25) + 0.5 * large.entailed([pair])[0] + 0.1

    assert reader.entail([pair]) == [pytest.approx(likely(wanted))]
    assert reader.entail([]) == []


def test_the_large_encoder_is_loaded_once_and_at_need(large: LargeEncoder) -> None:
    """Ranking needs the first reader alone."""
    loads: list[int] = []

    def load() -> LargeEncoder:
        loads.append(1)
        return large

    reader = SecondReader(Quick(), load, JOINED, "large")
    reader.rank("q", PASSAGES)
    assert not loads
    reader.read("q", PASSAGES)
    reader.entail([(PASSAGES[0], "It is long.")])
    assert len(loads) == 1
    assert reader.name == "quick + large"


def test_a_folder_with_both_reads_with_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the large encoder's files the small network reads alone; a description without weights is refused."""
    for file in FOLDER.glob("reader.*"):
        shutil.copy(file, tmp_path)
    assert load_both(tmp_path).name == load_trained(tmp_path).name
    save_large(tmp_path, tiny(monkeypatch), {"joined": {"answers": [1, 0, 0, 0], "entails": [1, 0, 0]}})
    reader = load_both(tmp_path)
    assert reader.name.startswith(f"{load_trained(tmp_path).name} + large-")
    assert reader.entail([(PASSAGES[0], PASSAGES[0])]) == [
        pytest.approx(load_trained(tmp_path).entail([(PASSAGES[0], PASSAGES[0])])[0], abs=1e-5)
    ]

    described = json.loads((tmp_path / DESCRIPTION).read_text())
    (tmp_path / DESCRIPTION).write_text(json.dumps(described | {"joined": {"answers": [1], "entails": [1, 0, 0]}}))
    with pytest.raises(ModelUnavailable, match="does not say how to join"):
        load_both(tmp_path)


def test_what_is_asked_again_is_read_once(large: LargeEncoder) -> None:
    """The same question over the same passages gives the same reading; another question or passage is read."""
    asked: list[str] = []

    class Counting(Quick):
        def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
            asked.append(question)
            return super().read(question, passages)

    reader = SecondReader(Counting(), lambda: large, JOINED, "large")
    first = reader.read("When was it opened?", PASSAGES)
    first_again = reader.read("When was it opened?", list(PASSAGES))
    reader.read("When was it opened?", PASSAGES[1:])
    reader.read("How long is it?", PASSAGES)

    assert first == first_again
    assert asked == ["When was it opened?", "When was it opened?", "How long is it?"]
