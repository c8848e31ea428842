"""What a run of `index.sync` tells: while it goes on, and at its end."""

from __future__ import annotations

from dataclasses import dataclass

from index.corpus import Skipped

KINDS = ("added", "changed", "renamed", "removed", "unchanged", "duplicates", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, in files to be indexed. `seconds_left` is None as long as no rate is known."""

    done: int
    total: int
    current: str
    chunks: int
    chunks_per_second: float
    seconds_left: float | None

    def __str__(self) -> str:
        rate = f", {self.chunks_per_second:.0f} chunks/s" if self.chunks else ""
        left = "" if self.seconds_left is None else f", {_clock(self.seconds_left)} left"
        return f"{self.done}/{self.total} files{rate}{left}  {self.current}".rstrip()


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
        lines = [f"{counts or 'nothing to do'}; {self.chunks} chunks embedded in {_clock(self.seconds)}"]
        lines += [f"  failed: {item}" for item in self.failed]
        lines += [f"  in part: {sentence}" for sentence in self.partial]
        lines += [f"  skipped: {item}" for item in self.skipped]
        lines += [f"  duplicate: {uri} has the content of {kept}" for uri, kept in self.duplicates]
        return "\n".join(lines)


def _clock(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
