"""Faithfulness: how much of what is shown rests on the evidence that was at hand. It says nothing about the world."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.citations import Entail, entails, refused
from rag.answer import Answer


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Counts of one answer: sentences shown, and of them those that one piece of the evidence supports."""

    shown: int
    supported: int


def faithfulness(answer: Answer, entail: Entail) -> Faithfulness:
    """Counts over the shown sentences; a refusal shows none.

    A sentence is supported when one of the quotes it cites or one of the answer's hits entails it. The denominator is
    always the sentences shown: a sentence for which the model gives no verdict is not supported.
    """
    if refused(answer):
        return Faithfulness(0, 0)
    texts = [sentence.text for sentence in answer.sentences if sentence.text.strip()]
    evidence = [*(citation.quote for citation in answer.citations), *(hit.chunk.text for hit in answer.evidence)]
    return Faithfulness(len(texts), sum(_any_entails(evidence, text, entail) for text in texts))


def _any_entails(evidence: Sequence[str], text: str, entail: Entail) -> bool:
    return any(entails([piece], text, entail) for piece in evidence)


def micro(counts: Sequence[Faithfulness]) -> float | None:
    """Supported sentences / shown sentences over all answers together. None when no sentence was shown."""
    shown = sum(count.shown for count in counts)
    return sum(count.supported for count in counts) / shown if shown else None


def macro(counts: Sequence[Faithfulness]) -> float | None:
    """Mean over the answers that show a sentence of their own share. None when no answer shows one.

    Refusals are outside the denominator; abstention has its own metrics.
    """
    shares = [count.supported / count.shown for count in counts if count.shown]
    return sum(shares) / len(shares) if shares else None
