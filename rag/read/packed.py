"""Weights in four or six bits: each group of numbers as multiples of its own scale, of a few levels between -1 and 1.

Levels of four bits: the "4-bit NormalFloat" of Dettmers et al., "QLoRA" (2023), appendix E; of six: evenly spaced.
"""

from __future__ import annotations

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
_EVEN = tuple(at / 31 for at in range(-31, 32))
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
    bits = codes.shape[1] * 8 // columns
    numbers = _levels(bits)[_parted(codes, bits).int().flatten()].reshape(-1, GROUP)
    return (numbers * scales.float().reshape(-1, 1)).reshape(rows, columns).to(precision)


def _levels(bits: int) -> Tensor:
    return torch.tensor({FEW_BITS: _NORMAL, MORE_BITS: _EVEN}[bits])


def _joined(codes: Tensor, bits: int) -> Tensor:
    """Codes below 2 ** bits -> bytes: two in one of four bits each, four in three of six bits each."""
    if bits == FEW_BITS:
        return codes[:, 0::2] | (codes[:, 1::2] << 4)
    a, b, c, d = (codes[:, at::4] for at in range(4))
    return torch.stack((a | (b << 6), (b >> 2) | (c << 4), (c >> 4) | (d << 2)), dim=2).flatten(1)


def _parted(joined: Tensor, bits: int) -> Tensor:
    """The inverse of `_joined`."""
    if bits == FEW_BITS:
        return torch.stack((joined & 15, joined >> 4), dim=2).flatten(1)
    a, b, c = (joined[:, at::3] for at in range(3))
    parts = (a & 63, (a >> 6) | ((b & 15) << 2), (b >> 4) | ((c & 3) << 4), c >> 2)
    return torch.stack(parts, dim=2).flatten(1)
