"""Weights in four or six bits: what comes back is near what went in, and what is a level comes back exactly."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.read.packed import AT_ONCE, FEW_BITS, GROUP, MORE_BITS, _levels, pack, unpack


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 6), st.integers(1, 4), st.floats(1e-3, 50.0), st.integers(0, 1000),
    st.sampled_from([(FEW_BITS, 0.17), (MORE_BITS, 0.017)]),
)  # fmt: skip
def test_what_is_packed_comes_back_near(
    rows: int, groups: int, size: float, seed: int, packed: tuple[int, float]
) -> None:
    """The root of the mean square move in a group is at most half the widest gap of levels times its largest number."""
    weight = torch.randn(rows, groups * GROUP, generator=torch.Generator().manual_seed(seed)) * size
    bits, gap = packed
    codes, scales = pack(weight, bits)
    back = unpack(codes, scales, torch.float32)

    assert (codes.shape, codes.dtype, scales.shape) == ((rows, groups * GROUP * bits // 8), torch.uint8, (rows, groups))
    largest = weight.reshape(rows, groups, GROUP).abs().amax(-1)
    moved = ((back - weight).reshape(rows, groups, GROUP) ** 2).mean(-1).sqrt()
    assert bool((moved <= gap * largest + 1e-6).all())


@pytest.mark.parametrize("bits", [FEW_BITS, MORE_BITS])
def test_levels_come_back_exactly(bits: int) -> None:
    """Numbers that are levels times one scale lose nothing, wherever in a byte they stand."""
    row = _levels(bits).repeat(4)[:GROUP] * 0.5
    for shifted in (row, row.roll(1), row.roll(2), row.roll(3)):
        assert torch.allclose(unpack(*pack(shifted[None], bits), torch.float32)[0], shifted, atol=1e-7)


@pytest.mark.parametrize(("bits", "least"), [(FEW_BITS, 0.99), (MORE_BITS, 0.9995)])
def test_normal_numbers_keep_their_direction(bits: int, least: float) -> None:
    """The packed rows of a random matrix point where the rows did."""
    weight = torch.randn(64, 768, generator=torch.Generator().manual_seed(1))
    back = unpack(*pack(weight, bits), torch.float32)
    assert torch.cosine_similarity(weight, back).min() > least


@pytest.mark.parametrize("bits", [FEW_BITS, MORE_BITS])
def test_what_was_packed_once_packs_without_loss(bits: int) -> None:
    """Training goes on above rounded weights, so rounding them again must change nothing."""
    weight = torch.randn(64, 768, generator=torch.Generator().manual_seed(2))
    once = unpack(*pack(weight, bits), torch.float32)
    assert torch.allclose(unpack(*pack(once, bits), torch.float32), once, atol=1e-6)


@pytest.mark.parametrize("bits", [FEW_BITS, MORE_BITS])
def test_zeros_stay_zeros(bits: int) -> None:
    """A group of zeros has no scale to divide by."""
    zeros = torch.zeros(2, GROUP)
    assert torch.equal(unpack(*pack(zeros, bits), torch.bfloat16), zeros.bfloat16())


@pytest.mark.parametrize("columns", [GROUP - 1, GROUP + 2])
def test_a_torn_group_is_refused(columns: int) -> None:
    """Columns that do not fill whole groups are an error, not a silent misreading."""
    with pytest.raises(RuntimeError):
        pack(torch.zeros(1, columns), FEW_BITS)


@pytest.mark.parametrize("bits", [FEW_BITS, MORE_BITS])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_rows_come_back_alike_however_many_are_unpacked(bits: int, precision: torch.dtype) -> None:
    """A weight that is unpacked in several parts, of which the last is smaller, is that of its rows alone."""
    columns = 16 * GROUP
    weight = torch.randn(AT_ONCE // columns * 2 + 1, columns, generator=torch.Generator().manual_seed(3))
    codes, scales = pack(weight, bits)
    alone = [unpack(codes[at : at + 1], scales[at : at + 1], precision) for at in range(len(weight))]

    assert torch.equal(unpack(codes, scales, precision), torch.cat(alone))
