"""The parts of a question after reading, and the passages that the answer to them all rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from index.records import Hit
from rag.find.decide import Decision, Reading
from rag.read.rendering import Statement
from rag.write.extract import Extract

SHOWN = 6
"""Passages that an answer is shown with, and that a claim is held against."""


@dataclass(frozen=True, slots=True)
class Found:
    """One part of a question after reading: `told` are the statements of its passages, `worked` what lists and tables
    give for it; `seconds` of retrieving and of reading; `partly`: the titles of documents with a table or list that is
    too long to be read whole.
    """

    question: str
    readings: tuple[Reading, ...]
    decision: Decision
    seconds: tuple[float, float]
    told: tuple[Statement, ...]
    worked: tuple[Extract, ...]
    partly: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The words that answer; "" where nothing does, or where it was worked out."""
        return self.readings[0].span.text if self.decision.answers and self.readings and not self.worked else ""


def evidence_of(found: Sequence[Found]) -> tuple[Hit, ...]:
    """The best passages of each part in turn, each once."""
    ranked = zip_longest(*(part.readings[:SHOWN] for part in found))
    hits = {reading.hit.chunk.id: reading for row in ranked for reading in row if reading is not None}
    return tuple(
        replace(reading.hit, rank=rank, score=reading.answerable, source="reranked")
        for rank, reading in enumerate(list(hits.values())[:SHOWN], start=1)
    )
