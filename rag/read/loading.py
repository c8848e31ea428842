"""Put the trained reader together from the committed weights and the installed encoder."""

from __future__ import annotations

from pathlib import Path

from rag.read.encoder import encoder_tensors, load_embeddings
from rag.read.inputs import load_tokenizer
from rag.read.scoring import Network
from rag.read.trained import TrainedReader, fast_dtype
from rag.read.weights import FOLDER, load_weights


def load_trained(path: Path | None = None) -> TrainedReader:
    """The reader of a weights folder; raises rag.errors.ModelUnavailable."""
    trunk, calibration, digest = load_weights(path or FOLDER)
    network = Network(load_embeddings(encoder_tensors()), trunk, fast_dtype())
    return TrainedReader(network, load_tokenizer(), calibration, f"footnote-reader-{digest}")
