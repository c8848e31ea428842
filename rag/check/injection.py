"""Sentences of documents that speak to the model instead of to the reader.

Flagged: orders and fake roles, hidden text, active markup. What is flagged is never quoted, never evidence, and told
apart in prompts. The rules are conservative: prose about rules, instructions or models is left alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from index.records import Hit, Quote
from index.text.sentences import sentence_spans
from rag.check.injection_rules import FOLLOWS, ORDER, REGIONS

Span = tuple[int, int]

_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff]")
_SMUGGLED = re.compile("[\U000e0020-\U000e007f\u202d\u202e]")
LACED = 0.25
"""Share of invisible characters above which a sentence hides something: soft hyphens and joiners of honest text are
fewer, and a word with one behind each letter has half."""
_LEET = str.maketrans("013457@$", "oieastas")


def suspicious(text: str) -> tuple[Span, ...]:
    """Half-open spans, in order and disjoint, of the sentences and marked-up regions that address the model."""
    view, places = _visible(text)
    sentences = sentence_spans(view)
    regions = [match.span() for pattern in REGIONS for match in pattern.finditer(view)]
    flags = [_speaks_to_model(view[start:end]) for start, end in sentences]
    for at in range(1, len(flags)):
        start, end = sentences[at]
        flags[at] = flags[at] or (flags[at - 1] and FOLLOWS.match(view[start:end]) is not None)
    for at in range(1, len(flags) - 1):
        flags[at] = flags[at] or (flags[at - 1] and flags[at + 1])
    found = [span for span, flag in zip(sentences, flags, strict=True) if flag]
    hidden = _smuggled(text, places, sentences)
    return _merged((places[start], places[end - 1] + 1) for start, end in [*found, *regions, *hidden] if end > start)


def disarmed(hit: Hit) -> Hit:
    """The hit as a prompt may hold it: what is flagged in its text is left out, and a mark stands in its place."""
    text = hit.chunk.text
    for start, end in reversed(suspicious(text)):
        text = f"{text[:start]}[…]{text[end:]}"
    return replace(hit, chunk=replace(hit.chunk, text=text))


def trustworthy(items: Sequence[Quote]) -> tuple[Quote, ...]:
    """The slices that no flagged region touches, in their order; sentences are judged among their neighbours."""
    flagged: set[int] = set()
    order = sorted(range(len(items)), key=lambda at: (items[at].document_id, items[at].start))
    run: list[int] = []
    for at, following in pairwise([*order, None]):
        assert at is not None
        run.append(at)
        if following is None or not _neighbours(items[at], items[following]):
            flagged |= _flagged([items[i] for i in run], run)
            run = []
    return tuple(item for at, item in enumerate(items) if at not in flagged)


def _flagged(run: Sequence[Quote], places: Sequence[int]) -> set[int]:
    text, starts = "", []
    for item in run:
        starts.append(len(text))
        text += item.text + "\n"
    spans = suspicious(text)
    return {
        place
        for place, start, item in zip(places, starts, run, strict=True)
        if any(low < start + len(item.text) and start < high for low, high in spans)
    }


def _neighbours(one: Quote, other: Quote) -> bool:
    return one.document_id == other.document_id and 0 <= other.start - one.end <= 8


@lru_cache(maxsize=4096)
def _speaks_to_model(sentence: str) -> bool:
    if ORDER.search(sentence):
        return True
    plainer = re.sub(r"\b(?=\w*[a-z])(?=\w*[013457])\w{3,}\b", lambda match: match.group().translate(_LEET), sentence)
    return plainer != sentence and ORDER.search(plainer) is not None


def _visible(text: str) -> tuple[str, list[int]]:
    """The text as a model reads it, without invisible characters, and each character's place in the original."""
    view: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        if _INVISIBLE.match(char):
            continue
        plain = (
            chr(ord(char) - 0xE0000) if "\U000e0020" <= char <= "\U000e007e" else unicodedata.normalize("NFKC", char)
        )
        if len(plain) != 1:
            plain = char
        view.append(plain)
        places.append(at)
    return "".join(view), places


def _smuggled(text: str, places: Sequence[int], sentences: Sequence[Span]) -> list[Span]:
    """Sentences (of the visible text) with characters written backwards or in tags, or laced with invisible ones."""
    if not (_INVISIBLE.search(text) or _SMUGGLED.search(text)):
        return []
    found = []
    for start, end in sentences:
        piece = text[places[start] : places[end - 1] + 1]
        if _SMUGGLED.search(piece) or len(_INVISIBLE.findall(piece)) > LACED * len(piece):
            found.append((start, end))
    return found


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
