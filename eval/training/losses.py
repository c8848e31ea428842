"""What training lowers: the sum of the heads' losses, each over the rows that carry its label."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from eval.training.batches import IGNORED, Batch
from rag.read.network import ANSWERABLE, END, RANK, START, UNSUPPORTED

PARTS = ("rank", "answerable", "entail", "span", "unsupported", "pair")
_JUDGEMENT_WEIGHTS = (0.5, 0.7, 1.0)
_SPAN_WEIGHT = 1.0
_UNSUPPORTED_WEIGHT = 1.0
_PAIR_WEIGHT = 0.5
_WRONG_TOKEN_WEIGHT = 3.0
_CLOSED = -1e4


@dataclass(frozen=True, slots=True)
class Targets:
    """A batch's labels as tensors on the training device."""

    start: Tensor
    end: Tensor
    judgements: Tensor
    wrong: Tensor
    pair: Tensor
    open: Tensor

    @classmethod
    def of(cls, batch: Batch, device: torch.device) -> Targets:
        """`open` marks where a span may lie: the passage's tokens, and position 0 for none."""
        open_ = (batch.segments == 1) & (batch.ids != 102)
        open_[:, 0] = True
        arrays = (batch.start, batch.end, batch.judgements, batch.wrong, batch.pair, open_)
        return cls(*(torch.from_numpy(array).to(device) for array in arrays))


def part_losses(judgements: Tensor, tokens: Tensor, targets: Targets) -> Tensor:
    """Losses of PARTS in order, (6,), each summed over its rows and divided by the rows of the batch."""
    rows = judgements.shape[0]
    known = (targets.judgements >= 0).float()
    wanted = targets.judgements.clamp(min=0).float()
    judged = (functional.binary_cross_entropy_with_logits(judgements, wanted, reduction="none") * known).sum(0) / rows
    weighted = judged * torch.tensor(_JUDGEMENT_WEIGHTS, device=judged.device)
    closed = ~targets.open
    start = _placed(tokens[..., START].masked_fill(closed, _CLOSED), targets.start)
    end = _placed(tokens[..., END].masked_fill(closed, _CLOSED), targets.end)
    span = _SPAN_WEIGHT * (start + end) / (2 * rows)
    return torch.cat([weighted, torch.stack([span, _unsupported(tokens, targets, rows), _pairs(judgements, targets)])])


def _pairs(judgements: Tensor, targets: Targets) -> Tensor:
    """How much the passage without the answer is believed beside the one with it (RankNet, Burges et al. 2005)."""
    better = (targets.pair[:, None] == targets.pair[None, :]) & (targets.pair >= 0)[:, None]
    better = better & (targets.judgements[:, None, RANK] == 1) & (targets.judgements[None, :, RANK] == 0)
    scores = judgements[:, [RANK, ANSWERABLE]]
    lead = scores[:, None, :] - scores[None, :, :]
    lost = (functional.softplus(-lead) * better[..., None]).sum()
    return _PAIR_WEIGHT * lost / judgements.shape[0]


def _placed(logits: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(logits, target, ignore_index=IGNORED, reduction="sum")


def _unsupported(tokens: Tensor, targets: Targets, rows: int) -> Tensor:
    known = (targets.wrong >= 0).float()
    wanted = targets.wrong.clamp(min=0).float()
    weight = known * (1 + (_WRONG_TOKEN_WEIGHT - 1) * wanted)
    each = functional.binary_cross_entropy_with_logits(tokens[..., UNSUPPORTED], wanted, reduction="none") * weight
    return _UNSUPPORTED_WEIGHT * (each.sum(1) / known.sum(1).clamp(min=1)).sum() / rows
