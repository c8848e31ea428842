"""Opens an index wherever it lies: the one place that knows which store is behind which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.protocols import Embedder
from index.store.place import MilvusPlace, Place

if TYPE_CHECKING:
    from index.store.database import Manifest
    from index.store.local import LocalStore
    from index.store.milvus import MilvusStore


def open_index(
    place: Place,
    embedder: Embedder | None = None,
    *,
    create: bool = False,
    rebuild: bool = False,
    chunk_settings: str = "",
) -> LocalStore | MilvusStore:
    """The store at `place`; arguments and errors are those of `index.store.local.open_store`."""
    if isinstance(place, MilvusPlace):
        from index.store.milvus import manifest_of, open_milvus

        made = manifest_of(embedder, chunk_settings) if embedder is not None and (create or rebuild) else None
        return open_milvus(place, embedder, create=made, rebuild=rebuild, chunk_settings=chunk_settings)
    from index.store.local import open_store

    return open_store(place, embedder, create=create, rebuild=rebuild, chunk_settings=chunk_settings)


def create_index(place: Place, manifest: Manifest) -> LocalStore | MilvusStore:
    """A new index at `place`, made with what the manifest of another says. Errors are those of `open_index`."""
    if isinstance(place, MilvusPlace):
        from index.store.milvus import open_milvus

        return open_milvus(place, create=manifest)
    from index.store import schema
    from index.store.local import open_store

    schema.make_folder(place, schema.OUR_FILES)
    schema.create(place, manifest.embedder, manifest.fingerprint, manifest.dim, manifest.chunk_settings)
    return open_store(place)
