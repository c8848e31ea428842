"""Handing results over from another thread."""

import threading

import pytest

from ui.relay import Stopped, relay


def test_everything_arrives_in_order():
    """What the work emits comes out, in order, and the iteration ends with the work."""
    assert list(relay(lambda emit: [emit(n) for n in range(100)], threading.Event())) == list(range(100))


def test_an_error_of_the_work_is_raised_where_the_results_are_read():
    """The results before the error arrive, then the error itself."""

    def work(emit):
        emit(1)
        raise ValueError("broken")

    results = relay(work, threading.Event())
    assert next(results) == 1
    with pytest.raises(ValueError, match="broken"):
        next(results)


def test_a_stop_ends_the_reading_at_once_and_the_work_at_its_next_result():
    """The reader does not wait for a long step; the work learns of the stop by `Stopped`."""
    stop, long_step, ended = threading.Event(), threading.Event(), []

    def work(emit):
        emit(1)
        long_step.wait(30)
        try:
            emit(2)
        except Stopped:
            ended.append("stopped")
            raise

    results = relay(work, stop)
    assert next(results) == 1
    stop.set()
    assert list(results) == []
    assert ended == []
    long_step.set()
    for _ in range(300):
        if ended:
            break
        threading.Event().wait(0.01)
    assert ended == ["stopped"]


def test_work_without_a_stop_goes_on_to_its_end():
    """A reader that goes away leaves it alone."""
    went_away, ended = threading.Event(), threading.Event()

    def work(emit):
        emit(1)
        went_away.wait(30)
        emit(2)
        ended.set()

    results = relay(work)
    assert next(results) == 1
    results.close()
    went_away.set()
    assert ended.wait(30)


def test_closing_the_iterator_stops_the_work():
    """A reader that goes away sets the stop."""
    stop = threading.Event()
    results = relay(lambda emit: [emit(n) for n in range(10)], stop)
    next(results)
    results.close()
    assert stop.is_set()
