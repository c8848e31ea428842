"""Faithfulness counts shown sentences and never changes its denominator."""

from eval.faithfulness import Faithfulness, faithfulness, macro, micro
from index.records import Chunk, Hit, Quote
from rag.answer import Answer, Citation, Sentence

PASSAGE = "Training took two months. The GPUs cost $5.5 million."
HIT = Hit(Chunk("d:0", "d", 0, len(PASSAGE), None, "", PASSAGE), "D", "d.md", 1.0, 1, "reranked")


def answer(*texts: str, evidence: tuple[Hit, ...] = (HIT,), citations: tuple[Citation, ...] = ()) -> Answer:
    sentences = tuple(Sentence(text, "supported", 1.0) for text in texts)
    return Answer("Q?", "Q?", sentences, citations, evidence, not texts, "No.", 0.5)


def never(pairs):
    return [0.0 for _ in pairs]


def test_sentences_that_the_evidence_supports_are_counted() -> None:
    """Verbatim and entailed sentences count, the others only in the denominator; blank ones nowhere."""
    said = answer("Training took two months.", "It was quick.", "It was free.", " ")

    assert faithfulness(said, lambda pairs: [float("quick" in text) for _, text in pairs]) == Faithfulness(3, 2)


def test_a_judge_without_a_verdict_does_not_shrink_the_denominator() -> None:
    """A NaN verdict leaves the sentence among the shown and not among the supported."""
    assert faithfulness(answer("It was free."), lambda pairs: [float("nan")] * len(pairs)) == Faithfulness(1, 0)


def test_cited_quotes_are_evidence_too() -> None:
    """A citation supports its sentence even where its hit is not among the evidence."""
    quote = Citation(1, Quote("d", "D", "d.md", None, 0, 25, PASSAGE[:25]))

    assert faithfulness(answer("Training took two months.", evidence=(), citations=(quote,)), never).supported == 1
    assert faithfulness(answer("Training took two months.", evidence=()), never).supported == 0


def test_micro_pools_sentences_and_macro_averages_answers() -> None:
    """(1 + 1) / (4 + 1) against (1/4 + 1/1) / 2; refusals change neither, and alone they leave both undefined."""
    counts = [Faithfulness(4, 1), Faithfulness(1, 1), Faithfulness(0, 0)]

    assert micro(counts) == 0.4
    assert macro(counts) == 0.625
    assert micro([Faithfulness(0, 0)]) is None
    assert macro([Faithfulness(0, 0)]) is None
    assert faithfulness(answer(), never) == Faithfulness(0, 0)
