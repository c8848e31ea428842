"""Copies an index from one store into another, document by document, and counts at the end that all of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from index.errors import StoreDamaged, StoreMismatch, StoreMissing
from index.progress import Meter, Progress
from index.protocols import WritableStore
from index.records import DocumentEntry
from index.store.database import Manifest
from index.store.local import LocalStore
from index.store.milvus import MilvusStore
from index.store.opened import create_index, open_index
from index.store.place import Place

GROUP = 512
"""Chunks that are written at once: what a kill can lose."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What the target holds at the end, and how many of the documents were there before."""

    documents: int
    chunks: int
    before: int

    def __str__(self) -> str:
        already = f" ({self.before:,} of them were there already)" if self.before else ""
        return f"{self.documents:,} documents{already} and {self.chunks:,} chunks are in both, counted."


def migrate(source: Place, target: Place, progress: Callable[[Progress], None] | None = None) -> Moved:
    """Makes `target` hold what `source` holds: texts, chunks, vectors as they are stored, and summaries.

    The source is only read. What an interrupted run has copied whole is not copied again. Raises StoreMissing;
    StoreMismatch where the target was made otherwise or holds documents that the source does not; StoreDamaged where
    the counts differ at the end.
    """
    with open_index(source) as old, _target(target, old.manifest) as new, new.writing():
        listed = old.documents()
        _refuse_others(target, listed, new.documents())
        held = {_told(entry) for entry in new.documents() if entry.complete}
        missing = [entry for entry in listed if _told(entry) not in held]
        _copy(old, new, missing, Meter(progress))
        new.flush()
        _compare(source, target, old, new)
        return Moved(len(listed), new.count(), len(listed) - len(missing))


def _target(place: Place, manifest: Manifest) -> LocalStore | MilvusStore:
    """The index that an earlier run has begun, or a new one. Raises StoreMismatch where it was made otherwise."""
    store: LocalStore | MilvusStore | None = None
    with suppress(StoreMissing):
        store = open_index(place)
    if store is None:
        return create_index(place, manifest)
    ours, theirs = ((one.fingerprint, one.dim, one.chunk_settings) for one in (manifest, store.manifest))
    if ours != theirs:
        store.close()
        raise StoreMismatch(
            f"{place} holds an index that was made with another embedder or other chunks ({store.manifest.embedder}, "
            f"{store.manifest.chunk_settings}): name a new place."
        )
    return store


def _refuse_others(place: Place, listed: Sequence[DocumentEntry], there: Sequence[DocumentEntry]) -> None:
    known = {entry.id for entry in listed}
    others = [entry.uri for entry in there if entry.id not in known]
    if others:
        raise StoreMismatch(
            f"{place} holds {len(others)} documents that the other index does not ({others[0]}): name a new place, or "
            f"remove them with `rag index --remove ID --index {place}`."
        )


def _copy(old: WritableStore, new: WritableStore, missing: Sequence[DocumentEntry], meter: Meter) -> None:
    meter.begin([entry.characters for entry in missing])
    for group in _groups(missing):
        with new.together():
            for entry in group:
                _copy_one(old, new, entry)
        for entry in group:
            if (summary := old.summary(entry.id)) is not None:
                new.keep_summary(entry.id, summary)
            meter.finish(entry.characters)
            meter.embedded(entry.chunks, entry.uri, 0.0, 0)


def _copy_one(old: WritableStore, new: WritableStore, entry: DocumentEntry) -> None:
    """One document; what is incomplete stays so, and the next `sync` of its files goes on with it."""
    chunks = old.chunks(entry.id)
    vectors = old.vectors([chunk.id for chunk in chunks])
    planned = len(chunks) if entry.complete else len(chunks) + 1
    new.put(old.document(entry.id), chunks, vectors, planned=planned)


def _groups(entries: Sequence[DocumentEntry]) -> Iterator[list[DocumentEntry]]:
    group: list[DocumentEntry] = []
    for entry in entries:
        group.append(entry)
        if sum(one.chunks for one in group) >= GROUP:
            yield group
            group = []
    if group:
        yield group


def _compare(source: Place, target: Place, old: WritableStore, new: WritableStore) -> None:
    """Raises StoreDamaged unless both list the same documents and count the same chunks."""
    listed, there = (set(map(_told, store.documents())) for store in (old, new))
    if listed != there or old.count() != new.count():
        raise StoreDamaged(
            f"{target} has {len(there)} documents and {new.count()} chunks where {source} has {len(listed)} and "
            f"{old.count()}: was one of them changed meanwhile? Run it again."
        )


def _told(entry: DocumentEntry) -> tuple[str, str, str, int, bool]:
    return entry.id, entry.uri, entry.title, entry.chunks, entry.complete
