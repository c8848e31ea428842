"""Files on their way in: streamed to the sender's own folder, within quotas, and taken from there by its owner only.

The page does not use gradio's upload: an event that names server paths is an event that can name any path. Here an
upload is a request of its own, and the event that indexes it carries no path at all.
"""

import hashlib
import os
import shutil
import threading
import unicodedata
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1_000_000
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: of one file, of all that one session sends in a run, of all uploads kept, and what stays free on disk."""

    file: int = 100 * MEGABYTE
    session: int = 1_000 * MEGABYTE
    total: int = 10_000 * MEGABYTE
    free: int = 500 * MEGABYTE


class Refused(Exception):
    """An upload that is not taken; the text is one sentence, `status` the HTTP status that fits it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Inbox:
    """`home/incoming` holds a folder for each sender. What an earlier run left there was never indexed and goes."""

    def __init__(self, home: Path, limits: Limits | None = None, free: Callable[[Path], int] | None = None) -> None:
        self.limits = limits or Limits()
        self._home = home
        self._folder = home / "incoming"
        self._free = free or (lambda path: shutil.disk_usage(path).free)
        self._sent: Counter[str] = Counter()
        self._lock = threading.Lock()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def receive(self, owner: str, name: str, length: int | None, parts: AsyncIterator[bytes]) -> Path:
        """Writes one file. Raises `Refused`, before the first byte is read where the length already says so."""
        size = self._admit(owner, length)
        folder = self._folder / _folder_of(owner) / uuid.uuid4().hex
        file = folder.with_name(f".{folder.name}") / file_name(name)  # a dot until the last byte is there
        try:
            file.parent.mkdir(parents=True, mode=0o700)
            written = 0
            with file.open("xb") as out:
                async for part in parts:
                    written += len(part)
                    if written > size:
                        raise Refused(413, f"{file.name} is longer than the request said.")
                    out.write(part)
            if written != size:
                raise Refused(400, f"Only {written:,} of {size:,} bytes of {file.name} arrived: send it again.")
        except BaseException as error:
            self._sent[owner] -= size
            shutil.rmtree(file.parent, ignore_errors=True)
            if isinstance(error, OSError):
                raise Refused(507, f"{file.name} could not be kept ({error.strerror}).") from error
            raise
        return file.parent.rename(folder) / file.name

    def take(self, owner: str) -> list[Path]:
        """The files that this owner has sent and that were not taken yet, oldest first."""
        folder = self._folder / _folder_of(owner)
        found = [file for file in folder.glob("[!.]*/*") if file.is_file() and not file.is_symlink()]
        return sorted(found, key=lambda file: file.stat().st_mtime_ns)

    def drop(self, file: Path) -> None:
        """Forgets a file that was taken."""
        if self._folder in file.parents:
            shutil.rmtree(file.parent, ignore_errors=True)

    def _admit(self, owner: str, length: int | None) -> int:
        limits = self.limits
        if length is None:
            raise Refused(411, "An upload has to say its length.")
        if length > limits.file:
            raise Refused(413, f"A file may have {in_words(limits.file)}; this one has {in_words(length)}.")
        with self._lock:
            if self._sent[owner] + length > limits.session:
                raise Refused(413, f"You have uploaded {in_words(limits.session)} in this run, which is the limit.")
            if self._kept() + length > limits.total:
                raise Refused(
                    413, f"All uploads together may have {in_words(limits.total)}: remove some documents first."
                )
            self._home.mkdir(parents=True, exist_ok=True)
            if self._free(self._home) - length < limits.free:
                raise Refused(507, "The disk of this machine is nearly full: nothing more is taken.")
            self._sent[owner] += length
        return length

    def _kept(self) -> int:
        folders = (self._folder, self._home / "added")
        return sum(_bytes(Path(place, name)) for each in folders for place, _, names in os.walk(each) for name in names)


def file_name(name: str) -> str:
    """The last part of a name from a browser as one that every file system takes: no folders, no control characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    stem, suffix = (stem, suffix[:20]) if dot else (kept, "")
    stem = stem.encode("utf-8", "ignore")[: 200 - len(suffix.encode())].decode("utf-8", "ignore") or "document"
    stem = f"{stem}_" if stem.lower() in _RESERVED else stem
    return f"{stem}.{suffix}" if suffix else stem


def _folder_of(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:32]


def _bytes(file: Path) -> int:
    """How long a file is; some are gone by now, because others are received and indexed meanwhile."""
    try:
        return file.lstat().st_size
    except FileNotFoundError:
        return 0


def in_words(count: int) -> str:
    """A number of bytes for a reader."""
    return f"{count / MEGABYTE:,.0f} MB" if count >= MEGABYTE else f"{count:,} bytes"
