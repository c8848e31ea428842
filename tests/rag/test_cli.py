"""The commands: exit codes, one sentence for what goes wrong, and the same answer as from code."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.progress import Progress
from rag.answer import SCHEMA_VERSION
from rag.cli import _confirm, build_parser, main
from rag.terminal import as_json, bear_any_text, progress_printer
from tests.fakes import ScriptedGenerator


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "orchard.md").write_text("# The orchard\n\nThe orchard of Elm Hill was planted in 1921 by Anna Reed.\n")
    (folder / "mill.txt").write_text(
        "The mill at Stoke\n\nThe mill at Stoke grinds rye. Its wheel turns in the Avon.\n"
    )
    return folder


def sentence(captured: str) -> str:
    """What stderr says, if it is one sentence and no traceback."""
    (line,) = captured.strip().splitlines()
    assert "Traceback" not in line
    return line


def test_ask_answers_with_a_source(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, the quote and the document's name on stdout."""
    assert 0 == main(["ask", "When was the orchard of Elm Hill planted?", "--docs", str(docs)])

    out = capsys.readouterr().out
    assert "1921" in out
    assert "orchard.md" in out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_letters_gets_the_rest(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text shows "?" for them; JSON escapes them, so that the quotes in it stay what the documents say."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    bear_any_text()
    print("“Füße”")
    print(as_json({"quote": "“Füße” \udcff"}))
    out.flush()
    shown, kept = out.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]

    assert shown.startswith("?F")
    assert {"quote": "“Füße” \udcff"} == json.loads(kept)


def test_the_question_may_follow_the_documents(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--docs` takes several paths; the last word after them is still the question."""
    assert 0 == main(["ask", "--docs", str(docs), "When was the orchard of Elm Hill planted?"])
    assert "1921" in capsys.readouterr().out
    assert 2 == main(["ask", "--docs", str(docs)])
    assert "no question" in sentence(capsys.readouterr().err)


def test_ask_abstains_with_its_own_exit_code(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3 and the refusal."""
    assert 3 == main(["ask", "Who won the football cup in Madrid?", "--docs", str(docs)])

    assert capsys.readouterr().out.startswith("The documents do not say.")


def test_json_is_the_schema_of_the_answer(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints exactly one object, with a version and true slices."""
    main(["ask", "When was the orchard of Elm Hill planted?", "--docs", str(docs), "--json"])
    row = json.loads(capsys.readouterr().out)

    assert SCHEMA_VERSION == row["schema"]
    (citation, *_) = row["citations"]
    text = (docs / "orchard.md").read_text()
    assert citation["quote"] == text[citation["start"] : citation["end"]]


def test_an_index_is_built_listed_shortened_and_examined(
    docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The life of an index from the shell."""
    index = str(tmp_path / "index")
    assert 0 == main(["index", str(docs), "--index", index])
    capsys.readouterr()
    assert 0 == main(["index", "--list", "--index", index])
    listed = capsys.readouterr().out
    mill = re.search(r"^(\w+) .*mill\.txt", listed, re.MULTILINE)
    assert mill
    assert 0 == main(["index", "--remove", mill[1], "--index", index])
    assert 0 == main(["doctor", "--index", index])
    assert 3 == main(["ask", "What does the mill at Stoke grind?", "--index", index])
    assert 0 == main(["ask", "Who planted the orchard of Elm Hill?", "--index", index])


def test_check_fails_on_an_unsupported_sentence(docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 names the sentence and the source against it; a true text passes with 0."""
    report = tmp_path / "report.txt"
    report.write_text("The orchard of Elm Hill was planted in 1931 by Anna Reed.")
    assert 1 == main(["check", str(report), "--docs", str(docs)])
    assert "1921" in capsys.readouterr().out
    report.write_text("The orchard of Elm Hill was planted in 1921 by Anna Reed.")
    assert 0 == main(["check", str(report), "--docs", str(docs)])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["ask", "", "--docs", "{docs}"], "question is empty"),
        (["ask", "x", "--docs", "{docs}/nowhere"], "nowhere"),
        (["ask", "x", "--docs", "{empty}"], "empty"),
        (["ask", "x", "--index", "{docs}/nowhere"], "nowhere"),
        (["ask", "x", "--docs", "{docs}", "--model", "no/such-model"], "no/such-model"),
        (["ask", "x", "--docs", "{docs}", "--embedder", "no/such-embedder"], "no/such-embedder"),
        (["index", "--index", "{empty}/i"], "Nothing to index"),
        (["index", "--list", "--index", "{empty}/i"], "i"),
        (["index", "{docs}", "--index", "{empty}/i", "--cluster", "nonsense"], "luster"),
        (["doctor", "--index", "{empty}/i"], "i"),
        (["doctor", "--index", "milvus://localhost/x"], "looks after folders"),
        (["ask", "x", "--index", "milvus://localhost"], "milvus://HOST:PORT/NAME"),
        (["migrate", "--from", "{empty}/i", "--to", "milvus:{empty}/x.db"], "no index"),
        (["check", "{docs}/nowhere.txt", "--docs", "{docs}"], "nowhere.txt"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    """What was seen stands in the sentence; there is no traceback."""
    (tmp_path / "empty").mkdir()
    filled = [argument.format(docs=docs, empty=tmp_path / "empty") for argument in arguments]

    assert 2 == main(filled)
    assert expected in sentence(capsys.readouterr().err)


def test_an_index_moves_to_milvus_and_answers_there(
    docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder's index is copied, counted, listed and added to behind an address as in a folder."""
    folder, there = str(tmp_path / "index"), f"milvus:{tmp_path / 'x.db'}"
    assert 0 == main(["index", str(docs), "--index", folder])
    assert 0 == main(["migrate", "--from", folder, "--to", there])
    assert "are in both, counted. From now on: --index milvus:" in capsys.readouterr().out
    lists = []
    for index in (folder, there):
        assert 0 == main(["index", "--list", "--index", index])
        lists.append(capsys.readouterr().out)
    assert lists[0] == lists[1]
    assert 0 == main(["index", str(docs), "--index", there])
    assert "unchanged; 0 chunks" in capsys.readouterr().out
    assert 0 == main(["index", "--remove", lists[0].split()[0], "--index", there])
    assert 0 == main(["index", str(docs), "--index", there, "--rebuild"])
    assert " added; " in capsys.readouterr().out


def test_an_unknown_setting_is_an_error(
    docs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt environment variable is named, with those that exist."""
    monkeypatch.setenv("RAG_MODLE", "quotes")

    assert 2 == main(["ask", "x", "--docs", str(docs)])
    assert "RAG_MODLE" in sentence(capsys.readouterr().err)


def test_a_model_chosen_once_writes_from_then_on(
    docs: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`rag models --use` keeps it for every later run that names none; --model and "quotes" still have their way."""

    def load(name: str, tell: Callable[[str], None] | None, **_: object) -> ScriptedGenerator:
        if tell:
            tell(f"Loading {name}.")
        return ScriptedGenerator("The orchard of Elm Hill was planted in 1921 by Anna Reed.")

    monkeypatch.setattr("rag.write.load_generator", load)
    ask = ["ask", "When was the orchard of Elm Hill planted?", "--docs", str(docs)]

    assert 0 == main(["models", "--use", "Some/Model"])
    assert "Some/Model" in capsys.readouterr().out
    assert 0 == main(ask)
    assert "Loading Some/Model." in capsys.readouterr().err
    assert 0 == main([*ask, "--model", "quotes"])
    assert "Loading" not in capsys.readouterr().err
    main(["models", "--use", "quotes"])
    assert 0 == main(ask)
    assert "Loading" not in capsys.readouterr().err


def test_a_model_that_is_not_here_is_not_chosen(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The choice is refused at once, not at the next question."""
    assert 2 == main(["models", "--use", "no-such/model-of-ours"])
    assert "no-such/model-of-ours" in sentence(capsys.readouterr().err)
    assert not (cache / "writer.txt").exists()


def test_a_chosen_model_that_is_gone_leaves_quotes_and_a_notice(
    docs: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deleted file is no reason not to answer."""
    cache.mkdir()
    (cache / "writer.txt").write_text("/no/such/model.gguf\n")

    assert 0 == main(["ask", "When was the orchard of Elm Hill planted?", "--docs", str(docs)])
    captured = capsys.readouterr()
    assert "1921" in captured.out
    assert "Answers are quotes" in captured.err
    assert "/no/such/model.gguf" in captured.err


def test_every_option_has_help_and_every_command_stands_in_the_readme() -> None:
    """The documentation cannot miss a command, nor the help an option."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (commands,) = [action for action in build_parser()._actions if hasattr(action, "choices") and action.choices]

    assert {"ask", "bench", "chat", "check", "doctor", "eval", "index", "mcp", "migrate", "models"} == set(
        commands.choices
    )
    for name, parser in commands.choices.items():
        assert f"rag {name}" in readme
        assert all(action.help for action in parser._actions), name


def test_terminal_control_characters_in_a_document_are_not_printed(
    docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document cannot move the cursor or set the title of the reader's terminal."""
    (docs / "evil.txt").write_text("The well of Fenwick\n\nThe well of Fenwick is \x1b]0;owned\x07 30 metres deep.\n")
    main(["ask", "How deep is the well of Fenwick?", "--docs", str(docs)])

    out = capsys.readouterr().out
    assert "30 metres" in out
    assert "\x1b" not in out


def test_interrupting_says_so_and_leaves_the_index_usable(docs: Path, tmp_path: Path) -> None:
    """Ctrl-C while indexing ends with exit code 130 and one line; the next run goes on."""
    for number in range(300):
        (docs / f"{number}.txt").write_text(f"Note {number}\n\n" + f"The shed number {number} holds apples. " * 40)
    index = tmp_path / "index"
    # A test run in the background may have been told to ignore SIGINT, and its children with it.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heed}; import sys, rag.cli; sys.exit(rag.cli.main())"
    command = [sys.executable, "-c", code, "index", str(docs), "--index", str(index)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ)
    deadline = time.monotonic() + 60
    while not (index / "index.db").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert 130 == process.returncode
    assert "Traceback" not in err
    assert "kept" in err
    assert 0 == main(["doctor", "--index", str(index), "--repair"])
    assert 0 == main(["doctor", "--index", str(index)])


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_a_download_is_agreed_to_by_yes_alone(
    typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The question stands on stderr; anything but yes, the end of the input too, is a no."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert _confirm("Download X, 1.2 GB?") is agreed
    assert capsys.readouterr().err == "Download X, 1.2 GB? [y/N] "


def test_other_packages_are_loaded_for_their_own_command_only() -> None:
    """`rag ask` does not import the page or the evaluation, and their options are known once they are asked for."""
    code = (
        "import sys; from rag.cli import build_parser; parser = build_parser(); parser.parse_args(['ask', 'why?']); "
        "assert not {'ui', 'eval'} & set(sys.modules), sys.modules; "
        "assert parser.parse_args(['chat', '--port', '7']).port == 7; assert 'ui.chat_command' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_progress_without_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody watches a line, one is written now and then, and control characters of a name are left out."""
    now = iter([0.0, 1.0, 11.0, 11.0, 12.0, 22.0, 22.0])
    monkeypatch.setattr("rag.terminal.time.monotonic", lambda: next(now))
    tell = progress_printer()
    for done in range(4):
        tell(Progress(done, 9, "a\x1b[2Jb.txt", 0, 0.0, None))

    assert capsys.readouterr().err == "Indexing: 1/9 files  a[2Jb.txt\nIndexing: 3/9 files  a[2Jb.txt\n"


def test_what_was_indexed_as_json(docs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`rag index --json` prints the report as one object."""
    assert 0 == main(["index", str(docs), "--index", str(tmp_path / "index"), "--json"])
    assert json.loads(capsys.readouterr().out)["added"] == ["mill.txt", "orchard.md"]


def test_the_end_of_a_command_looks_for_no_circles() -> None:
    """Python's last search of memory takes longer than a command's own work once torch is loaded."""
    code = (
        "import atexit, gc; atexit.register(lambda: print('frozen', gc.get_freeze_count() > 0));"
        "from rag.cli import main; main(['--help'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.splitlines()[-1] == "frozen True"
