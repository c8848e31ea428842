"""Save a training run between two steps and take it up again: tensors as safetensors, counters as JSON, no pickle."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from rag.read.network import Trunk

TENSORS, _COUNTERS = "checkpoint.safetensors", "checkpoint.json"


@dataclass(slots=True)
class Progress:
    """Where a run stands: the epoch, the batches of it already taken, and steps and tokens since the start."""

    epoch: int = 0
    batch: int = 0
    steps: int = 0
    tokens: int = 0


def save_checkpoint(folder: Path, trunk: Trunk, optimizer: torch.optim.Optimizer, progress: Progress) -> None:
    """Write weights, optimizer moments and progress; an interrupted write leaves the older checkpoint whole."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"trunk/{name}": tensor.detach().contiguous() for name, tensor in trunk.state_dict().items()}
    for name, parameter in trunk.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{key}/{name}"] = torch.as_tensor(value).detach().contiguous()
    save_file(tensors, folder / f"{TENSORS}.new", metadata={"progress": json.dumps(asdict(progress))})
    (folder / f"{TENSORS}.new").replace(folder / TENSORS)
    (folder / _COUNTERS).write_text(json.dumps(asdict(progress)) + "\n", encoding="utf-8")


def load_checkpoint(folder: Path, trunk: Trunk, optimizer: torch.optim.Optimizer) -> Progress | None:
    """Fill trunk and optimizer from the folder and say where the run stood, or None where there is no checkpoint."""
    path = folder / TENSORS
    if not path.is_file():
        return None
    tensors = load_file(path)
    trunk.load_state_dict(_of_trunk(tensors))
    for name, parameter in trunk.named_parameters():
        if f"exp_avg/{name}" in tensors:
            optimizer.state[parameter] = {
                key: tensors[f"{key}/{name}"].to(parameter.device if key != "step" else "cpu")
                for key in ("step", "exp_avg", "exp_avg_sq")
            }
    return Progress(**json.loads((folder / _COUNTERS).read_text(encoding="utf-8")))


def finished_run(text: str) -> Path:
    """The folder of this name, for a command line; raises argparse.ArgumentTypeError where it holds no checkpoint."""
    folder = Path(text)
    if not (folder / TENSORS).is_file():
        raise argparse.ArgumentTypeError(f"{text} holds no {TENSORS}; name a folder that eval.training.train wrote to")
    return folder


def load_trunk(folder: Path) -> Trunk:
    """The trunk of a run's last checkpoint."""
    trunk = Trunk()
    trunk.load_state_dict(_of_trunk(load_file(folder / TENSORS)))
    return trunk


def _of_trunk(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix("trunk/"): tensor for name, tensor in tensors.items() if name.startswith("trunk/")}
