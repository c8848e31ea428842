"""Finds the files of a corpus: what can be indexed, and what was passed over and why."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import EmptyCorpus
from index.load import READERS, inside, supported
from index.store.database import FILE


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index. `uri` is its path from the root in posix form, NFC: the same on every machine."""

    path: Path
    uri: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was passed over, and why."""

    uri: str
    reason: str

    def __str__(self) -> str:
        return f"{self.uri} {self.reason}"


@dataclass(frozen=True, slots=True)
class Listing:
    """`files` by uri; `unread` are the uris of folders that could not be listed, each ending in a slash."""

    files: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    unread: tuple[str, ...]


def find(paths: Sequence[Path], under: str = "") -> Listing:
    """The files under the given folders, and the given files themselves; each uri begins with `under`.

    With one folder, uris are relative to it; with several paths, each uri begins with its root's name. Hidden entries,
    links that leave the root, other indexes and unknown suffixes are skipped. Raises EmptyCorpus where a path does not
    exist or nothing can be indexed.
    """
    roots = [path.expanduser() for path in paths]
    for root in roots:
        if not root.exists():
            raise EmptyCorpus(f"{root} does not exist: give a file or a folder with documents.")
    walk = _Walk()
    for root, name in zip(roots, _names(roots), strict=True):
        walk.take(root, name, under)
    if not walk.files:
        raise EmptyCorpus(_nothing(roots, walk))
    files = sorted(walk.files.values(), key=lambda source: source.uri)
    return Listing(tuple(files), tuple(walk.skipped), tuple(walk.unread))


class _Walk:
    """Collects while walking; a file reached by two ways counts once."""

    def __init__(self) -> None:
        self.files: dict[Path, Source] = {}
        self.skipped: list[Skipped] = []
        self.unread: list[str] = []

    def take(self, root: Path, name: str, under: str) -> None:
        if root.is_dir():
            self._folder(root, root, under + (f"{name}/" if name else ""))
        else:
            self._file(root, root, under + (name or root.name))

    def _folder(self, root: Path, folder: Path, prefix: str) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._skip(prefix, f"is a folder that cannot be listed ({error.strerror})")
            self.unread.append(prefix)
            return
        if any(entry.name == FILE for entry in entries):
            self._skip(prefix or f"{folder.name}/", "is an index")
            return
        for entry in entries:
            path, uri = Path(entry.path), prefix + entry.name
            if entry.name.startswith("."):
                self._skip(uri, "is hidden")
            elif not entry.is_dir(follow_symlinks=True):
                self._file(root, path, uri)
            elif entry.is_symlink():
                self._skip(uri, "is a link to a folder")
            else:
                self._folder(root, path, f"{uri}/")

    def _file(self, root: Path, path: Path, uri: str) -> None:
        if path.is_symlink() and path != root and not inside(root, path):
            self._skip(uri, "is a link that leaves the folder")
        elif not supported(path):
            self._skip(uri, f"has the suffix {path.suffix!r}, which is not read" if path.suffix else "has no suffix")
        else:
            self.files.setdefault(path.resolve(), Source(path, storable(uri)))

    def _skip(self, uri: str, reason: str) -> None:
        self.skipped.append(Skipped(storable(uri), reason))


def _names(roots: Sequence[Path]) -> Iterator[str]:
    """The first part of each root's uris: nothing for a single root, else its name, numbered where it repeats."""
    if len(roots) == 1:
        yield ""
        return
    seen: dict[str, int] = {}
    for root in roots:
        name = root.resolve().name or "root"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{Path(name).stem}~{seen[name]}{Path(name).suffix}"


def storable(name: str) -> str:
    """A file's name in NFC, with replacement characters for bytes that are not UTF-8 (Python has surrogates there)."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _nothing(roots: Sequence[Path], walk: _Walk) -> str:
    where = " and ".join(map(str, roots)) or "The list of documents"
    known = ", ".join(sorted(suffix.lstrip(".") for suffix in READERS))
    if not walk.skipped:
        return f"{where} is empty: put documents there ({known})."
    first = walk.skipped[0]
    return f"{where} holds nothing that can be indexed ({first.uri} {first.reason}): put documents there ({known})."
