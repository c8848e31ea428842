"""The page: gradio's components wired to the desk. The one module that imports gradio and serves it."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

# Read when gradio is imported. The last two keep it from summing up all events anew, with pandas, at each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from ui import events, export
from ui.desk import Desk, Turns
from ui.door import OWNER, Door
from ui.render import conversation
from ui.security import Access
from ui.turn import Verdict
from ui.upload import Inbox, Refused

ASSETS = Path(__file__).parent / "assets"
BUSY = "One question at a time: wait for the answer or stop it first."
EMPTY = "Type a question first."
SAVE = "(text) => window.footnote.save(text)"
PLAIN: dict[str, Any] = {"apply_default_css": False}
STREAMED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Two queued events share one stream, which closes when the first ends and can then lose the second: only what streams
# is queued.
AT_ONCE: dict[str, Any] = {**STREAMED, "queue": False}
Asked = tuple[Any, Any, Any, Any]
"""Turns, the event that stops the answer, the conversation as HTML, the content of the question box."""
P = ParamSpec("P")
R = TypeVar("R")


def build(desk: Desk, inbox: Inbox) -> gr.Blocks:
    """The page with its events; each browser session has its own state."""
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, delete_cache=(600, 600)) as page:
        turns, stop = gr.State(()), gr.State(None)
        masthead = gr.HTML(_asset("masthead.html"), js_on_load=_asset("masthead.js"), elem_id="masthead", **PLAIN)
        with gr.Column(elem_id="talk"):
            transcript = gr.HTML(desk.welcome(), js_on_load=_asset("transcript.js"), elem_id="transcript", **PLAIN)
            with gr.Row(elem_id="composer"):
                box = gr.Textbox(
                    label="Your question",
                    show_label=False,
                    placeholder="Ask your documents …",
                    lines=1,
                    max_lines=6,
                    container=False,
                    elem_id="question",
                    scale=1,
                )
                model = gr.Dropdown(
                    list(desk.models),
                    value=desk.models[0],
                    label="Written by",
                    elem_id="model",
                    visible=len(desk.models) > 1,
                    container=False,
                    scale=0,
                )
                go = gr.Button("Ask", variant="primary", elem_id="ask", scale=0)
                halt = gr.Button("Stop", elem_id="stop", scale=0)
        panel = gr.HTML("", js_on_load=_asset("source.js"), elem_id="source", **PLAIN)
        with gr.Column(elem_id="library"):
            adding = gr.HTML(_asset("library.html"), js_on_load=_asset("adding.js"), elem_id="adding", **PLAIN)
            news = gr.HTML("", js_on_load=None, elem_id="news", **PLAIN)
            shelf = gr.HTML(desk.shelf(), js_on_load=_asset("library.js"), elem_id="shelf", **PLAIN)
        outbox = gr.Textbox(visible="hidden", elem_id="outbox")
        wiring = Wiring(desk, inbox)
        page.load(wiring.open, [turns], [transcript, shelf], **AT_ONCE)
        asked = [turns, stop, transcript, box]
        gr.on([box.submit, go.click], wiring.ask, [turns, box, model], asked, concurrency_limit=2, **STREAMED)
        transcript.again(wiring.again, [turns, model], asked, concurrency_limit=2, **STREAMED)
        halt.click(wiring.stop, [stop], None, **AT_ONCE)
        transcript.cite(wiring.cite, [turns], [panel], **AT_ONCE)
        panel.whole(wiring.cite, [turns], [panel], **AT_ONCE)
        transcript.rate(wiring.rate, [turns], [turns, transcript], **AT_ONCE)
        masthead.fresh(wiring.fresh, [stop], [turns, transcript, panel], **AT_ONCE)
        masthead.save(wiring.save, [turns], [outbox], **AT_ONCE).then(None, [outbox], None, js=SAVE)
        added = adding.sent(wiring.add, None, [news], concurrency_limit=1, **STREAMED)
        removed = shelf.remove(wiring.remove, None, [news], **AT_ONCE)
        for changed in (added, removed):
            changed.then(wiring.open, [turns], [transcript, shelf], **AT_ONCE)
    return page


def understood(listener: Callable[P, R]) -> Callable[P, R]:
    """The listener; data that it does not understand is one sentence on the page and no traceback anywhere."""

    @wraps(listener)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return listener(*args, **kwargs)
        except events.Malformed as error:
            raise gr.Error(str(error), print_exception=False) from error

    return checked


class Wiring:
    """The listeners. What comes from the browser is checked here and then handed to the desk."""

    def __init__(self, desk: Desk, inbox: Inbox) -> None:
        self.desk = desk
        self.inbox = inbox

    def open(self, turns: Turns) -> tuple[str, str]:
        # A question may be quicker than the loading of the page: what it has brought must not be wiped out.
        return conversation(turns) if turns else self.desk.welcome(), self.desk.shelf()

    def ask(self, turns: Turns, question: str, model: str) -> Iterator[Asked]:
        yield from self._ask(turns, str(question or ""), model, rewrite=True)

    def again(self, turns: Turns, model: str, event: gr.EventData) -> Iterator[Asked]:
        try:
            question, rewrite = events.text(event._data, "question"), events.flag(event._data, "rewrite")
        except events.Malformed as error:
            raise gr.Error(str(error), print_exception=False) from error
        yield from self._ask(turns, question, model, rewrite=rewrite)

    def stop(self, stop: threading.Event | None) -> None:
        if stop is not None:
            stop.set()

    def fresh(self, stop: threading.Event | None) -> tuple[Turns, str, str]:
        self.stop(stop)
        return (), self.desk.welcome(), ""

    @understood
    def cite(self, turns: Turns, event: gr.EventData) -> str:
        data = event._data
        turn, kind, number = events.number(data, "turn"), events.text(data, "kind"), events.number(data, "number")
        return self.desk.panel(turns, turn, kind, number, whole=events.flag(data, "whole"))

    @understood
    def rate(self, turns: Turns, event: gr.EventData) -> tuple[Turns, str]:
        verdict: Verdict = "up" if events.text(event._data, "verdict") == "up" else "down"
        try:
            turns = self.desk.rate(turns, events.number(event._data, "turn"), verdict)
        except OSError as error:
            gr.Warning(f"Your verdict could not be kept: {error}")
        return turns, conversation(turns)

    @understood
    def save(self, turns: Turns, event: gr.EventData) -> str:
        kind = events.text(event._data, "kind")
        if not turns:
            gr.Info("There is no conversation to save yet.")
            return ""
        return export.to_json(turns) if kind == "json" else export.to_markdown(turns)

    def add(self, request: gr.Request) -> Iterator[str]:
        """Indexes what this owner has uploaded; the event itself names no file."""
        files = self.inbox.take(str(request.username))
        try:
            yield from self.desk.add(files)
        finally:
            for file in files:
                self.inbox.drop(file)

    @understood
    def remove(self, event: gr.EventData) -> str:
        return self.desk.remove(events.text(event._data, "id"))

    def _ask(self, turns: Turns, question: str, model: str, *, rewrite: bool) -> Iterator[Asked]:
        if not question.strip() or (turns and turns[-1].busy):
            gr.Info(BUSY if question.strip() else EMPTY)
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        stop = threading.Event()
        box: Any = ""
        try:
            for grown in self.desk.ask(turns, question.strip(), model, stop, rewrite=rewrite):
                yield grown, stop, conversation(grown), box
                box = gr.skip()  # from now on the reader may be typing the next question
        finally:
            stop.set()


def serve(desk: Desk, listener: socket.socket, access: Access | None = None) -> None:
    """Serves the page on a bound socket until Ctrl-C."""
    server(desk, access).run(sockets=[listener])


def server(desk: Desk, access: Access | None = None) -> uvicorn.Server:
    """The server of the page, not yet running; open browser tabs delay its end by a second at most."""
    settings: dict[str, Any] = {"log_level": "warning", "timeout_graceful_shutdown": 1, "server_header": False}
    return uvicorn.Server(uvicorn.Config(application(desk, access), **settings))


def application(desk: Desk, access: Access | None = None) -> FastAPI:
    """The ASGI application: the page, nothing from other hosts, no file served that the page does not need."""
    access = access or Access()
    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    outer, inbox = FastAPI(**closed), Inbox(desk.home, access.limits)
    page = build(desk, inbox)
    page.queue(default_concurrency_limit=8, max_size=64, api_open=False)
    _receive_uploads(outer, inbox)
    inputs = {number: len(listener.inputs) for number, listener in page.fns.items() if listener.fn is not None}
    script = _asset("page.js")
    outer.add_middleware(Door, access, lambda body: events.problem(body, inputs), [script])
    mounted: FastAPI = gr.mount_gradio_app(
        outer,
        page,
        path="/",
        auth_dependency=lambda request: request.scope.get(OWNER),
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=f"<style>{_asset('page.css')}</style><script>{script}</script>",
        footer_links=[],
        run_history=False,
        app_kwargs=closed,
        max_file_size=0,
        allowed_paths=[],
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    # gradio checks the paths that a browser names only "after launch", which mounting does not count as. The door lets
    # no path in at all; this is the second lock.
    page.has_launched = True
    return mounted


def _receive_uploads(app: FastAPI, inbox: Inbox) -> None:
    @app.post("/upload")
    async def upload(request: Request, name: str) -> JSONResponse:
        told = request.headers.get("content-length", "")
        length = int(told) if told.isdecimal() else None
        try:
            file = await inbox.receive(request.scope[OWNER], name, length, request.stream())
        except Refused as refused:
            return JSONResponse({"problem": str(refused)}, refused.status)
        return JSONResponse({"name": file.name})


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
