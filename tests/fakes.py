"""Fakes of the project's protocols, with outputs that can be worked out by hand. Never of our own code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.protocols import Vectors


class HashEmbedder:
    """A bag of hashed words: texts of the same words have the same unit vector, those without any the first axis."""

    def __init__(self, dim: int = 64, name: str = "hash", max_tokens: int = 254) -> None:
        self.name = name
        self.dim = dim
        self.max_tokens = max_tokens
        self.fingerprint = hashlib.sha256(f"{name} {dim}".encode()).hexdigest()
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return self.embed_queries(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
                row[int.from_bytes(digest[:4]) % self.dim if word else 0] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows
