"""Parses files in a second process, so that a hang, a crash or a memory bomb costs one file and not the run.

One process serves file after file: starting one takes longer than parsing a usual file. It is replaced when it fails,
and ends by itself when idle or when its parent is gone. Requests and answers are lines of JSON; the file's bytes
follow the request.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock, Timer
from time import monotonic

import index
from index.errors import UnreadableDocument
from index.load.reading import Limits, Reading
from index.records import Origin


class Worker:
    """Handle of the parsing process, which starts with the first file. Safe to share between threads."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def read(self, suffix: str, data: bytes, limits: Limits) -> Reading:
        """What the reader of `suffix` makes of `data`. Raises UnreadableDocument with the reason."""
        with self._lock:
            reused = self._process is not None
            begun = monotonic()
            answer = self._ask(suffix, data, limits)
            if not answer and reused and monotonic() - begun < limits.seconds:
                # It may have ended for lack of work, or from what an earlier file left behind.
                answer = self._ask(suffix, data, limits)
            late = monotonic() - begun >= limits.seconds
        if answer:
            return _reading(answer)
        if late:
            raise UnreadableDocument(f"took longer than {limits.seconds:g} s to read; split it, or save it as text")
        raise UnreadableDocument("made its parser crash; save it again from the program it comes from, or as text")

    def close(self) -> None:
        """Ends the process; a later `read` starts another."""
        with self._lock:
            self._stop()

    def _ask(self, suffix: str, data: bytes, limits: Limits) -> bytes:
        """The answer line, or b"" when the process died or was stopped for taking too long."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        request = {"suffix": suffix, "size": len(data), "limits": asdict(limits)}
        watchdog = Timer(limits.seconds, process.kill)
        watchdog.daemon = True
        watchdog.start()
        answer = b""
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.write(data)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            watchdog.cancel()
            if not answer.endswith(b"\n"):  # also when interrupted: a late answer must not meet the next question
                self._stop()
        return answer if answer.endswith(b"\n") else b""

    def _start(self) -> subprocess.Popen[bytes]:
        # -P: a file named like a library in the current folder, which may be anybody's, must not be imported.
        root = str(Path(index.__file__).parent.parent)
        search = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "index.load.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": search},
        )
        atexit.register(self._stop)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        atexit.unregister(self._stop)
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


def _reading(answer: bytes) -> Reading:
    fields = json.loads(answer)
    if "error" in fields:
        raise UnreadableDocument(fields["error"])
    pages, meta = tuple(fields["page_starts"]), Origin(**fields["meta"])
    return Reading(fields["text"], fields["title"], pages, meta, fields["notice"])
