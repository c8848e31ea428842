"""Whether an index was made with what it is to be used with."""

from __future__ import annotations

from index.errors import StoreMismatch
from index.protocols import Embedder
from index.store.database import Manifest, reindexing
from index.store.place import Place


def accepted(manifest: Manifest, place: Place, embedder: Embedder | None, chunk_settings: str) -> Manifest:
    """The manifest, where it fits the embedder and the chunk settings, as far as these are given.

    Raises StoreMismatch.
    """
    if embedder is not None and embedder.fingerprint != manifest.fingerprint:
        raise StoreMismatch(
            f"The index {place} was made with the embedder {manifest.embedder} ({manifest.fingerprint[:8]}), "
            f"not with {embedder.name} ({embedder.fingerprint[:8]}): use that one, or {reindexing(place)}"
        )
    if chunk_settings and chunk_settings != manifest.chunk_settings:
        raise StoreMismatch(
            f"The index {place} was chunked with {manifest.chunk_settings!r} and not with "
            f"{chunk_settings!r}: {reindexing(place)}"
        )
    return manifest
