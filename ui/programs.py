"""What `rag chat` serves to programs: /v1/models and /v1/chat/completions, over the same desk as the page."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ValidationError
from starlette.concurrency import iterate_in_threadpool

from index.errors import IndexingError
from rag.answer import Final
from rag.errors import AnswerError, BadQuestion, GeneratorFailed, PromptTooLong
from ui import completions
from ui.completions import DEFAULT, ChatRequest, Reply, model_list
from ui.desk import Desk
from ui.door import GUEST, OWNER
from ui.turn import UNEXPECTED
from ui.waiting import Queued

LARGEST_REQUEST = 1_000_000
NO_QUESTION = 'The last message must be the question: {"role": "user", "content": "..."}.'
_log = logging.getLogger(__name__)


class Problem(Exception):
    """A request that gets no answer: OpenAI's form of an error and its status."""

    def __init__(self, status: int, message: str, kind: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.body = status, completions.error(message, kind, code)

    @classmethod
    def of(cls, error: Exception) -> "Problem":
        """The problem that an error of the pipeline is; what nobody expected is logged and not shown."""
        match error:
            case Problem():
                return error
            case BadQuestion():
                return cls(400, str(error), "invalid_request_error", "bad_question")
            case PromptTooLong():
                return cls(400, str(error), "invalid_request_error", "context_length_exceeded")
            case GeneratorFailed():
                return cls(503 if error.retryable else 502, str(error), "api_error", "writer_failed")
            case AnswerError() | IndexingError():
                return cls(503, str(error), "api_error", "unavailable")
        _log.error("a request failed", exc_info=error)
        return cls(500, UNEXPECTED, "api_error", "unexpected")


def serve_programs(app: FastAPI, desk: Desk) -> None:
    """Adds the routes. Who may ask is decided before: see `ui.door`."""

    @app.get("/v1/models")
    def models() -> JSONResponse:
        return JSONResponse(model_list((DEFAULT, *desk.writers.names)))

    @app.get("/v1/models/{name:path}")
    def model(name: str) -> JSONResponse:
        known = model_list([found for found in (DEFAULT, *desk.writers.names) if found == name])["data"]
        return JSONResponse(known[0]) if known else _refused(_unknown(name, desk))

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        try:
            asked = await _read(request, desk)
            if desk.waiting.full:
                raise Problem(429, "Too many questions at once: ask again soon.", "rate_limit_error", "busy")
        except Problem as problem:
            return _refused(problem)
        answering = _Answering(asked, desk, str(request.scope.get(OWNER, GUEST)))
        if asked.stream:
            return StreamingResponse(answering.lines(request), media_type="text/event-stream")
        return await answering.whole(request)


class _Answering:
    """One request on its way through the pipeline."""

    def __init__(self, asked: ChatRequest, desk: Desk, owner: str) -> None:
        self._reply, self._stop = Reply(asked), threading.Event()
        model = None if asked.model == DEFAULT else asked.model
        wishes = asked.footnote
        self._turn = desk.events(
            asked.question,
            asked.history,
            model,
            self._stop,
            rewrite=wishes.rewrite,
            only=wishes.documents or None,
            owner=owner,
        )

    @asynccontextmanager
    async def _watched(self, request: Request) -> AsyncIterator[None]:
        """A client that goes away stops the writer, also while no event comes: a model may read and think for long."""

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            self._stop.set()

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            self._stop.set()
            self._turn.close()

    async def lines(self, request: Request) -> AsyncIterator[str]:
        """Server-sent events."""
        try:
            async with self._watched(request):
                async for event in iterate_in_threadpool(self._turn):
                    if isinstance(event, Queued):  # a comment, which keeps the connection open
                        yield f": {event.before} before this one\n\n"
                        continue
                    before, self._reply = self._reply, self._reply.after(event)
                    for chunk in self._reply.chunks(before, event):
                        yield _line(chunk)
        except Exception as error:  # noqa: BLE001 the status is out already: the stream carries the problem
            yield _line(Problem.of(error).body)
        yield "data: [DONE]\n\n"

    async def whole(self, request: Request) -> Response:
        """The whole response at once."""
        try:
            async with self._watched(request):
                async for event in iterate_in_threadpool(self._turn):
                    if isinstance(event, Final):
                        return JSONResponse(self._reply.whole(event.answer))
        except Exception as error:  # noqa: BLE001 whatever happens is told in OpenAI's form
            return _refused(Problem.of(error))
        return Response(status_code=499)  # nobody is there to read it


async def _read(request: Request, desk: Desk) -> ChatRequest:
    """The request, checked. Raises Problem."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_REQUEST:
            said = (
                f"A request may have {LARGEST_REQUEST:,} bytes: leave out the oldest messages, or files and pictures."
            )
            raise Problem(413, said, "invalid_request_error", "too_large")
    try:
        asked = ChatRequest.model_validate_json(bytes(body))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Problem(400, f"{where}: {first['msg']}", "invalid_request_error") from error
    if not asked.question.strip():
        raise Problem(400, NO_QUESTION, "invalid_request_error")
    if asked.model not in (DEFAULT, *desk.writers.names):
        raise _unknown(asked.model, desk)
    return asked


def _unknown(name: str, desk: Desk) -> Problem:
    known = ", ".join((DEFAULT, *desk.writers.names))
    message = f"There is no model {name[:100]!r} here: known are {known}."
    return Problem(404, message, "invalid_request_error", "model_not_found")


def _refused(problem: Problem) -> JSONResponse:
    headers = {"retry-after": "5"} if problem.status == 429 else None
    return JSONResponse(problem.body, problem.status, headers)


def _line(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
