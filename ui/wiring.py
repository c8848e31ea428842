"""The listeners of the page. What comes from the browser is read with types here and then handed to the desk."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, tee
from typing import Any

import gradio as gr

from rag.errors import BadQuestion
from rag.find.asked import asked
from ui import events, export
from ui.desk import Desk, Turns
from ui.door import GUEST
from ui.history import History, HistoryUnavailable, UnknownConversation
from ui.listener import owner_of, tab_of, understood
from ui.notes import evidence
from ui.render import Pieces, begin, change, conversation, opening, pieces
from ui.tab import Tab, Tabs
from ui.turn import Verdict
from ui.writers import Writing, refusal_line, writing_line

BUSY = "One question at a time: wait for the answer or stop it first."
Asked = tuple[Any, Any]
"""The packet for the page, the line below the question box."""


class Wiring:
    """One per process; what belongs to a browser tab comes in with each event."""

    def __init__(self, desk: Desk, history: History, tabs: Tabs) -> None:
        self.desk = desk
        self.history = history
        self.tabs = tabs

    def arrive(self, shown: str, request: gr.Request) -> tuple[Any, ...]:
        """The tab was loaded: the conversation that its address names, the documents, how far the opening is, whose it
        is.
        """
        # First: were it over only after the rest was made, the clock would stop before the page showed the documents.
        opened = self._opened()
        chat = str(shown or "")
        try:
            turns = self.history.load(owner_of(request), chat).turns if chat else ()
        except HistoryUnavailable as error:
            gr.Info(str(error))
            turns, chat = (), ""
        # A question may be quicker than the loading of the page: what it has brought must not be wiped out.
        free = tab_of(self.tabs, request, "").arrive(turns, chat)
        packet = conversation(turns, self.desk.welcome(), chat, unasked=True) if free else gr.skip()
        return packet, self.desk.documents.shelf(), *opened, owner_of(request)

    def tick(self, shown: str, request: gr.Request) -> tuple[Any, ...]:
        """While the documents are being opened: what is being done; at the end the page as it will be."""
        opened = self._opened()
        if opened[0]:
            return gr.skip(), gr.skip(), *opened
        empty = not tab_of(self.tabs, request, shown).turns
        packet = conversation((), self.desk.welcome(), unasked=True) if empty else gr.skip()
        return packet, self.desk.documents.shelf(), *opened

    def _opened(self) -> tuple[Any, ...]:
        """The news of the opening, the clock that asks for them, and when it is over the model menu, and how far the
        model is that it begins with.
        """
        if not self.desk.ready:
            return self.desk.news(), *(gr.skip(),) * 4
        menu = self.desk.writers.menu
        return "", gr.Timer(active=False), gr.Dropdown(**menu), *_writing(self.desk.writers.state(menu["value"]))

    def ask(self, shown: str, question: str, model: str, only: str, request: gr.Request) -> Iterator[Asked]:
        yield from self._ask(shown, str(question or ""), model, only, request, rewrite=True)

    def again(self, shown: str, model: str, only: str, event: gr.EventData, request: gr.Request) -> Iterator[Asked]:
        try:
            question, rewrite = events.text(event._data, "question"), events.flag(event._data, "rewrite")
        except events.Malformed as error:
            raise gr.Error(str(error), print_exception=False) from error
        yield from self._ask(shown, question, model, only, request, rewrite=rewrite)

    def stop(self, shown: str, request: gr.Request) -> None:
        tab_of(self.tabs, request, shown).stop()

    @understood
    def cite(self, shown: str, event: gr.EventData, request: gr.Request) -> str:
        data, turns = event._data, tab_of(self.tabs, request, shown).turns
        turn, kind, number = events.number(data, "turn"), events.text(data, "kind"), events.number(data, "number")
        return self.desk.panel(turns, turn, kind, number, whole=events.flag(data, "whole"))

    @understood
    def judge(self, shown: str, event: gr.EventData, request: gr.Request) -> str:
        """The reader's verdict on one citation, and the panel that shows it."""
        data = event._data
        number, marker = events.number(data, "turn"), events.number(data, "number")
        verdict = _verdict(events.text(data, "verdict"))
        tab = tab_of(self.tabs, request, shown)
        turns = self._judged(tab, number, lambda turns: self.desk.judge(turns, number, marker, verdict), request)
        return self.desk.panel(turns, number, "marker", marker, whole=events.flag(data, "whole"))

    def begin(self) -> str:
        """Questions to begin with, after the page is there."""
        shown = self.desk.begin()
        return begin(shown) if shown else gr.skip()

    def choose(self, model: str) -> tuple[str, gr.Timer]:
        """A model was chosen in the menu: it is loaded where it is on this machine."""
        return _writing(self.desk.writers.choose(str(model or "")))

    @understood
    def fetch(self, event: gr.EventData) -> tuple[str, gr.Timer]:
        """The chosen model is to be downloaded."""
        return _writing(self.desk.writers.fetch(events.text(event._data, "name")))

    def progress(self, model: str) -> tuple[str, gr.Timer, Any]:
        """While the chosen model is made ready: how far it is; at the end the menu as it is then."""
        state = self.desk.writers.state(str(model or ""))
        menu = gr.skip() if state.busy else gr.Dropdown(choices=self.desk.writers.menu["choices"])
        return *_writing(state), menu

    def suggest(self, shown: str, only: str, request: gr.Request) -> str:
        """Questions to go on with, after the answer is on the page."""
        tab = tab_of(self.tabs, request, shown)
        turns, chat = tab.now
        found = self.desk.suggest(turns, _chosen(only))
        here = (len(tab), tab.now[1]) == (len(turns), chat)  # or another conversation is shown by now
        return opening(chat) + change({}, {"next": found}, len(turns) - 1) if found and here else gr.skip()

    @understood
    def evidence(self, shown: str, event: gr.EventData, request: gr.Request) -> str:
        number, turns = events.number(event._data, "turn"), tab_of(self.tabs, request, shown).turns
        if not 0 <= number < len(turns):
            return opening()
        return opening() + change({}, {"evidence": evidence(turns[number], number, self.desk.threshold)}, number)

    @understood
    def rate(self, shown: str, event: gr.EventData, request: gr.Request) -> str:
        verdict = _verdict(events.text(event._data, "verdict"))
        number = events.number(event._data, "turn")
        tab = tab_of(self.tabs, request, shown)
        turns = self._judged(tab, number, lambda turns: self.desk.rate(turns, number, verdict), request)
        if not 0 <= number < len(turns) or turns[number].busy:
            return opening()
        return opening() + change({}, {"foot": pieces(turns[number], number)["foot"]}, number)

    def _judged(self, tab: Tab, number: int, work: Callable[[Turns], Turns], request: gr.Request) -> Turns:
        """The turns with the reader's verdict on one of them, also in the history."""
        try:
            before, turns, chat = tab.change(work)
        except OSError as error:
            gr.Warning(f"Your verdict could not be kept: {error}")
            return tab.turns
        if chat and turns is not before:
            with suppress(UnknownConversation):  # deleted since: the tab keeps it, and with the next question a new one
                self.history.put(owner_of(request), chat, number, turns[number])
        return turns

    @understood
    def save(self, shown: str, event: gr.EventData, request: gr.Request) -> str:
        kind, (turns, chat) = events.text(event._data, "kind"), tab_of(self.tabs, request, shown).now
        if not turns:
            gr.Info("There is no conversation to save yet.")
            return ""
        form: export.Format = "json" if kind == "json" else "html" if kind == "html" else "markdown"
        title = turns[0].question
        with suppress(HistoryUnavailable):
            title = self.history.heading(owner_of(request), chat).title
        return export.export(turns, form, title)

    def _ask(
        self, shown: str, question: str, model: str, only: str, request: gr.Request, *, rewrite: bool
    ) -> Iterator[Asked]:
        question, stop, silent = question.strip(), threading.Event(), (gr.skip(),) * 2
        tab = tab_of(self.tabs, request, shown)
        refused = _refused(question)
        begun = None if refused else tab.begin(stop)
        if begun is None:
            yield gr.skip(), refusal_line(refused or BUSY)
            return
        try:
            (turns, chat), owner = begun, owner_of(request)
            steps = self.desk.ask(turns, question, model, stop, rewrite=rewrite, only=_chosen(only), owner=owner)
            if owner != GUEST:
                chat, steps = self._kept(owner, chat, steps)
            # Nothing is known of what the page shows, as when it was deleted elsewhere: the answer begins a page anew.
            packet = opening(chat, anew=bool(shown) and not turns)
            before: Pieces = {}
            below: Any = writing_line(self.desk.writers.state(str(model or "")))
            for grown in steps:
                if not tab.grow(stop, grown, chat):
                    continue  # the reader has turned to another conversation: the turn ends in the history alone
                after = pieces(grown[-1], len(grown) - 1)
                packet += change(before, after, len(grown) - 1)
                before = after
                yield packet, below
                below = gr.skip()  # what stands there from now on is about the next question
                if not tab.awaits(stop):  # this step may have come to the page after the other conversation
                    turns, chat = tab.now
                    yield conversation(turns, self.desk.welcome(), chat), below
            if not tab.awaits(stop):
                yield silent  # gradio sends what came last once more at the end
        finally:
            stop.set()
            tab.end(stop)

    def _kept(self, owner: str, chat: str, steps: Iterator[Turns]) -> tuple[str, Iterator[Turns]]:
        """The conversation that the turn is kept in, and its steps, stored on their way.

        That is a new one, with all turns so far, where there is none or it was deleted since. A history that cannot be
        written costs the keeping, never the answer.
        """
        first = next(steps)
        steps = chain([first], steps)
        try:
            if not self._knows(owner, chat):
                chat = self.history.add(owner, first[0].question, first[:-1], imported=False)
        except HistoryUnavailable as error:
            gr.Warning(str(error))
            return chat, steps
        steps, rest = tee(steps)
        return chat, _stored(self.history.keep(owner, chat, steps), rest)

    def _knows(self, owner: str, chat: str) -> bool:
        try:
            self.history.heading(owner, chat)
        except UnknownConversation:
            return False
        return True


def _stored(kept: Iterator[Turns], rest: Iterator[Turns]) -> Iterator[Turns]:
    """The kept steps; where they cannot be stored, `rest` goes on with the first of them that was not passed on."""
    try:
        for step in kept:
            next(rest)
            yield step
    except HistoryUnavailable as error:
        gr.Warning(str(error))
    yield from rest


def _refused(question: str) -> str:
    """Why a question is not taken and stays in the box; "" where it is."""
    try:
        asked(question)
    except BadQuestion as error:
        return str(error)
    return ""


def _chosen(only: object) -> list[str] | None:
    """The documents that alone are asked; None for all."""
    return str(only or "").split() or None


def _writing(state: Writing) -> tuple[str, gr.Timer]:
    return writing_line(state), gr.Timer(active=state.busy)


def _verdict(said: str) -> Verdict:
    return "up" if said == "up" else "down"
