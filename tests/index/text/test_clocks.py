"""Times of day as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.clocks import clocks


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("at 9 am", {540}),
        ("at 9pm.", {1260}),
        ("at 9.30 p.m. sharp", {1290}),
        ("at 12 am", {0}),
        ("at 12:15 PM", {735}),
        ("at 21:30", {1290}),
        ("at 9:30", {570, 1290}),
        ("at 00:10", {10}),
        ("在9:30之前", {570, 1290}),
    ],
)
def test_a_time_is_the_minutes_of_the_day_that_it_may_mean(text: str, minutes: set[int]) -> None:
    """Without a half of the day an hour up to twelve is either; from thirteen on it is one."""
    (found,) = clocks(text)
    assert found.minutes == minutes
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text", ["a ratio of 10:1", "16:9", "in 2:05:33", "25:00", "9:75", "15 pm", "at 9 amps", "12,9:30", "9 m", "in 9"]
)
def test_other_numbers_are_no_times(text: str) -> None:
    """Ratios, durations with seconds and hours that no day has."""
    assert clocks(text) == ()


@given(st.text(alphabet="0123456789:. apmAPM", max_size=40))
def test_reading_times_of_any_text_gives_exact_slices(text: str) -> None:
    """Every time is the slice that it says it is, in order and within one day."""
    found = clocks(text)
    assert all(text[c.start : c.end] == c.text and c.minutes <= set(range(1440)) for c in found)
    assert [c.start for c in found] == sorted(c.start for c in found)
