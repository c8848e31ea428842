"""Brings an index up to date with folders and files, by content: only what changed is loaded and embedded."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.ahead import ahead
from index.chunk import chunk
from index.corpus import Skipped, Source, find, storable
from index.errors import UnreadableDocument
from index.load import DEFAULT_LIMITS, READING, document_id, load
from index.pieces import Job, Piece, embedding_text, pieces
from index.plan import Hashed, Plan, make_plan
from index.progress import Meter, Progress, SyncReport, told_of_twins
from index.protocols import Embedder, Vectors, WritableStore
from index.records import Chunk, Document, DocumentEntry
from index.store.local import WAIT_SECONDS

__all__ = ["CHUNK_SETTINGS", "Progress", "SyncReport", "embedding_text", "sync"]

CHUNK_TOKENS = 200
OVERLAP_SENTENCES = 1
CHUNK_SETTINGS = (
    f"{CHUNK_TOKENS} tokens, {OVERLAP_SENTENCES} sentence overlap, whole rows and headings, texts {READING}"
)
AT_ONCE = 64  # chunks embedded between two reports of progress
GROUP = 128  # chunks stored in one transaction: what a kill can lose, and a few seconds' work
Prepared = tuple[Job, Document | Exception, tuple[Chunk, ...]]
Group = list[Piece]
FAULTS = (UnreadableDocument, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError)


def sync(
    paths: Sequence[Path],
    store: WritableStore,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] | None = None,
    prune: bool = True,
    under: str = "",
    keep: Sequence[str] = (),
    wait_seconds: float = WAIT_SECONDS,
    at_once: int = GROUP,
    flights: int = 1,
) -> SyncReport:
    """Indexes what is new or changed under `paths`; with `prune` also removes every document that is not there.

    `under` begins the uri of each document, "added/" say; `prune` spares those whose uri begins with one of `keep`,
    and a file with the content of one is its duplicate. Without `prune` only what the files given said before goes.
    Another writer is waited for `wait_seconds`.

    Documents are committed in groups of about `at_once` chunks, and a larger one in pieces: an interrupted run loses at
    most one group, and the next run goes on, inside a document too. An embedder that serves several threads at once,
    such as a cluster, is given `flights` groups together; this process alone stores them, in order, and an interrupted
    run loses what was in flight. A changed document's earlier version stays until
    the new one is complete. A file that cannot be read is reported and its earlier version kept. Raises EmptyCorpus,
    StoreBusy, StoreDamaged.
    """
    started = time.monotonic()
    listing = find(paths, under)
    spared = (*listing.unread, *keep)
    files = [_hashed(source) for source in listing.files]
    plan = make_plan(files, store.documents(), prune, spared)
    run = _Run(store, embedder, progress, at_once, flights)
    if not plan.empty:
        with store.writing(wait_seconds):
            # Another process may have been at work until the lock was free.
            plan = make_plan(files, store.documents(), prune, spared)
            run.carry_out(plan)
            store.flush()
    failed, duplicates = told_of_twins(run.failed, plan.duplicates)
    return SyncReport(
        added=tuple(run.done["added"]),
        changed=tuple(run.done["changed"]),
        removed=tuple(entry.uri for entry in run.removed),
        renamed=tuple((entry.uri, file.source.uri) for entry, file in plan.renamed),
        unchanged=plan.unchanged,
        duplicates=duplicates,
        failed=failed,
        partial=tuple(run.partial),
        skipped=listing.skipped,
        chunks=run.chunks,
        seconds=time.monotonic() - started,
    )


def window(embedder: Embedder) -> int:
    """Tokens of a chunk: what the embedder reads holds them with the title before."""
    return min(CHUNK_TOKENS, max(1, embedder.max_tokens * 4 // 5))


class _Run:
    """Carries out one plan and counts."""

    def __init__(
        self,
        store: WritableStore,
        embedder: Embedder,
        progress: Callable[[Progress], None] | None,
        at_once: int,
        flights: int,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._meter = Meter(progress)
        self._at_once = at_once
        self._flights = flights
        self._begun: dict[str, DocumentEntry] = {}
        self._refused: set[str] = set()
        self.chunks = 0
        self.done: dict[str, list[str]] = {"added": [], "changed": [], "renamed": []}
        self.failed: list[Skipped] = []
        self.partial: list[str] = []
        self.removed: list[DocumentEntry] = []

    def carry_out(self, plan: Plan) -> None:
        """Removes last, so that a run which stops early leaves too much rather than too little."""
        self._begun = {entry.id: entry for entry in self._store.documents() if not entry.complete}
        jobs = [Job("changed", file, before) for file, before in plan.changed]
        jobs += [Job("added", file) for file in plan.added]
        self._meter.begin([*(job.file.bytes for job in jobs), *(file.bytes for _, file in plan.renamed)])
        jobs = [*self._rename(plan.renamed), *jobs]
        with closing(ahead(self._prepared, jobs)) as prepared, closing(self._embedded(prepared)) as groups:
            for group, vectors in groups:
                self._take(group, vectors)
        failed, _ = told_of_twins(self.failed, plan.duplicates)
        unread = {item.uri for item in failed}
        self.removed = [entry for entry in plan.removed if not (entry.complete and entry.uri in unread)]
        if self.removed:
            with self._store.together():
                for entry in self.removed:
                    self._store.remove(entry.id)
        self._meter.tell("")

    def _rename(self, renamed: Sequence[tuple[DocumentEntry, Hashed]]) -> list[Job]:
        """Renames, and returns those that have to be embedded again.

        Another name can mean another title, which is embedded and searched, and another suffix another reader.
        """
        again: list[Job] = []
        same: list[tuple[DocumentEntry, Hashed]] = []
        for entry, file in renamed:
            try:
                alike = replace(_load(file), uri=entry.uri) == self._store.document(entry.id)
            except UnreadableDocument:
                alike = True
            if alike:
                same.append((entry, file))
            else:
                again.append(Job("renamed", file))
        if same:
            with self._store.together():
                for entry, file in same:
                    self._store.rename(entry.id, file.source.uri, entry.title)
        for _, file in same:
            self._meter.finish(file.bytes)
        return again

    def _prepared(self, job: Job) -> Prepared:
        """The job's document, or why there is none, and its chunks."""
        try:
            document = _load(job.file, self.partial.append)
            chunks = chunk(document, self._embedder.count_tokens, window(self._embedder), OVERLAP_SENTENCES)
        except FAULTS as error:
            return job, error, ()
        return job, document, chunks

    def _groups(self, prepared: Iterable[Prepared]) -> Iterator[Group]:
        """What is embedded and stored at once; a document that is too large for one group comes in pieces, each one."""
        group: Group = []
        for job, document, chunks in prepared:
            self._meter.tell(job.file.source.uri)
            if isinstance(document, Exception):
                self._fail(job, document)
                continue
            for piece in pieces(job, document, chunks, self._held(document, chunks), self._at_once):
                if document.id in self._refused:
                    break
                group.append(piece)
                if sum(len(one.chunks) for one in group) >= self._at_once:
                    yield group
                    group = []
        if group:
            yield group

    def _embedded(self, prepared: Iterable[Prepared]) -> Generator[tuple[Group, Vectors | Exception], None, None]:
        """The groups in order with their vectors, or with why there are none."""
        if self._flights > 1:
            yield from ahead(self._vectors, self._groups(prepared), self._flights)
        else:
            yield from map(self._vectors, self._groups(prepared))

    def _held(self, document: Document, chunks: tuple[Chunk, ...]) -> int:
        """How many of the chunks an interrupted run has stored already."""
        entry = self._begun.get(document.id)
        if entry is None or (entry.uri, entry.title) != (document.uri, document.title):
            return 0
        held = self._store.chunks(document.id)
        return len(held) if len(held) < len(chunks) and held == chunks[: len(held)] else 0

    def _vectors(self, group: Group) -> tuple[Group, Vectors | Exception]:
        try:
            return group, self._embed(group)
        except FAULTS as error:
            return group, error

    def _take(self, group: Group, vectors: Vectors | Exception) -> None:
        """Stores the group in one transaction; where that fails each piece alone, to find the one at fault."""
        try:
            if isinstance(vectors, Exception):
                raise vectors
            if self._refused.isdisjoint(piece.document.id for piece in group):
                self._commit(group, vectors)
                return
        except FAULTS as error:
            if len(group) == 1:
                self._refused.add(group[0].document.id)
                self._fail(group[0].job, error)
                return
        for piece in group:
            if piece.document.id not in self._refused:
                self._take(*self._vectors([piece]))

    def _commit(self, group: Group, vectors: Vectors) -> None:
        start = 0
        with self._store.together():
            for piece in group:
                stop = start + len(piece.chunks)
                replaces = () if piece.job.before is None or not piece.last else (piece.job.before,)
                if piece.start:
                    self._store.extend(piece.document, piece.chunks, vectors[start:stop], replaces)
                else:
                    self._store.put(piece.document, piece.chunks, vectors[start:stop], replaces, piece.total)
                start = stop
        self.chunks += len(vectors)
        for piece in group:
            if piece.last:
                self.done[piece.job.kind].append(piece.document.uri)
                self._meter.finish(piece.job.file.bytes)

    def _embed(self, group: Group) -> Vectors:
        rows = [(piece, number) for piece in group for number in range(len(piece.chunks))]
        parts = [np.empty((0, self._embedder.dim), dtype=np.float32)]
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            texts = [embedding_text(piece.document.title, piece.chunks[number]) for piece, number in some]
            parts.append(self._embedder.embed_passages(texts))
            piece, number = some[-1]
            self._meter.embedded(len(texts), piece.document.uri, piece.share(number + 1), piece.job.file.bytes)
        return np.concatenate(parts)

    def _fail(self, job: Job, error: Exception) -> None:
        uri = job.file.source.uri
        self.failed.append(Skipped(uri, _reason(error, uri, job.before)))
        self._meter.finish(job.file.bytes)


def _hashed(source: Source) -> Hashed:
    try:
        size = source.path.stat().st_size
        # `load` refuses what is larger, so it is not read here either.
        identity = document_id(source.path.read_bytes()) if size <= DEFAULT_LIMITS.file_bytes else None
    except OSError:
        return Hashed(source, None, 0)
    return Hashed(source, identity, size)


def _load(file: Hashed, told: Callable[[str], None] | None = None) -> Document:
    document = load(file.source.path, file.source.uri, told=told)
    return replace(document, title=storable(document.title))  # it can be the file's name


def _reason(error: Exception, uri: str, before: str | None) -> str:
    # Messages about a document begin with its uri, as this item does.
    if isinstance(error, UnreadableDocument):
        reason = str(error).removeprefix(uri).strip()
    else:
        reason = f"could not be indexed ({type(error).__name__}: {error}); convert it to plain text."
    return reason if before is None else f"{reason} Its earlier version stays in the index."
