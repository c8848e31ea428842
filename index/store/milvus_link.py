"""The connection to Milvus: few requests, their errors as sentences. The only file that opens a client of pymilvus."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import IndexingError, StoreBusy, StoreDamaged, StoreMissing
from index.store.milvus_rows import K1, B, Row, batches
from index.store.place import MilvusPlace

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient

TIMEOUT = 30.0
PAGE = 1_000
_files = Counter[str]()  # how often each file of milvus-lite is open here: its server ends with the last one
_lock = threading.Lock()


class Link:
    """A client for the two collections of one index; it signs in with MILVUS_TOKEN ("user:password", or a key)."""

    def __init__(self, place: MilvusPlace, *, create: bool = False) -> None:
        self.place = place
        self.chunks, self.documents = place.name, f"{place.name}_documents"
        self._find_file(create)
        self._client = self._opened()

    def load(self) -> None:
        """Lets the collections that are there be searched; a server keeps them so, milvus-lite forgets."""
        for collection in (self.documents, self.chunks):
            if self.has(collection):
                with self._translated():
                    self._client.load_collection(collection)

    def has(self, collection: str) -> bool:
        with self._translated():
            return bool(self._client.has_collection(collection))

    def make(self, collection: str, schema: CollectionSchema, metrics: Mapping[str, str]) -> None:
        """An empty collection; each vector field has its metric."""
        params = self._client.prepare_index_params()
        for field, metric in metrics.items():
            if metric == "BM25":
                # Twice "params": a server takes them flat too, milvus-lite only as what the field of this name holds.
                tuned = {"params": {"bm25_k1": K1, "bm25_b": B}}
                rest: dict[str, Any] = {"index_type": "SPARSE_INVERTED_INDEX", "params": tuned}
            else:
                # Exact in a file; a server chooses by its size and its memory.
                rest = {"index_type": "FLAT" if self.place.file else "AUTOINDEX"}
            params.add_index(field, metric_type=metric, **rest)
        with self._translated():
            self._client.create_collection(collection, schema=schema, consistency_level="Strong")
            self._client.create_index(collection, params, sync=False)
            self._client.load_collection(collection)

    def drop(self, collection: str) -> None:
        with self._translated():
            self._client.drop_collection(collection)

    def upsert(self, collection: str, rows: Iterable[Row]) -> None:
        with self._translated():
            for batch in batches(rows):
                self._client.upsert(collection, batch)

    def delete(self, collection: str, wanted: str) -> None:
        with self._translated():
            self._client.delete(collection, filter=wanted)

    def query(self, collection: str, wanted: str, fields: Sequence[str]) -> list[Row]:
        """The rows that a condition on a few ids names."""
        with self._translated():
            return [dict(row) for row in self._client.query(collection, filter=wanted, output_fields=list(fields))]

    def all(self, collection: str, wanted: str, fields: Sequence[str]) -> list[Row]:
        """The rows that a condition names, however many."""
        with self._translated():
            pages = self._client.query_iterator(collection, batch_size=PAGE, filter=wanted, output_fields=list(fields))
            found: list[Row] = []
            while page := pages.next():
                found += page
            pages.close()
            return found

    def count(self, collection: str, wanted: str) -> int:
        with self._translated():
            return int(self._client.query(collection, filter=wanted, output_fields=["count(*)"])[0]["count(*)"])

    def search(self, field: str, query: Any, limit: int, wanted: str, fields: Sequence[str]) -> list[Row]:  # noqa: ANN401
        """Rows with their fields, "id" and "distance", best first."""
        with self._translated():
            found = self._client.search(
                self.chunks, [query], anns_field=field, limit=limit, filter=wanted, output_fields=list(fields)
            )
        return [{**hit["entity"], "id": hit["id"], "distance": hit["distance"]} for hit in found[0]]

    def flush(self) -> None:
        with self._translated():
            self._client.flush(self.documents)
            self._client.flush(self.chunks)

    def close(self) -> None:
        self._client.close()
        if self.place.file:
            with _lock:
                _files[self.place.uri] -= 1
                if not _files[self.place.uri]:
                    from milvus_lite.server_manager import server_manager_instance

                    server_manager_instance.release_server(self.place.uri)

    def _find_file(self, create: bool) -> None:
        """For a file: makes its folder, or raises StoreMissing, since a client would make whatever is not there."""
        if self.place.file and create:
            try:
                Path(self.place.uri).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreDamaged(
                    f"An index cannot be made at {self.place} ({error.strerror}): name a place you can write to."
                ) from error
        elif self.place.file and not Path(self.place.uri).exists():
            raise missing(self.place)

    def _opened(self) -> MilvusClient:
        try:
            from pymilvus import MilvusClient

            if self.place.file:
                import milvus_lite  # noqa: F401  pymilvus would fail later, with a message of its own
        except ImportError as error:
            raise StoreMissing(
                f'{self.place} needs a package that is not here ({error.name}): pip install "footnote-rag[milvus]".'
            ) from error
        # What goes wrong is raised; these print it with tracebacks besides.
        for name in ("pymilvus", "milvus_lite"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        with self._translated(), _lock:
            client = MilvusClient(self.place.uri, token=os.environ.get("MILVUS_TOKEN", ""), timeout=TIMEOUT)
            if self.place.file:
                _files[self.place.uri] += 1
            return client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from pymilvus.exceptions import MilvusException

        try:
            yield
        except MilvusException as error:
            raise self._translation(error) from error

    def _translation(self, error: Exception) -> IndexingError:
        said = " ".join(str(getattr(error, "message", error)).split()).rstrip(".")[:300]
        if "local milvus failed" in said:
            return StoreBusy(
                f"{self.place} cannot be opened: milvus-lite lets one program in at a time (many need a server), and "
                "its folder must be writable."
            )
        if "connect" in said.lower() or "unavailable" in said.lower():
            return StoreMissing(f"Milvus does not answer at {self.place} ({said}): start it, or check the address.")
        return StoreDamaged(f"Milvus refused a request for {self.place} ({said}): check the server and its log.")


def missing(place: MilvusPlace) -> StoreMissing:
    """What is said where there is no index."""
    return StoreMissing(f"There is no index at {place}: make one with `rag index DOCS --index {place}`.")
