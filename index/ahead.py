"""Work on the next items while the current one is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

BY = 2
"""Results that wait at most: the next file is parsed while this one is embedded, and memory holds few of them."""


def ahead(work: Callable[[T], R], items: Iterable[T], threads: int = 1) -> Generator[R, None, None]:
    """The results in order; at most `BY` for each thread are made before they are asked for.

    Close the generator, or run it to its end: it waits for the work under way. An error of `work` is raised in its
    place.
    """
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads, "ahead") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > BY * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
