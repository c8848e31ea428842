"""Folders for a while beside the system's temporary files; those whose process was killed are removed by the next one.

A folder is locked as long as its process lives, whatever process numbers mean there (containers may share a folder).
"""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

PREFIX = "footnote-scratch-"
YOUNG = 60.0
"""Seconds for which a folder is left alone that nobody has locked: it may just have been made."""

_held: dict[Path, int] = {}


def scratch_folder() -> Path:
    """A new folder that only this user can enter. Raises OSError where none can be made."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    _held[folder] = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(_held[folder], fcntl.LOCK_EX)
    return folder


def remove(folder: Path) -> None:
    """Removes such a folder; nothing happens where it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    if (descriptor := _held.pop(folder, None)) is not None:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    try:
        about = folder.lstat()
        if about.st_uid != os.getuid() or time.time() - about.st_mtime < YOUNG:
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # gone meanwhile, or a file or link that is none of ours
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # its process lives
    finally:
        os.close(descriptor)
