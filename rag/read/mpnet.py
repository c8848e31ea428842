"""The large encoder: MPNet's twelve layers of width 768 with relative attention, two judgements and two logits a token.

Architecture: Song et al., "MPNet: Masked and Permuted Pre-training for Language Understanding" (2020).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, LAYERS, INNER = 768, 12, 12, 3072
VOCABULARY, POSITIONS, FIRST_POSITION = 30527, 514, 2
BUCKETS, FARTHEST = 32, 128
EPSILON = 1e-5
DROPOUT = 0.1
START_ID, PAD_ID, END_ID, SHIFT = 0, 1, 2, 4
"""Special tokens; every word piece has BERT's number plus SHIFT, so that one tokenizer serves both encoders."""
ENTAILED, ANSWERABLE = 0, 1


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm_attention = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm_output = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """(batch, length, WIDTH) and the (batch or 1, HEADS, length, length) attention bias -> same shape as hidden."""
        batch, length, _ = hidden.shape
        precision = self.qkv.weight.dtype
        shape = (batch, length, 3, HEADS, WIDTH // HEADS)
        query, key, value = self.qkv(hidden.to(precision)).view(shape).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        mixed = (scores.float() + bias).softmax(-1).to(value.dtype) @ value
        mixed = mixed.transpose(1, 2).reshape(batch, length, WIDTH)
        hidden = self.norm_attention(hidden + self._drop(self.out(mixed)))
        inner = self.down(functional.gelu(self.up(hidden.to(precision))))
        normed: Tensor = self.norm_output(hidden + self._drop(inner))
        return normed

    def _drop(self, hidden: Tensor) -> Tensor:
        """In training, one dropout mask for all tokens of a row: a mask for each token takes 40 % of a CPU step."""
        if not self.training:
            return hidden
        mask = torch.rand(hidden.shape[0], 1, WIDTH, device=hidden.device) >= DROPOUT
        return hidden * (mask / (1 - DROPOUT)).to(hidden.dtype)


class Encoder(nn.Module):
    """Embeddings, layers and heads."""

    def __init__(self) -> None:
        super().__init__()
        self.words: nn.Module = _table(VOCABULARY, WIDTH)
        self.positions = _table(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.distance = _table(BUCKETS, HEADS)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pool = nn.Linear(WIDTH, 2 * WIDTH)
        self.judge = nn.Parameter(torch.zeros(2, WIDTH))
        self.judge_bias = nn.Parameter(torch.zeros(2))
        self.token = nn.Linear(WIDTH, 2)

    def lower(self, precision: torch.dtype) -> Encoder:
        """The same encoder with the layers' products in `precision`; sums, norms and heads stay float32."""
        for layer in self.layers:
            assert isinstance(layer, Layer)
            for product in (layer.qkv, layer.out, layer.up, layer.down):
                product.to(precision)
        return self

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, length) ids, PAD_ID where no token stands -> (batch, 2) judgements, (batch, length, 2) logits."""
        return self.upper(ids, self.lower_layers(ids, LAYERS), LAYERS)

    def lower_layers(self, ids: Tensor, count: int) -> Tensor:
        """(batch, length) ids -> (batch, length, WIDTH) after the first `count` layers."""
        positions = self.positions.weight[FIRST_POSITION : FIRST_POSITION + ids.shape[1]]
        return self._through(ids, self.norm(self.words(ids) + positions), 0, count)

    def upper(self, ids: Tensor, hidden: Tensor, begun: int) -> tuple[Tensor, Tensor]:
        """What `forward` gives, from the output of the first `begun` layers."""
        hidden = self._through(ids, hidden, begun, LAYERS)
        pooled = torch.tanh(self.pool(hidden[:, 0])).view(-1, 2, WIDTH)
        return (pooled.float() * self.judge).sum(-1) + self.judge_bias, self.token(hidden).float()

    def _through(self, ids: Tensor, hidden: Tensor, first: int, last: int) -> Tensor:
        """Through the layers [first, last)."""
        bias = self.distance(_buckets(ids.shape[1], ids.device)).permute(2, 0, 1)[None]
        if bool((ids == PAD_ID).any()):
            bias = bias + torch.where(ids == PAD_ID, -1e4, 0.0)[:, None, None, :]
        for layer in self.layers[first:last]:
            hidden = layer(hidden, bias)
        return hidden


def _table(rows: int, width: int) -> nn.Embedding:
    """Without first values, which weights replace: made on the "meta" device, they load torch's compiler (a second)."""
    return nn.Embedding(rows, width, _weight=torch.empty(rows, width))


def _buckets(length: int, device: torch.device) -> Tensor:
    """(length, length) numbers of the distance classes: exact up to 7 tokens apart, logarithmic to FARTHEST."""
    at = torch.arange(length, device=device)
    distance = at[:, None] - at[None, :]
    half, exact = BUCKETS // 2, BUCKETS // 4
    far = distance.abs()
    spread = torch.log(far.clamp(min=1).float() / exact) / math.log(FARTHEST / exact) * (half - exact)
    large = (exact + spread.to(torch.long)).clamp(max=half - 1)
    return (distance < 0).to(torch.long) * half + torch.where(far < exact, far, large)
