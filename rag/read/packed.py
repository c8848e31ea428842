"""Weights in four or six bits: each group of numbers as multiples of its own scale, of a few levels between -1 and 1.

Levels of four bits: the "4-bit NormalFloat" of Dettmers et al., "QLoRA" (2023), appendix E; of six: evenly spaced.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

GROUP = 64
"""Numbers that share a scale: a quarter of a bit more for each."""
FEW_BITS, MORE_BITS = 4, 6
"""A random normal matrix comes back with a relative error of .09 in four bits, of .02 in six."""
AT_ONCE = 1 << 18
"""Numbers unpacked at a time: what stands between the codes and the weight then stays in the processor's cache."""
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
    few = codes.shape[1] * 2 == columns
    lower, upper = _tables(few, precision)
    factors = (scales.float() * (1.0 if few else 1 / HALF)).to(precision)
    whole = torch.empty(rows, columns, dtype=precision)
    step = max(1, AT_ONCE // columns)
    for start in range(0, rows, step):
        some = codes[start : start + step]
        numbers = _looked_up(some[:, : columns // 2].contiguous().view(torch.uint16), lower)
        if upper is not None:  # whole numbers below 64 are exact in any precision: both parts are added up
            numbers += _looked_up(some[:, columns // 2 :], upper)
        part = whole[start : start + step].view(-1, GROUP)
        torch.mul(numbers.view(-1, GROUP), factors[start : start + step].reshape(-1, 1), out=part)
    return whole


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


@lru_cache
def _tables(few: bool, precision: torch.dtype) -> tuple[Tensor, Tensor | None]:
    """(65536, 4): what each four bits of two bytes stand for, the lowest first; and (256, 4) for the upper two bits."""
    lower = _each(torch.tensor(_NORMAL) if few else torch.arange(16.0), 4, 1 << 16, precision)
    return lower, None if few else _each(torch.arange(4.0) * 16 - HALF, 2, 1 << 8, precision)


def _each(values: Tensor, bits: int, codes: int, precision: torch.dtype) -> Tensor:
    """(codes, 4): what each four times `bits` bits of a number below `codes` stand for, the lowest first."""
    numbers = torch.arange(codes)
    return torch.stack([values[numbers >> at * bits & (1 << bits) - 1] for at in range(4)], dim=1).to(precision)


def _looked_up(codes: Tensor, table: Tensor) -> Tensor:
    """(n, m) codes and a table (codes, 4) -> (n, m * 4); numpy takes rows of the table as one number each."""
    row = np.int64 if table.element_size() == 2 else np.complex128
    rows = table.view(torch.uint8).numpy().view(row).reshape(-1)
    found = np.take(rows, codes.contiguous().numpy())
    return torch.from_numpy(found.view(np.uint8)).view(table.dtype).view(len(codes), -1)
