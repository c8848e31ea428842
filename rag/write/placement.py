"""What a model folder holds and whether it fits: sizes from the files' headers, memory, device and number type."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.errors import ModelUnavailable

Dtype = Literal["float32", "bfloat16"]
Quantize = Literal["int8", "none"]

_MAX_HEADER = 100_000_000  # bytes; the format's own limit
WORKING_BYTES = 400_000_000  # activations, cache of a few thousand tokens and the libraries themselves
_PACKED = {"U8": 2, "I32": 8}
"""Parameters in one number of quantized weights: 4 bits each, as MXFP4 and its like hold them, which become whole
numbers where this machine does not compute with them."""
_UNSAFE = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pickle", "*.msgpack", "*.h5")


@dataclass(frozen=True, slots=True)
class Weights:
    """`parameters` by count, `stored` in bytes on disk."""

    parameters: int
    stored: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a model computes, and why."""

    device: str
    dtype: Dtype
    int8: bool
    reason: str


def read_weights(folder: Path) -> Weights:
    """Counts the parameters of a folder's safetensors files. Raises `ModelUnavailable` where they are not all there."""
    parameters = stored = 0
    for path in _weight_files(folder):
        header, data = _header(path)
        ends = [0]
        for name, tensor in header.items():
            if name != "__metadata__":
                count = 1
                for extent in tensor["shape"]:
                    count *= extent
                parameters += count * _PACKED.get(str(tensor["dtype"]), 1)
                ends.append(tensor["data_offsets"][1])
        if max(ends) != data:
            raise ModelUnavailable(_incomplete(folder, f"{path.name} ends early"))
        stored += path.stat().st_size
    return Weights(parameters, stored)


def place(weights: Weights, quantize: Quantize | None, name: str) -> Placement:
    """Chooses device and number type, then checks the memory. Raises `ModelUnavailable` with the numbers."""
    placement = _choose(quantize)
    if placement.device == "cpu":
        require_memory(needed_bytes(weights, placement), name)
    return placement


def require_memory(needed: int, name: str) -> None:
    """Raises `ModelUnavailable` with both numbers where fewer than `needed` bytes are free."""
    free = free_memory()
    if free is not None and needed > free:
        raise ModelUnavailable(
            f"{name} needs {_gigabytes(needed)}, {_gigabytes(free)} free: close other programs or choose a smaller "
            "model (`rag models` lists them with their memory)."
        )


def needed_bytes(weights: Weights, placement: Placement) -> int:
    """Peak memory while loading: all weights in the loaded type (8 bits are made layer by layer) and room to work."""
    each = 2 if placement.dtype == "bfloat16" or placement.int8 else 4
    return int(weights.parameters * each * 1.1) + WORKING_BYTES


def free_memory() -> int | None:
    """Bytes that programs can still take, a container's limit included; None where the system does not say."""
    machine = _field(Path("/proc/meminfo"), "MemAvailable:", 1024)
    limit = _number(Path("/sys/fs/cgroup/memory.max"))
    used = _field(Path("/sys/fs/cgroup/memory.stat"), "anon", 1)
    container = limit - used if limit is not None and used is not None else None
    known = [value for value in (machine, container) if value is not None]
    return min(known) if known else None


def _choose(quantize: Quantize | None) -> Placement:
    import torch

    flags = _cpu_flags()
    if torch.cuda.is_available():
        if quantize == "int8":
            raise ModelUnavailable(
                "8-bit weights are for the CPU and this machine has a GPU: leave out quantize (RAG_QUANTIZE)."
            )
        return Placement("cuda", "bfloat16", False, "a CUDA device is there, and it computes bfloat16")
    fast_int8 = "avx512_vnni" in flags
    if quantize == "int8" and not fast_int8:
        # With AVX2 alone the libraries add pairs of products in 16 bits, which overflow: layers were 7 to 8 % off.
        raise ModelUnavailable(
            "8-bit weights need an x86 processor with AVX-512 VNNI: leave out quantize (RAG_QUANTIZE)."
        )
    if quantize == "int8" or (quantize is None and fast_int8):
        why = "this CPU multiplies 8-bit integers (VNNI), and writing is bound by reading the weights"
        return Placement("cpu", "float32", True, f"8-bit weights: {why}")
    if flags & {"avx512_bf16", "amx_bf16"}:
        return Placement("cpu", "bfloat16", False, "this CPU computes bfloat16")
    return Placement("cpu", "float32", False, "this CPU has neither bfloat16 nor fast 8-bit arithmetic")


def _weight_files(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ModelUnavailable(_incomplete(folder, f"{index.name} is damaged")) from None
        missing = [name for name in names if not (folder / Path(name).name).is_file()]
        if missing:
            raise ModelUnavailable(_incomplete(folder, f"{len(missing)} of {len(names)} weight files are missing"))
        return [folder / Path(name).name for name in names]
    if (folder / "model.safetensors").is_file():
        return [folder / "model.safetensors"]
    if gguf := min(folder.glob("*.gguf"), default=None):
        raise ModelUnavailable(f"{folder} holds GGUF files: name one of them, --model {gguf}")
    if (folder / "adapter_config.json").is_file():
        raise ModelUnavailable(
            f"{folder} holds an adapter (LoRA), which is no model by itself: merge it into its model and name the "
            "folder of the result, or name a server that applies it."
        )
    if any(next(folder.glob(pattern), None) for pattern in _UNSAFE):
        raise ModelUnavailable(
            f"{folder} holds its weights only in a form that can run code when read: get a version with .safetensors "
            "files."
        )
    raise ModelUnavailable(_incomplete(folder, "there is no model.safetensors"))


def _header(path: Path) -> tuple[dict[str, dict[str, list[int]]], int]:
    """A safetensors file's table of tensors and the number of bytes after it."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(size, _MAX_HEADER):
                raise ValueError
            header = json.loads(file.read(length))
            return header, size - 8 - length
    except (ValueError, struct.error):
        raise ModelUnavailable(_incomplete(path.parent, f"{path.name} is damaged")) from None


def _incomplete(folder: Path, seen: str) -> str:
    return (
        f"The model in {folder} is incomplete: {seen}. Get it again; with --allow-download a download goes on where it "
        "stopped."
    )


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return set(next((line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))), "").split())


def _field(path: Path, name: str, unit: int) -> int | None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * unit for line in lines if line.split()[:1] == [name]), None)


def _number(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
