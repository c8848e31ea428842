"""The parsing process behind `index.load.isolate`: reads requests from standard input, answers on standard output."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from dataclasses import asdict
from typing import BinaryIO

from index.errors import UnreadableDocument
from index.load.formats import READERS, read_here
from index.load.reading import Limits

IDLE_SECONDS = 20.0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not break the protocol
    requests = sys.stdin.buffer
    while _has_request(requests):
        line = requests.readline()
        if not line:
            return
        request = json.loads(line)
        answers.write(json.dumps(_answer(request, requests.read(request["size"]))).encode() + b"\n")
        answers.flush()


def _has_request(requests: BinaryIO) -> bool:
    if sys.platform == "win32":
        return True
    return bool(select.select([requests], [], [], IDLE_SECONDS)[0])


def _answer(request: dict[str, object], data: bytes) -> dict[str, object]:
    limits = Limits(**request["limits"])  # type: ignore[arg-type]
    _limit_memory(limits.memory_bytes)
    try:
        return asdict(read_here(READERS[str(request["suffix"])], data, limits))
    except UnreadableDocument as error:
        return {"error": str(error)}


def _limit_memory(limit: int) -> None:
    """Caps the address space where the system can; elsewhere the time limit is what remains."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
