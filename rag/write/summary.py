"""Summaries without a model: sentences of the documents, chosen so that together they cover what is said.

A sentence counts by how near it is to the whole text (the cosine with the mean of all sentences: the centroid method of
Radev et al. 2004), by the words of the title that it holds and by where it stands; each next one is chosen by maximal
marginal relevance (Carbonell and Goldstein 1998), so that none repeats another.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.protocols import Embedder, Store, Vectors
from index.records import Document, DocumentEntry, Quote
from index.text.sentences import Span, sentence_spans
from index.text.words import PRONOUNS, ends_whole, first_word, is_label, terms, words

MOST_READ = 240
"""Sentences that are embedded, about 0.5 s on two cores; of a longer text the first of each paragraph, thinned out."""
FEWEST_WORDS, MOST_WORDS = 5, 60
LINES, MOST_LINES = 3, 8
"""Sentences of a document's short summary, and of the long one of a long document."""
MOST_DOCUMENTS = 12
"""Documents that one summary tells of."""
NOVELTY = 0.35
"""Share that being unlike what was chosen has beside being central."""
REPEATED = 0.9
"""Cosine from which a sentence says again what was chosen."""
NUDGE = 0.12
"""What the title's words or the first place of a text or section add to a cosine; an opening pronoun takes it off.

This and NOVELTY were set by reading the summaries of four of our own documents; the ten that are reported are others.
"""
BY_ROOT = 0.75
"""Sentences of a summary for each unit of the root of the text's: 6 of 64. Set with them."""
OF_TOPIC = 0.5
"""What holding all words of a topic counts beside the cosine with it. Set with them."""
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCES_OF = 400
"""Characters of a paragraph within which its first sentence is looked for, where a text is thinned out."""
_LEANING = PRONOUNS | frozenset(
    "but however also then so therefore thus "
    "moreover furthermore instead still and or er sie es dies diese dieser aber auch il elle ils elles ce cette".split()
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may be told; `opens` where it is the first after a heading or of the text."""

    start: int
    end: int
    text: str
    opens: bool


def telling(document: Document, embedder: Embedder, most: int | None = None) -> tuple[Span, ...]:
    """The sentences that tell most of the document, the most telling first; none for one without sentences.

    Without `most`, their number grows with the root of the text's: LINES to MOST_LINES.
    """
    found = candidates(document.text)
    if not found:
        return ()
    if most is None:
        most = min(MOST_LINES, max(LINES, round(BY_ROOT * math.sqrt(len(found)))))
    vectors = embedder.embed_passages([item.text for item in found])
    chosen = spread(_central(found, vectors, document.title), vectors, most)
    return tuple((found[at].start, found[at].end) for at in chosen)


def about(topic: str, sentences: Sequence[Quote], embedder: Embedder, most: int = MOST_LINES) -> tuple[Quote, ...]:
    """The sentences that tell most about a topic, in the given order of their documents, then of their text."""
    named = set(terms(topic))
    told = [item for item in sentences if _tells(item.text)]
    near = [item for item in told if named & set(terms(f"{item.text} {item.title}"))]
    if not near:
        return ()
    vectors = embedder.embed_passages([topic, *(item.text for item in near)])
    cosines, rows = vectors[1:] @ vectors[0], vectors[1:]
    shares = np.array([len(named & set(terms(item.text))) / max(1, len(named)) for item in near])
    chosen = spread(cosines + OF_TOPIC * shares, rows, most)
    documents = list(dict.fromkeys(near[at].document_id for at in chosen))
    return tuple(sorted((near[at] for at in chosen), key=lambda q: (documents.index(q.document_id), q.start)))


def candidates(text: str) -> tuple[_Candidate, ...]:
    """The sentences of a text that could stand in a summary, at most MOST_READ."""
    spans = _thinned(text) if len(text) > MOST_READ * MOST_WORDS * 6 else sentence_spans(text)
    found = _telling(text, spans, _tells) or _telling(text, spans, _says)
    return tuple(found[:: math.ceil(len(found) / MOST_READ)]) if found else ()


def _telling(text: str, spans: Sequence[Span], tells: Callable[[str], bool]) -> list[_Candidate]:
    found: list[_Candidate] = []
    opens = True
    for start, end in spans:
        sentence = text[start:end]
        if sentence.startswith("#"):
            opens = True
        elif tells(sentence):
            found.append(_Candidate(start, end, sentence, opens))
            opens = False
    return found


def quotes(document: Document, spans: Sequence[Span]) -> tuple[Quote, ...]:
    """The spans as slices, in the order of the text."""
    return tuple(
        Quote(document.id, document.title, document.uri, None, start, end, document.text[start:end])
        for start, end in sorted(spans)
    )


def spread(scores: Vectors, vectors: Vectors, most: int) -> list[int]:
    """The rows with the best scores that are unlike each other, best first."""
    chosen: list[int] = []
    alike = np.zeros(len(scores))
    left = np.ones(len(scores), dtype=bool)
    while left.any() and len(chosen) < most:
        gain = np.where(left, (1 - NOVELTY) * scores - NOVELTY * alike, -np.inf)
        best = int(gain.argmax())
        chosen.append(best)
        left[best] = False
        alike = np.maximum(alike, vectors @ vectors[best])
        left &= alike < REPEATED
    return chosen


def _central(found: Sequence[_Candidate], vectors: Vectors, title: str) -> Vectors:
    centre = vectors.mean(axis=0)
    scores = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    titled = set(terms(title))
    for at, item in enumerate(found):
        shared = len(titled & set(terms(item.text))) / len(titled) if titled else 0.0
        leans = first_word(item.text) in _LEANING
        scores[at] += NUDGE * (shared + item.opens - leans)
    result: Vectors = scores
    return result


def _tells(sentence: str) -> bool:
    """Whether a sentence says something whole: no heading, label, question, row of a table or fragment."""
    count = len(words(sentence))
    whole = ends_whole(sentence) and not sentence.rstrip().endswith(("?", "？"))
    return whole and FEWEST_WORDS <= count <= MOST_WORDS and not is_label(sentence) and sentence[0] not in "#|`>"


def _says(sentence: str) -> bool:
    """The same for texts without whole sentences: notes, lists and forms."""
    return 2 <= len(words(sentence)) <= MOST_WORDS and not sentence.startswith("#") and any(map(str.isalpha, sentence))


def _thinned(text: str) -> list[Span]:
    """The first sentence of at most MOST_READ paragraphs, evenly spread; a text of any length is read once."""
    starts = [0, *(match.end() for match in _PARAGRAPH.finditer(text))]
    spans: list[Span] = []
    for start in starts[:: math.ceil(len(starts) / MOST_READ)]:
        first = sentence_spans(text[start : start + _SENTENCES_OF])[:1]
        spans += [(start + low, start + high) for low, high in first if start + high < start + _SENTENCES_OF]
    return spans


def collected(entries: Sequence[DocumentEntry], store: Store, embedder: Embedder) -> tuple[tuple[Quote, ...], str]:
    """A summary of one document, or LINES or fewer of each of several, and a notice where not all could be heard."""
    heard = entries[:MOST_DOCUMENTS]
    lines = MOST_LINES if len(heard) == 1 else LINES if len(heard) <= 3 else 2 if len(heard) <= 5 else 1
    told: list[Quote] = []
    for entry in heard:
        document = store.document(entry.id)
        told += quotes(document, kept(document, store, embedder)[:lines])
    if len(entries) <= len(heard):
        return tuple(told), ""
    return tuple(told), (
        f"These are {len(heard)} of {len(entries):,} documents: name one, or a topic, to have it summarised."
    )


def kept(document: Document, store: Store, embedder: Embedder) -> tuple[Span, ...]:
    """The document's summary, the most telling sentence first: made on first need and kept in the store."""
    spans = store.summary(document.id)
    if spans is None:
        spans = telling(document, embedder)
        store.keep_summary(document.id, spans)
    return spans
