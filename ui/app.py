"""The page: gradio's components, the events between them, and how it is served."""

import logging
import os
from pathlib import Path
from typing import Any

# Read when gradio is imported. The last two keep it from summing up all events anew, with pandas, at each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from index.load.formats import FORMATS
from ui import events
from ui.desk import Desk
from ui.door import OWNER, Door
from ui.history import FILE, History, HistoryUnavailable
from ui.originals import serve_originals
from ui.programs import serve_programs
from ui.render import conversation, legend
from ui.security import Access
from ui.upload import MEGABYTE, Inbox, Limits, Refused
from ui.wiring import Wiring

ASSETS = Path(__file__).parent / "assets"
ARRIVE = "(turns) => [turns, window.footnote.chat()]"
SECONDS_A_STEP = 1.0
SAVE = "(text) => window.footnote.save(text)"
PLAIN: dict[str, Any] = {"apply_default_css": False}
STREAMED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Two queued events share one stream, which closes when the first ends and can then lose the second: only what streams
# is queued.
AT_ONCE: dict[str, Any] = {**STREAMED, "queue": False}


def build(desk: Desk, inbox: Inbox, history: History) -> gr.Blocks:
    """The page with its events; each browser session has its own state."""
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, delete_cache=(600, 600)) as page:
        turns, chat, stop = gr.State(()), gr.State(""), gr.State(None)
        masthead = gr.HTML(_asset("masthead.html"), js_on_load=_asset("masthead.js"), elem_id="masthead", **PLAIN)
        clock = gr.Timer(SECONDS_A_STEP, active=not desk.ready)
        with gr.Column(elem_id="talk"):
            opening = gr.HTML(desk.news(), js_on_load=None, elem_id="opening", **PLAIN)
            log = _asset("transcript.html").replace("<!-- legend -->", legend())
            transcript = gr.HTML(log, js_on_load=_asset("transcript.js"), elem_id="transcript", **PLAIN)
            feed = gr.HTML(
                conversation((), desk.welcome(), unasked=True), js_on_load=_asset("feed.js"), elem_id="feed", **PLAIN
            )
            with gr.Row(elem_id="composer"):
                box = gr.Textbox(
                    label="Your question",
                    show_label=False,
                    placeholder="Ask your documents …",
                    lines=1,
                    max_lines=6,
                    container=False,
                    autofocus=True,
                    elem_id="question",
                    scale=1,
                )
                model = gr.Dropdown(**desk.menu, label="Written by", elem_id="model", container=False, scale=0)
                go = gr.Button("Ask", variant="primary", elem_id="ask", scale=0)
                halt = gr.Button("Stop", elem_id="stop", scale=0)
        panel = gr.HTML("", js_on_load=_asset("source.js"), elem_id="source", **PLAIN)
        with gr.Column(elem_id="library"):
            adding = gr.HTML(_adding(inbox.limits), js_on_load=_asset("adding.js"), elem_id="adding", **PLAIN)
            news = gr.HTML("", js_on_load=None, elem_id="news", **PLAIN)
            gist = gr.HTML("", js_on_load=_asset("gist.js"), elem_id="gist", **PLAIN)
            shelf = gr.HTML(desk.shelf(), js_on_load=_asset("library.js"), elem_id="shelf", **PLAIN)
        with gr.Column(elem_id="chats"):
            kept = gr.HTML(_asset("chats.html"), js_on_load=_asset("chats.js"), elem_id="finder", **PLAIN)
            listed = gr.HTML("", js_on_load=_asset("kept.js"), elem_id="kept", **PLAIN)
        outbox = gr.Textbox(visible="hidden", elem_id="outbox")
        only = gr.Textbox("", visible="hidden", elem_id="only")
        where = gr.Textbox("", visible="hidden", elem_id="where")
        wiring = Wiring(desk, inbox, history)
        place = [turns, chat, feed, panel]
        asked = [turns, chat, stop, feed, box]
        page.load(wiring.arrive, [turns, where], [turns, chat, feed, shelf], js=ARRIVE, **AT_ONCE)
        clock.tick(wiring.tick, [turns], [opening, clock, feed, shelf, model], **AT_ONCE)
        asking: dict[str, Any] = {"concurrency_limit": 2, **STREAMED}
        for answered in (
            gr.on([box.submit, go.click], wiring.ask, [turns, chat, box, model, only], asked, **asking),
            transcript.again(wiring.again, [turns, chat, model, only], asked, **asking),
        ):
            answered.then(wiring.suggest, [turns, chat, only], [feed], **AT_ONCE)
        halt.click(wiring.stop, [stop], None, **AT_ONCE)
        transcript.cite(wiring.cite, [turns], [panel], **AT_ONCE)
        transcript.evidence(wiring.evidence, [turns], [feed], **AT_ONCE)
        panel.whole(wiring.cite, [turns], [panel], **AT_ONCE)
        panel.judge(wiring.judge, [turns, chat], [turns, panel], **AT_ONCE)
        transcript.rate(wiring.rate, [turns, chat], [turns, feed], **AT_ONCE)
        masthead.fresh(wiring.fresh, [stop], place, **AT_ONCE)
        masthead.save(wiring.save, [turns], [outbox], **AT_ONCE).then(None, [outbox], None, js=SAVE)
        listed.pick(wiring.pick, [stop], place, **AT_ONCE)
        kept.find(wiring.find, None, [listed], **AT_ONCE)
        kept.take(wiring.take, None, [listed], **AT_ONCE)
        for change, listener in (("rename", wiring.rename), ("drop", wiring.drop), ("back", wiring.back)):
            getattr(listed, change)(listener, None, [listed], **AT_ONCE)
        _look(wiring, shelf, panel, gist)
        added = adding.sent(wiring.add, None, [news], concurrency_limit=1, **STREAMED)
        removed = shelf.remove(wiring.remove, None, [news], **AT_ONCE)
        for changed in (added, removed):
            changed.then(wiring.changed, [turns], [feed, shelf], **AT_ONCE)
    return page


def _look(wiring: Wiring, shelf: gr.HTML, panel: gr.HTML, gist: gr.HTML) -> None:
    """What can be looked at of a document: its words at a place, how it was cut, what tells most of it."""
    for reading in (shelf.read, panel.read):
        reading(wiring.read, None, [panel], **AT_ONCE)
    shelf.cut(wiring.cut, None, [panel], **AT_ONCE)
    shelf.about(wiring.gist, None, [gist], **AT_ONCE)


def server(desk: Desk, access: Access | None = None) -> uvicorn.Server:
    """The server of the page, not yet running; open browser tabs delay its end by a second at most."""
    settings: dict[str, Any] = {"log_level": "warning", "timeout_graceful_shutdown": 1, "server_header": False}
    return uvicorn.Server(uvicorn.Config(application(desk, access), **settings))


def application(desk: Desk, access: Access | None = None) -> FastAPI:
    """The ASGI application: the page, nothing from other hosts, no file served that the page does not need."""
    access = access or Access()
    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    outer, inbox = FastAPI(**closed), Inbox(desk.home, access.limits)
    page = build(desk, inbox, _history(desk))
    page.queue(default_concurrency_limit=8, max_size=64, api_open=False)
    _receive_uploads(outer, inbox)
    serve_originals(outer, desk.originals, desk.find)
    serve_programs(outer, desk)
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


def _history(desk: Desk) -> History:
    """The kept conversations; where their file cannot be used, a history that lasts as long as this run."""
    try:
        return History(desk.home / FILE)
    except HistoryUnavailable as error:
        logging.getLogger(__name__).warning("%s Until then conversations are forgotten at the end.", error)
        return History(None)


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


def _adding(limits: Limits) -> str:
    names = ", ".join(dict.fromkeys(known.name for known in FORMATS))
    told = f"Read are: {names}; up to {limits.file // MEGABYTE} MB each."
    return _asset("library.html").replace("<!-- formats -->", told)


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
