"""What browsers send as files: documents, which wait to be indexed, and conversations, which are kept at once."""

from pathlib import Path

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from ui import export
from ui.door import OWNER
from ui.history import History, HistoryUnavailable
from ui.upload import MEGABYTE, Inbox, Refused, in_words

LARGEST_IMPORT = 50 * MEGABYTE
"""Bytes of a conversation: more than a thousand questions whose sources are tables. It is read in memory."""
NOBODY = Response(status_code=499)
"""For a sender who has gone away."""


def serve_uploads(app: FastAPI, inbox: Inbox) -> None:
    """Adds the way in for documents. Whose a request is was decided before: see `ui.door`."""

    @app.post("/upload")
    async def upload(request: Request, name: str) -> Response:
        try:
            file = await inbox.receive(request.scope[OWNER], name, _length(request), request.stream())
        except Refused as refused:
            return _problem(refused.status, refused)
        except ClientDisconnect:
            return NOBODY
        return JSONResponse({"name": file.name})


def serve_imports(app: FastAPI, inbox: Inbox, history: History) -> None:
    """Adds the way in for conversations."""
    one_at_a_time = CapacityLimiter(1)

    @app.post("/import")
    async def take(request: Request, name: str) -> Response:
        owner, length = request.scope[OWNER], _length(request)
        try:
            if length is not None and length > LARGEST_IMPORT:
                raise Refused(
                    413, f"A conversation may have {in_words(LARGEST_IMPORT)}; this file has {in_words(length)}."
                )
            # In a folder of its own: what is indexed next must not be somebody's conversation.
            file = await inbox.receive(f"{owner} conversations", name, length, request.stream())
        except Refused as refused:
            return _problem(refused.status, refused)
        except ClientDisconnect:
            return NOBODY
        try:
            chat = await to_thread.run_sync(_kept, file, owner, history, limiter=one_at_a_time)
        except export.NotAConversation as error:
            return _problem(422, error)
        except (HistoryUnavailable, OSError) as error:
            return _problem(507, error)
        finally:
            inbox.drop(file)
        return JSONResponse({"chat": chat})


def _kept(file: Path, owner: str, history: History) -> str:
    """The id of the conversation in the file. Raises NotAConversation, HistoryUnavailable, OSError."""
    found = export.read(export.decoded(file.read_bytes()))
    return history.add(owner, found.title, found.turns)


def _length(request: Request) -> int | None:
    told = request.headers.get("content-length", "")
    return int(told[:20]) if told.isdecimal() else None


def _problem(status: int, error: Exception) -> JSONResponse:
    return JSONResponse({"problem": str(error)}, status)
