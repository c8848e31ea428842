"""The reader: it ranks passages, marks answers, says when there is none, and checks sentences.

network    the small encoder, its heads encoder     the installed package's weights
inputs     text to tokens               weights     the committed weights and their checksum
scoring    windows to logits            trained     logits to answers: the built-in reader
coverage   names and numbers found      cross_encoder  others by name
rendering  passages as they are read    pointing    which of their lines are read
widening   tables and lists whole
evidence   without trained weights      large, mpnet, packed  the larger encoder that was trained here
second     both as one reader           loading     what is on the machine, put together
scripts    what the networks cannot read
The recipes stand in eval.training.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.protocols import Reader

__all__ = ["load_reader"]


def load_reader(path: Path | None = None) -> Reader:
    """The reader from the committed weights, the same at each call, or the small network alone from those in `path`.

    Raises rag.errors.ModelUnavailable.
    """
    from rag.read.loading import load_built_in, load_trained

    return load_trained(path) if path else load_built_in()
