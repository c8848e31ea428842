"""A pipeline that is opened in another thread: what it is doing now, and the wait until it is there."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.progress import clock
from ui.escape import escape_text

if TYPE_CHECKING:
    from index.sync import Progress
    from rag.pipeline import Pipeline

LOADING = "Loading the models"
INDEXING = "Indexing the documents"
LEAVE_SECONDS = 5.0

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
    """Opens a pipeline once, in a thread of its own. `opened` is given where to report its progress."""

    def __init__(self, opened: "Callable[[Report], Pipeline]") -> None:
        self._opened = opened
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

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it is over, one way or the other; waits for that."""
        return self._done.wait(timeout)

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
        else:
            self._pipeline = pipeline
        self._done.set()

    def _report(self, progress: "Progress") -> None:
        if self._left.is_set():
            raise Left
        self._progress = progress


class Opened:
    """A pipeline that is there already, with the face of an `Opening`."""

    ready = True
    step = None

    def __init__(self, pipeline: "Pipeline") -> None:
        self._pipeline = pipeline

    def pipeline(self) -> "Pipeline":
        """The pipeline."""
        return self._pipeline


def both(*reports: Report) -> Report:
    """Reports to all of them."""

    def report(progress: "Progress") -> None:
        for one in reports:
            one(progress)

    return report


def opening_box(step: Step) -> str:
    """The step as HTML: what is done, how far it is, how fast, and how long it will still take."""
    progress = step.progress
    if progress is None or not progress.total:
        return f'<section class="opening"><p>{step.what} …</p></section>'
    left = f", about {clock(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    rate = f", {progress.chunks_per_second:,.1f} passages a second" if progress.chunks else ""
    return (
        f'<section class="opening"><p>{step.what}: {progress.done:,} of {progress.total:,} files{rate}{left}.</p>'
        f'<progress aria-label="{step.what}" max="{progress.total}" value="{progress.done}"></progress>'
        f'<p class="file" dir="auto">{escape_text(progress.current)}</p></section>'
    )
