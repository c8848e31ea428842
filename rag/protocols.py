"""The seams of answering. Declared here, on the side that calls them; implementations inherit nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answer import Finish


@dataclass(frozen=True, slots=True)
class Span:
    """The likeliest answer inside one passage: `text == passage[start:end]`, half-open character offsets.

    `score` ranks spans across passages (higher is better). `answerable` in 0..1 is the calibrated probability that this
    passage answers the question. No span: empty text and start == end == 0.
    """

    text: str
    start: int
    end: int
    score: float
    answerable: float


class Reader(Protocol):
    """The small model that ranks, reads, refuses and checks. Lists come back in the order of the passages or pairs."""

    @property
    def name(self) -> str: ...

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """What `rank` and `spans` say, in one pass over the passages."""
        ...

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        ...

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answer in each passage."""
        ...

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence): probability in 0..1 that the passage supports the sentence."""
        ...


class Judge(Protocol):
    """The model that says whether evidence bears a claim out."""

    @property
    def name(self) -> str: ...

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence), in order: probability in 0..1 that the passage entails the sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent to a generator: one system and one user message; `max_tokens` bounds the continuation."""

    system: str
    user: str
    max_tokens: int = 320


Between = Callable[[], None]
"""Called between two pieces of a continuation: raises where it should not go on."""


def never() -> None:
    """The `Between` of those who never stop."""


class Pieces(Protocol):
    """Pieces of a continuation as they are written. `close` stops the writer within a token, from any thread.

    `finish` is None until the stream has ended. Iterating raises `GeneratorFailed`.
    """

    @property
    def finish(self) -> Finish | None: ...

    def __iter__(self) -> Iterator[str]: ...

    def __next__(self) -> str: ...

    def close(self) -> None: ...


class Generator(Protocol):
    """A language model that continues a prompt."""

    @property
    def name(self) -> str: ...

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and continuation may fill together."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def stream(self, prompt: Prompt) -> Pieces:
        """Pieces of the continuation, without any thinking part; an empty piece is a chance to stop."""
        ...
