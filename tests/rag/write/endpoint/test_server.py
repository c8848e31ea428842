"""A real server process: `transformers serve` with a tiny model, asked through the endpoint writer."""

import importlib.util
import os
import socket
import subprocess
import sys
import time

import pytest

from rag.errors import ModelUnavailable
from rag.protocols import Prompt
from rag.write.endpoint.server import load_endpoint
from tests.rag.write.conftest import named

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("accelerate") is None, reason="`transformers serve` needs accelerate"
)


@pytest.fixture
def server(model_folder, tmp_path):
    """The address of a server that runs a tiny model."""
    folder = model_folder(named("qwen3"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder), "--port", str(port)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--device", "cpu"], env=environment, stdout=log, stderr=log)
    try:
        yield f"http://localhost:{port}/v1", str(folder), process
    finally:
        process.terminate()
        process.wait(30)


def test_a_real_server_answers_and_its_end_is_noticed(server):
    """The writer loads, streams and stops against a real server; when that is gone, it says so."""
    url, folder, process = server
    writer = None
    while writer is None and process.poll() is None:
        try:
            writer = load_endpoint(url, folder, retries=0)
        except ModelUnavailable:
            time.sleep(0.5)
    assert writer is not None
    stream = writer.stream(Prompt("You answer.", "Who built the bridge?", 8))
    text = "".join(stream)

    assert "<" not in text
    assert stream.finish in ("stop", "length")
    process.terminate()
    process.wait(30)
    with pytest.raises(ModelUnavailable, match="out of reach"):
        load_endpoint(url, folder, retries=0)
