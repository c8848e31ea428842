"""8-bit weights on a CPU: linear layers as int8 x int8 products, one scale per output channel and one per token.

Each token's activations get their own scale, so what a token becomes does not depend on which tokens share the pass:
checking ten looked-up tokens at once chooses what ten single steps would choose. The dot products are whole numbers
(int32), hence the same in any order and from either library. torch's `quantize_dynamic` shares one scale among all
tokens of a pass, and the few huge activations of a sequence's first token then leave the others nearly no resolution.

Two libraries compute the same: FBGEMM reads the weights two to three times as fast where one token makes a pass
(writing), oneDNN multiplies two to three times as fast where many do (reading the prompt). Each has its own copy, so
a layer takes the two bytes a weight that it had in bfloat16; only the last layer, never asked for many, has one copy.
"""

import warnings
from typing import cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

_LEVELS = 127.0
_ZERO = 128  # of FBGEMM's unsigned activations
_SMALLEST = 1e-8  # keeps the scale of an all-zero row finite
_FEW = 16  # tokens of a pass up to which FBGEMM is faster


class _Rows:
    """The rows scaled last: query, key and value projections share one input, so do gate and up."""

    def __init__(self) -> None:
        self._source: Tensor | None = None
        self._version = -1
        self._result: tuple[Tensor, Tensor] | None = None

    def scale(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(n, in) -> rows of whole numbers in -127..127 and the float32 scales (n, 1) that undo it.

        Rounded here: FBGEMM rounds after it added its zero point, and 128 + 119.499992 is 247.5 in float32,
        hence 120 where oneDNN is given 119.
        """
        version = -1 if x.is_inference() else x._version
        if self._result is None or x is not self._source or version != self._version:
            rows = x.reshape(-1, x.shape[-1]).float()
            scales = torch.linalg.vector_norm(rows, torch.inf, -1, keepdim=True).clamp_min_(_SMALLEST).div_(_LEVELS)
            self._result = (rows / scales).round_(), scales
            self._source, self._version = x, version
        return self._result


class Int8Linear(nn.Module):
    """`nn.Linear` with int8 weights: (..., in) -> (..., out) in the input's dtype."""

    def __init__(self, linear: nn.Linear, rows: _Rows, *, many: bool = True) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scales = weight.abs().amax(1).clamp_min_(_SMALLEST).div_(_LEVELS)
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.bias = None if linear.bias is None else linear.bias.detach().float()
        self._scales = scales
        self._zeros = torch.zeros(self.out_features, dtype=torch.int64)
        # Deprecated, but the only way into FBGEMM's packing.
        quantized = torch.quantize_per_channel(weight, scales, self._zeros, 0, torch.qint8)
        self._few = torch.ops.quantized.linear_prepack(quantized, None)
        self._many = torch.ops.onednn.qlinear_prepack(quantized.int_repr(), [1, self.in_features]) if many else None
        self._rows = rows

    def forward(self, x: Tensor) -> Tensor:
        rows, scales = self._rows.scale(x)
        if self._many is None or len(rows) <= _FEW:
            product = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(rows, 1.0, _ZERO, self._few)
        else:
            product = torch.ops.onednn.qlinear_pointwise(
                rows.to(torch.int8), 1.0, 0, self._many, self._scales, self._zeros, None, 1.0, 0,
                torch.float32, "none", [], "",
            )  # fmt: skip
        product.mul_(scales)
        if self.bias is not None:
            product.add_(self.bias)
        return cast("Tensor", product).to(x.dtype).view(*x.shape[:-1], self.out_features)


def quantize_linears(model: nn.Module) -> int:
    """Replaces every plain `nn.Linear` by its int8 form, one at a time so that memory shrinks on the way.

    Returns the number of layers replaced. Subclasses of `nn.Linear` keep their weights: they compute something else.
    """
    rows = _Rows()
    last = model.get_output_embeddings() if isinstance(model, PreTrainedModel) else None
    spots = [
        (parent, name)
        for parent in model.modules()
        for name, child in parent.named_children()
        if type(child) is nn.Linear
    ]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor")
        for parent, name in spots:
            linear = getattr(parent, name)
            setattr(parent, name, Int8Linear(linear, rows, many=linear is not last))
    return len(spots)


class _WideEmbedding(nn.Embedding):
    """An embedding table kept in 16 bits whose rows come out as float32."""

    def forward(self, ids: Tensor) -> Tensor:
        return super().forward(ids).float()


def to_int8(model: nn.Module) -> nn.Module:
    """The model with int8 linear layers, float32 in between and its embedding table as it is; tried once.

    Raises whatever an architecture raises that reaches into the weights of its linear layers.
    """
    if not quantize_linears(model):
        raise TypeError("no linear layers")
    embeddings = {module for module in model.modules() if type(module) is nn.Embedding}
    for module in model.modules():
        if module in embeddings:
            module.__class__ = _WideEmbedding
        else:
            _widen(module)
    with torch.no_grad():
        model(input_ids=torch.tensor([[0, 1]]))
    return model


def _widen(module: nn.Module) -> None:
    """The module's own floating parameters and buffers as float32."""
    for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
        if tensor.is_floating_point():
            tensor.data = tensor.data.float()
