"""One writer at a time: an advisory lock on a file, released by the system when its holder dies."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreBusy, StoreDamaged

RETRY_SECONDS = 0.05


@contextmanager
def write_lock(path: Path, wait_seconds: float) -> Iterator[None]:
    """Holds the lock file `path`, waiting at most `wait_seconds` for another holder; raises StoreBusy after that."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreDamaged(
            f"The index {path.parent} cannot be changed ({error.strerror}): make the folder writable, or copy it to "
            "one that is."
        ) from error
    try:
        _acquire(descriptor, path, time.monotonic() + wait_seconds)
        _name_holder(descriptor)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreBusy(_busy(path)) from None
            time.sleep(RETRY_SECONDS)
        except OSError as error:
            raise StoreDamaged(
                f"The index {path.parent} cannot be locked ({error.strerror}): its file system must support file locks."
            ) from error
        else:
            return


def _name_holder(descriptor: int) -> None:
    # Only for the other side's message: a full disk must not keep anybody from holding the lock.
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise


def _busy(path: Path) -> str:
    holder = path.read_text(encoding="ascii", errors="replace").strip()
    who = f"process {holder}" if holder.isdigit() else "another process"
    return f"The index {path.parent} is being changed by {who}: wait until it has finished, then run this again."
