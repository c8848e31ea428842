"""The seams of the index. Declared here, on the side that calls them; implementations inherit nothing."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.records import Chunk, Document, DocumentEntry, Hit

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors. No texts in gives an array of shape (0, dim)."""

    @property
    def name(self) -> str:
        """The model's name, as the manifest records it."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights (hex): two embedders with the same fingerprint give the same vectors."""
        ...

    @property
    def dim(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Tokens of a passage that the model reads; the rest would be cut off."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, without special tokens."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        ...


class Store(Protocol):
    """Documents, chunks and vectors, searchable and saved.

    Searches return at most k hits, best first, ties broken by chunk id; `only` restricts them to these document ids.
    Every change is one transaction. Errors: `index.errors`.
    """

    def put(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Adds the document or replaces the one with its id; `vectors` has shape (len(chunks), dim), unit rows."""
        ...

    def remove(self, document_id: str) -> None: ...

    def documents(self) -> tuple[DocumentEntry, ...]:
        """All stored documents, sorted by uri then id."""
        ...

    def document(self, document_id: str) -> Document: ...

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        """The document's chunks in order; none for an unknown document."""
        ...

    def summary(self, document_id: str) -> tuple[tuple[int, int], ...] | None:
        """Offsets of the sentences kept as a summary, the most telling first; None where none was kept."""
        ...

    def keep_summary(self, document_id: str, spans: Sequence[tuple[int, int]]) -> None:
        """Keeps a summary until the document changes; a store that cannot be written to keeps nothing."""
        ...

    def search_dense(self, vectors: Vectors, k: int, only: Collection[str] | None = None) -> list[list[Hit]]:
        """One list of hits for each row of `vectors` (n, dim); score is the inner product."""
        ...

    def search_lexical(self, text: str, k: int, only: Collection[str] | None = None) -> list[Hit]:
        """BM25 over stemmed words; any text is a valid query, none of it is query syntax."""
        ...

    def near_word(self, word: str) -> str | None:
        """The word of the documents that this one is a slip of the finger away from.

        None for a word that they hold, and where no word or only one that begins otherwise is near.
        """
        ...

    def count(self) -> int:
        """Number of chunks."""
        ...

    def close(self) -> None: ...


class WritableStore(Store, Protocol):
    """A store that `index.sync` keeps in step with files."""

    @property
    def generation(self) -> int:
        """Grows with every committed change, by any process."""
        ...

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        replaces: Collection[str] = (),
        planned: int | None = None,
    ) -> None:
        """As `Store.put`; also removes the documents `replaces`. With fewer chunks than `planned` it is incomplete."""
        ...

    def extend(
        self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, replaces: Collection[str] = ()
    ) -> None:
        """Adds further chunks to a stored document. Raises UnknownDocument."""
        ...

    def rename(self, document_id: str, uri: str, title: str) -> None:
        """Raises UnknownDocument."""
        ...

    def vectors(self, chunk_ids: Sequence[str]) -> Vectors:
        """(n, dim) float32 in the order of the ids, as stored (half precision). Raises KeyError."""
        ...

    def within(self, folder: str) -> frozenset[str]:
        """The ids of the documents under a folder of the corpus, for `only`; of all documents for ""."""
        ...

    def writing(self, wait_seconds: float = ...) -> AbstractContextManager[None]:
        """Keeps other writers out for many changes in a row. Raises StoreBusy."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Makes all changes inside, by this thread, one commit; none of them where an error ends it."""
        ...

    def flush(self) -> None:
        """Saves or seals what makes the next searches fast."""
        ...
