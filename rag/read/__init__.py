"""The reader: one small network that ranks passages, marks answers, says when there is none, and checks sentences.

network    encoder and heads            encoder     the installed package's weights
inputs     text to tokens               weights     the committed weights and their checksum
scoring    windows to logits            trained     logits to answers: the built-in reader
coverage   names and numbers found      hub         cross-encoders by name
rendering  passages as they are read    blend       the trained reader beside embedder and words
large, mpnet, packed                    a larger encoder that was trained here, by its folder
The recipes stand in eval.training.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.read.trained import TrainedReader

__all__ = ["load_reader"]


def load_reader(path: Path | None = None) -> TrainedReader:
    """The trained reader from `path` (default: the committed weights); raises rag.errors.ModelUnavailable."""
    from rag.read.loading import load_trained

    return load_trained(path)
