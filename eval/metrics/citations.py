"""Citation metrics of one answer: true slices, gold facts in cited quotes, and citation precision and recall.

Precision and recall follow ALCE (Gao et al. 2023) with its gaps closed: an invented marker is a wrong citation, markers
are resolved by their number and never by a position in a list, an empty answer counts as a refusal, and what says
little by itself is read with what it leans on: a row of a table with its header, an item with its lead-in.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from eval.metrics.facts import holds_needed
from index.text.blocks import blocks
from index.text.sentences import sentence_spans
from rag.answer import Answer, Citation, Sentence

Entail = Callable[[Sequence[tuple[str, str]]], list[float]]
"""For each (passage, sentence) the probability in 0..1 that the passage supports the sentence."""

TextOf = Callable[[str], str | None]
"""A document's stored text by its id, None for an unknown id."""

SUPPORTED = 0.5
"""Entailment at or above which a sentence counts as supported; the reader's probabilities are calibrated to it."""

_MARKS = re.compile(r"^\s*(?:[-*+•]|#{1,6}|\|)\s+|[\s|]+$", re.MULTILINE)
_TYPED_MARKER = re.compile(r"\[(\d{1,4})\]")


@dataclass(frozen=True, slots=True)
class CitationCounts:
    """Counts of one answer. `sentences` shown, of them `recalled` entailed by what they cite; `citations` named by the
    sentences (each once per sentence, invented ones included), of them `precise`; `invented` point to nothing.
    """

    sentences: int
    recalled: int
    citations: int
    precise: int
    invented: int


def refused(answer: Answer) -> bool:
    """Whether the answer says nothing: it abstained, or no sentence of it has any text."""
    return answer.abstained or not any(sentence.text.strip() for sentence in answer.sentences)


def true_slices(answer: Answer, text_of: TextOf) -> int:
    """Number of citations whose quote is exactly the stored text between its offsets.

    A citation without text, with a marker below 1 or with the marker of an earlier citation is not true. Averaged:
    numerator these, denominator `answer.citations`; no citations give no figure.
    """
    markers = [citation.marker for citation in answer.citations]
    return sum(
        citation.marker >= 1 and markers.index(citation.marker) == place and _is_slice(citation, text_of)
        for place, citation in enumerate(answer.citations)
    )


def _is_slice(citation: Citation, text_of: TextOf) -> bool:
    text = text_of(citation.document_id)
    inside = text is not None and 0 <= citation.start < citation.end <= len(text)
    return inside and text is not None and text[citation.start : citation.end] == citation.quote


def cited_quotes(answer: Answer) -> list[str]:
    """Quotes that a shown sentence points to, each once, in the order of the text. A refusal cites nothing."""
    if refused(answer):
        return []
    by_marker = _by_marker(answer)
    named = (marker for sentence in answer.sentences for marker in sentence.markers if sentence.text.strip())
    return list(dict.fromkeys(by_marker[marker].quote for marker in named if marker in by_marker))


def fact_cited(answer: Answer, facts: Sequence[str], need: str) -> bool:
    """Whether the accepted answers (any or all of them, by `need`) stand in cited quotes of shown sentences.

    Averaged: numerator these, denominator all answerable cases, refused ones included.
    """
    return holds_needed(cited_quotes(answer), facts, need)


def fact_shown(answer: Answer, facts: Sequence[str], need: str) -> bool:
    """As `fact_cited`, but in the shown sentences themselves."""
    return not refused(answer) and holds_needed([sentence.text for sentence in answer.sentences], facts, need)


def citation_counts(answer: Answer, entail: Entail, text_of: TextOf) -> CitationCounts:
    """ALCE's counts for one answer; a refusal gives zeros, and answers without sentences or citations no figure.

    Recall: numerator `recalled` (the cited quotes of the sentence, together, entail it), denominator `sentences`.
    Precision: numerator `precise` (the sentence is recalled, and the quote, below what it leans on, entails it alone or
    the others do not entail it without this one, or a precise quote leans on it), denominator `citations`.
    """
    if refused(answer):
        return CitationCounts(0, 0, 0, 0, 0)
    by_marker = _by_marker(answer)
    shown = [sentence for sentence in answer.sentences if sentence.text.strip()]
    counts = [_sentence_counts(sentence, by_marker, entail, text_of) for sentence in shown]
    return CitationCounts(
        sentences=len(counts),
        recalled=sum(count.recalled for count in counts),
        citations=sum(count.citations for count in counts),
        precise=sum(count.precise for count in counts),
        invented=sum(count.invented for count in counts),
    )


def _by_marker(answer: Answer) -> dict[int, Citation]:
    """Marker -> citation; of two citations with one marker the first."""
    return {citation.marker: citation for citation in reversed(answer.citations) if citation.marker >= 1}


def _sentence_counts(
    sentence: Sentence, by_marker: dict[int, Citation], entail: Entail, text_of: TextOf
) -> CitationCounts:
    named = list(dict.fromkeys(sentence.markers))
    cited = [by_marker[marker] for marker in named if marker in by_marker]
    quotes = [citation.quote for citation in cited]
    invented = len(named) - len(quotes) + _typed_markers(sentence, quotes)
    recalled = entails(quotes, sentence.text, entail)
    precise = _precise(cited, sentence.text, entail, text_of) if recalled else 0
    return CitationCounts(1, int(recalled), len(quotes) + invented, precise, invented)


def _typed_markers(sentence: Sentence, quotes: Sequence[str]) -> int:
    """Markers that a writer typed into the text of the sentence and that its quotes do not hold themselves."""
    held = {number for quote in quotes for number in _TYPED_MARKER.findall(quote)}
    return len(set(_TYPED_MARKER.findall(sentence.text)) - held)


def _precise(cited: Sequence[Citation], text: str, entail: Entail, text_of: TextOf) -> int:
    """How many of the citations bear the text out; what a precise one leans on is precise, whatever it says alone."""
    leans = [[at for at, other in enumerate(cited) if leans_on(one, other, text_of)] for one in cited]
    precise: set[int] = set()
    for place in sorted(range(len(cited)), key=lambda at: any(at in below for below in leans)):
        if place not in precise and _is_precise(place, leans[place], cited, text, entail):
            precise |= {place, *leans[place]}
    return len(precise)


def _is_precise(place: int, below: Sequence[int], cited: Sequence[Citation], text: str, entail: Entail) -> bool:
    alone = [cited[at].quote for at in (*below, place)]
    others = [citation.quote for at, citation in enumerate(cited) if at != place]
    return entails(alone, text, entail) or not entails(others, text, entail)


def leans_on(one: Citation, other: Citation, text_of: TextOf) -> bool:
    """Whether one says little without the other, which stands before it in its document: a row of a table without its
    header (of which a part may be cited), an item without its lead-in, an answer without its question.
    """
    text = text_of(one.document_id)
    if text is None or one.document_id != other.document_id or not 0 <= other.start < other.end <= one.start:
        return False
    begin = text.rfind("\n", 0, other.start) + 1
    found = blocks(text[begin : one.end])
    if not found or found[-1].leans < 0:
        return False
    held, below = found[-1], found[found[-1].leans]
    return held.start <= one.start - begin and below.start <= other.start - begin and other.end - begin <= below.end


def entails(quotes: Sequence[str], text: str, entail: Entail) -> bool:
    """Whether the quotes, joined in order, support the text; whole sentences of one need no model, no quotes support
    nothing.

    A model that gives no number (NaN) has not supported the text.
    """
    if not quotes:
        return False
    if any(stands_in(text, quote) for quote in quotes):
        return True
    (probability,) = entail([("\n".join(quotes), text)])
    return probability >= SUPPORTED


def stands_in(text: str, quote: str) -> bool:
    """Whether the text is the quote, or one or several of its sentences in a row; case, white space and the marks of
    lists, headings and table rows do not count.

    A part of a sentence may say what the sentence denies.
    """
    wanted = _plain(text)
    if wanted not in _plain(quote):
        return False
    runs = combinations_with_replacement(sentence_spans(quote), 2)
    return any(_plain(quote[first:last]) == wanted for (first, _), (_, last) in runs)


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split()).casefold()
