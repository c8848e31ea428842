"""What of a server's events reaches the client."""

import pytest

from rag.write.endpoint.server_events import with_data


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_events_without_data_are_left_out_wherever_the_pieces_end(end: bytes, size: int) -> None:
    """A pause, an id or a comment alone is no event; one that has data keeps all of its lines."""
    events = [b"data: 1", b"retry: 3000", b": data: 0", b"id: 7\ndata: 2", b"data:", b"event: ping", b"data: [DONE]"]
    body = b"".join(event.replace(b"\n", end) + end + end for event in events)
    kept = list(with_data(body[at : at + size] for at in range(0, len(body), size)))

    assert [piece.split(end) for piece in kept if piece] == [
        [b"data: 1", b"", b""],
        [b"id: 7", b"data: 2", b"", b""],
        [b"data: [DONE]", b"", b""],
    ]
