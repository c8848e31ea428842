"""Faithfulness: how much of what is claimed rests on the evidence that was at hand. It says nothing about the world.

A sentence copied from the evidence is true to it by construction, so it is counted apart and no judge is asked: for an
answer of quotes faithfulness is not a figure at all.
"""

import re
from dataclasses import dataclass

from eval.metrics.answers import shown_sentences
from eval.metrics.citations import SUPPORTED, Entail, stands_in
from rag.answer import Answer

_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Counts of one answer: sentences `shown` = `quoted` (verbatim) + `no_claim` + `claims`; of the claims those that
    one piece of the evidence supports.
    """

    shown: int = 0
    quoted: int = 0
    no_claim: int = 0
    claims: int = 0
    supported: int = 0


def faithfulness(answer: Answer, entail: Entail) -> Faithfulness:
    """Counts over the shown sentences; a refusal shows none. Averaged: numerator `supported`, denominator `claims`;
    answers without claims give no figure.

    A claim is supported when one of the quotes it cites or one of the answer's hits entails it. A claim for which the
    judge gives no verdict (NaN) stays in the denominator and is not supported.
    """
    evidence = [*(citation.quote for citation in answer.citations), *(hit.chunk.text for hit in answer.evidence)]
    texts = [sentence.text for sentence in shown_sentences(answer)]
    told = [text for text in texts if not any(stands_in(text, piece) for piece in evidence)]
    claims = [text for text in told if claims_something(text)]
    supported = sum(any(p >= SUPPORTED for p in entail([(piece, text) for piece in evidence])) for text in claims)
    return Faithfulness(len(texts), len(texts) - len(told), len(told) - len(claims), len(claims), supported)


def claims_something(text: str) -> bool:
    """Whether a sentence can be true or false: questions, lead-ins before a colon and bare numbers or signs cannot."""
    bare = text.strip().rstrip("*_ \"'”’)")
    return bool(_LETTER.search(bare)) and not bare.endswith(("?", "？", ":", "："))
