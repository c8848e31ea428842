"""8-bit linear layers: near the layer they replace, and one result whichever library multiplies."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rag.write import placement
from rag.write.local.int8 import _FEW, Int8Linear, _Rows

pytestmark = [
    pytest.mark.skipif("avx512_vnni" not in placement._cpu_flags(), reason="8 bits need AVX-512 VNNI"),
    pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor"),
]


def layer(inputs: int, outputs: int, seed: int, bias: bool = True) -> tuple[nn.Linear, Int8Linear]:
    torch.manual_seed(seed)
    plain = nn.Linear(inputs, outputs, bias=bias)
    return plain, Int8Linear(plain, _Rows())


@given(st.integers(0, 1000), st.sampled_from([8, 33, 96]), st.sampled_from([5, 64]), st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_token_becomes_the_same_whoever_shares_its_pass(seed, inputs, outputs, bias):
    """A pass of many tokens (oneDNN) and single steps (FBGEMM) give the same bits, a huge first token or not."""
    _, ours = layer(inputs, outputs, seed, bias)
    x = torch.randn(_FEW + 7, inputs)
    x[0] *= 1000
    with torch.inference_mode():
        together, alone = ours(x), torch.cat([ours(x[i : i + 1]) for i in range(len(x))])
    assert torch.equal(together, alone)


def test_a_value_just_below_a_half_becomes_one_level():
    """119.499992 is level 119 in either library, although 128 more is 247.5 in float32."""
    _, ours = layer(8, 5, 2)
    x = torch.zeros(_FEW + 1, 8)
    x[:, 0], x[:, 1] = 127, 119.49999237060547
    with torch.inference_mode():
        together, alone = ours(x), ours(x[:1])
    assert torch.equal(together[:1], alone)


@pytest.mark.parametrize("tokens", [1, _FEW, _FEW + 1])
def test_it_is_near_the_layer_it_replaces(tokens):
    """Within two percent of the float layer's output, as 8 bits allow."""
    plain, ours = layer(256, 128, 3)
    x = torch.randn(2, tokens, 256)
    with torch.inference_mode():
        wanted, got = plain(x), ours(x)
    assert got.shape == wanted.shape
    assert float((got - wanted).norm() / wanted.norm()) < 0.02


def test_rows_changed_in_place_are_scaled_again():
    """The memory of the last input does not outlive a change to it."""
    _, ours = layer(16, 4, 5)
    x = torch.randn(1, 16)
    before = ours(x)
    x.mul_(2)
    assert torch.allclose(ours(x), before * 2 - ours.bias, atol=1e-4)
