"""What every benchmark needs, without a benchmark."""

import pytest

from eval.speed.workbench import counted


def test_progress_without_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody watches a line, one is written now and then: how far it is, and how long the rest takes."""
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    for _ in counted(range(4), 4, "cases"):
        now[0] += 7

    assert capsys.readouterr().err == "Evaluating: 2/4 cases, about 14 s left\nEvaluating: 4/4 cases, 28 s\n"
