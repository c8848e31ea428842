"""Makes an index again, with another embedder say, beside the old one, which answers until the new one is complete."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np

from index.chunk import chunk
from index.errors import StoreDamaged, StoreMismatch, StoreMissing
from index.pieces import embedding_text
from index.progress import Progress, SyncReport
from index.protocols import Embedder
from index.records import Document
from index.store import derived, schema
from index.store.local import LOCK, WAIT_SECONDS, LocalStore, open_store
from index.store.lock import write_lock
from index.sync import AT_ONCE, CHUNK_SETTINGS, OVERLAP_SENTENCES, sync, window

BESIDE = "beside"


def rebuild(
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] | None = None,
    keep: Sequence[str] = (),
    flights: int = 1,
) -> SyncReport:
    """Indexes `paths` anew in `folder`, where documents whose uri begins with one of `keep` are taken over.

    The old index is searched until the new one takes its place, at one stroke. An interrupted run is taken up by the
    next one with the same embedder. Raises EmptyCorpus, StoreBusy, StoreDamaged.
    """
    schema.make_folder(folder, schema.OUR_FILES)
    readable = False
    with suppress(StoreDamaged, StoreMissing, StoreMismatch):
        open_store(folder).close()  # brings an earlier format up to date, which the lock below would wait for in vain
        readable = True
    with write_lock(folder / LOCK, WAIT_SECONDS):
        with _beside(folder / BESIDE, embedder) as store:
            # First: a file with the same content is then a duplicate of what is kept, and takes nothing from it.
            for document in _kept(folder, store, keep) if readable else ():
                _put(store, embedder, document)
            report = sync(paths, store, embedder, progress=progress, keep=keep, flights=flights)
            store.flush()
        try:
            schema.adopt(folder, folder / BESIDE)
        except (StoreDamaged, StoreMissing):
            schema.create(folder, embedder.name, embedder.fingerprint, embedder.dim, CHUNK_SETTINGS)
            schema.adopt(folder, folder / BESIDE)
        derived.adopt(folder, folder / BESIDE)
        shutil.rmtree(folder / BESIDE)
    return report


def _beside(folder: Path, embedder: Embedder) -> LocalStore:
    """The new index as far as an interrupted run has made it, or an empty one."""
    try:
        return open_store(folder, embedder, create=True, chunk_settings=CHUNK_SETTINGS)
    except (StoreMismatch, StoreDamaged):
        shutil.rmtree(folder)
        return open_store(folder, embedder, create=True, chunk_settings=CHUNK_SETTINGS)


def _kept(folder: Path, store: LocalStore, keep: Sequence[str]) -> list[Document]:
    """Documents of the old index that no run takes from files, as far as it can be read."""
    held = {entry.id for entry in store.documents()}
    with ExitStack() as stack:
        try:
            old = stack.enter_context(open_store(folder))
        except (StoreDamaged, StoreMissing, StoreMismatch):
            return []
        wanted = (entry for entry in old.documents() if keep and entry.uri.startswith(tuple(keep)) and entry.complete)
        return [old.document(entry.id) for entry in wanted if entry.id not in held]


def _put(store: LocalStore, embedder: Embedder, document: Document) -> None:
    chunks = chunk(document, embedder.count_tokens, window(embedder), OVERLAP_SENTENCES)
    texts = [embedding_text(document.title, one) for one in chunks]
    parts = [embedder.embed_passages(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
    store.put(document, chunks, np.concatenate([np.empty((0, embedder.dim), dtype=np.float32), *parts]))
