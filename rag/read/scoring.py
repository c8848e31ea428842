"""Run the network over windows of text, each one's result independent of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from index.embed.lanes import side_by_side
from rag.read.inputs import CLS, SEP
from rag.read.network import ANSWERABLE, END, ENTAIL, RANK, START, Embeddings, Trunk

LONGEST_ANSWER = 20
"""Tokens. With one sentence as the limit too, has-answer F1 on dev/squad2 rises by about one point."""
_CLOSED = -1e4


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of a query and of one stretch of a passage; `sentences` numbers the sentence of each passage token.

    An answer does not go beyond a sentence; without numbers all is one.
    """

    query: Sequence[int]
    passage: Sequence[int]
    sentences: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.query) + len(self.passage) + 3


@dataclass(frozen=True, slots=True)
class Logits:
    """What the network says of one window.

    `first` and `last` are token indices in the window's passage, -1 for no passage; `margin` is the best span's logit
    less that of no span.
    """

    rank: float
    answerable: float
    entail: float
    margin: float
    span: float
    first: int
    last: int


class Network:
    """Embeddings and trunk at the precision the processor is fast at.

    Windows run one by one, each on one core: low-precision products round differently in batches of other sizes, and
    without padding one long window keeps a core as busy as a batch does.
    """

    def __init__(self, embeddings: Embeddings, trunk: Trunk, precision: torch.dtype) -> None:
        self._embeddings, self._trunk = embeddings, trunk.lower(precision).eval()

    def logits(self, windows: Sequence[Window]) -> list[Logits]:
        """Logits of each window, in order."""
        return side_by_side(self._one, windows)

    @torch.inference_mode()
    def _one(self, window: Window) -> Logits:
        ids = torch.tensor([[CLS, *window.query, SEP, *window.passage, SEP]])
        segments = torch.zeros_like(ids)
        segments[0, len(window.query) + 2 :] = 1
        judgements, tokens = self._trunk(self._embeddings(ids, segments), None)
        return _logits(window, judgements[0], tokens[0])


def _logits(window: Window, judgements: Tensor, tokens: Tensor) -> Logits:
    begin = len(window.query) + 2
    end = begin + len(window.passage)
    first, last, span = best_span(tokens[begin:end, START], tokens[begin:end, END], window.sentences)
    none = float(tokens[0, START] + tokens[0, END])
    return Logits(
        rank=float(judgements[RANK]), answerable=float(judgements[ANSWERABLE]), entail=float(judgements[ENTAIL]),
        margin=span - none, span=span, first=first, last=last,
    )  # fmt: skip


def best_span(start: Tensor, end: Tensor, sentences: Sequence[int]) -> tuple[int, int, float]:
    """First token, last token and logit of the best span of at most LONGEST_ANSWER tokens inside one sentence."""
    if not len(start):
        return -1, -1, _CLOSED
    sums = start[:, None] + end[None, :]
    allowed = torch.ones_like(sums, dtype=torch.bool).triu().tril(LONGEST_ANSWER - 1)
    if sentences:
        numbers = torch.tensor(sentences)
        allowed &= numbers[:, None] == numbers[None, :]
    sums = sums.masked_fill(~allowed, _CLOSED)
    best = int(sums.argmax())
    first, last = divmod(best, len(end))
    return first, last, float(sums[first, last])
