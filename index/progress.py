"""What a run of `index.sync` tells: while it goes on, and at its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.corpus import Skipped

KINDS = ("added", "changed", "renamed", "removed", "unchanged", "duplicates", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, in files to be indexed. `seconds_left` is None as long as no rate is known.

    `share` (0..1) is how much of the `current` file is embedded.
    """

    done: int
    total: int
    current: str
    chunks: int
    chunks_per_second: float
    seconds_left: float | None
    share: float = 0.0

    def __str__(self) -> str:
        rate = f", {self.chunks_per_second:.0f} chunks/s" if self.chunks else ""
        left = "" if self.seconds_left is None else f", {clock(self.seconds_left)} left"
        part = f" {self.share:.0%}" if 0 < self.share < 1 else ""
        return f"{self.done}/{self.total} files{rate}{left}  {self.current}{part}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)


class Meter:
    """Counts what a run has done and tells it as `Progress`; the rest is estimated by the files' bytes."""

    def __init__(self, tell: Callable[[Progress], None] | None) -> None:
        self._tell = tell
        self._started = time.monotonic()
        self._total = self._done = self._chunks = 0
        self._bytes = self._bytes_done = 0.0
        self._mutex = threading.Lock()  # several threads may embed

    def begin(self, sizes: Sequence[int]) -> None:
        """A run over files of these sizes (bytes)."""
        self._total, self._bytes = len(sizes), float(sum(sizes))

    def finish(self, size: int) -> None:
        """One more file, of `size` bytes, is stored or has failed."""
        self._done += 1
        self._bytes_done += size

    def embedded(self, chunks: int, current: str, share: float, size: int) -> None:
        """So many more chunks; the last one is at the share (0..1) of a file of `size` bytes."""
        with self._mutex:
            self._chunks += chunks
            self.tell(current, share, size * share)

    def tell(self, current: str, share: float = 0.0, bytes_of_current: float = 0.0) -> None:
        """Reports where the run stands."""
        if self._tell is None:
            return
        elapsed = max(time.monotonic() - self._started, 1e-6)
        done = self._bytes_done + bytes_of_current
        left = elapsed * max(self._bytes - done, 0.0) / done if done else None
        rate = self._chunks / elapsed
        self._tell(Progress(self._done, self._total, current, self._chunks, rate, left, share))


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run did, by uri. `renamed`: from, to; `duplicates`: left out, kept; `failed`, `skipped`: and why.

    `partial` holds a sentence for each file of which a part could not be read.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    unchanged: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    failed: tuple[Skipped, ...] = ()
    partial: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    chunks: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, kind))} {kind}" for kind in KINDS if getattr(self, kind))
        lines = [f"{counts or 'nothing to do'}; {self.chunks} chunks embedded in {clock(self.seconds)}"]
        lines += [f"  failed: {item}" for item in self.failed]
        lines += [f"  in part: {sentence}" for sentence in self.partial]
        lines += [f"  skipped: {item}" for item in self.skipped]
        lines += [f"  duplicate: {uri} has the content of {kept}" for uri, kept in self.duplicates]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON; pairs and reasons as objects with names."""
        return {
            **{kind: list(getattr(self, kind)) for kind in ("added", "changed", "removed", "unchanged", "partial")},
            "renamed": [{"from": before, "to": after} for before, after in self.renamed],
            "duplicates": [{"uri": uri, "kept": kept} for uri, kept in self.duplicates],
            **{kind: [asdict(item) for item in getattr(self, kind)] for kind in ("failed", "skipped")},
            "chunks": self.chunks,
            "seconds": round(self.seconds, 3),
        }


def told_of_twins(
    failed: Sequence[Skipped], duplicates: Sequence[tuple[str, str]]
) -> tuple[tuple[Skipped, ...], tuple[tuple[str, str], ...]]:
    """Files with the content of one that failed have failed too."""
    reasons = {item.uri: item.reason for item in failed}
    twins = [Skipped(uri, reasons[kept]) for uri, kept in duplicates if kept in reasons]
    return (*failed, *twins), tuple(pair for pair in duplicates if pair[1] not in reasons)


def clock(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
