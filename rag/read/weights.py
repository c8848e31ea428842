"""The committed weights: float16 tensors of what was trained, and a JSON beside them with checksum and calibration."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from rag.errors import ModelUnavailable
from rag.read.encoder import ENCODER_SHA256, file_sha256
from rag.read.network import Trunk

FOLDER = Path(__file__).parent / "weights"
TENSORS, DESCRIPTION = "reader.safetensors", "reader.json"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """From logits to probabilities, fitted on development data.

    answerable: sigmoid(`answerable[0]` * judgement + `answerable[1]` * (span - none) + `answerable[2]` * share of the
    question's names found around the span + `answerable[3]`);
    entail: sigmoid(`entail[0]` * judgement + `entail[1]` * share of names and numbers found + `entail[2]` * largest
    share of words found in one sentence + `entail[3]`), for a passage of one window; entail_long for longer ones, of
    which only some windows were judged, so that words found anywhere say more.
    """

    answerable: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    entail: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    entail_long: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)


def save_weights(folder: Path, trunk: Trunk, calibration: Calibration, notes: dict[str, Any]) -> None:
    """Write the tensors and their description."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in trunk.state_dict().items()}
    save_file(halves, folder / TENSORS)
    description = {
        "format": FORMAT,
        "sha256": file_sha256(folder / TENSORS),
        "encoder_sha256": ENCODER_SHA256,
        "calibration": asdict(calibration),
        **notes,
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def load_weights(folder: Path) -> tuple[Trunk, Calibration, str]:
    """The trunk in float32, its calibration and the first eight digits of its checksum; raises ModelUnavailable."""
    description = _description(folder)
    path = folder / TENSORS
    if not path.is_file():
        raise _unusable(folder, f"there is no {TENSORS}")
    found = file_sha256(path)
    if found != description["sha256"]:
        raise _unusable(folder, f"{TENSORS} has checksum {found[:8]} where {str(description['sha256'])[:8]} was wanted")
    with torch.device("meta"):  # nothing is drawn at random only to be replaced
        trunk = Trunk()
    trunk.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()}, assign=True)
    fitted = description["calibration"]
    calibration = Calibration(**{name: tuple(map(float, values)) for name, values in fitted.items()})
    return trunk.requires_grad_(False).eval(), calibration, found[:8]


def _description(folder: Path) -> dict[str, Any]:
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unusable(folder, f"{DESCRIPTION} is missing or not JSON") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise _unusable(folder, f"{DESCRIPTION} is not of format {FORMAT}")
    return description


def _unusable(folder: Path, why: str) -> ModelUnavailable:
    remedy = "run git checkout -- rag, or install the package again"
    return ModelUnavailable(f"The weights in {folder} cannot be used: {why}; {remedy}.")
