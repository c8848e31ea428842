"""What a GGUF file says about itself, read without the library that runs it, and checked against its size.

Native code trusts a file's numbers; a damaged one could end this process. So every count, length and extent is
compared with the bytes that are there before the library sees the file.
"""

import mmap
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import cast

from rag.errors import ModelUnavailable

Value = int | float | bool | str | tuple[int | float | bool | str, ...]

BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
"""Tensor type -> (numbers in a block, bytes of a block). Types that are not here are left to the library to judge."""

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_MAX_DIMENSIONS = 4
_ALIGNMENT = 32  # bytes, where the file names no other
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GgufFile:
    """A checked file. `stored` counts the bytes of all its parts; `tensors` names the extents of each tensor."""

    path: Path
    stored: int
    metadata: Mapping[str, Value]
    tensors: Mapping[str, tuple[int, ...]]

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    def text(self, key: str) -> str | None:
        """A text of the metadata; None where it has none of that name."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None

    def items(self, key: str) -> tuple[int | float | bool | str, ...]:
        """An array of the metadata; () where it has none of that name."""
        value = self.metadata.get(key)
        return value if isinstance(value, tuple) else ()

    def number(self, key: str, default: int = 0) -> int:
        """A whole number of the metadata; of one number per layer the largest."""
        value = self.metadata.get(key)
        if isinstance(value, tuple):
            value = max((item for item in value if isinstance(item, int)), default=None)
        return value if isinstance(value, int) else default

    def shape(self, key: str, default: int = 0) -> int:
        """A whole number under the architecture's own prefix."""
        return self.number(f"{self.architecture}.{key}", default)


def read_gguf(path: Path) -> GgufFile:
    """Reads and checks a file, with the parts it is split into. Raises `ModelUnavailable`."""
    first = _read_part(path)
    count = first.number("split.count", 1)
    if count <= 1:
        return first
    match = _PART.search(path.name)
    if match is None or int(match[2]) != count or first.number("split.no") != 0:
        raise ModelUnavailable(f"{path.name} is one of {count} parts: name the first, NAME-00001-of-{count:05d}.gguf.")
    names = [f"{path.name[: match.start()]}-{number:05d}-of-{count:05d}.gguf" for number in range(2, count + 1)]
    missing = [name for name in names if not path.with_name(name).is_file()]
    if missing:
        raise ModelUnavailable(
            f"{path.name} is one of {count} parts, of which {len(missing)} are missing beside it: get {missing[0]} too."
        )
    parts = [first, *(_read_part(path.with_name(name)) for name in names)]
    tensors = {name: extents for part in parts for name, extents in part.tensors.items()}
    return GgufFile(path, sum(part.stored for part in parts), first.metadata, tensors)


def _read_part(path: Path) -> GgufFile:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise ModelUnavailable(
                    f"{path.name} is not a GGUF file, whatever its name says: name a file that begins with GGUF."
                )
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                metadata, tensors, end = _parse(_Cursor(data))
    except FileNotFoundError:
        raise ModelUnavailable(f"There is no file {path}: check the path.") from None
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read ({error.strerror}): check the path and its rights.") from None
    except (ValueError, struct.error, OverflowError) as error:
        raise ModelUnavailable(
            f"{path.name} is damaged or cut off ({error}): get the file again, or choose another."
        ) from None
    if end > size:
        raise ModelUnavailable(
            f"{path.name} is incomplete: {size} of {end} bytes are here, so get it again from where it came."
        )
    return GgufFile(path, size, metadata, tensors)


class _Cursor:
    """Reads little-endian values one after the other; raises `ValueError` at the end of the data."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self.at = data, len(_MAGIC)

    def number(self, code: str) -> int | float | bool:
        (value,) = self.numbers(code, 1)
        return value

    def count(self, code: str = "Q") -> int:
        return cast("int", self.number(code))

    def numbers(self, code: str, count: int) -> tuple[int | float | bool, ...]:
        start = self._take(count * struct.calcsize(f"<{code}"))
        return struct.unpack_from(f"<{count}{code}", self._data, start)

    def text(self) -> str:
        length = self.count()
        start = self._take(length)
        return self._data[start : start + length].decode("utf-8", "replace")

    def _take(self, length: int) -> int:
        start = self.at
        if length > len(self._data) - start:
            raise ValueError("its header runs past its end")
        self.at += length
        return start


def _parse(cursor: _Cursor) -> tuple[dict[str, Value], dict[str, tuple[int, ...]], int]:
    """Metadata, extents of the tensors, and the number of bytes that the whole file must have."""
    version = cursor.count("I")
    if version not in _VERSIONS:
        raise ValueError(f"GGUF version {version}; readable are {_VERSIONS[0]} and {_VERSIONS[1]}")
    tensor_count, metadata_count = cursor.count(), cursor.count()
    metadata: dict[str, Value] = {}
    for _ in range(metadata_count):
        key = cursor.text()
        metadata[key] = _value(cursor, cursor.count("I"))
    tensors: dict[str, tuple[int, ...]] = {}
    ends = [0]
    for _ in range(tensor_count):
        name, dimensions = cursor.text(), cursor.count("I")
        if not 1 <= dimensions <= _MAX_DIMENSIONS:
            raise ValueError(f"tensor {name!r:.60} has {dimensions} dimensions")
        tensors[name] = tuple(cast("int", extent) for extent in cursor.numbers("Q", dimensions))
        kind, offset = cursor.count("I"), cursor.count()
        ends.append(offset + _bytes(name, tensors[name], kind))
    alignment = metadata.get("general.alignment", _ALIGNMENT)
    if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
        raise ValueError("its alignment is no power of two")
    return metadata, tensors, -(-cursor.at // alignment) * alignment + max(ends)


def _value(cursor: _Cursor, kind: int) -> Value:
    if kind == _STRING:
        return cursor.text()
    if kind in _NUMBERS:
        return cursor.number(_NUMBERS[kind])
    if kind != _ARRAY:
        raise ValueError(f"metadata of the unknown type {kind}")
    kind, count = cursor.count("I"), cursor.count()
    if kind in _NUMBERS:
        return cursor.numbers(_NUMBERS[kind], count)
    if kind != _STRING:
        raise ValueError(f"an array of the type {kind}")
    return tuple([cursor.text() for _ in range(count)])


def _bytes(name: str, extents: tuple[int, ...], kind: int) -> int:
    numbers, size = BLOCKS.get(kind, (1, 0))
    if 0 in extents or extents[0] % numbers:
        raise ValueError(f"tensor {name!r:.60} has impossible extents")
    return prod(extents) // numbers * size
