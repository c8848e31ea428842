"""Any OpenAI-compatible server as a writer: vLLM, SGLang, llama.cpp, Ollama, a vendor.

This is how a model too large for one machine answers.

The key comes from the environment (RAG_API_KEY, else OPENAI_API_KEY), is sent to the named server only, and never
stands in an error or a log of ours. Streams; tries again with growing pauses before the first token, never after it.
"""

import os
from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from rag.answer import Finish
from rag.errors import GeneratorFailed, ModelUnavailable
from rag.models import find
from rag.protocols import Prompt
from rag.write.endpoint.faults import ended_well, require_stream, translated
from rag.write.endpoint.forms import FORMS, Form, body
from rag.write.endpoint.server_events import WithData
from rag.write.stream import TextStream
from rag.write.think import THINKING_TOKENS, Stance, ThinkFilter

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 180.0  # between two pieces; a large model may read a long prompt before its first
_DESCRIBE_SECONDS = 20.0
_RETRIES = 3
_UNKNOWN_CONTEXT = 8192  # tokens, where the server does not say
_THINKING_NAMES = ("thinking", "reason", "-r1", "qwq", "minimax-m", "magistral")
_LISTED = 8


class EndpointGenerator:
    """A model behind a server."""

    def __init__(self, client: "OpenAI", host: str, model: str, context_tokens: int, tokenize_url: str | None) -> None:
        self._client, self._host, self._model = client, host, model
        self._context_tokens = context_tokens
        self._tokenize_url = tokenize_url
        self._form: Form = FORMS[0]
        self._count = lru_cache(maxsize=256)(self._count_at_server)
        known = find(model)
        thinks = known.thinking == "always" if known else any(part in model.lower() for part in _THINKING_NAMES)
        self._stance: Stance = "undecided" if thinks else "answering"
        self._thinks = thinks

    @property
    def name(self) -> str:
        return self._model

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """Tokens as the server counts them where it offers that, else an estimate that errs on the high side."""
        return self._count(text) if self._tokenize_url else estimate_tokens(text)

    def stream(self, prompt: Prompt) -> TextStream:
        """Pieces of the answer, possibly empty."""
        return TextStream(self._pieces(prompt))

    def _pieces(self, prompt: Prompt) -> Generator[str, None, Finish]:
        had_room = self._thinks
        thinking, shown = ThinkFilter(self._stance), False
        finish: Finish = "stop"
        for piece, ended in self._written(prompt):
            text = thinking.feed(piece) if piece else ""
            shown, finish = shown or bool(text), ended or finish
            self._thinks = self._thinks or thinking.thinking
            yield text
        rest = thinking.close()
        if finish == "length" and self._thinks and not (had_room or shown or rest.strip()):
            # It spent the answer's room on thinking that it could not be told to leave out; now it is known to think.
            return (yield from self._pieces(prompt))
        yield rest
        return finish

    def _written(self, prompt: Prompt) -> Generator[tuple[str, Finish | None], None, None]:
        """Pieces as the server sends them, "" for each of its thinking, and at last why they ended."""
        written, finish = 0, None
        limit = prompt.max_tokens + (THINKING_TOKENS if self._thinks else 0)
        with translated(self._host, self._model):
            chunks = self._open(prompt, limit)
            try:
                require_stream(self._host, chunks.response.headers)
                chunks.response = cast("Response", WithData(chunks.response))
                for chunk in chunks:
                    piece, ended = _content(chunk)
                    self._thinks = self._thinks or _reasons(chunk)
                    finish = ended or finish
                    written += len(piece.encode())
                    yield piece, None
                    if written > 8 * limit:  # bytes; a server that knows no limit
                        finish = "length"
                        break
            finally:
                chunks.close()
        if finish is None:
            raise GeneratorFailed(
                f"The server at {self._host} stopped in the middle of the answer: ask again.", retryable=True
            )
        yield "", ended_well(self._host, finish)

    def _open(self, prompt: Prompt, limit: int) -> "Stream[ChatCompletionChunk]":
        """The server's stream, asked for in the first form that it accepts."""
        from openai import BadRequestError, UnprocessableEntityError

        for form in FORMS[FORMS.index(self._form) :]:
            try:
                chunks: Stream[ChatCompletionChunk] = self._client.chat.completions.create(
                    **body(form, self._model, prompt, limit)
                )
            except (BadRequestError, UnprocessableEntityError):
                if form is FORMS[-1]:
                    raise
            else:
                self._form = form
                return chunks
        raise AssertionError("the last form returns or raises")

    def _count_at_server(self, text: str) -> int:
        assert self._tokenize_url is not None
        counted = _tokenize(self._client, self._tokenize_url, self._model, text)
        return estimate_tokens(text) if counted is None else counted


def load_endpoint(
    url: str, model: str | None = None, *, read_seconds: float = _READ_SECONDS, retries: int = _RETRIES
) -> EndpointGenerator:
    """A writer behind `url`, the address that ends in /v1. Without `model`, the server must offer exactly one.

    Raises `ModelUnavailable`.
    """
    from openai import OpenAI, Timeout

    host = _host(url)
    key = _key()
    client = OpenAI(
        base_url=url,
        api_key=key,
        timeout=Timeout(read_seconds, connect=_CONNECT_SECONDS),
        max_retries=retries,
    )
    model, context = _describe(client, host, model)
    root = url.rstrip("/").removesuffix("/v1")
    tokenize_url = f"{root}/tokenize"
    counts = _tokenize(client, tokenize_url, model, "Does it count?") is not None
    return EndpointGenerator(client, host, model, context, tokenize_url if counts else None)


def estimate_tokens(text: str) -> int:
    """An estimate that is high for prose: a token for each 3 ASCII characters and one for each other character."""
    plain = sum(char.isascii() for char in text)
    return -(-plain // 3) + len(text) - plain


def _key() -> str:
    """The key of the environment. Raises `ModelUnavailable` where no header can carry it, without showing it."""
    name = next((name for name in ("RAG_API_KEY", "OPENAI_API_KEY") if os.environ.get(name, "").strip()), None)
    key = os.environ[name].strip() if name else "none"
    if not (key.isascii() and key.isprintable()):
        raise ModelUnavailable(f"{name} holds a line break or a letter that no key has: set it to the key alone.")
    return key


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelUnavailable(f"{url!r} is no address of a server: write http://HOST:PORT/v1#MODEL.")
    if parts.username or parts.password:
        raise ModelUnavailable("Leave name and password out of the address: put the key into RAG_API_KEY.")
    return parts.netloc


def _describe(client: "OpenAI", host: str, model: str | None) -> tuple[str, int]:
    """The model's name at the server and its context in tokens."""
    from openai import APIStatusError

    with translated(host, model or "", loading=True):
        try:
            offered = list(client.with_options(timeout=_DESCRIBE_SECONDS, max_retries=1).models.list())
        except APIStatusError as error:
            if error.status_code in (401, 403) or (model is None and error.status_code != 404):
                raise
            offered = []  # the list is a courtesy; some servers have none or a broken one
        names = [entry.id for entry in offered]
        if model is None and len(names) == 1:
            model = names[0]
        if model is None or (names and model not in names):
            raise ModelUnavailable(_choose(host, model, names))
        extra = next((entry.model_extra or {} for entry in offered if entry.id == model), {})
        told = extra.get("max_model_len") or extra.get("context_length") or (extra.get("meta") or {}).get("n_ctx")
    return model, told if isinstance(told, int) and told > 0 else _UNKNOWN_CONTEXT


def _choose(host: str, model: str | None, names: list[str]) -> str:
    if not names:
        return f"The server at {host} does not list its models: name one, {host}/v1#MODEL."
    listed = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
    if model is None:
        return f"The server at {host} offers several models; add one after #: {listed}."
    return f"The server at {host} has no model {model!r}; it offers: {listed}."


def _tokenize(client: "OpenAI", url: str, model: str, text: str) -> int | None:
    """Tokens as vLLM ("count") or llama.cpp ("tokens") counts them; None where the server does neither."""
    from openai import OpenAIError

    request = {"model": model, "prompt": text, "content": text}
    try:
        answer = client.with_options(timeout=_DESCRIBE_SECONDS, max_retries=0).post(url, cast_to=object, body=request)
    except (OpenAIError, ValueError):
        return None
    if not isinstance(answer, dict):
        return None
    count, tokens = answer.get("count"), answer.get("tokens")
    return count if isinstance(count, int) else len(tokens) if isinstance(tokens, list) else None


def _content(chunk: "ChatCompletionChunk") -> tuple[str, str | None]:
    """Text and finish reason of one chunk; what a server marks as reasoning is not text."""
    if not chunk.choices:
        return "", None
    choice = chunk.choices[0]
    content = (choice.delta.content if choice.delta else None) or ""
    if not isinstance(content, str):  # Mistral's form: parts, of which those of type "thinking" are none of the answer
        content = "".join(part["text"] for part in content if part["type"] == "text")
    return content, choice.finish_reason


def _reasons(chunk: "ChatCompletionChunk") -> bool:
    """Whether a chunk holds thinking in a place of its own."""
    delta = chunk.choices[0].delta if chunk.choices else None
    apart = (getattr(delta, name, None) for name in ("reasoning_content", "reasoning"))
    return any(apart) or isinstance(getattr(delta, "content", None), list)
