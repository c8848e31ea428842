"""Coroutines in tests. The browser of the page's tests keeps a loop in the main thread, beside which none may run."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def finished(made: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What the coroutine returns, run in a thread of its own; its error is raised here."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(made()))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
