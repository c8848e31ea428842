"""Text to unit vectors: the packaged MiniLM through `bert`, any other through `sentence_models`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embed.bert import Encoder
from index.embed.lanes import lanes, side_by_side
from index.embed.packaged import PACKAGE_SHA256, packaged_folder, packaged_tensors
from index.embed.sentence_models import SentenceEmbedder, encodable, hub_folder
from index.home import expanded
from index.protocols import Embedder, Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import dtype

DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
WINDOW = 256  # the positions this model was trained with, of the 512 it has
BATCH = 8  # rows of one product; more are no faster on one core and want more memory
PADDED_TO = 16  # rows are padded to a multiple, since oneDNN keeps a kernel, and memory, for each length it has met


class PackagedEmbedder:
    """all-MiniLM-L6-v2 from the installed package: 384 dimensions, 254 tokens, passages and queries embedded alike."""

    name = DEFAULT_EMBEDDER

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer, fingerprint: str) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer
        self.fingerprint = fingerprint
        vocabulary = tokenizer.get_vocab()
        self._first, self._last, self._padding = (vocabulary[token] for token in ("[CLS]", "[SEP]", "[PAD]"))

    @classmethod
    def load(cls, folder: Path) -> PackagedEmbedder:
        """Loads the folder after checking the weights' SHA-256.

        Computes in bfloat16 where the CPU has instructions for it: twice as fast, cosine with float32 above .9999.
        """
        from tokenizers import Tokenizer

        encoder = Encoder.load(folder, packaged_tensors(folder), fastest_precision())
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(encoder, tokenizer, PACKAGE_SHA256)

    @property
    def dim(self) -> int:
        return self._encoder.width

    @property
    def max_tokens(self) -> int:
        return WINDOW - 2

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens."""
        return [len(ids) for ids in self._tokens(texts)]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows; tokens after the first 254 are not read."""
        limit = self.max_tokens
        tokens = [[self._first, *ids[:limit], self._last] for ids in self._tokens(texts)]
        vectors = np.empty((len(tokens), self.dim), dtype=np.float32)
        # Equal lengths side by side: padding is computed like text and would cost a third of the time.
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        size = min(BATCH, max(1, -(-len(order) // lanes())))
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        embedded = side_by_side(lambda rows: self._embed_batch([tokens[i] for i in rows]), batches[::-1])
        for rows, block in zip(batches[::-1], embedded, strict=True):
            vectors[rows] = block
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows."""
        return self.embed_passages(texts)

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch_fast([encodable(text) for text in texts], add_special_tokens=False)
        return [encoding.ids for encoding in encoded]

    def _embed_batch(self, tokens: list[list[int]]) -> Vectors:
        import torch

        longest = -(-max(map(len, tokens)) // PADDED_TO) * PADDED_TO
        ids = torch.tensor([row + [self._padding] * (longest - len(row)) for row in tokens])
        lengths = torch.tensor([len(row) for row in tokens])
        mask = torch.arange(longest)[None, :] < lengths[:, None]
        rows: Vectors = self._encoder(ids, mask).numpy()
        return rows


def load_embedder(name: str = DEFAULT_EMBEDDER, *, allow_download: bool = False) -> Embedder:
    """The packaged model by default; else a local folder, or a Hub name that is cached or may be downloaded.

    Raises EmbedderUnavailable.
    """
    if name == DEFAULT_EMBEDDER:
        return PackagedEmbedder.load(packaged_folder())
    folder = expanded(name)
    return SentenceEmbedder(name, folder if folder.is_dir() else hub_folder(name, allow_download))


def fastest_precision() -> dtype:
    """bfloat16 where the CPU multiplies it in hardware, float32 elsewhere."""
    import torch

    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    if any(getattr(torch.cpu, check, lambda: False)() for check in checks):
        return torch.bfloat16
    return torch.float32
