"""The iterator a writer hands out: pieces of text, why they ended, and a way to stop that works from any thread.

`room` says how many tokens are left for them.
"""

from collections.abc import Generator, Iterator
from contextlib import suppress

from rag.answer import Finish
from rag.errors import PromptTooLong

_LEAST_ANSWER = 16  # tokens that must be left for an answer


class TextStream(Iterator[str]):
    """Pieces of a continuation. An empty piece is a chance to stop while the model reads or thinks.

    `finish` is None until the stream has ended: "stop", "length" or "cancelled".
    """

    def __init__(self, pieces: Generator[str, None, Finish]) -> None:
        self._pieces = pieces
        self.finish: Finish | None = None

    def __next__(self) -> str:
        if self.finish is not None:
            self.close()
            raise StopIteration
        try:
            return next(self._pieces)
        except StopIteration as end:
            self.finish = self.finish or end.value
            raise StopIteration from None

    def close(self) -> None:
        """Stops the writing; at once, or after the token being written where another thread waits for it."""
        self.finish = self.finish or "cancelled"
        with suppress(ValueError):  # it is running in another thread, which ends after this token
            self._pieces.close()

    def __del__(self) -> None:
        self.close()


def room(name: str, context_tokens: int, read: int, wanted: int) -> int:
    """Tokens, at most `wanted`, that the context leaves after a prompt of `read` tokens. Raises `PromptTooLong`."""
    left = context_tokens - read
    if left < min(_LEAST_ANSWER, wanted):
        raise PromptTooLong(
            f"The prompt takes {read} tokens and {name} holds {context_tokens}: ask with fewer or shorter passages, or "
            "choose a model with a longer context (`rag models`)."
        )
    return min(left, wanted)
