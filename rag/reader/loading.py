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
    weights = load_weights(path or FOLDER)
    embeddings, precision = load_embeddings(encoder_tensors()), fast_dtype()
    reading, judging = (Network(embeddings, trunk, precision) for trunk in (weights.reading, weights.judging))
    return TrainedReader(reading, judging, load_tokenizer(), weights.calibration, f"footnote-reader-{weights.digest}")
