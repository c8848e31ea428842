"""What readers say of answers and of single citations, as JSON lines in a file of this machine.

Nothing is written before a click and nothing leaves.
"""

import json
import time
from pathlib import Path

from rag.answer import Answer, Citation
from ui.turn import Verdict


def record(file: Path, verdict: Verdict, answer: Answer, citation: Citation | None = None) -> None:
    """Appends one line: UTC time, verdict, the whole answer and, where one was judged, its citation. Raises OSError."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    row = {"time": stamp, "verdict": verdict, "answer": answer.to_dict()}
    if citation is not None:
        row["citation"] = citation.to_dict()
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row, ensure_ascii=False) + "\n")
