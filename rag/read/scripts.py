"""Scripts that the networks have not learnt: a question in one of them is answered by the words that it shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.text.words import other_script
from rag.protocols import Reader, Span
from rag.read.evidence import EvidenceReader


class ScriptReader:
    """The trained reader; for a question mostly in another script than the Latin, the evidence of its words."""

    def __init__(self, trained: Reader, evidence: EvidenceReader) -> None:
        self._trained, self._evidence = trained, evidence

    @property
    def name(self) -> str:
        """The trained reader's name."""
        return self._trained.name

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """The trained relevance with its span, or with the sentence of the evidence, believed as that is."""
        read = self._trained.read(question, passages)
        if not other_script(question):
            return read
        told = self._evidence.spans(question, passages)
        return [(relevance, _within(span, sentence)) for (relevance, span), sentence in zip(read, told, strict=True)]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        return self._trained.rank(question, passages)

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answer in each passage."""
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence): probability in 0..1 that the passage supports the sentence."""
        return self._trained.entail(pairs)


def _within(span: Span, sentence: Span) -> Span:
    """The sentence; only the trained span's place where that lies in it, since it may be the value."""
    if span.text and sentence.start <= span.start and span.end <= sentence.end:
        return replace(sentence, text=span.text, start=span.start, end=span.end)
    return sentence
