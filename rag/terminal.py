"""What the commands write to a terminal, or to a file in its place."""

import io
import json
import sys
import time
from collections.abc import Callable

LOG_SECONDS = 10.0


def bear_any_text() -> None:
    """Lets stdout show "?" for what its encoding lacks, instead of ending the command."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def as_json(value: object, indent: int | None = None) -> str:
    """The value for stdout: escaped where its encoding lacks letters, because a "?" in a quote would be false."""
    letters = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    return json.dumps(value, ensure_ascii=not letters, indent=indent)


def printable(text: str) -> str:
    """The text without control characters that a terminal would obey; document text is data here too."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t")


def tell(line: str) -> None:
    """One line on stderr, at once; none for ""."""
    if line:
        sys.stderr.write(f"{printable(line)}\n")
        sys.stderr.flush()


def progress_printer(what: str = "Indexing", seconds: float = LOG_SECONDS) -> Callable[[object], None]:
    """Tells progress on stderr: on a terminal in one line that is written over, elsewhere in a line now and then, which
    says `what` goes on.
    """
    return _over if sys.stderr.isatty() else _Log(what, seconds)


def _over(progress: object) -> None:
    sys.stderr.write(f"\r\x1b[2K{printable(str(progress))}")
    sys.stderr.flush()


class _Log:
    def __init__(self, what: str, seconds: float) -> None:
        self._what, self._seconds = what, seconds
        self._next = time.monotonic() + seconds

    def __call__(self, progress: object) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._seconds
            sys.stderr.write(f"{self._what}: {printable(str(progress))}\n")
            sys.stderr.flush()
