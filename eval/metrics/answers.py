"""What an answer says, against the accepted short answers of its case. Pure; a refusal says nothing and scores 0."""

from collections.abc import Sequence

from eval.metrics.citations import refused
from eval.metrics.facts import holds
from eval.metrics.overlap import exact_match, rouge_l_f1, squad_f1
from index.text.quantities import Quantity, quantities
from rag.answer import Answer, Sentence

SAME = 1e-6
"""Relative difference up to which two values in one unit are the same number."""


def shown_sentences(answer: Answer) -> list[Sentence]:
    """The sentences with text; none for a refusal."""
    return [] if refused(answer) else [sentence for sentence in answer.sentences if sentence.text.strip()]


def opens_with_fact(answer: Answer, facts: Sequence[str]) -> bool:
    """Whether the first shown sentence holds one of the accepted answers.

    Averaged: numerator these, denominator the answerable cases with one fact that were answered.
    """
    return any(holds(sentence.text, fact) for sentence in shown_sentences(answer)[:1] for fact in facts)


def short_answer(answer: Answer) -> str:
    """The words marked as the answer, in the first sentence that marks any; else the first sentence; else ""."""
    shown = shown_sentences(answer)
    marked = (sentence.text[slice(*sentence.focus)] for sentence in shown if sentence.focus)
    return next(marked, shown[0].text if shown else "")


def agreement(answer: Answer, accepted: Sequence[str]) -> tuple[float, float, float]:
    """SQuAD's exact match and token F1, and ROUGE-L, of the short answer with the best accepted answer, each in 0..1.

    Averaged over the answerable cases, refused ones counting 0.
    """
    said = short_answer(answer)
    best_rouge = max((rouge_l_f1(said, one) for one in accepted), default=0.0)
    return (exact_match(said, accepted), squad_f1(said, accepted), best_rouge) if said else (0.0, 0.0, 0.0)


def numbers_told(answer: Answer, accepted: Sequence[str]) -> tuple[int, int]:
    """(told, wanted): numbers with units in the accepted answers, and of them those that a shown sentence gives.

    "5.5 million dollars" is told by "$5.5M", "two minutes" by "120 seconds", a bare number by the same number.
    (0, 0) where the accepted answers hold no number.
    """
    wanted = [quantity for text in accepted for quantity in quantities(text)]
    said = [quantity for sentence in shown_sentences(answer) for quantity in quantities(sentence.text)]
    return sum(any(_same(one, other) for other in said) for one in wanted), len(wanted)


def _same(one: Quantity, other: Quantity) -> bool:
    (dimension, value), (other_dimension, other_value) = one.base, other.base
    close = abs(value - other_value) <= SAME * max(abs(value), abs(other_value))
    return close and (dimension == other_dimension or not one.unit)


def page_right(answer: Answer, facts: Sequence[str], page: int) -> bool:
    """Whether a cited quote that holds one of the facts stands on this page (1-based).

    Averaged over the answered cases that name a page.
    """
    named = {marker for sentence in shown_sentences(answer) for marker in sentence.markers}
    return any(
        citation.page == page and citation.marker in named and any(holds(citation.quote, fact) for fact in facts)
        for citation in answer.citations
    )


def says_wrong(answer: Answer, wrong: Sequence[str]) -> bool:
    """Whether a shown sentence holds one of the values that make the answer wrong, such as that of an older version."""
    return any(holds(sentence.text, value) for sentence in shown_sentences(answer) for value in wrong)
