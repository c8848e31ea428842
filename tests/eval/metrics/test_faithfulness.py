"""Faithfulness counts claims, quotes and idle sentences apart and never changes its denominator."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.citations import stands_in
from eval.metrics.faithfulness import Faithfulness, claims_something, faithfulness
from index.records import Chunk, Hit, Quote
from rag.answer import Answer, Citation, Sentence

PASSAGE = "Training took two months. The GPUs cost $5.5 million."
HIT = Hit(Chunk("d:0", "d", 0, len(PASSAGE), None, "", PASSAGE), "D", "d.md", 1.0, 1, "reranked")


def answer(*texts: str, evidence: tuple[Hit, ...] = (HIT,), citations: tuple[Citation, ...] = ()) -> Answer:
    sentences = tuple(Sentence(text, "supported", 1.0) for text in texts)
    return Answer("Q?", "Q?", sentences, citations, evidence, not texts, "No.", 0.5)


def never(pairs):
    return [0.0 for _ in pairs]


def test_claims_are_judged_and_quotes_and_what_claims_nothing_are_counted_apart() -> None:
    """Of four sentences one is verbatim, one asks, two claim, one of them with support; blank ones do not count."""
    said = answer("Training took two months.", "It was quick.", "It was free.", "Was it?", " ")
    asked: list[tuple[str, str]] = []

    def judge(pairs):
        asked.extend(pairs)
        return [float("quick" in text) for _, text in pairs]

    assert faithfulness(said, judge) == Faithfulness(4, 1, 1, 2, 1)
    assert {text for _, text in asked} == {"It was quick.", "It was free."}


def test_an_answer_of_quotes_has_no_faithfulness() -> None:
    """Verbatim text is true to its source by construction: no judge is asked and no figure comes of it."""
    count = faithfulness(answer("Training took two months.", "The GPUs cost $5.5 million."), never)

    assert faithfulness(answer(), never) == Faithfulness()
    assert count == Faithfulness(2, 2, 0, 0, 0)


def test_a_judge_without_a_verdict_does_not_shrink_the_denominator() -> None:
    """A NaN verdict leaves the sentence among the claims, unsupported; another piece may still bear it out."""
    assert faithfulness(answer("It was free."), lambda pairs: [float("nan")] * len(pairs)) == Faithfulness(
        1, 0, 0, 1, 0
    )
    two = answer("It was free.", evidence=(HIT, HIT))
    assert faithfulness(two, lambda pairs: [float("nan"), 1.0]).supported == 1


@given(
    st.lists(st.sampled_from(["Training took two months.", "It was free.", "Was it?", "So:", " ", "7"])), st.integers()
)
def test_counts_add_up(texts: list[str], seed: int) -> None:
    """Every shown sentence is a quote, idle or a claim, and no more claims are supported than made, whoever judges."""
    coin = random.Random(seed)
    count = faithfulness(answer(*texts, evidence=(HIT, HIT)), lambda pairs: [coin.random() for _ in pairs])

    assert count.shown == sum(text != " " for text in texts) == count.quoted + count.no_claim + count.claims
    assert 0 <= count.supported <= count.claims
    assert count.claims == texts.count("It was free.")


def test_cited_quotes_are_evidence_too() -> None:
    """A citation bears out its sentence even where its hit is not among the evidence; without either nothing does."""
    quote = Citation(1, Quote("d", "D", "d.md", None, 0, 25, PASSAGE[:25]))

    assert (
        faithfulness(answer("It was quick.", evidence=(), citations=(quote,)), lambda p: [1.0] * len(p)).supported == 1
    )
    assert faithfulness(answer("It was quick.", evidence=()), lambda p: [1.0] * len(p)) == Faithfulness(1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("It rose.", True),
        ("5", False),
        ("Did it?", False),
        ("The models are:", False),
        ("模型有：", False),
        ("上涨了。", True),
    ],
)
def test_what_can_be_true_or_false_is_a_claim(text: str, claims: bool) -> None:
    """Questions, lead-ins and bare numbers claim nothing, in any script."""
    assert claims_something(text) is claims


@pytest.mark.parametrize(
    ("shown", "held"),
    [
        ("json | 2.72 | 3.59 |", "| json      |            2.72 |   3.59 |                        |"),
        ("Edge cases: empty states.", "- Edge cases: empty states."),
        ("Up to the previous line.", "* Up to the\n    previous line."),
        ("Test plan", "Map out:\n\n## Test plan"),
    ],
)
def test_a_quote_without_the_marks_of_its_list_or_table_is_a_quote(shown: str, held: str) -> None:
    """No judge is asked of a row or an item that is shown as it stands but for its marks; half of one is a claim."""
    hit = Hit(Chunk("d:0", "d", 0, len(held), None, "", held), "D", "d.md", 1.0, 1, "reranked")

    assert faithfulness(answer(shown, evidence=(hit,)), never) == Faithfulness(1, 1, 0, 0, 0)
    assert not stands_in("2.72 | 3.59", "| json | 2.72 | 3.59 |")
