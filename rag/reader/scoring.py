"""Run the network over many windows, batched by length, each one's result independent of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rag.reader.inputs import CLS, SEP
from rag.reader.network import ANSWERABLE, END, ENTAIL, RANK, START, UNSUPPORTED, Embeddings, Trunk

# A row is padded to a multiple of this whatever stands beside it, so that its numbers never depend on the batch.
PADDING = 32
TOKENS_PER_BATCH = 4096
LONGEST_ANSWER = 40
_CLOSED = -1e4


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of a query and of one stretch of a passage."""

    query: Sequence[int]
    passage: Sequence[int]

    def __len__(self) -> int:
        return len(self.query) + len(self.passage) + 3


@dataclass(frozen=True, slots=True)
class Logits:
    """What the network says of one window.

    `first` and `last` are token indices in the window's passage, -1 for no passage; `margin` is the best span's logit
    less that of no span; `unsupported` the largest such logit over the query's tokens.
    """

    rank: float
    answerable: float
    entail: float
    margin: float
    span: float
    first: int
    last: int
    unsupported: float


class Network:
    """Embeddings and trunk at the precision the processor is fast at."""

    def __init__(self, embeddings: Embeddings, trunk: Trunk, dtype: torch.dtype) -> None:
        self._embeddings, self._trunk, self._dtype = embeddings, trunk, dtype

    def logits(self, windows: Sequence[Window]) -> list[Logits]:
        """Logits of each window, in order."""
        order = sorted(range(len(windows)), key=lambda index: len(windows[index]))
        found: dict[int, Logits] = {}
        begin = 0
        while begin < len(order):
            end = begin + 1
            while end < len(order) and (end - begin + 1) * _padded(len(windows[order[end]])) <= TOKENS_PER_BATCH:
                end += 1
            chosen = order[begin:end]
            found.update(zip(chosen, self._batch([windows[index] for index in chosen]), strict=True))
            begin = end
        return [found[index] for index in range(len(windows))]

    def _batch(self, windows: Sequence[Window]) -> list[Logits]:
        length = _padded(max(len(window) for window in windows))
        ids = np.zeros((len(windows), length), np.int64)
        segments = np.zeros((len(windows), length), np.int64)
        mask = np.zeros((len(windows), length), np.bool_)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = [CLS, *window.query, SEP, *window.passage, SEP]
            segments[row, len(window.query) + 2 : len(window)] = 1
            mask[row, : len(window)] = True
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._dtype is torch.bfloat16):
            embedded = self._embeddings(torch.from_numpy(ids), torch.from_numpy(segments))
            judgements, tokens = self._trunk(embedded, torch.from_numpy(mask))
        return [_logits(*parts) for parts in zip(windows, judgements, tokens, strict=True)]


def _padded(length: int) -> int:
    return -(-length // PADDING) * PADDING


def _logits(window: Window, judgements: Tensor, tokens: Tensor) -> Logits:
    begin = len(window.query) + 2
    end = begin + len(window.passage)
    first, last, span = _best_span(tokens[begin:end, START], tokens[begin:end, END])
    none = float(tokens[0, START] + tokens[0, END])
    query = tokens[1 : 1 + len(window.query), UNSUPPORTED]
    return Logits(
        rank=float(judgements[RANK]), answerable=float(judgements[ANSWERABLE]), entail=float(judgements[ENTAIL]),
        margin=span - none, span=span, first=first, last=last,
        unsupported=float(query.max()) if len(query) else 0.0,
    )  # fmt: skip


def _best_span(start: Tensor, end: Tensor) -> tuple[int, int, float]:
    """First token, last token and logit of the best span of at most LONGEST_ANSWER tokens."""
    if not len(start):
        return -1, -1, _CLOSED
    sums = start[:, None] + end[None, :]
    allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(LONGEST_ANSWER - 1)
    sums = sums.masked_fill(~allowed, _CLOSED)
    best = int(sums.argmax())
    first, last = divmod(best, len(end))
    return first, last, float(sums[first, last])
