"""Long passages as windows of tokens: all of them for reading, the likeliest for judging a sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from index.text.sentences import sentence_spans
from rag.read.inputs import Tokens

OVERLAP = 64
EVIDENCE_TOKENS = 160
EVIDENCE_WINDOWS = 4
_WORD = re.compile(r"\w+")


def likeliest(sentence: str, passage: str, tokens: Tokens, room: int) -> list[tuple[int, int]]:
    """Half-open token ranges of whole sentences of the passage: those that share most words with the sentence."""
    if len(tokens.ids) <= min(room, EVIDENCE_TOKENS):
        return [(0, len(tokens.ids))]
    bounds = _sentence_stretches(passage, tokens, min(room, EVIDENCE_TOKENS))
    words = set(_WORD.findall(sentence.lower()))
    shared = [len(words & set(_WORD.findall(_slice(passage, tokens, *part).lower()))) for part in bounds]
    order = sorted(range(len(bounds)), key=lambda index: (-shared[index], index))[:EVIDENCE_WINDOWS]
    return [bounds[index] for index in order]


def sentence_numbers(text: str, tokens: Tokens) -> list[int]:
    """For each token, the sentence it stands in."""
    ends = [end for _, end in sentence_spans(text)]
    return [bisect_right(ends, start) for start, _ in tokens.offsets]


def _slice(text: str, tokens: Tokens, start: int, end: int) -> str:
    return text[tokens.offsets[start][0] : tokens.offsets[end - 1][1]]


def stretches(count: int, room: int) -> list[tuple[int, int]]:
    """Half-open token ranges of at most `room` that cover a passage, each sharing OVERLAP tokens with the next."""
    if count <= room:
        return [(0, count)]
    starts = [*list(range(0, count - room, room - OVERLAP)), count - room]
    return [(start, start + room) for start in starts]


def _sentence_stretches(text: str, tokens: Tokens, room: int) -> list[tuple[int, int]]:
    """Token ranges made of as many whole sentences as fit, each starting one sentence after the middle of the last."""
    ends = [end for _, end in sentence_spans(text)]
    cuts, sentence = [0], 0
    for index, (start, _) in enumerate(tokens.offsets):
        while sentence < len(ends) and start >= ends[sentence]:
            sentence += 1
            if cuts[-1] != index:
                cuts.append(index)
    cuts.append(len(tokens.ids))
    cuts = _with_long_sentences_cut(cuts, room)
    ranges: list[tuple[int, int]] = []
    for first in range(len(cuts) - 1):
        end = max(cut for cut in cuts[first + 1 :] if cut - cuts[first] <= room)
        if not ranges or (end > ranges[-1][1]):
            ranges.append((cuts[first], end))
    return ranges


def _with_long_sentences_cut(cuts: Sequence[int], room: int) -> list[int]:
    cut: list[int] = [0]
    for end in cuts[1:]:
        while end - cut[-1] > room:
            cut.append(cut[-1] + room)
        if end > cut[-1]:
            cut.append(end)
    return cut
