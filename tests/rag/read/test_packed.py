"""Weights in four bits: what comes back is near what went in, and what is a level comes back exactly."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.read.packed import _LEVELS, GROUP, pack, unpack


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(1, 4), st.floats(1e-3, 50.0), st.integers(0, 1000))
def test_what_is_packed_comes_back_near(rows: int, groups: int, size: float, seed: int) -> None:
    """No number moves by more than the widest gap between two levels, of the largest number of its group."""
    weight = torch.randn(rows, groups * GROUP, generator=torch.Generator().manual_seed(seed)) * size
    codes, scales = pack(weight)
    back = unpack(codes, scales, torch.float32)

    assert (codes.shape, codes.dtype, scales.shape) == ((rows, groups * GROUP // 2), torch.uint8, (rows, groups))
    largest = weight.reshape(rows, groups, GROUP).abs().amax(-1, keepdim=True)
    assert bool(((back - weight).reshape(rows, groups, GROUP).abs() <= 0.17 * largest + 1e-6).all())


def test_levels_come_back_exactly() -> None:
    """Numbers that are levels times one scale lose nothing, in either half of a byte."""
    row = torch.tensor((_LEVELS * 4)[:GROUP]) * 0.5
    assert torch.equal(unpack(*pack(row[None]), torch.float32)[0], row)


def test_normal_numbers_keep_their_direction() -> None:
    """The packed rows of a random matrix point where the rows did: cosine above 0.99."""
    weight = torch.randn(64, 768, generator=torch.Generator().manual_seed(1))
    back = unpack(*pack(weight), torch.float32)
    assert torch.cosine_similarity(weight, back).min() > 0.99


def test_zeros_stay_zeros() -> None:
    """A group of zeros has no scale to divide by."""
    assert torch.equal(
        unpack(*pack(torch.zeros(2, GROUP)), torch.bfloat16), torch.zeros(2, GROUP, dtype=torch.bfloat16)
    )


@pytest.mark.parametrize("columns", [GROUP - 1, GROUP + 2])
def test_a_torn_group_is_refused(columns: int) -> None:
    """Columns that do not fill whole groups are an error, not a silent misreading."""
    with pytest.raises(RuntimeError):
        pack(torch.zeros(1, columns))
