"""The large encoder's first state: the published weights of a sentence encoder of its shape, and fresh heads."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from rag.read.encoder import file_sha256
from rag.read.mpnet import LAYERS, Encoder

START_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""all-mpnet-base-v2, Apache-2.0."""
_NAMES = (
    ("out", "attention.attn.o"),
    ("norm_attention", "attention.LayerNorm"),
    ("up", "intermediate.dense"),
    ("down", "output.dense"),
    ("norm_output", "output.LayerNorm"),
)


def started(path: Path, seed: int) -> Encoder:
    """An encoder with the file's layers and embeddings; raises ValueError where the file is another one."""
    if file_sha256(path) != START_SHA256:
        raise ValueError(f"{path} is not the encoder to start from: its SHA-256 should begin {START_SHA256[:8]}.")
    tensors = load_file(path)
    torch.manual_seed(seed)
    encoder = Encoder()
    torch.nn.init.normal_(encoder.judge, std=0.02)
    state = dict(encoder.state_dict())
    state["words.weight"] = tensors["embeddings.word_embeddings.weight"]
    state["positions.weight"] = tensors["embeddings.position_embeddings.weight"]
    state["distance.weight"] = tensors["encoder.relative_attention_bias.weight"]
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = tensors[f"embeddings.LayerNorm.{kind}"]
        for index in range(LAYERS):
            source = f"encoder.layer.{index}."
            parts = [tensors[f"{source}attention.attn.{part}.{kind}"] for part in "qkv"]
            state[f"layers.{index}.qkv.{kind}"] = torch.cat(parts)
            for ours, theirs in _NAMES:
                state[f"layers.{index}.{ours}.{kind}"] = tensors[f"{source}{theirs}.{kind}"]
    encoder.load_state_dict(state)
    return encoder
