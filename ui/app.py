"""The page: gradio's components wired to the desk. The one module that imports gradio and serves it."""

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# Read when gradio is imported. The last two keep it from summing up all events anew, with pandas, at each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import gradio as gr
import uvicorn
from fastapi import FastAPI

from ui import export
from ui.desk import Desk, Turns
from ui.headers import SafeHeaders
from ui.render import conversation
from ui.turn import Verdict

ASSETS = Path(__file__).parent / "assets"
LARGEST_UPLOAD = "100mb"
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


def build(desk: Desk) -> gr.Blocks:
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
            gr.HTML(_asset("library.html"), js_on_load=None, **PLAIN)
            files = gr.File(label="Add documents", file_count="multiple", elem_id="files", height=120)
            news = gr.HTML("", js_on_load=None, elem_id="news", **PLAIN)
            shelf = gr.HTML(desk.shelf(), js_on_load=_asset("library.js"), elem_id="shelf", **PLAIN)
        outbox = gr.Textbox(visible="hidden", elem_id="outbox")
        wiring = Wiring(desk)
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
        added = files.upload(wiring.add, [files], [news, files], concurrency_limit=1, **STREAMED)
        removed = shelf.remove(wiring.remove, None, [news], **AT_ONCE)
        for changed in (added, removed):
            changed.then(wiring.open, [turns], [transcript, shelf], **AT_ONCE)
    return page


class Wiring:
    """The listeners. What comes from the browser is checked here and then handed to the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def open(self, turns: Turns) -> tuple[str, str]:
        # A question may be quicker than the loading of the page: what it has brought must not be wiped out.
        return conversation(turns) if turns else self.desk.welcome(), self.desk.shelf()

    def ask(self, turns: Turns, question: str, model: str) -> Iterator[Asked]:
        yield from self._ask(turns, question, model, rewrite=True)

    def again(self, turns: Turns, model: str, event: gr.EventData) -> Iterator[Asked]:
        yield from self._ask(turns, str(event._data["question"]), model, rewrite=event._data["rewrite"] is True)

    def stop(self, stop: threading.Event | None) -> None:
        if stop is not None:
            stop.set()

    def fresh(self, stop: threading.Event | None) -> tuple[Turns, str, str]:
        self.stop(stop)
        return (), self.desk.welcome(), ""

    def cite(self, turns: Turns, event: gr.EventData) -> str:
        data = event._data
        whole = data.get("whole") is True
        return self.desk.panel(turns, int(data["turn"]), str(data["kind"]), int(data["number"]), whole=whole)

    def rate(self, turns: Turns, event: gr.EventData) -> tuple[Turns, str]:
        verdict: Verdict = "up" if event._data["verdict"] == "up" else "down"
        try:
            turns = self.desk.rate(turns, int(event._data["turn"]), verdict)
        except OSError as error:
            gr.Warning(f"Your verdict could not be kept: {error}")
        return turns, conversation(turns)

    def save(self, turns: Turns, event: gr.EventData) -> str:
        if not turns:
            gr.Info("There is no conversation to save yet.")
            return ""
        return export.to_json(turns) if event._data["kind"] == "json" else export.to_markdown(turns)

    def add(self, files: Sequence[str] | None) -> Iterator[tuple[str, Any]]:
        for news in self.desk.add([Path(file) for file in files or ()]):
            yield news, None

    def remove(self, event: gr.EventData) -> str:
        return self.desk.remove(str(event._data["id"]))

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


def serve(desk: Desk, listener: socket.socket, auth: list[tuple[str, str]] | None = None) -> None:
    """Serves the page on a bound socket until Ctrl-C."""
    server(desk, auth).run(sockets=[listener])


def server(desk: Desk, auth: list[tuple[str, str]] | None = None) -> uvicorn.Server:
    """The server of the page, not yet running; open browser tabs delay its end by a second at most."""
    return uvicorn.Server(uvicorn.Config(application(desk, auth), log_level="warning", timeout_graceful_shutdown=1))


def application(desk: Desk, auth: list[tuple[str, str]] | None = None) -> FastAPI:
    """The ASGI application: the page, nothing from other hosts, no file served that the page does not need."""
    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    outer = FastAPI(**closed)
    outer.add_middleware(SafeHeaders)
    page = build(desk)
    page.queue(default_concurrency_limit=8, max_size=64, api_open=False)
    mounted: FastAPI = gr.mount_gradio_app(
        outer,
        page,
        path="/",
        auth=auth,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=f"<style>{_asset('page.css')}</style><script>{_asset('page.js')}</script>",
        footer_links=[],
        run_history=False,
        app_kwargs=closed,
        max_file_size=LARGEST_UPLOAD,
        allowed_paths=[],
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    return mounted


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
