"""The committed weights: what was trained, in 8 bits, and a JSON beside it with checksum and calibration.

A product's weights are kept as int8 with one scale for each of its rows, everything small as float16.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from rag.errors import ModelUnavailable
from rag.reader.encoder import ENCODER_SHA256, file_sha256
from rag.reader.network import Trunk

FOLDER = Path(__file__).parent / "weights"
TENSORS, DESCRIPTION = "reader.safetensors", "reader.json"
FORMAT = 2
_SCALE = ".scale"
_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Calibration:
    """From logits to probabilities, fitted on development data.

    answerable: sigmoid(`answerable[0]` * judgement + `answerable[1]` * (span - none) + `answerable[2]`);
    entail: sigmoid(`entail[0]` * judgement + `entail[1]` * share of names and numbers found + `entail[2]`).
    """

    answerable: tuple[float, float, float] = (1.0, 0.0, 0.0)
    entail: tuple[float, float, float] = (1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """Two encoders in float32: one ranks and reads, the other judges whether a passage supports a sentence."""

    reading: Trunk
    judging: Trunk
    calibration: Calibration
    digest: str


def save_weights(
    folder: Path, reading: Trunk, judging: Trunk, calibration: Calibration, notes: Mapping[str, Any]
) -> None:
    """Write the tensors and their description."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = _packed("reading", reading) | _packed("judging", judging)
    save_file(tensors, folder / TENSORS)
    description = {
        "format": FORMAT,
        "sha256": file_sha256(folder / TENSORS),
        "encoder_sha256": ENCODER_SHA256,
        "calibration": asdict(calibration),
        **notes,
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def load_weights(folder: Path) -> Weights:
    """The encoders and their calibration, after the checksum was found right; raises ModelUnavailable."""
    description = _description(folder)
    path = folder / TENSORS
    if not path.is_file():
        raise _unusable(folder, f"there is no {TENSORS}")
    found = file_sha256(path)
    if found != description["sha256"]:
        raise _unusable(folder, f"{TENSORS} has checksum {found[:8]} where {str(description['sha256'])[:8]} was wanted")
    tensors = load_file(path)
    fitted = description["calibration"]
    calibration = Calibration(answerable=_triple(fitted["answerable"]), entail=_triple(fitted["entail"]))
    return Weights(_unpacked("reading", tensors), _unpacked("judging", tensors), calibration, found[:8])


def _packed(part: str, trunk: Trunk) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, tensor in trunk.state_dict().items():
        key = f"{part}/{name}"
        if isinstance(trunk.get_submodule(name.rpartition(".")[0]), nn.Linear) and tensor.ndim == 2:
            tensors[key], tensors[key + _SCALE] = to_int8(tensor.float())
        else:
            tensors[key] = tensor.to(torch.float16).contiguous()
    return tensors


def _unpacked(part: str, tensors: Mapping[str, Tensor]) -> Trunk:
    state: dict[str, Tensor] = {}
    for key, tensor in tensors.items():
        if key.startswith(f"{part}/") and not key.endswith(_SCALE):
            scale = tensors.get(key + _SCALE)
            state[key.removeprefix(f"{part}/")] = tensor.float() if scale is None else tensor.float() * scale
    trunk = Trunk()
    trunk.load_state_dict(state)
    return trunk.requires_grad_(False).eval()


def to_int8(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """(rows, columns) -> the nearest int8 (rows, columns) and float32 scales (rows, 1): their product is the matrix.

    Off by at most half a scale, which is the row's largest magnitude / 127.
    """
    scale = matrix.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / _LARGEST
    return (matrix / scale).round().to(torch.int8), scale


def _triple(values: list[float]) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return first, second, third


def _description(folder: Path) -> dict[str, Any]:
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unusable(folder, f"{DESCRIPTION} is missing or not JSON") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise _unusable(folder, f"{DESCRIPTION} is not of format {FORMAT}")
    return description


def _unusable(folder: Path, why: str) -> ModelUnavailable:
    remedy = "run git checkout -- rag/reader/weights, or install the package again"
    return ModelUnavailable(f"The reader's weights in {folder} cannot be used: {why}; {remedy}.")
