"""The iterator a writer hands out: pieces of text, why they ended, and a way to stop that works from any thread."""

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress

from rag.answer import Finish


class TextStream(Iterator[str]):
    """Pieces of a continuation. An empty piece is a chance to stop while the model reads or thinks.

    `finish` is None until the stream has ended: "stop", "length" or "cancelled".
    """

    def __init__(self, pieces: Generator[str, None, Finish], ended: Callable[[Finish], None]) -> None:
        self._pieces, self._ended = pieces, ended
        self.finish: Finish | None = None

    def __next__(self) -> str:
        if self.finish is not None:
            self.close()
            raise StopIteration
        try:
            return next(self._pieces)
        except StopIteration as end:
            self._end(end.value)
            raise StopIteration from None

    def close(self) -> None:
        """Stops the writing; at once, or after the token being written where another thread waits for it."""
        self._end("cancelled")
        with suppress(ValueError):  # it is running in another thread, which ends after this token
            self._pieces.close()

    def __del__(self) -> None:
        self.close()

    def _end(self, finish: Finish) -> None:
        if self.finish is None:
            self.finish = finish
            self._ended(finish)
