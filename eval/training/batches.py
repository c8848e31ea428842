"""Rows to padded arrays of a few fixed shapes, so that a compiled step meets each shape again."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from eval.training.passage_rows import Row
from rag.read.inputs import CLS, LONGEST_INPUT, LONGEST_QUERY, SEP, Tokens, tokenise

LENGTHS = (64, 96, 128, 160, 192, 224, 256)
IGNORED = -100

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids and targets of one row; targets of IGNORED train nothing."""

    ids: list[int]
    query_length: int
    start: int
    end: int
    judgements: tuple[int, int, int]
    wrong: tuple[tuple[int, int], ...] | None
    pair: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Arrays of one training step.

    Shape: ids, segments, mask and wrong (rows, length); start, end and pair (rows,); judgements (rows, 3).
    """

    ids: Ints
    segments: Ints
    mask: Ints
    start: Ints
    end: Ints
    judgements: Ints
    wrong: Ints
    pair: Ints


def to_examples(rows: Sequence[Row], tokenizer: Tokenizer, random_: random.Random) -> list[Example]:
    """Examples of the rows, in order; a row whose answer does not fall on tokens loses its span target."""
    queries = tokenise(tokenizer, [row.query for row in rows])
    passages = tokenise(tokenizer, [row.passage for row in rows])
    return [_example(*parts, random_) for parts in zip(rows, queries, passages, strict=True)]


def _example(row: Row, query: Tokens, passage: Tokens, random_: random.Random) -> Example:
    query_ids = list(query.ids[:LONGEST_QUERY])
    room = LONGEST_INPUT - 3 - len(query_ids)
    first, last = _answer_tokens(row, passage)
    begin = _window_start(len(passage.ids), room, first, last, random_)
    shift = 2 + len(query_ids) - begin
    start = end = IGNORED
    if row.answerable == 0:
        start = end = 0
    elif first >= 0 and begin <= first and last < begin + room:
        start, end = first + shift, last + shift
    ids = [CLS, *query_ids, SEP, *passage.ids[begin : begin + room], SEP]
    judgements = (row.rank, row.answerable, row.entail)
    return Example(ids, len(query_ids), start, end, judgements, _wrong_tokens(row, query), row.pair)


def _answer_tokens(row: Row, passage: Tokens) -> tuple[int, int]:
    """Indices of the first and last token of the answer, or (-1, -1)."""
    inside = [index for index, (start, end) in enumerate(passage.offsets) if start < row.end and end > row.start]
    return (inside[0], inside[-1]) if row.answerable == 1 and inside else (-1, -1)


def _window_start(count: int, room: int, first: int, last: int, random_: random.Random) -> int:
    """Where a passage too long for the input is cut: at random, the answer always inside."""
    if count <= room:
        return 0
    if first < 0:
        return random_.randrange(count - room + 1)
    return random_.randint(max(0, min(last - room + 1, first)), min(first, count - room))


def _wrong_tokens(row: Row, query: Tokens) -> tuple[tuple[int, int], ...] | None:
    """Half-open token spans of the query that are not supported; None when unknown."""
    if row.wrong is None:
        return None
    spans = []
    for start, end in row.wrong:
        inside = [i for i, (left, right) in enumerate(query.offsets[:LONGEST_QUERY]) if left < end and right > start]
        if inside:
            spans.append((inside[0], inside[-1] + 1))
    return tuple(spans)


def padded_length(length: int) -> int:
    """The smallest of LENGTHS that holds `length` tokens."""
    return next(padded for padded in LENGTHS if padded >= length)


def batches(examples: Sequence[Example], batch_tokens: int, random_: random.Random) -> Iterator[Batch]:
    """Full batches of about `batch_tokens` of every padded length, shuffled; leftovers of a length are dropped.

    The examples of a pair stand side by side at the length of the longer one, so that few are parted.
    """
    by_length: dict[int, list[Example]] = defaultdict(list)
    for unit in _units(examples):
        by_length[padded_length(max(len(example.ids) for example in unit))] += unit
    groups: list[tuple[int, list[Example]]] = []
    for length, members in sorted(by_length.items()):
        size = batch_tokens // length
        groups += [(length, members[i : i + size]) for i in range(0, len(members) - size + 1, size)]
    random_.shuffle(groups)
    for length, members in groups:
        yield to_batch(members, length)


def _units(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """The examples of each pair together, every other one alone, in the order they come."""
    pairs: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        if example.pair >= 0:
            pairs[example.pair].append(example)
    for example in examples:
        if example.pair < 0:
            yield [example]
        elif pairs[example.pair][0] is example:
            yield pairs[example.pair]


def to_batch(examples: Sequence[Example], length: int) -> Batch:
    """The arrays of `examples`, padded to `length`."""
    shape = (len(examples), length)
    ids, segments, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    wrong = np.full(shape, IGNORED, np.int64)
    for index, example in enumerate(examples):
        count = len(example.ids)
        ids[index, :count] = example.ids
        mask[index, :count] = 1
        segments[index, example.query_length + 2 : count] = 1
        if example.wrong is not None:
            wrong[index, 1 : example.query_length + 1] = 0
            for start, end in example.wrong:
                wrong[index, 1 + start : 1 + end] = 1
    return Batch(
        ids=ids, segments=segments, mask=mask, wrong=wrong,
        start=np.array([example.start for example in examples]),
        end=np.array([example.end for example in examples]),
        judgements=np.array([example.judgements for example in examples]),
        pair=np.array([example.pair for example in examples]),
    )  # fmt: skip
