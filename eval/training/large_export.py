"""Pack a finished run of the large encoder: `python -m eval.training.large_export --run DIR [--out DIR]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from safetensors.torch import load_file

from eval.training.large_start import START_SHA256
from eval.training.large_train import COUNTERS, TENSORS, frozen, weights
from rag.read.large import save_large
from rag.read.mpnet import Encoder


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the run's weights, the frozen ones in the few bits they were trained under; no point is carried over."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_export", description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    encoder = Encoder()
    encoder.load_state_dict(weights(load_file(chosen.run / TENSORS)))
    progress = json.loads((chosen.run / COUNTERS).read_text(encoding="utf-8"))
    save_large(chosen.out, encoder, {"start_sha256": START_SHA256, "trained": progress}, frozen())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
