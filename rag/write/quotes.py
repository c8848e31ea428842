"""The built-in writer: the sentences of the documents that answer, verbatim, with the words that answer marked."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.records import Quote
from index.text.dates import dates
from index.text.polarity import negation_differs, read
from index.text.words import PRONOUNS, first_word, names, terms, wants_comparison, wants_list, wants_sources, words
from rag.find.decide import Reading
from rag.find.editions import newest_first
from rag.find.expected import gives_asked
from rag.find.topics import MEASURES, own_terms
from rag.protocols import Reader
from rag.read.rendering import Statement
from rag.write.extract import Extract, extract
from rag.write.lists import item_around, of_document, paragraph
from rag.write.worked import asked_for, steps_of, wants_several

MAX_QUOTES = 5
"""Sentences of a list or comparison."""
SENTENCES_READ = 16
"""Sentences that a list or comparison question reads one by one, after the passages were read whole."""
SHORT_WORDS = 45
"""Words that a single-fact answer may have, so that nothing is won by quoting everything."""
CURT = 3
"""An answer of so few words ("Yes.", "We do.") is told with the sentence after it."""
DOCUMENTS = 3
"""Documents that are heard where a question asks what several say."""
SECOND = 0.25
"""Share of the threshold from which another document, source or name is told too. Another document: of 200 answered
questions over strangers' folders 177 were right at 1, 178 at a half, 181 at a quarter, an eighth and 0, with 379, 382,
388, 390 and 397 sentences told."""
SAME = 0.7
"""Jaccard overlap of content words from which two sentences say the same thing."""
LEAD_IN_WORDS = 22
"""A sentence that opens with a pronoun brings along the one before it if that one is at most this long."""

ADJACENT = 4
"""Characters of white space that may lie between neighbours."""

_MORE = re.compile(r"\b(?:tell|say|know|explain) (?:\w+ )?more\b|\bmore about\b|\bdescribe\b", re.IGNORECASE)
"""What asks for more than a fact: whatever stands beside the answer is told."""

_CREDITS = re.compile(r"\W*(?:sources?|authors?|credits?|via|quelle|photo|image)\W*:", re.IGNORECASE)
"""Lines of data about a text: they repeat a question's words and say nothing."""


def quote(
    question: str, readings: Sequence[Reading], told: Sequence[Statement], reader: Reader, threshold: float
) -> tuple[Extract, ...]:
    """A short answer for a single fact, two to five sentences from different places for comparisons, a list whole.

    `readings` are the passages, likeliest answer first; `told` are all statements of these passages.
    """
    likely = answering(readings, told, threshold)
    found = newest_first(likely, [item.slices[0].title for item in likely])
    found = [_of_the_one_asked(question, item, told, reader) for item in found[:1]] + found[1:]
    second = found[1:2] or _elsewhere(question, found[:1], told, answering(readings, told, threshold * SECOND))
    heard = _of_each_document(answering(readings, told, threshold * SECOND)) if wants_sources(question) else []
    if len(heard) > 1:
        return tuple(_with_owners(_merge(heard), told, question))
    if found and (steps := steps_of(question, found[0].slices[0], told)):
        return steps
    if wants_list(question) or wants_several(question) or wants_comparison(question):
        several = [*found[:1], *_several(question, found, told, reader, threshold)]
        return tuple(_with_owners(_merge(_agreeing(question, several)), told, question))
    return tuple(_told_next(question, _short(question, _merge(found[:1]), second, told), told))


def _told_next(question: str, shown: list[Extract], told: Sequence[Statement]) -> list[Extract]:
    """What is shown; where none of it gives the kind of value asked for, with the sentence after the first that does.

    "Since when does she run it?": "The library is run by Ida Nor. She took over from her father in 2011."
    """
    if not shown or gives_asked(question, " ".join(item.slices[0].text for item in shown)) is not False:
        return shown
    after = _neighbour(shown[0].slices[0], told, 1)
    if after is None or first_word(after.text) not in PRONOUNS or not gives_asked(question, after.text):
        return shown
    days = dates(after.text)
    told_at = (days[0].start, days[0].end) if len(days) == 1 else None
    return [
        Extract(shown[0].slices),
        Extract((after,), told_at),
        *(item for item in shown[1:] if item.slices[0] != after),
    ]


def answering(readings: Sequence[Reading], told: Sequence[Statement], threshold: float) -> list[Extract]:
    """The statement around each passage's answer span, for the passages that answer; the best is always among them."""
    found = []
    for at, reading in enumerate(readings):
        if reading.span.text and (at == 0 or reading.answerable >= threshold):
            chunk = reading.hit.chunk
            start, end = chunk.start + reading.span.start, chunk.start + reading.span.end
            holding = _around(told, chunk.document_id, start)
            if holding:
                found.append(extract(holding, start, end))
    return sorted(found, key=lambda item: bool(_CREDITS.match(item.slices[0].text)))


def _elsewhere(
    question: str, best: Sequence[Extract], told: Sequence[Statement], found: Sequence[Extract]
) -> list[Extract]:
    """The first of these of another document than the best, where the best leaves words of the question unsaid and the
    other gives a value of the kind asked for.

    Where its paragraph says all of them, what another document has is another thing's: a namesake's, machine 12's.
    """
    asked = terms(" ".join(word for word in own_terms(question) if word not in MEASURES))
    for item in best:
        own = item.slices[0]
        said = terms(" ".join([own.title, own.text, *(one.text for one in paragraph(own, told))]))
        if not set(asked) <= set(said):
            others = [one for one in found if one.slices[0].document_id != own.document_id]
            return [one for one in others[:1] if gives_asked(question, one.slices[0].text)]
    return []


def _of_the_one_asked(question: str, best: Extract, told: Sequence[Statement], reader: Reader) -> Extract:
    """The sentence that says as much of what the question names: "It weighs 12 kg", two sentences after its name.

    A sentence that opens with a pronoun gives way to one that opens alike, where the paragraph of that one holds the
    question's words of its own and more.
    """
    own, opening = best.slices[0], words(best.slices[0].text)[:2]
    if not opening or opening[0] not in PRONOUNS:
        return best
    asked = set(terms(question))
    alike = [
        item
        for item in told
        if item.kind == "prose" and item.quote.document_id == own.document_id and words(item.quote.text)[:2] == opening
    ]
    held = [asked & {term for one in paragraph(item.quote, told) for term in terms(one.text)} for item in alike]
    here = next((words for item, words in zip(alike, held, strict=True) if item.quote == own), None)
    better = [item for item, words in zip(alike, held, strict=True) if here is not None and here < words]
    if len(better) != 1:
        return best
    (span,) = reader.spans(question, [better[0].quote.text])
    start = better[0].quote.start
    return extract(better[0], start + span.start, start + span.end) if span.text else extract(better[0])


def _around(told: Sequence[Statement], document_id: str, offset: int) -> Statement | None:
    """The statement that holds the offset; where that is never an answer, the next one that can be."""
    own = of_document(document_id, told)
    at = next((i for i, item in enumerate(own) if item.quote.start <= offset < item.quote.end), -1)
    if at < 0:
        return None
    return next((item for item in own[at:] if not item.silent), None)


def _of_each_document(found: Sequence[Extract]) -> list[Extract]:
    """The best answering sentence of each document, for at most DOCUMENTS of them; lines that say nothing are none."""
    told = [item for item in found if not _CREDITS.match(item.slices[0].text)]
    best = {item.slices[0].document_id: item for item in reversed(told)}
    return [item for item in told if best[item.slices[0].document_id] is item][:DOCUMENTS]


def _short(question: str, best: list[Extract], second: Sequence[Extract], told: Sequence[Statement]) -> list[Extract]:
    """The answer, then what adds to it and fits into SHORT_WORDS: the rest of its list item where that fits whole, its
    owner, the second-best answer, its neighbours.

    A neighbour adds something where it speaks of what the question asks and what the answer itself leaves out. On the
    bundled cases the fact is told in the best sentence alone in 0.52, with these in 0.69 of the answerable.
    """
    if not best:
        return best
    shown, first = list(best), best[0].slices[0]
    entry = item_around(first, told)
    if sum(len(one.text.split()) for one in entry) <= SHORT_WORDS:
        shown += [Extract((one,)) for one in entry if one != first]
    room = SHORT_WORDS - sum(len(one.slices[0].text.split()) for one in shown)
    owner = _owner(first, told, question)
    after, before = _neighbour(first, told, 1), _neighbour(first, told, -1)
    curt = len(first.text.split()) <= CURT
    more = after if _MORE.search(question) else None
    beside = [item for item in (after, before) if item and (curt or item is more or _adds(item, first, question))]
    for item in (*([Extract((owner,))] if owner else []), *second, *(Extract((item,)) for item in beside)):
        size = len(item.slices[0].text.split())
        if (
            size <= room
            and not _CREDITS.match(item.slices[0].text)
            and not any(_same(item.slices[0], one.slices[0]) for one in shown)
        ):
            room -= size
            shown.append(item)
    return shown


def _adds(item: Quote, answer: Quote, question: str) -> bool:
    asked, held = set(terms(question)), set(terms(item.text))
    return bool(asked & held - set(terms(answer.text))) or len(asked & held) > 1


def _several(
    question: str, found: Sequence[Extract], told: Sequence[Statement], reader: Reader, threshold: float
) -> list[Extract]:
    """More statements that answer by themselves, and for each name of the question the best one that mentions it."""
    asked = set(terms(question))
    whole = [item for item in told if not item.silent and not _CREDITS.match(item.quote.text)]
    likely = sorted(whole, key=lambda item: -len(asked & set(terms(item.read))))[:SENTENCES_READ]
    spans = reader.spans(question, [f"{item.quote.title}. {item.read}" for item in likely])
    scored = sorted(zip(likely, spans, strict=True), key=lambda pair: -pair[1].answerable)
    chosen = [extract(item) for item, span in scored if span.answerable >= threshold]
    for name in names(question):
        wanted = set(terms(name))
        mentions = [
            extract(item)
            for item, span in scored
            if wanted <= set(terms(item.read)) and span.answerable >= threshold * SECOND
        ]
        chosen.extend(mentions[:1])
    return [*(item for item in found[1:2] if not _CREDITS.match(item.slices[0].text)), *chosen]


def _agreeing(question: str, found: Sequence[Extract]) -> list[Extract]:
    """Of the sentences that speak of what is asked, those that say it as the question does: "which do not include"."""
    if not asked_for(question):
        return list(found)
    asked = read(" ".join(word for word in words(question) if word not in ("which", "what")))
    kept = [item for item in found if not negation_differs(asked, read(item.slices[0].text))]
    return kept or list(found)


def _merge(quotes: Sequence[Extract]) -> list[Extract]:
    """At most MAX_QUOTES different sentences; one that says the same as an earlier one only adds its citation."""
    merged: list[Extract] = []
    for candidate in quotes:
        twin = next((i for i, kept in enumerate(merged) if _same(kept.slices[0], candidate.slices[0])), None)
        if twin is not None:
            extra = tuple(s for s in candidate.slices if s not in merged[twin].slices)
            merged[twin] = replace(merged[twin], slices=merged[twin].slices + extra)
        elif len(merged) < MAX_QUOTES:
            merged.append(candidate)
    return merged


def _same(one: Quote, other: Quote) -> bool:
    if one == other:
        return True
    a, b = set(terms(one.text)), set(terms(other.text))
    return bool(a and b) and len(a & b) / len(a | b) >= SAME


def _with_owners(quotes: Sequence[Extract], told: Sequence[Statement], question: str) -> list[Extract]:
    """The quotes, each that opens with a pronoun preceded by the sentence that says whose it is, each sentence once."""
    shown: list[Extract] = []
    for item in quotes:
        owner = _owner(item.slices[0], told, question)
        shown += [*([Extract((owner,))] if owner else []), item]
    return list({item.slices[0]: item for item in reversed(shown)}.values())[::-1]


def _owner(sentence: Quote, told: Sequence[Statement], question: str) -> Quote | None:
    """The last sentence before one that opens with a pronoun that does not open so itself; None where the question's
    names are in the sentence.
    """
    named = any(set(terms(name)) <= set(terms(sentence.text)) for name in names(question))
    before: Quote | None = sentence
    while before and first_word(before.text) in PRONOUNS:
        before = _neighbour(before, told, -1)
    if before is None or before == sentence or named:
        return None
    return before if len(before.text.split()) <= LEAD_IN_WORDS else None


def _neighbour(sentence: Quote, told: Sequence[Statement], step: int) -> Quote | None:
    """The prose directly before (-1) or after (1) a sentence."""
    own = of_document(sentence.document_id, told)
    at = next((i for i, item in enumerate(own) if item.quote.start == sentence.start), -1)
    if at < 0 or not 0 <= at + step < len(own):
        return None
    beside = own[at + step]
    gap = max(beside.quote.start - sentence.end, sentence.start - beside.quote.end)
    return beside.quote if gap <= ADJACENT and beside.kind in ("prose", "item") else None
