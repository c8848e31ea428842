"""All that is fitted is fitted in order, and nothing after a step that failed."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.training.fit import main, steps


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    (tmp_path / "data" / "dev" / "squad2").mkdir(parents=True)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "cases.jsonl").touch()
    return ["--data", str(tmp_path / "data"), "--cases", str(tmp_path / "cases")]


def test_each_step_follows_what_it_needs(folders: list[str]) -> None:
    """The joined reader first, since all others ask it; each step is a command of its own."""
    started: list[Sequence[str]] = []

    assert main(folders, lambda command: started.append(command) or 0) == 0
    assert [command[2].rpartition(".")[2] for command in started] == [
        "large_fit", "judge_fit", "disagreements", "decision_fit",
    ]  # fmt: skip
    assert started[1][3:] == ["--data", f"{folders[1]}/dev"]


def test_nothing_is_fitted_on_a_failed_step(folders: list[str], capsys) -> None:
    """Its exit code is the answer."""
    assert main(folders, lambda command: 3 if "judge_fit" in command[2] else 0) == 3
    assert "judge_fit failed (3)" in capsys.readouterr().err


def test_missing_data_is_told_before_anything_is_written(tmp_path: Path, capsys) -> None:
    """Fitting without half of the examples would be another fit."""
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path), "--cases", str(tmp_path)], lambda _: pytest.fail("started"))
    assert "squad2 does not exist; nothing was fitted" in capsys.readouterr().err


def test_every_step_takes_what_it_is_given(tmp_path: Path, capsys) -> None:
    """The options of the steps are those that they know: each command line is parsed as far as its help."""
    for name, given in steps(tmp_path, tmp_path).items():
        if given:
            with pytest.raises(SystemExit) as ended:
                importlib.import_module(f"eval.training.{name}").main([*given, "--help"])
            told = capsys.readouterr().out
            assert ended.value.code == 0
            assert [option for option in given[::2] if option not in told] == []
