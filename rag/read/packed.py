"""Weights in four or six bits: each group of numbers as multiples of its own scale, of a few levels between -1 and 1.

Levels of four bits: the "4-bit NormalFloat" of Dettmers et al., "QLoRA" (2023), appendix E; of six: evenly spaced.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

GROUP = 64
"""Numbers that share a scale: a quarter of a bit more for each."""
FEW_BITS, MORE_BITS = 4, 6
"""A random normal matrix comes back with a relative error of .09 in four bits, of .02 in six."""
_NORMAL = (
    -1.0, -0.6961928, -0.5250731, -0.3949175, -0.2844414, -0.1847734, -0.0910500, 0.0,
    0.0795803, 0.1609302, 0.2461123, 0.3379152, 0.4407098, 0.5626170, 0.7229568, 1.0,
)  # fmt: skip
HALF = 31
"""Levels of six bits on each side of zero."""
_EVEN = tuple(at / HALF for at in range(-HALF, HALF + 1))
_SHRINK = (1.0, 0.96, 0.92, 0.88, 0.84)
"""Shares of a group's largest number that are tried as its scale; the one with the least squared error is kept."""


def pack(weight: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """(rows, columns) in whole groups -> (rows, columns * bits / 8) bytes and (rows, columns / GROUP) float16."""
    rows, columns = weight.shape
    levels = _levels(bits)
    middles = (levels[1:] + levels[:-1]) / 2
    groups = weight.float().reshape(-1, GROUP)
    largest = groups.abs().amax(dim=1, keepdim=True).clamp(min=1e-8)
    best, chosen, scales = torch.full_like(largest, float("inf")), torch.zeros_like(groups, dtype=torch.uint8), largest
    for share in _SHRINK:
        scale = (largest * share).half().float()
        index = torch.bucketize(groups / scale, middles).to(torch.uint8)
        error = ((levels[index.long()] * scale - groups) ** 2).sum(dim=1, keepdim=True)
        better = error < best
        best, scales = torch.where(better, error, best), torch.where(better, scale, scales)
        chosen = torch.where(better, index, chosen)
    return _joined(chosen.reshape(rows, columns), bits), scales.reshape(rows, columns // GROUP).half()


def unpack(codes: Tensor, scales: Tensor, precision: torch.dtype) -> Tensor:
    """The (rows, columns) weight in `precision`; how many bits a number has follows from the shapes."""
    rows, columns = scales.shape[0], scales.shape[1] * GROUP
    if codes.shape[1] * 2 == columns:
        numbers, unit = _looked_up(codes, _pairs(torch.tensor(_NORMAL), precision)), 1.0
    else:  # whole numbers below 64 are exact in any precision: the lower four bits and the upper two are added up
        low, high = codes[:, : columns // 2], codes[:, columns // 2 :]
        numbers = _looked_up(low, _pairs(torch.arange(16.0), precision))
        numbers += _looked_up(high, _fours(torch.arange(4.0) * 16 - HALF, precision))
        unit = 1 / HALF
    factors = (scales.float() * unit).to(precision)
    return (numbers.view(-1, GROUP) * factors.view(-1, 1)).view(rows, columns)


def _levels(bits: int) -> Tensor:
    return torch.tensor({FEW_BITS: _NORMAL, MORE_BITS: _EVEN}[bits])


def _joined(codes: Tensor, bits: int) -> Tensor:
    """Codes below 2 ** bits -> bytes: the lower four bits of two codes in each, then the upper two of four in each."""
    low = codes & 15
    pairs = low[:, 0::2] | (low[:, 1::2] << 4)
    if bits == FEW_BITS:
        return pairs
    a, b, c, d = (codes[:, at::4] >> 4 for at in range(4))
    return torch.cat((pairs, a | (b << 2) | (c << 4) | (d << 6)), dim=1)


def _pairs(values: Tensor, precision: torch.dtype) -> Tensor:
    """(256, 2): what the lower and the upper four bits of each byte stand for."""
    return torch.stack((values.repeat(16), values.repeat_interleave(16)), dim=1).to(precision)


def _fours(values: Tensor, precision: torch.dtype) -> Tensor:
    """(256, 4): what each two bits of each byte stand for, the lowest first."""
    return torch.stack([values[torch.arange(256) >> shift & 3] for shift in (0, 2, 4, 6)], dim=1).to(precision)


def _looked_up(codes: Tensor, table: Tensor) -> Tensor:
    """(n, m) bytes and a table (256, k) -> (n, m * k); numpy takes rows of the table as one number each."""
    row = np.dtype({4: np.int32, 8: np.int64, 16: np.complex128}[table.shape[1] * table.element_size()])
    rows = table.contiguous().view(torch.uint8).numpy().view(row).reshape(-1)
    found = np.take(rows, codes.contiguous().numpy())
    return torch.from_numpy(found.view(np.uint8)).view(table.dtype).view(len(codes), -1)
