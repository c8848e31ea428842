"""`rag chat` before the page: ports, sign-in files, lightness."""

import socket
import subprocess
import sys

import pytest

from rag.write.choice import choose
from ui.chat_command import PORT, ChatError, bind, loaded_meanwhile, read_auth


def test_a_port_in_use_is_one_sentence():
    """An explicit port that is taken says so and names the option to change it."""
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ChatError, match=rf"Port {port} on 127.0.0.1 cannot be used .* --port"):
            bind("127.0.0.1", port)


def test_without_a_port_the_next_free_one_is_taken():
    """Two pages of one machine find different ports by themselves."""
    with bind("127.0.0.1", None) as first, bind("127.0.0.1", None) as second:
        assert PORT <= first.getsockname()[1] < second.getsockname()[1]


@pytest.mark.parametrize("port", [-1, 70_000])
def test_an_impossible_port_is_one_sentence(port):
    """A number that is no port is refused like a taken one."""
    with pytest.raises(ChatError, match="cannot be used"):
        bind("127.0.0.1", port)


def test_a_host_of_another_machine_is_one_sentence():
    """An address that this machine does not have is refused."""
    with pytest.raises(ChatError, match="cannot be used"):
        bind("192.0.2.1", 8000)


def test_a_sign_in_file_gives_its_pairs(tmp_path):
    """One user:password a line; a password may hold colons; comments and blank lines are skipped."""
    file = tmp_path / "users"
    file.write_text("# people\nada:secret\n\nbob:a:b\n")
    assert read_auth(file) == [("ada", "secret"), ("bob", "a:b")]


@pytest.mark.parametrize("content", ["ada\n", "ada:\n", ":x\n", "", "# nobody\n"])
def test_a_sign_in_file_that_lets_nobody_in_is_refused(tmp_path, content):
    """A wrong line or an empty file never means an open door; the password is not repeated in the message."""
    file = tmp_path / "users"
    file.write_text(content)
    with pytest.raises(ChatError, match=r"user:password"):
        read_auth(file)


def test_a_missing_sign_in_file_is_one_sentence(tmp_path):
    """The file's name stands in the message."""
    with pytest.raises(ChatError, match="cannot be read"):
        read_auth(tmp_path / "none")


def test_the_command_is_found_without_loading_the_page():
    """Importing the command loads neither gradio nor the models' libraries, so every `rag` command starts fast."""
    code = (
        "import sys, ui.chat_command; print([m for m in ('gradio', 'torch', 'faiss', 'uvicorn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_bound_sockets_listen():
    """A browser that is quicker than the loading of the models waits instead of being refused."""
    with bind("127.0.0.1", 0) as listener:
        socket.create_connection(listener.getsockname(), timeout=5).close()


@pytest.mark.parametrize(
    ("named", "writer"), [("auto", ""), ("quotes", ""), ("http://127.0.0.1:1/v1#x", ""), ("no/such-model", "")]
)
def test_what_is_not_here_or_costs_no_time_is_opened_before_the_page(named, writer, tmp_path, monkeypatch):
    """A name that nothing stands behind is told where the page was started, and a server is there at once."""
    monkeypatch.setenv("RAG_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert loaded_meanwhile(named) == writer


def test_a_model_on_this_machine_is_loaded_while_the_page_is_there(tmp_path, monkeypatch):
    """Named on the command line, or chosen once."""
    monkeypatch.setenv("RAG_CACHE", str(tmp_path))
    file = tmp_path / "small.gguf"
    file.write_bytes(b"GGUF")
    assert loaded_meanwhile(str(file)) == str(file)
    assert loaded_meanwhile("auto") == ""
    choose(str(file), tmp_path)
    assert loaded_meanwhile("auto") == str(file)
