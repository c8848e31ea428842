"""Token batches of the large encoder: rows of like length together, twins in one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor

from eval.training.judge_rows import Unit
from eval.training.question_rows import Question
from rag.read.inputs import Tokens, tokenise
from rag.read.mpnet import END_ID, PAD_ID, SHIFT, START_ID

LONGEST_QUERY, LONGEST_INPUT = 96, 256
NOWHERE = -100
"""What a loss passes over (torch's `ignore_index`): no token to learn, only that the passage answers."""
Row = TypeVar("Row")
POOL = 512
"""Rows that are sorted by length together before they are dealt into batches."""


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """`ids` (n, length); `labels` (n,) in {0, 1}; `twins` (m, 2): rows of the true and the false twin."""

    ids: Tensor
    labels: Tensor
    twins: Tensor


@dataclass(frozen=True, slots=True)
class QuestionBatch:
    """`ids` (n, length); `first`, `last` (n,): tokens of the answer, 0 where there is none, NOWHERE where the whole
    passage is the answer; `open` (n, length): where an answer may stand, position 0 ("none") included.
    """

    ids: Tensor
    first: Tensor
    last: Tensor
    open: Tensor

    @property
    def answered(self) -> Tensor:
        """(n,): 1.0 where the passage answers, else 0.0."""
        return (self.last != 0).to(torch.float32)


def joined(query: Sequence[int], passage: Sequence[int]) -> list[int]:
    """Ids of the encoder's input for a question or claim and a passage, given BERT's numbers."""
    return [
        START_ID, *(i + SHIFT for i in query[:LONGEST_QUERY]), END_ID, END_ID, *(i + SHIFT for i in passage), END_ID
    ]  # fmt: skip


def claim_batches(units: Iterator[Unit], tokenizer: Tokenizer, tokens: int) -> Iterator[ClaimBatch]:
    """Batches of at most `tokens` padded tokens; a unit is never torn."""
    while pool := list(islice(units, POOL)):
        flat = [claim for unit in pool for claim in unit]
        queries = tokenise(tokenizer, [claim.claim for claim in flat])
        passages = tokenise(tokenizer, [claim.evidence for claim in flat])
        inputs = iter(
            [
                joined(q.ids, p.ids[: LONGEST_INPUT - 4 - min(len(q.ids), LONGEST_QUERY)])
                for q, p in zip(queries, passages, strict=True)
            ]
        )
        rows = [([next(inputs) for _ in unit], unit) for unit in pool]
        rows.sort(key=lambda row: max(map(len, row[0])))
        yield from map(_claims, _dealt(rows, tokens))


def question_batches(rows: Iterator[Question], tokenizer: Tokenizer, tokens: int) -> Iterator[QuestionBatch]:
    """Batches of at most `tokens` padded tokens."""
    while pool := list(islice(rows, POOL)):
        queries = tokenise(tokenizer, [row.question for row in pool])
        passages = tokenise(tokenizer, [row.passage for row in pool])
        made = [_question(row, q, p) for row, q, p in zip(pool, queries, passages, strict=True)]
        made.sort(key=lambda row: len(row[0][0]))
        yield from map(_questions, _dealt(made, tokens))


def _dealt(rows: Sequence[tuple[list[list[int]], Row]], tokens: int) -> Iterator[list[tuple[list[list[int]], Row]]]:
    """Stretches of the sorted rows, in an order that mixes long and short."""
    dealt: list[list[tuple[list[list[int]], Row]]] = [[]]
    count = 0
    for row in rows:
        longest = max(map(len, row[0]))
        if dealt[-1] and (count + len(row[0])) * longest > tokens:
            dealt.append([])
            count = 0
        dealt[-1].append(row)
        count += len(row[0])
    step = 7 if len(dealt) % 7 else 5
    at = 0
    for _ in dealt:
        yield dealt[at % len(dealt)]
        at += step


def _claims(rows: Sequence[tuple[list[list[int]], Unit]]) -> ClaimBatch:
    ids = [one for inputs, _ in rows for one in inputs]
    labels = [claim.label for _, unit in rows for claim in unit]
    twins, at = [], 0
    for _, unit in rows:
        if len(unit) == 2:
            twins.append((at, at + 1))
        at += len(unit)
    return ClaimBatch(
        _padded(ids), torch.tensor(labels, dtype=torch.float32), torch.tensor(twins, dtype=torch.long).view(-1, 2)
    )


def _question(row: Question, query: Tokens, passage: Tokens) -> tuple[list[list[int]], tuple[int, int, int]]:
    begin = 3 + min(len(query.ids), LONGEST_QUERY)
    ids = joined(query.ids, passage.ids[: LONGEST_INPUT - 1 - begin])
    if (row.start, row.end) == (0, len(row.passage)):
        return [ids], (NOWHERE, NOWHERE, begin)
    held = [at for at, (start, end) in enumerate(passage.offsets) if start < row.end and row.start < end]
    if not held or begin + held[-1] >= len(ids) - 1:
        return [ids], (0, 0, begin)
    return [ids], (begin + held[0], begin + held[-1], begin)


def _questions(rows: Sequence[tuple[list[list[int]], tuple[int, int, int]]]) -> QuestionBatch:
    ids = _padded([inputs[0] for inputs, _ in rows])
    open_ = torch.zeros_like(ids, dtype=torch.bool)
    for at, (inputs, (_, _, begin)) in enumerate(rows):
        open_[at, 0] = True
        open_[at, begin : len(inputs[0]) - 1] = True
    first, last = (torch.tensor([place[part] for _, place in rows]) for part in (0, 1))
    return QuestionBatch(ids, first, last, open_)


def _padded(rows: Sequence[list[int]]) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [PAD_ID] * (longest - len(row)) for row in rows])
