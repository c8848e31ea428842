"""Weights in four bits: each group of numbers as multiples of its own scale, of sixteen levels for a normal law.

Levels: the "4-bit NormalFloat" of Dettmers et al., "QLoRA" (2023), appendix E.
"""

from __future__ import annotations

import torch
from torch import Tensor

GROUP = 64
"""Numbers that share a scale: 4.25 bits a weight in all."""
_LEVELS = (
    -1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0.0,
    0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0,
)  # fmt: skip
_SHRINK = (1.0, 0.96, 0.92, 0.88, 0.84)
"""Shares of a group's largest number that are tried as its scale; the one with the least squared error is kept."""


def pack(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, columns), columns a multiple of GROUP -> (rows, columns / 2) uint8, (rows, columns / GROUP) float16."""
    rows, columns = weight.shape
    groups = weight.float().reshape(-1, GROUP)
    largest = groups.abs().amax(dim=1, keepdim=True).clamp(min=1e-8)
    best, chosen, scales = torch.full_like(largest, float("inf")), torch.zeros_like(groups, dtype=torch.uint8), largest
    for share in _SHRINK:
        scale = (largest * share).half().float()
        index = _nearest(groups / scale)
        error = ((_levels()[index.long()] * scale - groups) ** 2).sum(dim=1, keepdim=True)
        better = error < best
        best, scales = torch.where(better, error, best), torch.where(better, scale, scales)
        chosen = torch.where(better, index, chosen)
    codes = chosen.reshape(rows, columns)
    return codes[:, 0::2] | (codes[:, 1::2] << 4), scales.reshape(rows, columns // GROUP).half()


def unpack(codes: Tensor, scales: Tensor, precision: torch.dtype) -> Tensor:
    """The (rows, columns) weight in `precision`."""
    rows, half = codes.shape
    levels = _levels()
    pairs = torch.stack((levels.repeat(16), levels.repeat_interleave(16)), dim=1)  # of every byte, low then high
    numbers = pairs[codes.flatten().int()].reshape(-1, GROUP)
    return (numbers * scales.float().reshape(-1, 1)).reshape(rows, 2 * half).to(precision)


def _levels() -> Tensor:
    return torch.tensor(_LEVELS)


def _nearest(values: Tensor) -> Tensor:
    levels = _levels()
    return torch.bucketize(values, (levels[1:] + levels[:-1]) / 2).to(torch.uint8)
