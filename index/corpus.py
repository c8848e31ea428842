"""Finds the files of a corpus: what can be indexed, and what was passed over and why."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import ignore
from index.errors import EmptyCorpus
from index.home import expanded
from index.ignore import Rules, made_by_tools, rules_below
from index.load import FORMATS, inside, supported
from index.store import database


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index. `uri` is its path from the root in posix form, NFC: the same on every machine."""

    path: Path
    uri: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was passed over, and why; `usual` where nobody expects to find it in an index."""

    uri: str
    reason: str
    usual: bool = False

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
    what tools make, what a `.ragignore` names, links that leave the root, other indexes, unknown suffixes and what is
    no regular file are skipped. Raises EmptyCorpus where a path does not exist or nothing can be indexed.
    """
    roots = [expanded(path) for path in paths]
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
        if not root.is_dir():
            self._file(root, root, under + (name or root.name))
            return
        pending = [(root, under + (f"{name}/" if name else ""), Rules())]
        while pending:  # no recursion: folders may be nested deeper than Python's stack
            pending += reversed(list(self._folder(root, *pending.pop())))

    def _folder(self, root: Path, folder: Path, prefix: str, rules: Rules) -> Iterator[tuple[Path, str, Rules]]:
        """Takes the folder's files; gives the folders in it that are to be walked as well."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._skip(prefix, f"is a folder that cannot be listed ({error.strerror})")
            self.unread.append(prefix)
            return
        names = [entry.name for entry in entries]
        if database.FILE in names:
            self._skip(prefix or f"{folder.name}/", "is an index", usual=True)
        elif folder != root and made_by_tools(names):
            self._skip(prefix, "is made by tools", usual=True)
        else:
            if ignore.FILE in names:
                rules, problems = rules_below(rules, folder, prefix)
                for problem in problems:
                    self._skip(prefix + ignore.FILE, problem)
            for entry in (entry for entry in entries if entry.name != ignore.FILE):
                yield from self._entry(root, entry, prefix + entry.name, rules)

    def _entry(self, root: Path, entry: os.DirEntry[str], uri: str, rules: Rules) -> Iterator[tuple[Path, str, Rules]]:
        path, is_folder = Path(entry.path), _leads_to_folder(entry)
        reason = rules.reason(uri, entry.name, is_folder)
        if reason:
            self._skip(uri, reason, usual=True)
        elif not is_folder:
            self._file(root, path, uri)
        elif entry.is_symlink():
            self._skip(uri, "is a link to a folder")
        else:
            yield path, f"{uri}/", rules

    def _file(self, root: Path, path: Path, uri: str) -> None:
        if path.is_symlink() and (path != root or not path.exists()) and not inside(root, path):
            self._skip(uri, _where_it_leads(path))
        elif not supported(path):
            self._skip(uri, f"has the suffix {path.suffix!r}, which is not read" if path.suffix else "has no suffix")
        elif path.exists() and not path.is_file():
            self._skip(uri, "is a pipe, socket or device, not a regular file; copy its content into one")
        else:
            self.files.setdefault(path.resolve(), Source(path, storable(uri)))

    def _skip(self, uri: str, reason: str, *, usual: bool = False) -> None:
        self.skipped.append(Skipped(storable(uri), reason, usual))


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _where_it_leads(link: Path) -> str:
    try:
        link.stat()
    except OSError as error:
        return "is a link in a circle" if error.errno == errno.ELOOP else "is a link to nothing"
    return "is a link that leaves the folder"


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
    known = ", ".join(known.suffixes[0].lstrip(".") for known in FORMATS)
    if not walk.skipped:
        return f"{where} is empty: put documents there ({known})."
    first = walk.skipped[0]
    return f"{where} holds nothing that can be indexed ({first.uri} {first.reason}): put documents there ({known})."
