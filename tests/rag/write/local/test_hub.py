"""Finding and fetching models: asked for first, resumed, only safe files, and each failure of the hub one sentence."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.errors import ModelUnavailable
from rag.models import is_here
from rag.write.local.hub import find_model
from tests.rag.write.conftest import named

NAME = "maker/tiny-model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """A model hub with one model; `fail` answers each request with that status."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.fail, self.headers = files, 0, {}
        self.digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        self.sent: list[tuple[str, str | None]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Answers,), {"hub": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Answers(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.reply(body=False)

    def do_GET(self):
        self.reply(body=True)

    def reply(self, body):
        hub = self.hub
        if hub.fail:
            return self.send(hub.fail, b'{"error": "no"}', hub.headers, body)
        if "/resolve/" in self.path:
            return self.file(self.path.rpartition("/")[2], body)
        if "/tree/" in self.path:
            return self.send(200, json.dumps([entry(n, d) for n, d in hub.files.items()]).encode(), {}, body)
        siblings = [{"rfilename": name} for name in hub.files]
        return self.send(200, json.dumps({"id": NAME, "sha": COMMIT, "siblings": siblings}).encode(), {}, body)

    def file(self, name, body):
        hub, asked = self.hub, self.headers.get("Range")
        data = hub.files[name]
        if body:
            hub.sent.append((name, asked))
        headers = {"ETag": f'"{hub.digests[name]}"', "X-Repo-Commit": COMMIT}
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and asked.endswith("-") else 0
        return self.send(206 if first else 200, data[first:], headers, body)

    def send(self, status, data, headers, body):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)


def entry(name, data):
    return {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}


@pytest.fixture
def hub(model_folder, tmp_path, monkeypatch):
    """A hub on this machine, an empty cache, and online mode."""
    files = {path.name: path.read_bytes() for path in model_folder(named("qwen3")).iterdir()}
    unsafe = {"pytorch_model.bin": b"x" * 10, "modeling.py": b"raise SystemExit", "README.md": b"# hello"}
    server = Hub({**files, **unsafe})
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
    template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.close()


def test_a_download_is_asked_for_first_and_holds_safe_files_only(hub):
    """The question names the size; weights, configuration and tokenizer come, pickles and programs do not."""
    asked, told = [], []
    folder = find_model(
        NAME, allow_download=True, confirm=lambda text: asked.append(text) or True, progress=told.append
    )
    names = {path.name for path in folder.iterdir()}

    assert len(asked) == 1
    assert asked[0].startswith(f"Download {NAME}, 0.")
    assert told[0].startswith(f"Downloading {NAME}")
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= names
    assert not names & {"pytorch_model.bin", "modeling.py", "README.md"}
    assert find_model(NAME) == folder


def test_no_download_is_silent(hub, capsys):
    """Without anybody who listens for progress, stderr says what is fetched and how large it is."""
    find_model(NAME, allow_download=True)
    assert capsys.readouterr().err.startswith(f"Downloading {NAME}, 0.")


def test_no_is_an_answer(hub):
    """Nothing is fetched when the question is answered with no."""
    with pytest.raises(ModelUnavailable, match="the answer was no"):
        find_model(NAME, allow_download=True, confirm=lambda _: False)
    assert hub.sent == []


def test_without_permission_nothing_leaves_the_machine(hub):
    """The hub is not even asked."""
    hub.fail = 500
    with pytest.raises(ModelUnavailable, match=r"is not on this machine: add --allow-download"):
        find_model(NAME)


def test_offline_mode_is_final(hub, monkeypatch):
    """In offline mode even an allowed download does not happen."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnavailable, match="unset HF_HUB_OFFLINE"):
        find_model(NAME, allow_download=True)
    assert hub.sent == []


def test_a_broken_download_goes_on_where_it_stopped(hub, tmp_path):
    """The next download fetches the missing bytes only, and the whole is checked."""
    data = hub.files["model.safetensors"]
    blobs = tmp_path / f"models--{NAME.replace('/', '--')}" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{hub.digests['model.safetensors']}.part").write_bytes(data[:5000])

    assert (find_model(NAME, allow_download=True) / "model.safetensors").read_bytes() == data
    assert [sent for sent in hub.sent if sent[0] == "model.safetensors"] == [("model.safetensors", "bytes=5000-")]


def test_a_snapshot_without_its_weights_is_incomplete(hub):
    """A model of which a file is missing is not taken for whole."""
    (find_model(NAME, allow_download=True) / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable, match="only partly on this machine"):
        find_model(NAME)


def test_a_snapshot_without_its_tokenizer_is_incomplete(hub):
    """A download that was killed after the weights came is gone on with, and no model is offered as here until then."""
    (find_model(NAME, allow_download=True) / "tokenizer.json").unlink()
    assert not is_here(NAME)
    with pytest.raises(ModelUnavailable, match="only partly on this machine"):
        find_model(NAME)
    assert (find_model(NAME, allow_download=True) / "tokenizer.json").is_file()
    assert is_here(NAME)


def test_damaged_weights_are_removed(hub):
    """Weights whose checksum is not the one that the hub named are not kept."""
    hub.digests["model.safetensors"] = "0" * 64
    with pytest.raises(ModelUnavailable, match="arrived damaged"):
        find_model(NAME, allow_download=True)


@pytest.mark.parametrize(
    ("status", "headers", "message"),
    [
        (404, {"X-Error-Code": "RepoNotFound"}, "no model named"),
        (401, {"X-Error-Code": "RepoNotFound"}, "no model named"),
        (403, {"X-Error-Code": "GatedRepo"}, "terms to be accepted"),
        (500, {}, "answered 500|out of reach"),
    ],
)
def test_what_the_hub_refuses(hub, status, headers, message):
    """Unknown, private, gated and failing are told apart."""
    hub.fail, hub.headers = status, headers
    with pytest.raises(ModelUnavailable, match=message) as caught:
        find_model(NAME, allow_download=True)
    assert "\n" not in str(caught.value)


def test_the_hub_out_of_reach(hub):
    """A hub that does not answer is said to be out of reach."""
    hub.close()
    with pytest.raises(ModelUnavailable, match="out of reach"):
        find_model(NAME, allow_download=True)


def test_pickles_alone_are_refused(hub):
    """A model without safetensors is not fetched."""
    del hub.files["model.safetensors"]
    with pytest.raises(ModelUnavailable, match=r"no \.safetensors weights"):
        find_model(NAME, allow_download=True)
    assert hub.sent == []
