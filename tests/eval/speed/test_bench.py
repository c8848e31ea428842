"""`rag bench` measures processes of its own and prints what it measured."""

import argparse

import pytest

from eval.speed import writing
from eval.speed.bench import PARTS, register, run
from eval.speed.lines import amount, part_lines
from eval.speed.parts import Bench, Row, imports, process, row


def test_a_process_reports_its_output_code_and_peak_memory() -> None:
    """A child that fills 50 MB and fails is seen as such."""
    done = process("import sys; data = b'x' * 50_000_000; print(len(data), *sys.argv[1:]); sys.exit(3)", "a", "b")

    assert (done.output.split(), done.code) == (["50000000", "a", "b"], 3)
    assert 50e6 < done.peak < 500e6
    assert done.seconds > 0


def test_a_row_has_the_median_and_a_percentile_only_of_several() -> None:
    """One value has no 95th percentile."""
    assert row("x", "s", [3.0, 1.0, 2.0]) == Row("x", "s", 2.0, pytest.approx(2.9), 3)
    assert row("x", "s", [3.0]) == Row("x", "s", 3.0, None, 1)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123, "s", "12.3 ms"),
        (4.2, "s", "4.20 s"),
        (1.234e9, "B", "1234 MB"),
        (12345.6, "tokens/s", "12,346 tokens/s"),
        (6.54, "tokens/s", "6.5 tokens/s"),
    ],
)
def test_amounts_carry_their_unit(value: float, unit: str, text: str) -> None:
    """Short times in milliseconds, memory in MB, rates with separators."""
    assert amount(value, unit) == text


def test_ratios_are_to_the_first_row_of_the_same_unit() -> None:
    """Times are compared with times, memory with memory."""
    rows = [Row("a", "s", 2.0, 3.0, 5), Row("b", "B", 1e6, None, 1), Row("c", "s", 1.0, None, 5)]
    lines = list(part_lines("x", rows))[2:]

    assert [line.split()[-1] for line in lines] == ["1.00", "1.00", "0.50"]


def test_importing_rag_is_measured_beside_importing_nothing() -> None:
    """Three rows, in fresh interpreters."""
    rows = list(imports(Bench(argparse.Namespace(), 1)))

    assert [one.name for one in rows] == ["python, nothing imported", "python, import rag", "import rag alone"]
    assert rows[1].median > rows[2].median > 0


def test_the_command_lists_its_parts_and_refuses_others(capsys) -> None:
    """A part that does not exist is one sentence and exit code 2; JSON has each part's rows."""
    parser = argparse.ArgumentParser()
    register(parser)

    assert run(parser.parse_args(["serach"])) == 2
    assert "no part 'serach'" in capsys.readouterr().err
    assert run(parser.parse_args(["import", "--rounds", "1"])) == 0
    assert "IMPORT" in capsys.readouterr().out
    assert set(PARTS) == {"import", "embed", "index", "search", "answer", "chat", "write", "sizes"}


def test_a_writer_is_measured_with_the_gate_beside_it(tmp_path, monkeypatch) -> None:
    """Three ways to read and to write, then the gate and its share; the model is a tiny one here."""
    tiny = {"vocab_size": 5000, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
    monkeypatch.setattr(writing, "SHAPE", writing.SHAPE | tiny)
    monkeypatch.setattr(writing, "SENTENCES", 2)
    (tmp_path / "dam.md").write_text("The dam of Elm was built in 1921. It is 40 metres high.\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    register(parser)
    arguments = parser.parse_args(["write", "--docs", str(tmp_path), "--index", str(tmp_path / "index")])

    rows = list(writing.write(Bench(arguments, 2)))

    assert [one.unit for one in rows] == ["s"] * 3 + ["tokens/s"] * 3 + ["s", "%"]
    assert [one.n for one in rows] == [2] * 6 + [4, 1]
    assert all(one.median > 0 for one in rows)
    assert rows[-1].median < 100
