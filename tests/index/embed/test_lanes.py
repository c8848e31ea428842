"""Pieces of a computation on one core each."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from index.embed.lanes import lanes, side_by_side


def test_results_keep_the_order_of_the_pieces() -> None:
    """Whoever finishes first, the results stand in the order of the pieces, and the pieces do run at once."""
    together = threading.Barrier(lanes())

    def wait_for_the_others(piece: int) -> int:
        together.wait(60)
        return piece

    pieces = list(range(3 * lanes()))
    assert side_by_side(wait_for_the_others, pieces) == pieces
    assert side_by_side(wait_for_the_others, []) == []


def test_an_error_reaches_the_caller() -> None:
    """What one piece raises is raised, and the lanes go on working."""
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda piece: 1 // piece, [1, 0, 2])
    assert side_by_side(lambda piece: 1 // piece, [1]) == [1]


def test_only_the_lanes_take_one_core() -> None:
    """Inside a piece a product has one core; this thread and threads begun later keep torch's number."""
    before = torch.get_num_threads()
    with ThreadPoolExecutor(1) as earlier:
        fresh = earlier.submit(torch.get_num_threads).result()

    assert set(side_by_side(lambda _: torch.get_num_threads(), range(8))) == {1}
    with ThreadPoolExecutor(1) as later:
        assert (torch.get_num_threads(), later.submit(torch.get_num_threads).result()) == (before, fresh)
