"""The listeners of the kept conversations."""

import gradio as gr

from ui import chats, events
from ui.desk import Desk
from ui.door import GUEST
from ui.history import History
from ui.listener import owner_of, tab_of, understood
from ui.render import conversation
from ui.tab import Tabs

Opened = tuple[str, str]
"""The packet for the page, the source panel."""


class Keeping:
    """One per process."""

    def __init__(self, desk: Desk, history: History, tabs: Tabs) -> None:
        self._desk, self._history, self._tabs = desk, history, tabs

    def fresh(self, shown: str, request: gr.Request) -> Opened:
        tab_of(self._tabs, request, shown).show((), "")
        return conversation((), self._desk.welcome()), ""

    @understood
    def pick(self, shown: str, event: gr.EventData, request: gr.Request) -> Opened:
        """Opens a kept conversation."""
        found = self._history.load(owner_of(request), events.text(event._data, "chat"))
        turns = tab_of(self._tabs, request, shown).show(found.turns, found.heading.id)
        return conversation(turns, self._desk.welcome(), found.heading.id), ""

    @understood
    def find(self, event: gr.EventData, request: gr.Request) -> str:
        return self._listed(event, request)

    @understood
    def rename(self, event: gr.EventData, request: gr.Request) -> str:
        self._history.rename(owner_of(request), events.text(event._data, "chat"), events.text(event._data, "title"))
        return self._listed(event, request)

    @understood
    def drop(self, event: gr.EventData, request: gr.Request) -> str:
        chat = events.text(event._data, "chat")
        self._history.delete(owner_of(request), chat)
        return self._listed(event, request, gone=chat)

    @understood
    def back(self, event: gr.EventData, request: gr.Request) -> str:
        self._history.restore(owner_of(request), events.text(event._data, "chat"))
        return self._listed(event, request)

    def _listed(self, event: gr.EventData, request: gr.Request, *, gone: str = "") -> str:
        """The list for the words that stand in the search box."""
        owner, query = owner_of(request), events.text(event._data, "query", otherwise="")
        if owner == GUEST:
            return chats.not_kept()
        found, deleted = (self._history.list(owner, query, deleted=each) for each in (False, True))
        return chats.listed(found, deleted, query=query, gone=gone)
