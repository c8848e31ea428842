"""Brings an index up to date with folders and files, by content: only what changed is loaded and embedded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.chunk import chunk
from index.corpus import Skipped, Source, find, storable
from index.errors import UnreadableDocument
from index.load import DEFAULT_LIMITS, READING, document_id, load
from index.plan import Hashed, Plan, make_plan
from index.protocols import Embedder, Vectors
from index.records import Chunk, Document, DocumentEntry
from index.report import Progress, SyncReport
from index.store.local import WAIT_SECONDS, LocalStore

__all__ = ["CHUNK_SETTINGS", "Progress", "SyncReport", "embedding_text", "sync"]

CHUNK_TOKENS = 200
OVERLAP_SENTENCES = 1
CHUNK_SETTINGS = (
    f"{CHUNK_TOKENS} tokens, {OVERLAP_SENTENCES} sentence overlap, whole rows and headings, texts {READING}"
)
AT_ONCE = 64  # chunks embedded between two reports of progress
PREFIX_CHARACTERS = 160
PREFIX_CHARACTERS_WIDE = 50  # one Chinese character is a token; four English ones are


def sync(
    paths: Sequence[Path],
    store: LocalStore,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] | None = None,
    prune: bool = True,
    under: str = "",
    keep: Sequence[str] = (),
    wait_seconds: float = WAIT_SECONDS,
) -> SyncReport:
    """Indexes what is new or changed under `paths`; with `prune` also removes every document that is not there.

    `under` begins the uri of each document, "added/" say; `prune` spares those whose uri begins with one of `keep`.
    Another writer is waited for `wait_seconds`.

    Each document is committed as it is done: an interrupted run loses none of them, and the next one goes on. A file
    that cannot be read is reported and its earlier version kept. Raises EmptyCorpus, StoreBusy, StoreDamaged.
    """
    started = time.monotonic()
    listing = find(paths, under)
    spared = (*listing.unread, *keep)
    files = [_hashed(source) for source in listing.files]
    plan = make_plan(files, store.documents(), prune, spared)
    run = _Run(store, embedder, progress)
    if not plan.empty:
        with store.writing(wait_seconds):
            # Another process may have been at work until the lock was free.
            plan = make_plan(files, store.documents(), prune, spared)
            run.carry_out(plan)
            store.flush()
    failed, duplicates = _told_of_twins(run.failed, plan.duplicates)
    return SyncReport(
        added=tuple(run.added),
        changed=tuple(run.changed),
        removed=tuple(entry.uri for entry in plan.removed),
        renamed=tuple((entry.uri, file.source.uri) for entry, file in plan.renamed),
        unchanged=plan.unchanged,
        duplicates=duplicates,
        failed=failed,
        partial=tuple(run.partial),
        skipped=listing.skipped,
        chunks=run.chunks,
        seconds=time.monotonic() - started,
    )


def embedding_text(title: str, chunk: Chunk) -> str:
    """What is embedded of a chunk: its document's title, its heading and its words, within the embedder's window."""
    names = [title] if chunk.heading in (title, "") or chunk.text.startswith(chunk.heading) else [title, chunk.heading]
    prefix = "\n".join(names)
    limit = PREFIX_CHARACTERS if prefix.isascii() else PREFIX_CHARACTERS_WIDE
    return f"{prefix[:limit]}\n{chunk.text}"


class _Run:
    """Carries out one plan and counts."""

    def __init__(self, store: LocalStore, embedder: Embedder, progress: Callable[[Progress], None] | None) -> None:
        self._store = store
        self._embedder = embedder
        self._progress = progress
        self._started = time.monotonic()
        self._files = self._files_done = 0
        self._bytes = self._bytes_done = 0.0
        self.chunks = 0
        self.added: list[str] = []
        self.changed: list[str] = []
        self.failed: list[Skipped] = []
        self.partial: list[str] = []

    def carry_out(self, plan: Plan) -> None:
        """Removes last, so that a run which stops early leaves too much rather than too little."""
        todo = [*plan.added, *(file for file, _ in plan.changed), *(file for _, file in plan.renamed)]
        self._files, self._bytes = len(todo), sum(file.bytes for file in todo)
        for entry, file in plan.renamed:
            self._rename(entry, file)
        for file, before in plan.changed:
            if self._index(file, before):
                self.changed.append(file.source.uri)
        for file in plan.added:
            if self._index(file):
                self.added.append(file.source.uri)
        for entry in plan.removed:
            self._store.remove(entry.id)
        self._report("")

    def _rename(self, entry: DocumentEntry, file: Hashed) -> None:
        # The title may come from the file's name, and a new title is embedded and searched.
        uri = file.source.uri
        try:
            title = _load(file).title
        except UnreadableDocument:
            title = entry.title
        if title == entry.title:
            self._store.rename(entry.id, uri, title)
            self._count(file)
        else:
            self._index(file)

    def _index(self, file: Hashed, before: str | None = None) -> bool:
        source = file.source
        self._report(source.uri)
        try:
            document = _load(file, self._note)
            chunks = chunk(document, self._embedder.count_tokens, self._window(), OVERLAP_SENTENCES)
            vectors = self._embed(document, chunks, file)
            self._store.put(document, chunks, vectors, replaces=() if before is None else (before,))
        except (UnreadableDocument, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
            self.failed.append(Skipped(source.uri, _reason(error, source.uri, before)))
            return False
        finally:
            self._count(file)
        return True

    def _note(self, sentence: str) -> None:
        self.partial.append(sentence)

    def _window(self) -> int:
        return min(CHUNK_TOKENS, max(1, self._embedder.max_tokens * 4 // 5))

    def _embed(self, document: Document, chunks: Sequence[Chunk], file: Hashed) -> Vectors:
        parts = [np.empty((0, self._embedder.dim), dtype=np.float32)]
        for start in range(0, len(chunks), AT_ONCE):
            texts = [embedding_text(document.title, item) for item in chunks[start : start + AT_ONCE]]
            parts.append(self._embedder.embed_passages(texts))
            self.chunks += len(texts)
            self._report(document.uri, file.bytes * (start + len(texts)) / len(chunks))
        return np.concatenate(parts)

    def _count(self, file: Hashed) -> None:
        self._files_done += 1
        self._bytes_done += file.bytes

    def _report(self, current: str, bytes_of_current: float = 0.0) -> None:
        if self._progress is None:
            return
        elapsed = max(time.monotonic() - self._started, 1e-6)
        done = self._bytes_done + bytes_of_current
        self._progress(
            Progress(
                done=self._files_done,
                total=self._files,
                current=current,
                chunks=self.chunks,
                chunks_per_second=self.chunks / elapsed,
                seconds_left=elapsed * (self._bytes - done) / done if done else None,
            )
        )


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


def _told_of_twins(
    failed: Sequence[Skipped], duplicates: Sequence[tuple[str, str]]
) -> tuple[tuple[Skipped, ...], tuple[tuple[str, str], ...]]:
    """Files with the content of one that failed have failed too."""
    reasons = {item.uri: item.reason for item in failed}
    twins = [Skipped(uri, reasons[kept]) for uri, kept in duplicates if kept in reasons]
    return (*failed, *twins), tuple(pair for pair in duplicates if pair[1] not in reasons)


def _reason(error: Exception, uri: str, before: str | None) -> str:
    # Messages about a document begin with its uri, as this item does.
    if isinstance(error, UnreadableDocument):
        reason = str(error).removeprefix(uri).strip()
    else:
        reason = f"could not be indexed ({type(error).__name__}: {error}); convert it to plain text."
    return reason if before is None else f"{reason} Its earlier version stays in the index."
