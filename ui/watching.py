"""Keeps the index in step with its folders while the page runs, in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexingError, StoreBusy
from index.watch import changes

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

LEAVE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Watching:
    """Watches `paths` from now on; `pipeline` is waited for at the first change, `tell` gets one sentence a time."""

    def __init__(self, paths: Sequence[Path], pipeline: "Callable[[], Pipeline]", tell: Callable[[str], None]) -> None:
        self._paths, self._pipeline, self._tell = tuple(paths), pipeline, tell
        self._stop = threading.Event()
        self._said = ""
        self._thread = threading.Thread(target=self._watch, name="watching", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """A change that is being read is finished first, up to LEAVE_SECONDS; what is left the next start takes up."""
        self._stop.set()
        self._thread.join(LEAVE_SECONDS)

    def _watch(self) -> None:
        waiting = False
        try:
            for changed in changes(self._paths, self._stop):
                waiting = waiting or bool(changed)
                if waiting:
                    waiting = not self._refreshed()
        except IndexingError as error:
            self._say(str(error))

    def _refreshed(self) -> bool:
        """Whether the change is dealt with; not where another process was at work on the index."""
        try:
            report = self._pipeline().refresh()
        except StoreBusy as error:
            self._say(str(error))
            return False
        except IndexingError as error:
            self._say(str(error))
        except Exception:  # noqa: BLE001 the page outlives any one change
            _log.exception("a change of the documents could not be followed")
        else:
            self._said = ""
            if report.added or report.changed or report.removed or report.renamed or report.failed:
                self._say(str(report))
        return True

    def _say(self, sentence: str) -> None:
        if sentence != self._said:
            self._tell(sentence)
        self._said = sentence
