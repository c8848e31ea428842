"""How large an index is and what it was made with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.store import derived, rows
from index.store.database import Database


@dataclass(frozen=True, slots=True)
class Statistics:
    """`vectors` is the kind of the saved FAISS index, "" where none is saved; `recall` (0..1) that of its ten nearest,
    measured when it was built. `bytes`: on the disk, by name.
    """

    documents: int
    incomplete: int
    chunks: int
    characters: int
    embedder: str
    dim: int
    chunk_settings: str
    format: int
    vectors: str
    recall: float
    bytes: dict[str, int]

    def __str__(self) -> str:
        unfinished = f" ({self.incomplete} of them incomplete: run `rag index` again)" if self.incomplete else ""
        sizes = ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in self.bytes.items())
        kind = f"{self.vectors}, recall@10 {self.recall:.3f}" if self.vectors else "none saved"
        return "\n".join(
            [
                f"{self.documents:,} documents{unfinished}, {self.chunks:,} chunks, {self.characters:,} characters",
                f"embedder {self.embedder}, {self.dim} dimensions; chunks of {self.chunk_settings}",
                f"format {self.format}; vectors: {kind}",
                sizes,
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)


def statistics(folder: Path) -> Statistics:
    """Counts without loading anything large; changes nothing. Raises StoreMissing, StoreMismatch, StoreDamaged."""
    database = Database.open(folder)
    try:
        with database.reading() as connection:
            manifest, entries = database.manifest(), rows.entries(connection)
    finally:
        database.close()
    kind, recall = derived.dense_kind(folder, manifest.identity)
    return Statistics(
        documents=len(entries),
        incomplete=sum(not entry.complete for entry in entries),
        chunks=sum(entry.chunks for entry in entries),
        characters=sum(entry.characters for entry in entries),
        embedder=manifest.embedder,
        dim=manifest.dim,
        chunk_settings=manifest.chunk_settings or "unknown size",
        format=manifest.format,
        vectors=kind,
        recall=recall,
        bytes={path.name: _size(path) for path in sorted(folder.iterdir())},
    )


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else path.stat().st_size
