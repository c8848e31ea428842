"""Put the trained reader together from the committed weights and the installed encoder."""

from __future__ import annotations

from pathlib import Path

from rag.reader.encoder import encoder_tensors, load_embeddings
from rag.reader.inputs import load_tokenizer
from rag.reader.scoring import Network
from rag.reader.trained import TrainedReader, fast_dtype
from rag.reader.weights import FOLDER, load_weights


def load_trained(path: Path | None = None) -> TrainedReader:
    """The reader of a weights folder; raises rag.errors.ModelUnavailable."""
    trunk, calibration, digest = load_weights(path or FOLDER)
    network = Network(load_embeddings(encoder_tensors()), trunk, fast_dtype())
    return TrainedReader(network, load_tokenizer(), calibration, f"footnote-reader-{digest}")
