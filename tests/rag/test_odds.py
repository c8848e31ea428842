"""Probabilities and log-odds are each other's inverse, and certainty stays finite."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.odds import likely, log_odds


@given(st.floats(1e-5, 1 - 1e-5))
def test_there_and_back(probability: float) -> None:
    """What goes in comes out."""
    assert likely(log_odds(probability)) == pytest.approx(probability, rel=1e-6)


@given(st.floats(0, 1), st.floats(-1e9, 1e9))
def test_bounds(probability: float, odds: float) -> None:
    """Both stay finite whatever comes in."""
    assert math.isfinite(log_odds(probability))
    assert 0 <= likely(odds) <= 1
