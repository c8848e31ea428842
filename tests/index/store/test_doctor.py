"""What the doctor finds, and what it can repair."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.errors import StoreMissing
from index.store.doctor import examine, repair
from index.store.local import open_store
from index.sync import sync
from tests.fakes import HashEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed index of three documents, one of them with several chunks."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text("Cats sleep. " * 300)
    (docs / "b.txt").write_text("Dogs bark.")
    (docs / "c.txt").write_text("Birds sing.")
    embedder = HashEmbedder()
    with open_store(tmp_path / "index", embedder, create=True) as store:
        sync([docs], store, embedder)
    return tmp_path / "index"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "index.db")) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_sound_index(folder: Path) -> None:
    """Nothing is found in a sound index, and repairing it changes no file."""
    before = contents(folder)

    assert examine(folder) == ()
    assert repair(folder) == ()
    assert contents(folder) == before


def test_missing_index(tmp_path: Path) -> None:
    """Where no index is, there is nothing to examine."""
    with pytest.raises(StoreMissing, match="no index"):
        examine(tmp_path)


@pytest.mark.parametrize(
    ("statement", "values", "expected"),
    [
        ("UPDATE texts SET text = text || 'x' WHERE text = 'Dogs bark.'", (), "its text has 11 characters and not 10"),
        ("UPDATE documents SET chunks = 7 WHERE uri = 'b.txt'", (), "it has 1 chunks and not 7"),
        ("UPDATE documents SET page_starts = '[5, 0]' WHERE uri = 'b.txt'", (), "page starts are not in order"),
        ('UPDATE chunks SET "end" = "end" - 1 WHERE text = \'Dogs bark.\'', (), "is not the slice 0:9"),
        ("UPDATE chunks SET id = 'x:0' WHERE text = 'Dogs bark.'", (), "chunk x:0 is not the slice"),
        ("UPDATE chunks SET vector = x'0011' WHERE number = 1", (), "chunk number 1: it does not have 64 numbers"),
        ("UPDATE chunks SET vector = ? WHERE number = 1", (np.full(64, np.nan, "<f2").tobytes(),), "length is nan"),
        ("UPDATE chunks SET vector = ? WHERE number = 1", (np.ones(64, "<f2").tobytes(),), "its length is 8.0"),
        ("UPDATE manifest SET value = '1' WHERE key = 'next_number'", (), "number is not below the next"),
        ("DELETE FROM manifest WHERE key = 'dim'", (), "manifest of the index .* is damaged"),
    ],
)
def test_broken_promises_of_the_database_are_named(
    folder: Path, statement: str, values: tuple[object, ...], expected: str
) -> None:
    """Each is found, told with the command that makes the index again, and never repaired."""
    change(folder, statement, *values)
    before = (folder / "index.db").read_bytes()
    found = repair(folder)

    assert len(found) == 1
    assert (found[0].repairable, found[0].repaired) == (False, False)
    assert str(found[0]).startswith("damaged: ")
    assert str(found[0]).endswith("--rebuild`.")
    assert re.search(expected, str(found[0]))
    assert (folder / "index.db").read_bytes() == before


def test_rows_without_their_document_are_named(folder: Path) -> None:
    """A text and chunks that belong to nothing are found."""
    change(folder, "DELETE FROM documents WHERE uri = 'b.txt'")

    assert sorted(finding.problem.partition(";")[0] for finding in examine(folder)) == [
        "a row of chunks belongs to no document",
        "a row of texts belongs to no document",
    ]


@pytest.mark.parametrize("name", ["vectors.faiss", "lexical/meta.json", "vectors.json", "lexical/stamp.json"])
def test_derived_files_are_repaired(folder: Path, name: str) -> None:
    """A damaged or missing derived file is found and made again."""
    (folder / name).write_bytes(b"damaged")
    assert [str(finding)[:11] for finding in examine(folder)] == ["repairable:"]
    assert [str(finding)[:9] for finding in repair(folder)] == ["repaired:"]
    assert examine(folder) == ()
    (folder / name).unlink()
    assert [finding.repaired for finding in repair(folder)] == [True]
    assert examine(folder) == ()


def test_saved_vectors_are_compared_with_the_database(folder: Path) -> None:
    """Vectors or chunks that differ from the saved files are found although every checksum is right, and repaired."""
    half = np.zeros(64, "<f2")
    half[3] = 1
    change(folder, "UPDATE chunks SET vector = ? WHERE number = 2", half.tobytes())
    assert [str(finding) for finding in examine(folder)] == [
        "repairable: vectors.faiss: its vectors are not those of the database"
    ]
    repair(folder)
    change(folder, "UPDATE chunks SET number = 0 WHERE number = 1")

    assert [finding.subject for finding in examine(folder)] == ["vectors.faiss", "lexical"]
    assert all(finding.repaired for finding in repair(folder))
    assert examine(folder) == ()


def test_torn_database_is_named(folder: Path) -> None:
    """Overwritten pages are found by SQLite's own check or on reading."""
    data = bytearray((folder / "index.db").read_bytes())
    data[5_000:9_000] = b"x" * 4_000
    (folder / "index.db").write_bytes(data)

    found = examine(folder)
    assert found
    assert not any(finding.repairable for finding in found)


READ_ONLY = """
set -e
mount --bind "$1" "$1"
mount -o remount,ro,bind "$1"
if touch "$1/probe" 2>/dev/null; then exit 77; fi
exec "$2" -c 'import sys; from pathlib import Path; from index.store.doctor import examine
print(*examine(Path(sys.argv[1])))' "$1"
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no mount namespaces here")
def test_a_sound_index_on_a_read_only_file_system_is_sound(folder: Path) -> None:
    """The search files are read where not even a lock file can be written."""
    namespaces = ["-m"] if os.geteuid() == 0 else ["-r", "-m"]
    command = ["unshare", *namespaces, "bash", "-c", READ_ONLY, "bash", str(folder), sys.executable]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    if not done.stdout and done.returncode:
        pytest.skip(f"a read-only mount cannot be made here: {done.stderr[:200]}")

    assert done.stdout.strip() == ""
