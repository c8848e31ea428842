"""The files beside the database that are made from it: `vectors.faiss` with `vectors.json`, and `lexical/`.

They are never needed: whatever is missing, damaged or of another database is refused here and made again by the store.
Each is replaced as a whole, so a crash leaves the old file, the new one, or one that its checksum refuses.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import StoreDamaged
from index.store.dense import DenseIndex
from index.store.lexical import LexicalIndex

DENSE = "vectors.faiss"
DENSE_STAMP = "vectors.json"
LEXICAL = "lexical"
STAMP = "stamp.json"
VERSION = 4  # of what is derived: a new analysis of words or a new kind of index counts up, and every index rebuilds
UNSTAMPED = (STAMP, ".tantivy-meta.lock", ".tantivy-writer.lock")


class NotUsable(Exception):
    """A derived file that has to be made again; the text says why."""


def load_dense(folder: Path, identity: str) -> tuple[DenseIndex, int]:
    """The saved vectors of the database with this identity, and the generation they are of. Raises NotUsable."""
    stamp = _stamp(folder / DENSE_STAMP, identity)
    try:
        with (folder / DENSE).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != stamp["sha256"]:
            raise NotUsable(f"{DENSE} does not have the checksum in {DENSE_STAMP}")
        index = DenseIndex.open(folder / DENSE, str(stamp["kind"]), int(stamp["probes"]), float(stamp["recall"]))
    except OSError as error:
        raise NotUsable(f"{DENSE} cannot be read ({error.strerror})") from error
    except RuntimeError as error:
        raise NotUsable(f"{DENSE} cannot be read by FAISS") from error
    if _stamp(folder / DENSE_STAMP, identity) != stamp:
        raise NotUsable(f"{DENSE} was being replaced")
    return index, int(stamp["generation"])


def load_lexical(folder: Path, identity: str) -> tuple[LexicalIndex, int]:
    """The saved words of the database with this identity, and the generation they are of. Raises NotUsable."""
    home = folder / LEXICAL
    stamp = _stamp(home / STAMP, identity)
    try:
        if _checksums(home) != stamp["files"]:
            raise NotUsable(f"{LEXICAL}/ does not have the checksums in its {STAMP}")
        index = LexicalIndex.open(home)
    except (OSError, ValueError) as error:
        raise NotUsable(f"{LEXICAL}/ cannot be read") from error
    if _stamp(home / STAMP, identity) != stamp:
        raise NotUsable(f"{LEXICAL}/ was being replaced")
    return index, int(stamp["generation"])


def stamped_generations(folder: Path, identity: str) -> tuple[int | None, int | None]:
    """The generations that the vectors and the words were saved at; None where there is no usable stamp."""
    found: list[int | None] = []
    for path in (folder / DENSE_STAMP, folder / LEXICAL / STAMP):
        try:
            found.append(int(_stamp(path, identity)["generation"]))
        except NotUsable:
            found.append(None)
    return found[0], found[1]


def dense_kind(folder: Path, identity: str) -> tuple[str, float]:
    """The kind of the saved vectors and their measured recall; "" and 0 where there is no usable stamp."""
    try:
        stamp = _stamp(folder / DENSE_STAMP, identity)
    except NotUsable:
        return "", 0.0
    return str(stamp["kind"]), float(stamp["recall"])


def save_dense(folder: Path, identity: str, generation: int, index: DenseIndex) -> None:
    """Replaces the saved vectors. Raises StoreDamaged where the disk refuses."""
    checksum = hashlib.sha256()
    with _saving(folder):
        with _replacing(folder / DENSE) as file:

            def put(piece: bytes) -> None:
                checksum.update(piece)
                file.write(piece)

            index.write(put)
        made = {"kind": index.kind, "probes": index.probes, "recall": index.recall, "sha256": checksum.hexdigest()}
        with _replacing(folder / DENSE_STAMP) as file:
            file.write(_new_stamp(identity, generation, made))


def save_lexical(folder: Path, identity: str, generation: int, index: LexicalIndex) -> None:
    """Replaces the saved words by a copy of the index's folder. Raises StoreDamaged where the disk refuses."""
    if index.folder is None:
        return
    with _saving(folder):
        home, new, old = (folder / name for name in (LEXICAL, LEXICAL + ".new", LEXICAL + ".old"))
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)
        copy_lexical(index.folder, new)
        with _synced(new / STAMP) as file:
            file.write(_new_stamp(identity, generation, {"files": _checksums(new)}))
        if home.exists():
            home.rename(old)
        new.rename(home)
        shutil.rmtree(old, ignore_errors=True)


def adopt(folder: Path, other: Path) -> None:
    """Takes over the files derived from another index whose content this one has now; what is left is made again."""
    discard(folder)
    for name in (DENSE, DENSE_STAMP, LEXICAL):
        if (other / name).exists():
            (other / name).rename(folder / name)


def discard(folder: Path) -> None:
    """Removes everything derived; the next search makes it again."""
    for name in (DENSE, DENSE_STAMP):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / LEXICAL, ignore_errors=True)


def copy_lexical(source: Path, target: Path) -> None:
    """Copies a tantivy folder without locks and stamp; its files reach the disk before this returns."""
    target.mkdir(exist_ok=True)
    for file in source.iterdir():
        if file.name not in UNSTAMPED:
            with file.open("rb") as old, _synced(target / file.name) as new:
                shutil.copyfileobj(old, new)


def _new_stamp(identity: str, generation: int, rest: dict[str, Any]) -> bytes:
    stamp = {"version": VERSION, "identity": identity, "generation": generation, **rest}
    return json.dumps(stamp | {"check": _check(stamp)}).encode()


def _check(stamp: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(stamp, sort_keys=True).encode()).hexdigest()


def _stamp(path: Path, identity: str) -> dict[str, Any]:
    try:
        stamp: dict[str, Any] = json.loads(path.read_bytes())
        made_of = (stamp["version"], stamp["identity"])
        if stamp.pop("check") != _check(stamp):
            raise ValueError("changed")
    except FileNotFoundError as error:
        raise NotUsable(f"{path.name} is missing") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotUsable(f"{path.name} is damaged") from error
    if made_of != (VERSION, identity):
        raise NotUsable(f"{path.name} belongs to another database or version")
    return stamp


def _checksums(home: Path) -> dict[str, str]:
    checksums = {}
    for file in sorted(home.iterdir()):
        if file.name not in UNSTAMPED:
            with file.open("rb") as stream:
                checksums[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return checksums


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to be filled that then takes the place of the one at `path`, at one stroke."""
    new = path.with_name(path.name + ".new")
    with _synced(new) as file:
        yield file
    new.replace(path)


@contextmanager
def _synced(path: Path) -> Iterator[BinaryIO]:
    """A file to be filled; its bytes are on the disk when the block ends."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _saving(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreDamaged(
            f"The search files of the index {folder} could not be saved ({error.strerror}): free some space; its "
            "documents are safe, and the files are made again when it is next opened."
        ) from error
