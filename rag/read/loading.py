"""Put the readers together from the committed weights and the installed encoder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rag.errors import ModelUnavailable
from rag.protocols import Reader
from rag.read.encoder import encoder_tensors, load_embeddings
from rag.read.inputs import load_tokenizer
from rag.read.large import DESCRIPTION, LargeEncoder, describe, digest, load_large
from rag.read.scoring import Network
from rag.read.second import Joined, SecondReader
from rag.read.trained import TrainedReader, fast_dtype
from rag.read.weights import FOLDER, load_weights


def load_trained(path: Path | None = None) -> TrainedReader:
    """The reader of a weights folder; raises rag.errors.ModelUnavailable."""
    trunk, calibration, digest = load_weights(path or FOLDER)
    network = Network(load_embeddings(encoder_tensors()), trunk, fast_dtype())
    return TrainedReader(network, load_tokenizer(), calibration, f"footnote-reader-{digest}")


@lru_cache(1)
def load_built_in() -> Reader:
    """The committed readers as one, loaded once: what reads and what judges are the same; raises ModelUnavailable."""
    return load_both(FOLDER)


def load_both(folder: Path) -> Reader:
    """The small network and the large encoder as one reader; raises rag.errors.ModelUnavailable."""
    if not (folder / DESCRIPTION).is_file():
        return load_trained(folder)
    try:
        joined = Joined.from_dict(describe(folder)["joined"])
    except (KeyError, TypeError, ValueError) as error:
        remedy = "run git checkout -- rag, or install the package again"
        raise ModelUnavailable(f"{DESCRIPTION} in {folder} does not say how to join ({error}); {remedy}.") from error
    return SecondReader(load_trained(folder), lambda: _once(folder), joined, f"large-{digest(folder)}")


@lru_cache(1)
def _once(folder: Path) -> LargeEncoder:
    """One encoder for reading and judging: it takes 310 MB."""
    return load_large(folder)
