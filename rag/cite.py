"""Evidence cut into citable sentences, and the numbered footnotes of an answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from index.records import Hit, Quote
from index.text.sentences import sentence_spans
from rag.answer import Citation
from rag.check.split import Draft, SentenceStream

__all__ = ["Draft", "Footnotes", "SentenceStream", "slices"]


def slices(hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """The sentences of the hits' chunks in hit order, each once where chunks overlap."""
    seen: dict[str, list[tuple[int, int]]] = {}
    found: list[Quote] = []
    for hit in hits:
        taken = seen.setdefault(hit.chunk.document_id, [])
        for start, end in sentence_spans(hit.chunk.text):
            at, until = hit.chunk.start + start, hit.chunk.start + end
            if not any(low <= at and until <= high for low, high in taken):
                taken.append((at, until))
                text = hit.chunk.text[start:end]
                found.append(Quote(hit.chunk.document_id, hit.title, hit.uri, hit.chunk.page, at, until, text))
    return tuple(found)


class Footnotes:
    """Numbers slices 1..n in the order of their first use; a slice used again keeps its number.

    `locate` is called once for each new slice: it may correct its page, or raise if the slice is not in its document.
    """

    def __init__(self, locate: Callable[[Quote], Quote] = lambda item: item) -> None:
        self._locate = locate
        self._citations: dict[tuple[str, int, int], Citation] = {}

    def cite(self, cited: Sequence[Quote]) -> tuple[tuple[int, ...], tuple[Citation, ...]]:
        """The markers of these slices, ascending, and the citations that are new."""
        fresh: list[Citation] = []
        markers: set[int] = set()
        for item in cited:
            place = (item.document_id, item.start, item.end)
            if place not in self._citations:
                fresh.append(Citation(len(self._citations) + 1, self.located(item)))
                self._citations[place] = fresh[-1]
            markers.add(self._citations[place].marker)
        return tuple(sorted(markers)), tuple(fresh)

    def located(self, item: Quote) -> Quote:
        """The slice with its page. Raises what `locate` raises."""
        return replace(item, page=self._locate(item).page)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations so far, by marker."""
        return tuple(self._citations.values())
