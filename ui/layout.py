"""The parts of the page, and where they stand."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Read when gradio is imported. The last two keep it from summing up all events anew, with pandas, at each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

import gradio as gr

from index.load.formats import FORMATS
from ui.desk import Desk
from ui.render import conversation, legend
from ui.upload import MEGABYTE, Limits

ASSETS = Path(__file__).parent / "assets"
SECONDS_A_STEP = 1.0
PLAIN: dict[str, Any] = {"apply_default_css": False}
SIGN_OUT = '<form method="post" action="./logout"><button class="tool">Sign out</button></form>'


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events come from and go to.

    `feed` and `outbox` carry packets and saved files to the page's script, `who` whose page it is; `only` and `where`
    carry what the script knows to the listeners. `clock` ticks while the documents are opened, `pace` while a model is.
    """

    masthead: gr.HTML
    clock: gr.Timer
    opening: gr.HTML
    transcript: gr.HTML
    feed: gr.HTML
    box: gr.Textbox
    go: gr.Button
    halt: gr.Button
    model: gr.Dropdown
    writing: gr.HTML
    pace: gr.Timer
    panel: gr.HTML
    adding: gr.HTML
    news: gr.HTML
    gist: gr.HTML
    shelf: gr.HTML
    kept: gr.HTML
    listed: gr.HTML
    outbox: gr.Textbox
    only: gr.Textbox
    where: gr.Textbox
    who: gr.Textbox


def lay_out(desk: Desk, limits: Limits, *, signs_in: bool) -> Parts:
    """Makes the parts inside the `gr.Blocks` that is open: masthead, conversation, source, drawers."""
    way_out = SIGN_OUT if signs_in else ""  # in two places, of which the narrow page shows the other
    masthead, finder = (asset(name).replace("<!-- sign out -->", way_out) for name in ("masthead.html", "chats.html"))
    first = {"masthead": _html("masthead", markup=masthead)}
    first |= {"clock": gr.Timer(SECONDS_A_STEP, active=not desk.ready), "pace": gr.Timer(SECONDS_A_STEP, active=False)}
    with gr.Column(elem_id="talk"):
        talk = _talk(desk)
    panel = _html("source", markup="")
    with gr.Column(elem_id="library"):
        library = {
            "adding": _html("adding", markup=_adding(limits)),
            "news": _html("news", script=False, markup=""),
            "gist": _html("gist", markup=""),
            "shelf": _html("shelf", script="library", markup=desk.documents.shelf()),
        }
    with gr.Column(elem_id="chats"):
        chats = {
            "kept": _html("finder", script="chats", markup=finder),
            "listed": _html("kept", markup=""),
        }
    hidden = {name: gr.Textbox("", visible="hidden", elem_id=name) for name in ("outbox", "only", "where", "who")}
    return Parts(**first, **talk, panel=panel, **library, **chats, **hidden)


def _talk(desk: Desk) -> dict[str, Any]:
    """The conversation and, below it, the question box and the model that writes."""
    log = asset("transcript.html").replace("<!-- legend -->", legend())
    parts: dict[str, Any] = {
        "opening": _html("opening", script=False, markup=desk.news()),
        "transcript": _html("transcript", markup=log),
        "feed": _html("feed", markup=conversation((), desk.welcome(), unasked=True)),
    }
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="asking"):
            parts["box"] = gr.Textbox(
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
            parts["go"] = gr.Button("Ask", variant="primary", elem_id="ask", scale=0)
            parts["halt"] = gr.Button("Stop", elem_id="stop", scale=0)
        with gr.Row(elem_id="by"):
            parts["model"] = gr.Dropdown(
                **desk.writers.menu, label="Written by", elem_id="model", container=False, filterable=False, scale=0
            )
            parts["writing"] = _html("writing", markup="")
    return parts


def asset(name: str) -> str:
    """The text of one of the page's files."""
    return (ASSETS / name).read_text(encoding="utf-8")


def _html(name: str, *, script: str | bool = True, markup: str | None = None) -> gr.HTML:
    """A piece of our own HTML, called `name`, with the script of that name or of another, or with none."""
    source = name if script is True else script
    markup = asset(f"{name}.html") if markup is None else markup
    return gr.HTML(markup, js_on_load=asset(f"{source}.js") if source else None, elem_id=name, **PLAIN)


def _adding(limits: Limits) -> str:
    names = ", ".join(dict.fromkeys(known.name for known in FORMATS))
    told = f"{names}; up to {limits.file // MEGABYTE} MB each."
    return asset("library.html").replace("<!-- formats -->", told)
