"""A pipeline that is opened in another thread: what it is doing now, and the wait until it is there."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.sync import Progress
    from rag.pipeline import Pipeline

LOADING = "Loading the models"
INDEXING = "Indexing the documents"
LEAVE_SECONDS = 10.0

Report = Callable[["Progress"], None]


class Left(Exception):
    """Raised inside the opening, at its next step, when nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done. `progress` is None as long as no file is read; `seconds` since the beginning."""

    what: str
    seconds: float
    progress: "Progress | None" = None

    def __str__(self) -> str:
        if self.progress is None:
            return f"{self.what} ({self.seconds:.0f} s so far)"
        return f"{self.what}: {self.progress}"


class Opening:
    """Opens a pipeline once. `opened` is given where to report its progress; `failed` is called when it raises."""

    def __init__(self, opened: "Callable[[Report], Pipeline]", failed: Callable[[], None] = lambda: None) -> None:
        self._opened, self._failed = opened, failed
        self._began = time.monotonic()
        self._progress: Progress | None = None
        self._pipeline: Pipeline | None = None
        self._done, self._left = threading.Event(), threading.Event()
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._open, name="opening", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether the pipeline is there."""
        return self._pipeline is not None

    @property
    def step(self) -> Step | None:
        """What is being done now; None once it is over."""
        if self._done.is_set():
            return None
        return Step(INDEXING if self._progress else LOADING, time.monotonic() - self._began, self._progress)

    def pipeline(self, timeout: float | None = None) -> "Pipeline":
        """The pipeline, waited for. Raises what its opening raised, and TimeoutError."""
        if not self._done.wait(timeout):
            raise TimeoutError
        if self._pipeline is None:
            assert self.error is not None
            raise self.error
        return self._pipeline

    def close(self) -> None:
        """Closes the pipeline; an opening that still goes on ends at its next step and loses nothing it committed."""
        self._left.set()
        self._thread.join(LEAVE_SECONDS)
        if self._pipeline is not None:
            self._pipeline.close()

    def _open(self) -> None:
        try:
            pipeline = self._opened(self._report)
        except BaseException as error:  # noqa: BLE001 it is raised again where the pipeline is asked for
            self.error = error
            self._done.set()
            self._failed()
        else:
            self._pipeline = pipeline
            self._done.set()

    def _report(self, progress: "Progress") -> None:
        if self._left.is_set():
            raise Left
        self._progress = progress


def both(*reports: Report) -> Report:
    """Reports to all of them."""

    def report(progress: "Progress") -> None:
        for one in reports:
            one(progress)

    return report
