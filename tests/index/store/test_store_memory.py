"""What storing a long text and saving the search files take of memory, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

DIM, CHUNKS = 384, 40_000
VECTORS = DIM * CHUNKS * 4 / 2**20
"""Megabytes of the vectors as the index holds them."""

CHARACTERS = 20_000_000

COMMON = f"""
import sys
from dataclasses import replace
from pathlib import Path

import faiss

from index.store.local import open_store
from tests.corpora import record, unit_rows
from tests.fakes import HashEmbedder

def megabytes(field):
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) / 1024

def peak(work):
    Path("/proc/self/clear_refs").write_text("5")  # counted from here
    before = megabytes("VmRSS")
    work()
    return megabytes("VmHWM") - before

folder, embedder = Path(sys.argv[1]), HashEmbedder({DIM})
"""

SAVED = f"""
def put(store, documents):
    with store.together():
        for n in documents:
            store.put(*record(f"{{n}}.txt", [str(i) for i in range(1_000)], unit_rows(1_000, {DIM}, n)))
    store.search_lexical("1", 1)

with open_store(folder, embedder, create=True) as store:
    put(store, range({CHUNKS // 1_000}))
    made = peak(store.flush)
with open_store(folder) as store:
    put(store, [{CHUNKS // 1_000}])
    print(made, peak(store.flush))
"""

STORED = f"""
document, chunks, vectors = record("a.txt", ["\u2019"], unit_rows(1, {DIM}, 0))
document = replace(document, text=document.text + "cat \u2019" * {CHARACTERS // 5})
with open_store(folder, embedder, create=True) as store:
    print(peak(lambda: store.put(document, chunks, vectors)))
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="no peak to be set back here")


def measured(work: str, folder: Path) -> list[float]:
    """The numbers that a new process with these lines prints."""
    command = [sys.executable, "-c", COMMON + work, str(folder)]
    return [float(number) for number in subprocess.check_output(command, text=True).split()]


def test_saving_holds_the_vectors_once_beside_the_index(tmp_path: Path) -> None:
    """A new index is made from a few vectors at a time and saved without a copy; one that was read is copied once."""
    made, changed = measured(SAVED, tmp_path / "index")

    assert made < 1.6 * VECTORS
    assert changed < 2.6 * VECTORS


def test_a_long_text_is_stored_in_parts(tmp_path: Path) -> None:
    """Beside the document that is there anyway, a fraction of its text is in memory at any time."""
    (grown,) = measured(STORED, tmp_path / "index")

    assert grown < CHARACTERS / 2**20
