"""Server-sent events as the standard dispatches them: one without data, as for a pause or a sign of life, is none."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from httpx2 import Response

_END = re.compile(rb"(?<=\n\n)|(?<=\r\r)|(?<=\r\n\r\n)")
_DATA = re.compile(rb"(?:^|[\r\n])data: ?[^\r\n]")


class WithData:
    """A response whose body holds the events with data only: the client takes one of "retry:" or "id:" alone for an
    answer without JSON.
    """

    def __init__(self, response: "Response") -> None:
        self._response = response

    def __getattr__(self, name: str) -> object:
        return getattr(self._response, name)

    def iter_bytes(self) -> Iterator[bytes]:
        """The body, event by event."""
        return with_data(self._response.iter_bytes())


def with_data(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The events that hold data, each whole, in their order; pieces may end anywhere."""
    rest = b""
    for piece in pieces:
        *events, rest = _END.split(rest + piece)
        yield from filter(_DATA.search, events)
    yield rest
