"""Tells when files below some paths change. The only file that imports watchfiles."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import EmptyCorpus, IndexingError
from index.home import expanded

AGAIN_MS = 3_000
"""How often nothing is told as well, so that whoever listens can try again what did not work."""


def changes(paths: Sequence[Path], stop: threading.Event) -> Iterator[frozenset[Path]]:
    """The changed files after each burst of changes, or none every AGAIN_MS; ends when `stop` is set.

    A file is watched by way of its folder, since editors put a new file in its place. Raises EmptyCorpus where a path
    does not exist, IndexingError where the system watches no more.
    """
    from watchfiles import watch

    roots = [expanded(path).resolve() for path in paths]
    for path, root in zip(paths, roots, strict=True):
        if not root.exists():
            raise EmptyCorpus(f"{path} does not exist: give a file or a folder with documents.")
    files = {root for root in roots if root.is_file()}
    folders = {root for root in roots if root not in files}
    try:
        for burst in watch(
            *folders,
            *{file.parent for file in files},
            stop_event=stop,
            raise_interrupt=False,
            rust_timeout=AGAIN_MS,
            yield_on_timeout=True,
        ):
            found = {Path(name) for _, name in burst}
            ours = frozenset(path for path in found if path in files or folders & {path, *path.parents})
            if ours or not found:
                yield ours
    except OSError as error:
        raise IndexingError(
            f"Changes of the documents cannot be watched ({error}): start again without --watch, or on Linux raise "
            "fs.inotify.max_user_watches."
        ) from error
