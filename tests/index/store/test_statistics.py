"""How large an index is and what it was made with."""

import json
from pathlib import Path

import pytest

from index.errors import StoreMissing
from index.store.local import open_store
from index.store.migrations import FORMAT
from index.store.statistics import statistics
from tests.corpora import record, unit_rows
from tests.fakes import HashEmbedder


def test_figures_are_counted(tmp_path: Path) -> None:
    """Documents, chunks and characters are those put, a document in pieces is incomplete, and every file has a size."""
    with open_store(tmp_path / "index", HashEmbedder(16), create=True, chunk_settings="9 tokens") as store:
        store.put(*record("a.txt", ["cat", "bird"], unit_rows(2, 16, 0)))
        document, chunks, vectors = record("b.txt", ["dog", "fish"], unit_rows(2, 16, 1))
        store.put(document, chunks[:1], vectors[:1], planned=2)
        store.flush()
    told = statistics(tmp_path / "index")

    assert (told.documents, told.incomplete, told.chunks, told.characters) == (2, 1, 3, 16)
    assert (told.embedder, told.dim, told.chunk_settings, told.format) == ("hash", 16, "9 tokens", FORMAT)
    assert (told.vectors, told.recall) == ("Flat", 1.0)
    assert set(told.bytes) == {"index.db", "lexical", "vectors.faiss", "vectors.json", "write.lock"}
    assert told.bytes["index.db"] == (tmp_path / "index" / "index.db").stat().st_size
    assert str(told).startswith("2 documents (1 of them incomplete: run `rag index` again), 3 chunks, 16 characters")
    assert json.loads(json.dumps(told.to_dict()))["chunks"] == 3
    with pytest.raises(StoreMissing):
        statistics(tmp_path / "nowhere")
