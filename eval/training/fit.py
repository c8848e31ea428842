"""Fit again all that is fitted and not trained: `python -m eval.training.fit --data DIR --cases DIR`.

The steps in the order in which one needs what another wrote, each in a process of its own so that it reads that anew:

large_fit      how both networks are joined      rag/read/weights/large.json
judge_fit      what counts as supported          rag/check/points.json
disagreements  what counts as a disagreement     rag/check/conflicts.json
decision_fit   when to answer                    rag/read/weights/decision.json
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rag.read.weights import FOLDER

Start = Callable[[Sequence[str]], int]
"""Runs a command; its exit code."""


def steps(data: Path, cases: Path) -> Mapping[str, tuple[str, ...]]:
    """Each step, in order, with its arguments."""
    dev = str(data / "dev")
    return {
        "large_fit": ("--dev", dev, "--weights", str(FOLDER)),
        "judge_fit": ("--data", dev),
        "disagreements": (),
        "decision_fit": ("--data", str(data), "--cases", str(cases)),
    }


def main(arguments: Sequence[str] | None = None, start: Start = subprocess.call) -> int:
    """Fits step by step; the exit code of the first step that fails, after which nothing more is fitted."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.fit", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds dev/, the development sets")
    parser.add_argument("--cases", type=Path, required=True, help="folder with cases.jsonl and docs/")
    chosen = parser.parse_args(arguments)
    for needed in (chosen.data / "dev" / "squad2", chosen.cases / "cases.jsonl"):
        if not needed.exists():
            parser.error(f"{needed} does not exist; nothing was fitted")
    for name, given in steps(chosen.data, chosen.cases).items():
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        if code := start([sys.executable, "-m", f"eval.training.{name}", *given]):
            sys.stderr.write(f"{name} failed ({code}); the steps after it were not run.\n")
            return code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
