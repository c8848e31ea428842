"""What has to be done so that an index holds the files of a corpus. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from index.corpus import Source
from index.records import DocumentEntry


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file with the id its document would have; None where the file could not be read for it."""

    source: Source
    id: str | None
    bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`renamed`: stored entry and the file that has its content now. `duplicates`: uri and the uri that is kept.

    `changed`: file and the id of the stored document it takes the place of.
    """

    added: tuple[Hashed, ...]
    changed: tuple[tuple[Hashed, str], ...]
    renamed: tuple[tuple[DocumentEntry, Hashed], ...]
    removed: tuple[DocumentEntry, ...]
    unchanged: tuple[str, ...]
    duplicates: tuple[tuple[str, str], ...]

    @property
    def empty(self) -> bool:
        """Whether the index already holds the corpus."""
        return not (self.added or self.changed or self.renamed or self.removed)


def make_plan(
    files: Sequence[Hashed], stored: Sequence[DocumentEntry], prune: bool, unread: Iterable[str] = ()
) -> Plan:
    """Compares by content. A file given decides what is stored under its uri.

    Of the other documents none is removed or renamed without `prune`, and with it none whose uri begins with one of
    `unread`: whether their files still exist is not known. A file with the content of one of them is its duplicate. A
    document that is not complete counts as not stored; its file is added again.
    """
    given, unknown = {file.source.uri for file in files}, tuple(unread)
    entries = {entry.id: entry for entry in stored if entry.complete}
    by_uri = {entry.uri: entry for entry in stored if entry.complete}
    settled = {uri for uri in by_uri if uri not in given and (not prune or uri.startswith(unknown))}
    chosen, duplicates = _one_each(files, entries, settled)
    present = {file.id for file in chosen}
    added: list[Hashed] = []
    changed: list[tuple[Hashed, str]] = []
    renamed: list[tuple[DocumentEntry, Hashed]] = []
    unchanged: list[str] = []
    for file in chosen:
        entry, before = entries.get(file.id or ""), by_uri.get(file.source.uri)
        if entry is not None and entry.uri == file.source.uri:
            unchanged.append(entry.uri)
        elif entry is not None:
            renamed.append((entry, file))
        elif before is not None and before.id not in present:
            changed.append((file, before.id))
        else:
            added.append(file)
    kept = present | {before for _, before in changed}
    gone = [
        entry
        for entry in stored
        if entry.id not in kept and (entry.uri in given or (prune and not entry.uri.startswith(unknown)))
    ]
    return Plan(tuple(added), tuple(changed), tuple(renamed), tuple(gone), tuple(unchanged), tuple(duplicates))


def _one_each(
    files: Sequence[Hashed], entries: Mapping[str, DocumentEntry], settled: Set[str]
) -> tuple[list[Hashed], list[tuple[str, str]]]:
    """One file for each content that is not stored under a `settled` uri, and the others with the uri that is kept."""
    groups: dict[str, list[Hashed]] = {}
    for file in files:
        groups.setdefault(file.id or f"unread {file.source.uri}", []).append(file)
    chosen: list[Hashed] = []
    duplicates: list[tuple[str, str]] = []
    for content, group in groups.items():
        entry = entries.get(content)
        if entry is not None and entry.uri in settled:
            duplicates += [(file.source.uri, entry.uri) for file in group]
            continue
        at_home = [file for file in group if entry is not None and file.source.uri == entry.uri]
        kept = (at_home or group)[0]
        chosen.append(kept)
        duplicates += [(file.source.uri, kept.source.uri) for file in group if file is not kept]
    return chosen, duplicates
