"""The documents as the page can ask for them: the list, one of them, uploads, removals. Nothing of the browser."""

import filecmp
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexingError
from index.records import Document, DocumentEntry
from ui import library
from ui.library import ADDED, uploaded
from ui.opening import Opened, Opening
from ui.originals import Originals
from ui.relay import relay
from ui.source import chunks_panel, document_panel, source_panel, summary_lines, unknown_document
from ui.turn import UNEXPECTED, part

if TYPE_CHECKING:
    from index.sync import SyncReport
    from rag.pipeline import Pipeline

_log = logging.getLogger(__name__)


class Documents:
    """One per process. `home` is the directory that keeps uploads; `roots` are the files and folders indexed."""

    def __init__(self, opening: Opening | Opened, home: Path, roots: Sequence[Path] = ()) -> None:
        self._opening = opening
        self._home = home
        self.originals = Originals(roots, home / ADDED)
        self._facts: dict[str, library.Facts] = {}
        self._one_at_a_time = threading.Lock()

    @property
    def _pipeline(self) -> "Pipeline":
        return self._opening.pipeline()

    def shelf(self) -> str:
        """The list of documents."""
        if not self._opening.ready:
            return library.report("The list comes when the documents are indexed.")
        entries = self._pipeline.store.documents()
        return library.shelf(entries, {entry.id: self._told(entry) for entry in entries[: library.SHOWN]})

    @property
    def state(self) -> str:
        """What `shelf` names as its state; "" while there is no list."""
        return library.state(self._pipeline.store.documents()) if self._opening.ready else ""

    def add(self, paths: Sequence[Path]) -> Iterator[str]:
        """Moves the files beside the index and indexes them; yields what to show while it goes on.

        At the first step all are moved, and from then on the indexing goes on to its end, also when nobody reads on.
        """
        try:
            for path in paths:
                self._keep(path)
        except OSError as error:
            yield library.report(_not_added(error))
        else:
            yield from relay(self._indexing)

    def remove(self, document_id: str) -> str:
        """Takes a document out of the index; what to show."""
        entry = next((entry for entry in self._pipeline.store.documents() if entry.id == document_id), None)
        if entry is None:
            return library.report("This document is not in the index any more.")
        try:
            self._pipeline.store.remove(document_id)
            if uploaded(entry.uri):
                (self._home / ADDED / Path(entry.uri).name).unlink(missing_ok=True)
        except (IndexingError, OSError) as error:
            return library.report(str(error))
        back = "" if uploaded(entry.uri) else " It comes back when its folder is read again."
        return library.report(f"{entry.title} was removed from the index.{back}")

    def panel(self, document_id: str, start: int = 0, end: int = 0, *, whole: bool = False) -> str:
        """The source panel for a document, or for a slice of it."""
        document = self.find(document_id)
        if document is None:
            return unknown_document()
        found = part(document, start, end)
        return source_panel(found, document, whole=whole) if found else document_panel(document)

    def gist(self, document_id: str) -> str:
        """The sentences that tell most of a document."""
        if self.find(document_id) is None:
            return unknown_document()
        return summary_lines(self._pipeline.gist(document_id))

    def cut(self, document_id: str) -> str:
        """The source panel that tells how a document was cut into chunks."""
        document = self.find(document_id)
        return chunks_panel(document, self._pipeline.store.chunks(document_id)) if document else unknown_document()

    def find(self, document_id: str) -> Document | None:
        """A stored document; None where there is no such one."""
        try:
            return self._pipeline.store.document(document_id)
        except (KeyError, IndexingError):
            return None

    def _told(self, entry: DocumentEntry) -> library.Facts:
        """Pages and date of a document, which never change for one id: its text is read for them once."""
        if entry.id not in self._facts and entry.complete:
            document = self.find(entry.id)
            if document is None:
                return library.Facts()
            date = document.meta.modified or document.meta.created
            self._facts[entry.id] = library.Facts(len(document.page_starts), date)
        return self._facts.get(entry.id, library.Facts())

    def _keep(self, path: Path) -> None:
        """Moves the file to where it outlives the browser's upload; another file of its name stays what it is.

        It is there at once and whole: the indexing of an earlier upload may just be looking.
        """
        folder = self._home / ADDED
        folder.mkdir(parents=True, exist_ok=True)
        kept, number = folder / path.name, 1
        while kept.exists() and not filecmp.cmp(path, kept, shallow=False):
            number += 1
            kept = folder / f"{path.stem} ({number}){path.suffix}"
        shutil.move(path, kept)

    def _indexing(self, emit: Callable[[str], None]) -> None:
        emit(library.progress("Adding the documents …"))
        try:
            with self._one_at_a_time:
                found = self._synced(emit)
        except (IndexingError, OSError) as error:
            emit(library.report(_not_added(error)))
        except Exception:  # noqa: BLE001 the page outlives any one upload
            _log.exception("an upload failed")
            emit(library.report(UNEXPECTED))
        else:
            emit(library.outcome(found))

    def _synced(self, emit: Callable[[str], None]) -> "SyncReport":
        folder = self._home / ADDED
        found = self._pipeline.sync([folder], progress=lambda step: emit(library.progress(str(step))))
        for item in (*found.failed, *found.skipped):
            (folder / Path(item.uri).name).unlink(missing_ok=True)  # or every later upload would report it again
        return found


def _not_added(error: Exception) -> str:
    return f"The documents were not added: {error}"


def restore(pipeline: "Pipeline", home: Path) -> None:
    """Puts the uploads of earlier runs back into the index, should it have been rebuilt. Raises `IndexingError`."""
    folder = home / ADDED
    if folder.is_dir() and any(folder.iterdir()):
        pipeline.sync([folder])
