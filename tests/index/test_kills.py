"""A short sample of `kills.py`: kills at random instants, a disk that is full, a disk that refuses to sync."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.index import kills


@pytest.mark.parametrize("action", kills.ACTIONS)
def test_killed_at_any_instant(action: str, tmp_path: Path) -> None:
    """The index opens clean, holds what was said to be stored, no half document, and the next run does the rest."""
    made = kills.scene(action, tmp_path / action)
    chance = random.Random(action)
    for number in range(2):
        run = kills.copied(made, tmp_path / str(number))
        done, _ = kills.harmed(run, seconds=0.4 * chance.random())
        kills.assert_sound(run, done)
        kills.assert_finished(run)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler makes the library that refuses to sync")
@pytest.mark.parametrize(("action", "syncs"), [("add", 0), ("add", 5), ("remove", 6)])
def test_a_disk_that_refuses_to_sync(action: str, syncs: int, tmp_path: Path) -> None:
    """What was said to be stored before the disk failed is there, and the failure is one sentence."""
    made = kills.scene(action, tmp_path / action)
    library = kills.compiled(tmp_path)
    done, said = kills.harmed(made, environment={"LD_PRELOAD": str(library), "SYNCS": str(syncs)})

    said_by = "The disk refused to read or write the index" if action == "add" else "The search files of the index"
    assert said.startswith(f"StoreDamaged: {said_by}")
    kills.assert_sound(made, done)
    kills.assert_finished(made)


@pytest.fixture
def may_mount() -> None:
    """Skips where a process may not mount a small disk of its own."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this process may not mount a small disk")


@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("room", [0, 200_000])
def test_a_full_disk(room: int, tmp_path: Path) -> None:
    """A disk without room, for the documents or for the search files, is one sentence, and the index stays sound."""
    made = kills.scene("add", tmp_path / "add")
    said = kills.on_a_small_disk(made, room)

    assert said.startswith("StoreDamaged: ")
    assert "free some space" in said or "check the free space" in said
    kills.assert_sound(made, 0)
    kills.assert_finished(made)
