"""A large encoder that was trained here: packed weights in two files, what was fitted for it, and its two uses.

It says whether a passage entails a sentence, and where in a passage the answer to a question stands. Each input is read
alone, on one core: low-precision products round differently in batches of other sizes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from index.embed.lanes import side_by_side
from rag.errors import ModelUnavailable
from rag.read.encoder import file_sha256
from rag.read.inputs import load_tokenizer, tokenise
from rag.read.mpnet import ANSWERABLE, END_ID, ENTAILED, SHIFT, START_ID, Encoder
from rag.read.packed import FEW_BITS, MORE_BITS, pack, unpack
from rag.read.scoring import best_span
from rag.read.trained import fast_dtype
from rag.read.windows import likeliest, sentence_numbers, stretches

PARTS, DESCRIPTION, FORMAT = ("large-1.safetensors", "large-2.safetensors"), "large.json", 1
LONGEST_QUERY, LONGEST_INPUT = 96, 256
_CODES, _SCALES = "codes", "scales"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the encoder sees in one passage: log-odds that it answers, by how many logits the likeliest span leads "no
    answer", and that span's half-open characters (0, 0 where there is none).
    """

    answerable: float
    margin: float
    start: int
    end: int


class LargeEncoder:
    """Judges and reads with the large encoder; built by `load_large`."""

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer, name: str) -> None:
        self._encoder, self._tokenizer, self.name = encoder.eval(), tokenizer, name

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Log-odds that each (passage, sentence) entails its sentence; a long passage counts by its likeliest part."""
        return side_by_side(self._entailed, pairs)

    def answered(self, question: str, passages: Sequence[str]) -> list[Answered]:
        """What each passage answers; one of more than `LONGEST_INPUT` tokens by its likeliest window."""
        return side_by_side(lambda passage: self._answer(question, passage), passages)

    def _entailed(self, pair: tuple[str, str]) -> float:
        passage, sentence = pair
        query, tokens = self._query(sentence), tokenise(self._tokenizer, [passage])[0]
        parts = likeliest(sentence, passage, tokens, LONGEST_INPUT - 4 - len(query))
        return max(float(self._run(query, tokens.ids[a:b])[0][ENTAILED]) for a, b in parts)

    def _answer(self, question: str, passage: str) -> Answered:
        query, tokens = self._query(question), tokenise(self._tokenizer, [passage])[0]
        numbers = sentence_numbers(passage, tokens)
        seen = []
        for start, end in stretches(len(tokens.ids), LONGEST_INPUT - 4 - len(query)):
            judged, logits = self._run(query, tokens.ids[start:end])
            begin = len(query) + 3
            marks = logits[begin : begin + end - start]
            first, last, span = best_span(marks[:, 0], marks[:, 1], numbers[start:end])
            lead = span - float(logits[0].sum())
            held = (tokens.offsets[start + first][0], tokens.offsets[start + last][1]) if first >= 0 else (0, 0)
            seen.append(Answered(float(judged[ANSWERABLE]), lead, *held))
        return max(seen, key=lambda one: one.answerable)

    def _query(self, text: str) -> Sequence[int]:
        return tokenise(self._tokenizer, [text])[0].ids[:LONGEST_QUERY]

    def _run(self, query: Sequence[int], passage: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The judgements and the logits of each token of one input."""
        shifted = ([i + SHIFT for i in part] for part in (query, passage))
        row = [START_ID, *next(shifted), END_ID, END_ID, *next(shifted), END_ID]
        with torch.inference_mode():
            judged, logits = self._encoder(torch.tensor([row]))
        return judged[0], logits[0]


class _Words(nn.Module):
    """Word embeddings that stay packed: a text needs few of them, and all of them would take 94 MB."""

    def __init__(self, codes: Tensor, scales: Tensor) -> None:
        super().__init__()
        self._codes, self._scales = codes, scales

    def forward(self, ids: Tensor) -> Tensor:
        """(batch, length) -> (batch, length, width) in float32."""
        flat = ids.flatten()
        return unpack(self._codes[flat], self._scales[flat], torch.float32).view(*ids.shape, -1)


def save_large(
    folder: Path,
    encoder: Encoder,
    notes: dict[str, Any],
    few: tuple[str, ...] = (),
    as_before: Mapping[str, Tensor] = MappingProxyType({}),
) -> None:
    """Write an encoder in six bits, tensors whose names begin with one of `few` in four, in two files of about the same
    size, and its description. What stands in `as_before`, as `packed` gives it, is written as it is there.
    """
    tensors: dict[str, Tensor] = {}
    for name, tensor in encoder.state_dict().items():
        own = [key for key in (name, f"{name}.{_CODES}", f"{name}.{_SCALES}") if key in as_before]
        if own:
            tensors |= {key: as_before[key] for key in own}
        elif packs(name, tensor):
            codes, scales = pack(tensor, FEW_BITS if name.startswith(few) else MORE_BITS)
            tensors[f"{name}.{_CODES}"], tensors[f"{name}.{_SCALES}"] = codes.contiguous(), scales.contiguous()
        else:
            tensors[name] = tensor.half().contiguous()
    folder.mkdir(parents=True, exist_ok=True)
    halves: tuple[dict[str, Tensor], dict[str, Tensor]] = ({}, {})
    total, held = sum(t.nbytes for t in tensors.values()), 0
    for name, tensor in tensors.items():
        halves[int(held > total / 2)][name] = tensor
        held += tensor.nbytes
    for part, half in zip(PARTS, halves, strict=True):
        save_file(half, folder / part)
    sums = {part: file_sha256(folder / part) for part in PARTS}
    description = {"format": FORMAT, "sha256": sums, **notes}
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def describe(folder: Path) -> dict[str, Any]:
    """What stands beside the weights: checksums, notes, and what was fitted. Raises ModelUnavailable."""
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unusable(folder, f"{DESCRIPTION} is missing or not JSON") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise _unusable(folder, f"{DESCRIPTION} is not of format {FORMAT}")
    return description


def digest(folder: Path) -> str:
    """Eight digits that stand for the checksums of the weights' files. Raises ModelUnavailable."""
    sums = describe(folder)["sha256"]
    return hashlib.sha256("".join(str(sums[part]) for part in PARTS).encode()).hexdigest()[:8]


def load_large(folder: Path) -> LargeEncoder:
    """The encoder of a weights folder. Raises ModelUnavailable where a file is missing or not what was committed."""
    tensors = packed(folder)
    with torch.device("meta"):
        encoder = Encoder()
    encoder.words = _Words(*(tensors[f"words.weight.{part}"] for part in (_CODES, _SCALES)))
    names = list(encoder.state_dict())
    whole = side_by_side(lambda name: _whole(name, tensors, fast_dtype()), names)
    encoder.load_state_dict(dict(zip(names, whole, strict=True)), assign=True)
    name = f"footnote-large-{digest(folder)}"
    return LargeEncoder(encoder.lower(fast_dtype()).requires_grad_(False), load_tokenizer(), name)


def unpacked(folder: Path) -> Encoder:
    """The encoder of a weights folder in float32 throughout, to be trained on. Raises ModelUnavailable."""
    tensors, encoder = packed(folder), Encoder()
    encoder.load_state_dict({name: _whole(name, tensors, torch.float32) for name in encoder.state_dict()})
    return encoder


def packs(name: str, tensor: Tensor) -> bool:
    """Whether a tensor of this name is written in few bits."""
    return name.startswith(("layers.", "words.", "pool.")) and tensor.ndim == 2


def packed(folder: Path) -> dict[str, Tensor]:
    """The tensors of both files as they are written. Raises ModelUnavailable."""
    wanted = describe(folder)["sha256"]
    for part in PARTS:
        if not (folder / part).is_file():
            raise _unusable(folder, f"there is no {part}")
        found = file_sha256(folder / part)
        if found != wanted[part]:
            raise _unusable(folder, f"{part} has checksum {found[:8]} where {str(wanted[part])[:8]} was wanted")
    tensors: dict[str, Tensor] = {}
    for part in PARTS:
        tensors |= load_file(folder / part)
    return tensors


def _whole(name: str, tensors: dict[str, Tensor], products: torch.dtype) -> Tensor:
    """A tensor out of its codes, where it has such; those of the layers in the precision of their products."""
    if f"{name}.{_CODES}" not in tensors:
        return tensors[name].float()
    precision = products if name.startswith("layers.") else torch.float32
    return unpack(tensors[f"{name}.{_CODES}"], tensors[f"{name}.{_SCALES}"], precision)


def _unusable(folder: Path, why: str) -> ModelUnavailable:
    remedy = "name a folder that eval.training.large_export wrote, whole"
    return ModelUnavailable(f"The large encoder's weights in {folder} cannot be used: {why}; {remedy}.")
