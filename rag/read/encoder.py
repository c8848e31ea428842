"""Fill the network's embeddings and the trunk's first state from the installed encoder package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from index.embed.packaged import PACKAGE_SHA256, packaged_folder, packaged_tensors
from index.errors import EmbedderUnavailable
from rag.errors import ModelUnavailable
from rag.read.network import LAYERS, Embeddings, Trunk

ENCODER_SHA256 = PACKAGE_SHA256
_LAYER_NAMES = (
    ("out", "attention.output.dense"),
    ("norm_attention", "attention.output.LayerNorm"),
    ("up", "intermediate.dense"),
    ("down", "output.dense"),
    ("norm_output", "output.LayerNorm"),
)


def encoder_tensors() -> dict[str, Tensor]:
    """The package's tensors, shared with the embedder and not to be written to; raises ModelUnavailable."""
    try:
        return packaged_tensors(packaged_folder())
    except EmbedderUnavailable as error:
        raise ModelUnavailable(str(error)) from error


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_embeddings(tensors: Mapping[str, Tensor]) -> Embeddings:
    """The frozen embeddings, float32."""
    with torch.device("meta"):
        embeddings = Embeddings()
    state = {
        "words.weight": tensors["embeddings.word_embeddings.weight"],
        "positions.weight": tensors["embeddings.position_embeddings.weight"],
        "segments.weight": tensors["embeddings.token_type_embeddings.weight"],
        "norm.weight": tensors["embeddings.LayerNorm.weight"],
        "norm.bias": tensors["embeddings.LayerNorm.bias"],
    }
    embeddings.load_state_dict(state, assign=True)  # the embedder's own tensors, not a copy
    return embeddings.requires_grad_(False).eval()


def untrained_trunk(tensors: Mapping[str, Tensor], seed: int) -> Trunk:
    """A trunk with the package's layers and fresh heads."""
    torch.manual_seed(seed)
    trunk = Trunk()
    torch.nn.init.normal_(trunk.judge, std=0.02)
    state = dict(trunk.state_dict())
    for index in range(LAYERS):
        source = f"encoder.layer.{index}."
        for kind in ("weight", "bias"):
            parts = [tensors[f"{source}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"layers.{index}.qkv.{kind}"] = torch.cat(parts)
            for ours, theirs in _LAYER_NAMES:
                state[f"layers.{index}.{ours}.{kind}"] = tensors[f"{source}{theirs}.{kind}"]
    trunk.load_state_dict(state)
    return trunk
