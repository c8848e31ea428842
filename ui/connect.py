"""Which event of which part calls which listener, with what and for what."""

from typing import Any

import gradio as gr

from ui.keeping import Keeping
from ui.layout import Parts
from ui.shelving import Shelving
from ui.wiring import Wiring

ARRIVE = "(tab) => [tab, window.footnote.chat()]"
SAVE = "(text) => window.footnote.save(text)"
STREAMED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# Two queued events share one stream, which closes when the first ends and can then lose the second: only what streams
# is queued.
AT_ONCE: dict[str, Any] = {**STREAMED, "queue": False}


def connect(page: gr.Blocks, parts: Parts, wiring: Wiring, keeping: Keeping, shelving: Shelving) -> None:
    """Gives the parts their listeners."""
    p = parts
    opened = [p.feed, p.shelf, p.opening, p.clock, p.model, p.writing, p.pace]
    page.load(wiring.arrive, [p.tab, p.where], opened, js=ARRIVE, **AT_ONCE)
    p.clock.tick(wiring.tick, [p.tab], opened, **AT_ONCE)
    p.feed.begin(wiring.begin, None, [p.feed], **AT_ONCE)
    _asking(p, wiring)
    _conversation(p, wiring)
    _models(p, wiring)
    _chats(p, keeping)
    _documents(p, shelving)


def _asking(p: Parts, wiring: Wiring) -> None:
    outputs = [p.feed, p.box, p.writing]
    limited: dict[str, Any] = {"concurrency_limit": 2, **STREAMED}
    submitted, context = [p.box.submit, p.go.click], [p.model, p.only]
    for answered in (
        gr.on(submitted, wiring.ask, [p.tab, p.box, *context], outputs, **limited),
        p.transcript.again(wiring.again, [p.tab, *context], outputs, **limited),
    ):
        answered.then(wiring.suggest, [p.tab, p.only], [p.feed], **AT_ONCE)
    p.halt.click(wiring.stop, [p.tab], None, **AT_ONCE)


def _conversation(p: Parts, wiring: Wiring) -> None:
    """What can be done with an answer and its sources."""
    p.transcript.cite(wiring.cite, [p.tab], [p.panel], **AT_ONCE)
    p.transcript.evidence(wiring.evidence, [p.tab], [p.feed], **AT_ONCE)
    p.transcript.rate(wiring.rate, [p.tab], [p.feed], **AT_ONCE)
    p.panel.whole(wiring.cite, [p.tab], [p.panel], **AT_ONCE)
    p.panel.judge(wiring.judge, [p.tab], [p.panel], **AT_ONCE)
    p.masthead.save(wiring.save, [p.tab], [p.outbox], **AT_ONCE).then(None, [p.outbox], None, js=SAVE)


def _models(p: Parts, wiring: Wiring) -> None:
    p.model.input(wiring.choose, [p.model], [p.writing, p.pace], **AT_ONCE)
    p.writing.fetch(wiring.fetch, None, [p.writing, p.pace], **AT_ONCE)
    p.pace.tick(wiring.progress, [p.model], [p.writing, p.pace, p.model], **AT_ONCE)


def _chats(p: Parts, keeping: Keeping) -> None:
    """The kept conversations."""
    place = [p.feed, p.panel]
    p.masthead.fresh(keeping.fresh, [p.tab], place, **AT_ONCE)
    p.listed.pick(keeping.pick, [p.tab], place, **AT_ONCE)
    p.kept.find(keeping.find, None, [p.listed], **AT_ONCE)
    p.kept.take(keeping.take, None, [p.listed], **AT_ONCE)
    p.listed.rename(keeping.rename, None, [p.listed], **AT_ONCE)
    p.listed.drop(keeping.drop, None, [p.listed], **AT_ONCE)
    p.listed.back(keeping.back, None, [p.listed], **AT_ONCE)


def _documents(p: Parts, shelving: Shelving) -> None:
    """What can be looked at of a document, what comes and what goes."""
    for reading in (p.shelf.read, p.panel.read):
        reading(shelving.read, None, [p.panel], **AT_ONCE)
    p.shelf.cut(shelving.cut, None, [p.panel], **AT_ONCE)
    p.shelf.about(shelving.gist, None, [p.gist], **AT_ONCE)
    added = p.adding.sent(shelving.add, None, [p.news], concurrency_limit=1, **STREAMED)
    removed = p.shelf.remove(shelving.remove, None, [p.news], **AT_ONCE)
    for changed in (added, removed):
        changed.then(shelving.changed, [p.tab], [p.feed, p.shelf], **AT_ONCE)
