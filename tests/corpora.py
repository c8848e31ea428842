"""Small stored documents, made of given chunk texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from index.protocols import Vectors
from index.records import Chunk, Document

Record = tuple[Document, tuple[Chunk, ...], Vectors]


def record(uri: str, texts: Sequence[str], vectors: Vectors, title: str = "", heading: str = "") -> Record:
    """A document whose chunks are `texts`, joined by newlines, with their vectors."""
    document_id = hashlib.sha256("\0".join([uri, *texts]).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    chunks, start = [], 0
    for ordinal, text in enumerate(texts):
        end = start + len(text)
        chunks.append(Chunk(f"{document_id}:{ordinal}", document_id, start, end, None, heading, text))
        start = end + 1
    return Document(document_id, uri, title, "\n".join(texts)), tuple(chunks), vectors


def unit_rows(n: int, dim: int, seed: int) -> Vectors:
    """(n, dim) float32, unit rows."""
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
