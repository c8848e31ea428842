"""The large encoder's shape made small, for tests that need its code and not its knowledge."""

import pytest
import torch

from rag.read import mpnet
from rag.read.mpnet import Encoder

SMALL = {"WIDTH": 64, "HEADS": 4, "LAYERS": 2, "INNER": 128}


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on encoders are made small; their vocabulary stays whole."""
    for name, value in SMALL.items():
        monkeypatch.setattr(mpnet, name, value)


def tiny(monkeypatch: pytest.MonkeyPatch, seed: int = 0) -> Encoder:
    """A small random encoder."""
    shrink(monkeypatch)
    torch.manual_seed(seed)
    encoder = Encoder()
    tables = [module.weight for module in encoder.modules() if isinstance(module, torch.nn.Embedding)]
    for parameter in (*tables, encoder.judge, encoder.judge_bias):
        torch.nn.init.normal_(parameter)
    return encoder.eval()
