"""Fakes of the project's protocols, with outputs that can be worked out by hand. Never of our own code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import numpy as np

from index.protocols import Vectors
from rag.answer import Finish
from rag.protocols import Prompt, Span


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


class ScriptedReader:
    """Supports a sentence by what the script says of it, else by the share of its words that the passage holds."""

    name = "scripted"

    def __init__(self, script: dict[str, float] | None = None) -> None:
        self.script = script or {}
        self.pairs: list[tuple[str, str]] = []

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.pairs += pairs
        return [self.script.get(sentence, _shared(sentence, passage)) for passage, sentence in pairs]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        return [_shared(question, passage) for passage in passages]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        shares = self.rank(question, passages)
        return [Span(text, 0, len(text), share, share) for text, share in zip(passages, shares, strict=True)]

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        return list(zip(self.rank(question, passages), self.spans(question, passages), strict=True))


def _shared(text: str, passage: str) -> float:
    words, held = set(re.findall(r"\w+", text.lower())), set(re.findall(r"\w+", passage.lower()))
    return len(words & held) / len(words) if words else 0.0


class ScriptedStream:
    """Gives out prepared pieces; `closed` tells whether it was stopped before its end."""

    def __init__(self, pieces: Sequence[str], error: Exception | None = None) -> None:
        self._pieces = list(pieces)
        self._error = error
        self.finish: Finish | None = None
        self.closed = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._pieces:
            return self._pieces.pop(0)
        if self._error is not None:
            raise self._error
        self.finish = self.finish or "stop"
        raise StopIteration

    def close(self) -> None:
        self.closed = self.finish is None
        self.finish = self.finish or "cancelled"


class ScriptedGenerator:
    """Writes what it was given, character by character, and remembers its prompts and streams."""

    name = "scripted"
    context_tokens = 4096

    def __init__(self, *texts: str | Sequence[str], error: Exception | None = None) -> None:
        self._texts = list(texts)
        self._error = error
        self.prompts: list[Prompt] = []
        self.streams: list[ScriptedStream] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(self, prompt: Prompt) -> ScriptedStream:
        self.prompts.append(prompt)
        self.streams.append(ScriptedStream(self._texts.pop(0) if self._texts else "", self._error))
        return self.streams[-1]
