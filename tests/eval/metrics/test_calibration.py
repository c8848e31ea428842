"""Calibration by hand, against scikit-learn, and within its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from eval.metrics.abstention import auroc
from eval.metrics.calibration import Bin, brier, calibration_error, reliability

SCORED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def test_reliability_by_hand() -> None:
    """0.9 and 1.0 share the last bin, half of which happened: |0.95 - 0.5| x 2/3 + |0.1 - 0| x 1/3."""
    scored = [(0.9, True), (1.0, False), (0.1, False)]

    assert reliability(scored) == [Bin(0.1, 0.2, 1, 0.1, 0.0), Bin(0.9, 1.0, 2, 0.95, 0.5)]
    assert calibration_error(scored) == pytest.approx((0.45 * 2 + 0.1) / 3)
    assert brier(scored) == pytest.approx((0.01 + 1 + 0.01) / 3)


def test_nothing_is_neither_well_nor_badly_calibrated() -> None:
    """No items give no figure, and a number that is no probability is refused."""
    assert (calibration_error([]), brier([]), reliability([])) == (None, None, [])
    with pytest.raises(ValueError, match=r"0\.\.1"):
        reliability([(1.5, True)])


@given(SCORED)
def test_errors_are_bounded_and_bins_hold_every_item(scored: list[tuple[float, bool]]) -> None:
    """Both errors lie in 0..1, and what is certain and right costs nothing."""
    assert 0 <= calibration_error(scored) <= 1
    assert 0 <= brier(scored) <= 1
    assert sum(one.n for one in reliability(scored)) == len(scored)
    assert calibration_error([(float(flag), flag) for _, flag in scored]) == 0


@given(SCORED)
def test_brier_and_auroc_equal_those_of_scikit_learn(scored: list[tuple[float, bool]]) -> None:
    """To 1e-9, wherever the library defines them."""
    scores, labels = zip(*scored, strict=True)

    assert brier(scored) == pytest.approx(brier_score_loss(labels, scores, pos_label=True), abs=1e-9)
    if len(set(labels)) == 2:
        area = auroc([s for s, good in scored if good], [s for s, good in scored if not good])
        assert area == pytest.approx(roc_auc_score(labels, scores), abs=1e-9)
