"""Server-sent events as the standard dispatches them: one without data, as for a pause or a sign of life, is none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai._streaming import ServerSentEvent, SSEBytesDecoder


class WithData:
    """The decoder of the client, which would take an event of "retry:" or "id:" alone for an answer without JSON."""

    def __init__(self, decoder: "SSEBytesDecoder") -> None:
        self._decoder = decoder

    def iter_bytes(self, pieces: Iterator[bytes]) -> "Iterator[ServerSentEvent]":
        """The events that hold data, in their order."""
        return (event for event in self._decoder.iter_bytes(pieces) if event.data)
