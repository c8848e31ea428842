"""Thumbs, kept as JSON lines in a file of this machine. Nothing is written before a click and nothing leaves."""

import json
import time
from pathlib import Path

from rag.answer import Answer
from ui.turn import Verdict


def record(file: Path, verdict: Verdict, answer: Answer) -> None:
    """Appends one line: UTC time, verdict and the whole answer. Raises OSError."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = json.dumps({"time": stamp, "verdict": verdict, "answer": answer.to_dict()}, ensure_ascii=False)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(line + "\n")
