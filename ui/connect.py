"""Which event of which part calls which listener, with what and for what."""

from typing import Any

import gradio as gr

from ui.keeping import Keeping
from ui.layout import Parts
from ui.shelving import Shelving
from ui.wiring import Wiring

HERE = "(_, ...given) => [window.footnote.chat(), ...given]"
"""Tells a listener, as its first input, which conversation the page shows."""
MOST_ASKING = 48
"""Questions on the page that are answered or wait, each in a thread; those beyond are not shown until one is done."""
SAVE = "(text) => window.footnote.save(text)"
DRAFT = "(who) => window.footnote.draft(who)"
STREAMED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Two queued events share one stream, which closes when the first ends and can then lose the second: only what streams
# is queued. What is done before an earlier wish came back is not dropped; a clock that ticks may be.
TICKS: dict[str, Any] = {**STREAMED, "queue": False}
AT_ONCE: dict[str, Any] = {**TICKS, "trigger_mode": "multiple"}
TOLD: dict[str, Any] = {**AT_ONCE, "js": HERE}


def connect(page: gr.Blocks, parts: Parts, wiring: Wiring, keeping: Keeping, shelving: Shelving) -> None:
    """Gives the parts their listeners."""
    p = parts
    opened = [p.feed, p.shelf, p.opening, p.clock, p.model, p.writing, p.pace]
    page.load(wiring.arrive, [p.where], [*opened, p.who], **TOLD).then(None, [p.who], None, js=DRAFT)
    p.clock.tick(wiring.tick, [p.where], opened, js=HERE, **TICKS)
    p.feed.begin(wiring.begin, None, [p.feed], **AT_ONCE)
    _asking(p, wiring)
    _conversation(p, wiring)
    _models(p, wiring)
    _chats(p, keeping)
    _documents(p, shelving)


def _asking(p: Parts, wiring: Wiring) -> None:
    outputs = [p.feed, p.writing]
    # Far more than are answered at a time: who waits is shown the question and told how many come before it.
    limited: dict[str, Any] = {"concurrency_limit": MOST_ASKING, "concurrency_id": "asking", "js": HERE, **STREAMED}
    submitted, context = [p.box.submit, p.go.click], [p.model, p.only]
    for answered in (
        gr.on(submitted, wiring.ask, [p.where, p.box, *context], outputs, **limited),
        p.transcript.again(wiring.again, [p.where, *context], outputs, **limited),
    ):
        answered.then(wiring.suggest, [p.where, p.only], [p.feed], **TOLD)
    p.halt.click(wiring.stop, [p.where], None, **TOLD)


def _conversation(p: Parts, wiring: Wiring) -> None:
    """What can be done with an answer and its sources."""
    p.transcript.cite(wiring.cite, [p.where], [p.panel], **TOLD)
    p.transcript.evidence(wiring.evidence, [p.where], [p.feed], **TOLD)
    p.transcript.rate(wiring.rate, [p.where], [p.feed], **TOLD)
    p.panel.whole(wiring.cite, [p.where], [p.panel], **TOLD)
    p.panel.judge(wiring.judge, [p.where], [p.panel], **TOLD)
    p.masthead.save(wiring.save, [p.where], [p.outbox], **TOLD).then(None, [p.outbox], None, js=SAVE)


def _models(p: Parts, wiring: Wiring) -> None:
    p.model.input(wiring.choose, [p.model], [p.writing, p.pace], **AT_ONCE)
    p.writing.fetch(wiring.fetch, None, [p.writing, p.pace], **AT_ONCE)
    p.pace.tick(wiring.progress, [p.model], [p.writing, p.pace, p.model], **TICKS)


def _chats(p: Parts, keeping: Keeping) -> None:
    """The kept conversations."""
    place = [p.feed, p.panel]
    p.masthead.fresh(keeping.fresh, [p.where], place, **TOLD)
    p.listed.pick(keeping.pick, [p.where], place, **TOLD)
    p.kept.find(keeping.find, None, [p.listed], **AT_ONCE)
    p.listed.rename(keeping.rename, None, [p.listed], **AT_ONCE)
    p.listed.drop(keeping.drop, None, [p.listed], **AT_ONCE)
    p.listed.back(keeping.back, None, [p.listed], **AT_ONCE)


def _documents(p: Parts, shelving: Shelving) -> None:
    """What can be looked at of a document, what comes and what goes."""
    for reading in (p.shelf.read, p.panel.read):
        reading(shelving.read, None, [p.panel], **AT_ONCE)
    p.shelf.look(shelving.look, [p.where], [p.feed, p.shelf], js=HERE, **TICKS)
    p.shelf.cut(shelving.cut, None, [p.panel], **AT_ONCE)
    p.shelf.about(shelving.gist, None, [p.gist], **AT_ONCE)
    # What is sent while an earlier upload is indexed is taken after it, with all else that has arrived by then.
    once_more: dict[str, Any] = {"concurrency_limit": 1, "trigger_mode": "always_last", **STREAMED}
    added = p.adding.sent(shelving.add, None, [p.news], **once_more)
    removed = p.shelf.remove(shelving.remove, None, [p.news], **AT_ONCE)
    for changed in (added, removed):
        changed.then(shelving.changed, [p.where], [p.feed, p.shelf], **TOLD)
