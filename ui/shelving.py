"""The listeners of the documents: looking into them, adding and removing."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from ui import events
from ui.desk import Desk
from ui.escape import escape_attribute
from ui.listener import owner_of, tab_of, understood
from ui.render import conversation
from ui.tab import Tabs
from ui.upload import Inbox


class Shelving:
    """One per process; `inbox` holds what was uploaded and is not indexed yet."""

    def __init__(self, desk: Desk, inbox: Inbox, tabs: Tabs) -> None:
        self._desk, self._documents, self._inbox, self._tabs = desk, desk.documents, inbox, tabs

    def changed(self, shown: str, request: gr.Request) -> tuple[Any, str]:
        """After documents came or went."""
        empty = not tab_of(self._tabs, request, shown).turns
        packet = conversation((), self._desk.welcome(), unasked=True) if empty else gr.skip()
        return packet, self._documents.shelf()

    @understood
    def look(self, shown: str, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """The same where documents came or went without the page, as watched files do; nothing where none did."""
        if events.text(event._data, "state") == self._documents.state:
            return gr.skip(), gr.skip()
        return self.changed(shown, request)

    @understood
    def read(self, event: gr.EventData) -> str:
        data = event._data
        start, end = events.number(data, "start"), events.number(data, "end")
        return self._documents.panel(events.text(data, "id"), start, end, whole=events.flag(data, "whole"))

    @understood
    def cut(self, event: gr.EventData) -> str:
        return self._documents.cut(events.text(event._data, "id"))

    @understood
    def gist(self, event: gr.EventData) -> str:
        """What tells most of a document, addressed to its row in the list."""
        name = events.text(event._data, "id")
        return f'<div data-gist="{escape_attribute(name)}">{self._documents.gist(name)}</div>'

    def add(self, request: gr.Request) -> Iterator[str]:
        """Indexes what this owner has uploaded, to the end even when the browser goes away; the event names no file."""
        files = self._inbox.take(owner_of(request))
        try:
            yield from self._documents.add(files)
        finally:
            for file in files:
                self._inbox.drop(file)

    @understood
    def remove(self, event: gr.EventData) -> str:
        return self._documents.remove(events.text(event._data, "id"))
