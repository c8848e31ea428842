"""The page as an application: its blocks, what else it serves, how it is served."""

import logging
from typing import Any

from ui.layout import asset, lay_out  # first: it sets what gradio reads when it is imported

# isort: split
import gradio as gr
import uvicorn
from fastapi import FastAPI

from ui import events
from ui.arriving import serve_imports, serve_uploads
from ui.connect import MOST_ASKING, connect
from ui.desk import Desk
from ui.door import OWNER, Door
from ui.history import FILE, History, HistoryUnavailable
from ui.keeping import Keeping
from ui.originals import serve_originals
from ui.programs import serve_programs
from ui.security import Access
from ui.shelving import Shelving
from ui.tab import Tabs
from ui.upload import Inbox
from ui.wiring import Wiring

MOST_SESSIONS = 1_000
"""Sessions of which gradio keeps what the model menu offered, some 50 kB each; the least recently used go first."""

SPARE_THREADS = 16
"""For what is wished while questions wait, such as the source behind a mark."""


def build(desk: Desk, inbox: Inbox, history: History, *, signs_in: bool = False) -> gr.Blocks:
    """The page with its events; each browser session has its own state."""
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, delete_cache=(600, 600)) as page:
        parts, tabs = lay_out(desk, inbox.limits, signs_in=signs_in), Tabs(history)
        connect(page, parts, Wiring(desk, history, tabs), Keeping(desk, history, tabs), Shelving(desk, inbox, tabs))
    return page


def server(desk: Desk, access: Access | None = None) -> uvicorn.Server:
    """The server of the page, not yet running; open browser tabs delay its end by a second at most."""
    settings: dict[str, Any] = {"log_level": "warning", "timeout_graceful_shutdown": 1, "server_header": False}
    return uvicorn.Server(uvicorn.Config(application(desk, access), **settings))


def application(desk: Desk, access: Access | None = None) -> FastAPI:
    """The ASGI application: the page, nothing from other hosts, no file served that the page does not need."""
    access = access or Access()
    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    outer, inbox, history = FastAPI(**closed), Inbox(desk.home, access.limits), _history(desk)
    page = build(desk, inbox, history, signs_in=access.people is not None)
    page.state_session_capacity = MOST_SESSIONS
    page.max_threads = MOST_ASKING + SPARE_THREADS
    page.queue(default_concurrency_limit=8, max_size=64, api_open=False)
    serve_uploads(outer, inbox)
    serve_imports(outer, inbox, history)
    serve_originals(outer, desk.documents.originals, desk.documents.find)
    serve_programs(outer, desk)
    inputs = {number: len(listener.inputs) for number, listener in page.fns.items() if listener.fn is not None}
    script = asset("page.js")
    outer.add_middleware(Door, access, lambda body: events.problem(body, inputs), [script])
    mounted: FastAPI = gr.mount_gradio_app(
        outer,
        page,
        path="/",
        auth_dependency=lambda request: request.scope.get(OWNER),
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=f"<style>{asset('page.css')}</style><script>{script}</script>",
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
