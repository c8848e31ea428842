"""Embedders that sentence-transformers loads: a folder of safetensors, or a model of the Hub."""

from __future__ import annotations

import copy
import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embed.packaged import sha256_of
from index.embed.prompts import prompts_of
from index.errors import EmbedderUnavailable
from index.protocols import Vectors

BATCH = 32
LONGEST_WINDOW = 8192


class SentenceEmbedder:
    """A model with its own prompts, window and pooling; `fingerprint` covers all of them and the weights."""

    def __init__(self, name: str, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        weights = weights_fingerprint(folder)
        logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
        try:
            self._model: Any = SentenceTransformer(
                str(folder), local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise EmbedderUnavailable(
                f"The embedder {name} in {folder} could not be loaded ({first_line(error)}): choose a model of "
                "sentence-transformers stored as safetensors, or leave out --embedder to use the built-in one."
            ) from error
        self.prompts = prompts_of(name, self._model.prompts)
        # A copy: counting and embedding happen at the same time, and a tokenizer bears one thread only.
        self._counter: Any = copy.deepcopy(self._model.tokenizer)
        self._window = min(int(self._model.max_seq_length or LONGEST_WINDOW), _positions(self._model), LONGEST_WINDOW)
        self._model.max_seq_length = self._window
        self.fingerprint = self._identity(weights)

    @property
    def dim(self) -> int:
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        prompts = [text for text in self.prompts if text]
        special = int(self._counter.num_special_tokens_to_add())
        return self._window - special - max(self.count_tokens(prompts), default=0)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens."""
        if not texts:
            return []
        encoded = self._counter([encodable(text) for text in texts], add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows, with the model's prompt for documents if it has one."""
        return self._embed(self._model.encode_document, texts, self.prompts.passage)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) float32, unit rows, with the model's prompt for queries if it has one."""
        return self._embed(self._model.encode_query, texts, self.prompts.query)

    def _embed(self, encode: Callable[..., Any], texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        rows = encode(
            [encodable(text) for text in texts],
            prompt=prompt,
            batch_size=BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.ascontiguousarray(rows, dtype=np.float32)

    def _identity(self, weights: str) -> str:
        """SHA-256 (hex) of everything that vectors depend on: weights, prompts, window, and the modules after them."""
        modules = [[type(part).__name__, _settings(part)] for part in list(self._model)[1:]]
        parts = [weights, list(self.prompts), self._window, modules]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def weights_fingerprint(folder: Path) -> str:
    """SHA-256 (hex) of a model's weights: of the one safetensors file, or of the digests of several, by name."""
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise EmbedderUnavailable(
            f"{folder} holds no .safetensors file: other formats can run code and are not loaded; choose another model."
        )
    digests = [sha256_of(file) for file in files]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _positions(model: Any) -> int:  # noqa: ANN401  (of sentence-transformers)
    """Tokens that the network has positions for: RoBERTa and its kin begin to count after the padding's number."""
    network = getattr(model[0], "auto_model", None)
    known = getattr(getattr(network, "config", None), "max_position_embeddings", None)
    if known is None:
        return LONGEST_WINDOW
    padding = getattr(getattr(network, "embeddings", None), "padding_idx", None)
    return int(known) if padding is None else int(known) - int(padding) - 1


def _settings(module: Any) -> Any:  # noqa: ANN401  (a module of sentence-transformers)
    known = getattr(module, "get_config_dict", None)
    return known() if known is not None else {}


def hub_folder(name: str, allow_download: bool) -> Path:
    """The folder of a model of the Hub that is on this machine or may be downloaded. Raises EmbedderUnavailable."""
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
        message = f"The Hub did not give the embedder {name} ({first_line(error)}): check its name."
        raise EmbedderUnavailable(message) from error


def encodable(text: str) -> str:
    """The text without lone surrogates, which a Python string can hold and the tokenizers' UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def first_line(error: BaseException) -> str:
    """The first line of an error's text, or its name."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
