"""Folders for a while: kept as long as their process lives, removed by the next one where it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.store.scratch import YOUNG, remove, scratch_folder

MAKES = (
    "import sys; from index.store.scratch import scratch_folder\nprint(scratch_folder(), flush=True); sys.stdin.read()"
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this process and those it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def made_elsewhere() -> tuple[subprocess.Popen, Path]:
    """A process that waits, and the folder that it made, as old as a folder must be to be removed."""
    process = subprocess.Popen([sys.executable, "-c", MAKES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    folder = Path(process.stdout.readline().strip())
    (folder / "index.db").write_text("copy")
    os.utime(folder, (0, 0))
    return process, folder


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_holds_is_not(temporary: Path) -> None:
    """Both folders look alike; only the lock tells them apart."""
    (living, kept), (killed, left) = made_elsewhere(), made_elsewhere()
    try:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        own = scratch_folder()

        assert not left.exists()
        assert (kept / "index.db").read_text() == "copy"
    finally:
        living.kill()
        living.communicate()
    remove(own)
    assert not own.exists()


def test_young_folders_links_and_others_names_stay(temporary: Path) -> None:
    """A folder that is not locked yet, a link that was planted, and folders of other programs."""
    young, elsewhere, other = (temporary / name for name in ("footnote-scratch-new", "papers", "footnote-0"))
    for folder in (young, elsewhere, other):
        folder.mkdir()
    (elsewhere / "will.txt").write_text("mine")
    (temporary / "footnote-scratch-link").symlink_to(elsewhere)
    os.utime(other, (0, 0))

    remove(scratch_folder())

    assert young.is_dir()
    assert other.is_dir()
    assert (elsewhere / "will.txt").read_text() == "mine"
    assert YOUNG > 1
