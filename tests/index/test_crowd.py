"""Readers beside a writer; `crowd.py` is the long form."""

from tests.index import crowd


def test_readers_beside_a_writer_see_one_generation_at_a_time() -> None:
    """While every document changes again and again, each search of three processes is of one generation, whole."""
    assert crowd.main(seconds=3, readers=3) == 0
