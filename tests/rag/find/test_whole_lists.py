"""Which list a question wants whole: every weight, bound and sign decides."""

from dataclasses import replace

import numpy as np
import pytest

from index.embed.embedders import load_embedder
from index.records import Chunk, Document, Hit
from rag.find import whole_lists
from rag.find.intent import features
from rag.find.whole_lists import ALONE, SIGNS, Listed, ListWeights, WholeLists

TEXT = """# Boathouse

## Going out

- Write your name in the log.
- Read the flag.

## Coming in

- Bow line first.
- Padlock.
"""
DOCUMENT = Document("d", "boathouse.md", "Boathouse", TEXT)
OUT, IN = (
    Listed("d", TEXT.index(first), TEXT.index(last) + len(last))
    for first, last in (("- Write", "Read the flag."), ("- Bow", "Padlock."))
)
EMBEDDER = load_embedder()


def judged(question: str, passages) -> list[float]:
    """The words of the question that a passage holds."""
    return [float(sum(word in passage.lower() for word in question.lower().split())) for passage in passages]


def hit(start: int = 0, end: int = len(TEXT)) -> Hit:
    return Hit(Chunk("d:0", "d", start, end, None, "", TEXT[start:end]), "Boathouse", "boathouse.md", 1.0, 1, "fused")


def weights(**own) -> ListWeights:
    """Wants a list in any case, and tells it where the judgement alone is at least 1.5."""
    width = features(["x"], EMBEDDER).shape[1]
    plain = ListWeights(
        np.append(np.zeros(width), 1.0), (0.0, 1.0, 0.0, 0.0), -1.5, 0.5, least=0.0, embedder=EMBEDDER.fingerprint
    )
    return replace(plain, **own)


def chosen(question: str, own: ListWeights) -> Listed | None:
    return WholeLists(own, EMBEDDER, judged).chosen(question, [hit()], lambda _: DOCUMENT, 0.5)


def test_the_likeliest_list_is_told_from_the_threshold_on() -> None:
    """Its place in the document, without the heading; None below."""
    assert chosen("everything for coming in", weights()) == IN
    assert chosen("everything for going out", weights()) == OUT
    assert chosen("everything for going out", weights(threshold=0.9)) is None
    assert chosen("painting the hull", weights()) is None


@pytest.mark.parametrize(("sign", "value"), [(0, 1.0), (1, 2.0), (2, 1.0), (3, 0.0)])
def test_each_sign_counts(sign: int, value: float) -> None:
    """What the wording says, the judgement, its lead, and the passage by itself."""
    own = [0.0] * len(SIGNS)
    _, signs = WholeLists(weights(), EMBEDDER, judged).weighed(
        "everything for coming in", [hit()], lambda _: DOCUMENT, 0.5
    )
    assert signs[sign] == pytest.approx(value)
    own[sign] = 1.0
    found = chosen("everything for coming in", weights(weights=tuple(own), bias=0.1 - value))
    assert found == IN
    assert chosen("everything for coming in", weights(weights=tuple(own), bias=-0.1 - value)) is None


def test_a_question_that_wants_no_list_is_spared_the_reading() -> None:
    """Below the least log-odds nothing is judged."""

    def never(question: str, passages) -> list[float]:
        raise AssertionError

    lists = WholeLists(weights(least=1.1), EMBEDDER, never)
    assert lists.chosen("everything for coming in", [hit()], lambda _: DOCUMENT, 0.5) is None


def test_lists_that_begin_in_the_passages_alone_are_read() -> None:
    """Once each, with the heading before the passage; without any there is none to tell; one leads by ALONE."""
    seen: list[str] = []

    def kept(question: str, passages) -> list[float]:
        seen.extend(passages)
        return judged(question, passages)

    lists = WholeLists(weights(), EMBEDDER, kept)
    below = hit(IN.start)
    assert lists.chosen("everything for coming in", [below, below], lambda _: DOCUMENT, 0.5) == IN
    assert seen == ["Boathouse\nComing in\n- Bow line first.\n- Padlock."]
    assert lists.weighed("coming in", [below], lambda _: DOCUMENT, 0.5)[1][2] == ALONE
    assert lists.weighed("coming in", [hit(0, 12)], lambda _: DOCUMENT, 0.5) == (None, (0.0,) * len(SIGNS))


def test_of_many_lists_those_most_like_the_question_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most READ."""
    monkeypatch.setattr(whole_lists, "READ", 1)
    assert chosen("what do we do with the padlock and the bow line", weights(bias=0.0, threshold=0.0)) == IN
    assert chosen("where do I write my name, which flag is it", weights(bias=0.0, threshold=0.0)) == OUT
