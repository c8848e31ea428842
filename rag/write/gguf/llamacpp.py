"""llama.cpp in this process: one loaded model that renders templates, tokenizes and continues token sequences.

The library behind it is xllamacpp. Writing goes through a call; rendering and tokenizing are offered by the library's
own HTTP server only, which it always starts. Here that server listens on a socket file in a folder of this user, so no
port is opened and nothing beside this user's programs can reach it.

Results do not depend on earlier calls: reading the same tokens in other passes changes the last bits, so the fixed
beginning of a prompt is always read in a pass of its own, and only that is ever taken from the cache.
"""

import json
import os
import shutil
import socket
import tempfile
import threading
import weakref
from collections.abc import Callable, Generator, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from rag.errors import GeneratorFailed, ModelUnavailable

_CHUNK = 256  # tokens of the prompt read between two chances to stop
_LEAST_KEPT = 16  # tokens; shorter beginnings are not worth a pass of their own
_SOCKET_PATH = 100  # bytes; the system allows 104 to 108
_SECONDS = 60.0  # for rendering or tokenizing, which wait for nothing
_SILENT = -1

Json = dict[str, Any]
"""One JSON object of the library: a request, or a part of its answer."""


class LlamaCpp:
    """A model held by llama.cpp. One sequence is continued at a time; others wait for their turn.

    `keep_beginnings` is for models whose cache can be cut back to any length: attention to the whole text only.
    """

    def __init__(self, path: Path, context_tokens: int, *, keep_beginnings: bool = True) -> None:
        library = _library(path.name)
        folder = _folder()
        self._calls: dict[threading.Thread, threading.Event] = {}
        weakref.finalize(self, _end, self._calls, folder)
        self._name, self._socket = path.name, f"{folder}/llama.sock"
        self._keep, self._kept = keep_beginnings, list[int]()  # the beginning that the cache holds
        self._turn = threading.Lock()
        try:
            self._server = library.Server(_parameters(library, path, context_tokens, self._socket))
        except (RuntimeError, ValueError, MemoryError) as error:
            raise ModelUnavailable(
                f"{path.name} cannot be loaded by llama.cpp as xllamacpp {library.__version__} brings it: its "
                "architecture is not known there, or its chat template or the file is damaged, so update xllamacpp or "
                "get another file."
            ) from error
        # An order to end that comes before the library's loop has begun is lost, and the deletion of this object would
        # wait forever: this call returns once the loop runs.
        self._server.handle_completions({"prompt": [0], "max_tokens": 0}, lambda _: False)

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Token ids; spellings of control tokens become control. `special` adds what the model wants around a text.

        Raises `GeneratorFailed`.
        """
        try:
            answer = self._post("/tokenize", {"content": text, "add_special": special, "parse_special": True})
        except ValueError as error:
            raise GeneratorFailed(
                f"{self._name} cannot tokenize a text, so its tokenizer is damaged: get the file again."
            ) from error
        return list(answer["tokens"])

    def detokenize(self, tokens: list[int]) -> str:
        """The text of tokens, control tokens included."""
        return str(self._post("/detokenize", {"tokens": tokens})["content"])

    def render(self, messages: list[dict[str, str]], switches: dict[str, bool]) -> str:
        """The messages in the file's own chat template. Raises `ValueError` where the template refuses them."""
        return str(self._post("/apply-template", {"messages": messages, "chat_template_kwargs": switches})["prompt"])

    def write(
        self, tokens: Sequence[int], beginning: int, limit: int, *, stop: Sequence[str], shown: Sequence[str]
    ) -> Generator[tuple[str, str | None], None, None]:
        """Pieces of the greedy continuation with the reason of the end, which the last one has: "stop" or "length".

        Pieces are "" while the prompt is read; the first `beginning` of its tokens are those that such prompts share.
        `stop` are texts that end the writing; `shown` are control tokens that appear in the text. Closing ends the
        computation after the token in hand. Raises `GeneratorFailed`.
        """
        request = {
            "prompt": list(tokens),
            "max_tokens": limit,
            "temperature": 0.0,
            "samplers": ["temperature"],  # alone: penalties that a file may ask for would falsify copied numbers
            "mirostat": 0,
            "stop": list(stop),
            "preserved_tokens": [*stop, *shown],
            "stream": True,
            "return_progress": True,
        }
        events: SimpleQueue[Json | None] = SimpleQueue()
        closed = threading.Event()
        # The call returns only at the end of the text, so it runs beside the reader of its pieces.
        thread = threading.Thread(target=self._call, args=(request, beginning, events, closed), daemon=True)
        self._calls[thread] = closed
        thread.start()
        try:
            while (event := events.get()) is not None:
                yield self._piece(event)
        finally:
            closed.set()

    def _call(self, request: Json, beginning: int, events: "SimpleQueue[Json | None]", closed: threading.Event) -> None:
        def take(event: Json) -> bool:
            events.put(event)
            return closed.is_set()

        try:
            with self._turn:
                kept = self._begin(request["prompt"], beginning, lambda: take({}))
                if not take({}):
                    self._server.handle_completions({**request, "cache_prompt": kept}, take)
        except (RuntimeError, ValueError, MemoryError) as error:
            events.put({"error": {"message": str(error)}})
        finally:
            self._calls.pop(threading.current_thread(), None)
            events.put(None)

    def _begin(self, tokens: list[int], beginning: int, closed: Callable[[], bool]) -> bool:
        """Leaves exactly the beginning in the cache, and any token that does not follow it here; says whether it did.

        The cache is used up to the first difference, so that token is what ends its use at the beginning.
        """
        known, self._kept = self._kept, []
        other = (
            next((token for token in tokens if token != tokens[beginning]), None) if beginning < len(tokens) else None
        )
        if not self._keep or beginning < _LEAST_KEPT or other is None:
            return False
        begun = tokens[:beginning]
        request = {"prompt": [*begun, other], "max_tokens": 0, "cache_prompt": known == begun, "stream": True}
        self._server.handle_completions({**request, "return_progress": True}, lambda _: closed())
        if not closed():
            self._kept = begun
        return True

    def _piece(self, event: Json) -> tuple[str, str | None]:
        if "error" in event:
            said = " ".join(str(event["error"].get("message", "")).split())[:200]
            raise GeneratorFailed(f"{self._name} failed while writing ({said}): try again, or choose another model.")
        choices = event.get("choices")
        return (choices[0]["text"] or "", choices[0]["finish_reason"]) if choices else ("", None)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = HTTPConnection("localhost")
        try:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(_SECONDS)
            connection.sock.connect(self._socket)
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, HTTPException) as error:
            raise GeneratorFailed(f"{self._name} no longer answers ({type(error).__name__}): start again.") from error
        finally:
            connection.close()
        if not isinstance(answer, dict) or "error" in answer:
            raise ValueError(str(answer)[:200])
        return answer


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _library(name: str) -> Any:  # noqa: ANN401  (the library has no types)
    instead = f"start `llama-server -m {name}` and name its address, --model http://127.0.0.1:8080/v1"
    if not hasattr(socket, "AF_UNIX"):
        raise ModelUnavailable(f"{name} is a GGUF file, which is read here on Linux and macOS only: {instead}")
    try:
        import xllamacpp
    except ModuleNotFoundError:
        raise ModelUnavailable(
            f'{name} is a GGUF file, which needs one more package: pip install "footnote-rag[gguf]", or {instead}'
        ) from None
    except ImportError as error:
        raise ModelUnavailable(f"{name} needs xllamacpp, which cannot start here ({error}): {instead}") from error
    return xllamacpp


def _end(calls: dict[threading.Thread, threading.Event], folder: str) -> None:
    """Stops what is still being written: a thread in native code must not outlive the interpreter."""
    for thread, closed in list(calls.items()):
        closed.set()
        thread.join()
    shutil.rmtree(folder, ignore_errors=True)


def _folder() -> str:
    """A new folder that only this user can enter, with a path short enough for a socket."""
    folder = tempfile.mkdtemp(prefix="footnote-")
    if len(os.fsencode(folder)) <= _SOCKET_PATH - len("/llama.sock"):
        return folder
    Path(folder).rmdir()
    return tempfile.mkdtemp(prefix="footnote-", dir="/tmp")


def _parameters(library: Any, path: Path, context_tokens: int, address: str) -> Any:  # noqa: ANN401
    parameters = library.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx, parameters.n_parallel = context_tokens, 1
    parameters.n_batch = parameters.n_ubatch = _CHUNK
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = usable_cores()
    parameters.cache_ram_mib = parameters.n_ctx_checkpoints = 0  # copies of the cache, taken at moments of its choice
    parameters.fit_params = parameters.warmup = False  # memory is checked before; the first prompt warms up
    parameters.verbosity = _SILENT
    parameters.hostnames, parameters.n_threads_http = [address], 1
    parameters.ui = parameters.endpoint_slots = False
    parameters.offline = True
    return parameters
