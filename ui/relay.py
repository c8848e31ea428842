"""Work in a thread whose results are handed over one at a time, and which can be told to stop."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.1


class Stopped(Exception):
    """Raised inside the work, at its next result, after somebody asked it to stop."""


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None


def relay(work: Callable[[Callable[[T], None]], None], stop: threading.Event | None = None) -> Iterator[T]:
    """Yields what `work(emit)` emits in another thread; ends at once when `stop` is set.

    The work learns of the stop by `Stopped` at its next emit, or where it calls `unless(stop)`, so a long step of it
    delays nobody. Its errors are raised here. Closing the iterator stops the work too; without a `stop` it goes on to
    its end, heard or unheard.
    """
    told = stop or threading.Event()
    lane: queue.SimpleQueue[_Item[T] | _End] = queue.SimpleQueue()
    threading.Thread(target=_work, args=(work, lane, told), daemon=True).start()
    try:
        while not told.is_set():
            try:
                item = lane.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, _Item):
                yield item.value
            elif item.error is not None:
                raise item.error
            else:
                return
    finally:
        if stop is not None:
            stop.set()


def unless(stop: threading.Event) -> Callable[[], None]:
    """What to call in a long step between two results: raises `Stopped` once it is to stop."""

    def check() -> None:
        if stop.is_set():
            raise Stopped

    return check


def _work(
    work: Callable[[Callable[[T], None]], None], lane: "queue.SimpleQueue[_Item[T] | _End]", stop: threading.Event
) -> None:
    check = unless(stop)

    def emit(value: T) -> None:
        check()
        lane.put(_Item(value))

    try:
        work(emit)
    except Stopped:
        pass
    except Exception as error:  # noqa: BLE001 it is raised again where the results are read
        lane.put(_End(error))
    else:
        lane.put(_End(None))
