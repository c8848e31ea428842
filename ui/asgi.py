"""The few pieces of ASGI that the door of the page needs: types, header look-up, a short reply, a body with a limit."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from anyio import create_task_group

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]


class TooLarge(Exception):
    """A request's body is longer than its route allows."""


def headers(scope: Scope, name: str) -> list[str]:
    """All values of a header, in their order; `name` in lower case."""
    wanted = name.encode("latin-1")
    return [value.decode("latin-1") for key, value in scope["headers"] if key == wanted]


def header(scope: Scope, name: str) -> str:
    """The first value of a header, "" without one."""
    return next(iter(headers(scope, name)), "")


def cookie(scope: Scope, name: str) -> str:
    """The value of a cookie, "" without one."""
    for line in headers(scope, "cookie"):
        for part in line.split(";"):  # part by part: one cookie that cannot be read must not hide the others
            try:
                found = SimpleCookie(part)
            except CookieError:
                continue
            if name in found:
                return found[name].value
    return ""


async def reply(send: Send, status: int, sentence: str, more: Sequence[Header] = (), *, html: bool = False) -> None:
    """A whole response: one sentence as plain text, or a small page."""
    body = sentence.encode("utf-8")
    kind = b"text/html; charset=utf-8" if html else b"text/plain; charset=utf-8"
    start = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


async def body_of(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises `TooLarge` beyond `limit` bytes, and before reading where the request says its length."""
    told = header(scope, "content-length")
    if told.isdecimal() and int(told[:20]) > limit:
        raise TooLarge
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise TooLarge
        more = message.get("more_body", False)
    return b"".join(parts)


def while_heard(app: Application, limit: int) -> Application:
    """The application, of which a request ends once its client is gone; a body has at most `limit` bytes."""

    async def heard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = await body_of(scope, receive, limit)
        async with create_task_group() as both:

            async def watch() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                both.cancel_scope.cancel()

            both.start_soon(watch)
            await app(scope, replay(body, receive), send)
            both.cancel_scope.cancel()

    return heard


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands a body out that was read before, then goes on with what follows it."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
