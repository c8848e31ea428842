"""The network: a six-layer BERT encoder over frozen embeddings, three pooled judgements and three logits a token."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 384
ATTENTION_HEADS = 12
LAYERS = 6
INNER = 1536
VOCABULARY = 30522
POSITIONS = 512
EPSILON = 1e-12
DROPOUT = 0.1

RANK, ANSWERABLE, ENTAIL = 0, 1, 2
START, END, UNSUPPORTED = 0, 1, 2


class Embeddings(nn.Module):
    """Word, position and segment embeddings, normalised; taken from the installed package and never trained."""

    def __init__(self) -> None:
        super().__init__()
        # Without first values, which the package's replace.
        self.words, self.positions, self.segments = (
            nn.Embedding(rows, WIDTH, _weight=torch.empty(rows, WIDTH)) for rows in (VOCABULARY, POSITIONS, 2)
        )
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        """(batch, length) ids and segments -> (batch, length, WIDTH)."""
        positions = self.positions.weight[: ids.shape[1]]
        summed: Tensor = self.norm(self.words(ids) + self.segments(segments) + positions)
        return summed


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

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        """(batch, length, WIDTH) and a (batch, 1, 1, length) mask, true where a token stands -> same shape.

        The sums between the products stay in the precision of `hidden`, whatever that of the weights.
        """
        batch, length, _ = hidden.shape
        precision = self.qkv.weight.dtype
        shape = (batch, length, 3, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS)
        query, key, value = self.qkv(hidden.to(precision)).view(shape).permute(2, 0, 3, 1, 4).unbind(0)
        if self.training:
            mixed = _attend_plainly(query, key, value, mask)
        else:
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
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


def _attend_plainly(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Attention by two products: on a CPU a step's backward pass takes about half as long as with the fused kernel."""
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if mask is not None:
        scores = scores + torch.where(mask, 0.0, -1e4).to(scores.dtype)
    mixed: Tensor = scores.softmax(-1).to(value.dtype) @ value
    return mixed


class Trunk(nn.Module):
    """Everything that is trained: the six layers and the heads."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pool = nn.Linear(WIDTH, 3 * WIDTH)
        self.judge = nn.Parameter(torch.zeros(3, WIDTH))
        self.judge_bias = nn.Parameter(torch.zeros(3))
        self.token = nn.Linear(WIDTH, 3)

    def lower(self, precision: torch.dtype) -> Trunk:
        """The same trunk with the layers' products in `precision`; sums, norms and heads stay float32."""
        for layer in self.layers:
            assert isinstance(layer, Layer)
            for product in (layer.qkv, layer.out, layer.up, layer.down):
                product.to(precision)
        return self

    def forward(self, embedded: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Judgements (batch, 3) and token logits (batch, length, 3) of (batch, length, WIDTH) and its mask, if any."""
        hidden = embedded
        attend = None if mask is None else mask[:, None, None, :]
        for layer in self.layers:
            hidden = layer(hidden, attend)
        pooled = torch.tanh(self.pool(hidden[:, 0])).view(-1, 3, WIDTH)
        judgements = (pooled.float() * self.judge).sum(-1) + self.judge_bias
        return judgements, self.token(hidden).float()
