"""The listeners of the page. What comes from the browser is read with types here and then handed to the desk."""

import threading
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from rag.errors import BadQuestion
from rag.find.asked import asked
from ui import chats, events, export
from ui.desk import Desk, Turns
from ui.door import GUEST
from ui.escape import escape_attribute
from ui.history import History, HistoryUnavailable
from ui.notes import evidence
from ui.render import Pieces, begin, change, conversation, opening, pieces
from ui.turn import Verdict
from ui.upload import Inbox
from ui.writers import Writing, refusal_line, writing_line

BUSY = "One question at a time: wait for the answer or stop it first."
Asked = tuple[Any, Any, Any, Any, Any, Any]
"""Turns, the conversation's id, the event that stops the answer, the packet for the page, the question box, the line
below it."""
P = ParamSpec("P")
R = TypeVar("R")


def understood(listener: Callable[P, R]) -> Callable[P, R]:
    """The listener; what it does not understand or cannot keep is one sentence on the page and no traceback."""

    @wraps(listener)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return listener(*args, **kwargs)
        except (events.Malformed, HistoryUnavailable) as error:
            raise gr.Error(str(error), print_exception=False) from error

    return checked


class Wiring:
    """One per process; what belongs to a browser tab comes in with each event."""

    def __init__(self, desk: Desk, inbox: Inbox, history: History) -> None:
        self.desk = desk
        self.inbox = inbox
        self.history = history

    def arrive(self, turns: Turns, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """The tab was loaded: the conversation that its address names, the documents, how far the opening is."""
        if turns:  # a question may be quicker than the loading of the page: what it has brought must not be wiped out
            return gr.skip(), gr.skip(), gr.skip(), self.desk.documents.shelf(), *self._opened()
        chat = str(chat or "")
        try:
            turns = self.history.load(_owner(request), chat).turns if chat else ()
        except HistoryUnavailable as error:
            gr.Info(str(error))
            chat = ""
        shown = conversation(turns, self.desk.welcome(), chat, unasked=True)
        return turns, chat, shown, self.desk.documents.shelf(), *self._opened()

    def changed(self, turns: Turns) -> tuple[Any, str]:
        """After documents came or went."""
        return (
            gr.skip() if turns else conversation((), self.desk.welcome(), unasked=True)
        ), self.desk.documents.shelf()

    def tick(self, turns: Turns) -> tuple[Any, ...]:
        """While the documents are being opened: what is being done; at the end the page as it will be."""
        shown = self.changed(turns) if self.desk.ready else (gr.skip(), gr.skip())
        return *shown, *self._opened()

    def _opened(self) -> tuple[Any, Any, Any]:
        """The news of the opening, the clock that asks for them, and the model menu when it is over."""
        if not self.desk.ready:
            return self.desk.news(), gr.skip(), gr.skip()
        return "", gr.Timer(active=False), gr.Dropdown(**self.desk.writers.menu)

    def ask(
        self, turns: Turns, chat: str, question: str, model: str, only: str, request: gr.Request
    ) -> Iterator[Asked]:
        yield from self._ask(turns, chat, str(question or ""), model, only, request, rewrite=True)

    def again(
        self, turns: Turns, chat: str, model: str, only: str, event: gr.EventData, request: gr.Request
    ) -> Iterator[Asked]:
        try:
            question, rewrite = events.text(event._data, "question"), events.flag(event._data, "rewrite")
        except events.Malformed as error:
            raise gr.Error(str(error), print_exception=False) from error
        yield from self._ask(turns, chat, question, model, only, request, rewrite=rewrite)

    def stop(self, stop: threading.Event | None) -> None:
        if stop is not None:
            stop.set()

    def fresh(self, stop: threading.Event | None) -> tuple[Turns, str, str, str]:
        self.stop(stop)
        return (), "", conversation((), self.desk.welcome()), ""

    @understood
    def pick(
        self, stop: threading.Event | None, event: gr.EventData, request: gr.Request
    ) -> tuple[Turns, str, str, str]:
        """Opens a kept conversation."""
        found = self.history.load(_owner(request), events.text(event._data, "chat"))
        self.stop(stop)
        chat = found.heading.id
        return found.turns, chat, conversation(found.turns, self.desk.welcome(), chat), ""

    @understood
    def find(self, event: gr.EventData, request: gr.Request) -> str:
        return self._listed(request, events.text(event._data, "query"))

    @understood
    def rename(self, event: gr.EventData, request: gr.Request) -> str:
        self.history.rename(_owner(request), events.text(event._data, "chat"), events.text(event._data, "title"))
        return self._listed(request)

    @understood
    def drop(self, event: gr.EventData, request: gr.Request) -> str:
        chat = events.text(event._data, "chat")
        self.history.delete(_owner(request), chat)
        return self._listed(request, gone=chat)

    @understood
    def back(self, event: gr.EventData, request: gr.Request) -> str:
        self.history.restore(_owner(request), events.text(event._data, "chat"))
        return self._listed(request)

    @understood
    def take(self, event: gr.EventData, request: gr.Request) -> str:
        """Imports an exported conversation."""
        try:
            found = export.read(events.text(event._data, "text"))
        except export.NotAConversation as error:
            return self._listed(request, problem=str(error))
        if _owner(request) != GUEST:
            self.history.add(_owner(request), found.title, found.turns)
        return self._listed(request)

    @understood
    def cite(self, turns: Turns, event: gr.EventData) -> str:
        data = event._data
        turn, kind, number = events.number(data, "turn"), events.text(data, "kind"), events.number(data, "number")
        return self.desk.panel(turns, turn, kind, number, whole=events.flag(data, "whole"))

    @understood
    def judge(self, turns: Turns, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Turns, str]:
        """The reader's verdict on one citation, and the panel that shows it."""
        data = event._data
        number, marker = events.number(data, "turn"), events.number(data, "number")
        try:
            turns = self.desk.judge(turns, number, marker, _verdict(events.text(data, "verdict")))
        except OSError as error:
            gr.Warning(f"Your verdict could not be kept: {error}")
        if chat and 0 <= number < len(turns):
            self.history.put(_owner(request), chat, number, turns[number])
        return turns, self.desk.panel(turns, number, "marker", marker, whole=events.flag(data, "whole"))

    @understood
    def read(self, event: gr.EventData) -> str:
        data = event._data
        start, end = events.number(data, "start"), events.number(data, "end")
        return self.desk.documents.panel(events.text(data, "id"), start, end, whole=events.flag(data, "whole"))

    @understood
    def cut(self, event: gr.EventData) -> str:
        return self.desk.documents.cut(events.text(event._data, "id"))

    @understood
    def gist(self, event: gr.EventData) -> str:
        """What tells most of a document, addressed to its row in the list."""
        name = events.text(event._data, "id")
        return f'<div data-gist="{escape_attribute(name)}">{self.desk.documents.gist(name)}</div>'

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

    def suggest(self, turns: Turns, chat: str, only: str) -> str:
        """Questions to go on with, after the answer is on the page."""
        shown = self.desk.suggest(turns, str(only or "").split() or None)
        return opening(str(chat or "")) + change({}, {"next": shown}, len(turns) - 1) if shown else gr.skip()

    @understood
    def evidence(self, turns: Turns, event: gr.EventData) -> str:
        number = events.number(event._data, "turn")
        if not 0 <= number < len(turns):
            return opening()
        shown = evidence(turns[number], number, self.desk.threshold)
        return opening() + change({}, {"evidence": shown}, number)

    @understood
    def rate(self, turns: Turns, chat: str, event: gr.EventData, request: gr.Request) -> tuple[Turns, str]:
        verdict = _verdict(events.text(event._data, "verdict"))
        number = events.number(event._data, "turn")
        try:
            turns = self.desk.rate(turns, number, verdict)
        except OSError as error:
            gr.Warning(f"Your verdict could not be kept: {error}")
        if not 0 <= number < len(turns):
            return turns, opening(chat)
        if chat:
            self.history.put(_owner(request), chat, number, turns[number])
        return turns, opening(chat) + change({}, {"foot": pieces(turns[number], number)["foot"]}, number)

    @understood
    def save(self, turns: Turns, event: gr.EventData) -> str:
        kind = events.text(event._data, "kind")
        if not turns:
            gr.Info("There is no conversation to save yet.")
            return ""
        form: export.Format = "json" if kind == "json" else "html" if kind == "html" else "markdown"
        return export.export(turns, form, turns[0].question)

    def add(self, request: gr.Request) -> Iterator[str]:
        """Indexes what this owner has uploaded; the event itself names no file."""
        files = self.inbox.take(_owner(request))
        try:
            yield from self.desk.documents.add(files)
        finally:
            for file in files:
                self.inbox.drop(file)

    @understood
    def remove(self, event: gr.EventData) -> str:
        return self.desk.documents.remove(events.text(event._data, "id"))

    def _ask(
        self, turns: Turns, chat: str, question: str, model: str, only: str, request: gr.Request, *, rewrite: bool
    ) -> Iterator[Asked]:
        question = question.strip()
        if refused := _refused(turns, question):
            yield *(gr.skip(),) * 5, refusal_line(refused)
            return
        stop, box, owner = threading.Event(), "", _owner(request)
        steps = self.desk.ask(turns, question, model, stop, rewrite=rewrite, only=only.split() or None)
        if owner != GUEST:
            chat, steps = self._kept(owner, chat, steps)
        packet = opening(chat)
        before: Pieces = {}
        below = writing_line(self.desk.writers.state(str(model or "")))
        try:
            for grown in steps:
                after = pieces(grown[-1], len(grown) - 1)
                packet += change(before, after, len(grown) - 1)
                before = after
                yield grown, chat, stop, packet, box, below
                box = below = gr.skip()  # from now on the reader may be typing the next question
        finally:
            stop.set()

    def _kept(self, owner: str, chat: str, steps: Iterator[Turns]) -> tuple[str, Iterator[Turns]]:
        """The steps, stored on their way. A history that cannot be written costs the keeping, never the answer."""
        try:
            chat = chat or self.history.create(owner)
        except HistoryUnavailable as error:
            gr.Warning(str(error))
            return "", steps
        return chat, _stored(self.history.keep(owner, chat, steps), steps)

    def _listed(self, request: gr.Request, query: str = "", *, gone: str = "", problem: str = "") -> str:
        owner = _owner(request)
        if owner == GUEST:
            return chats.not_kept()
        return chats.listed(self.history.list(owner, query), query=query, gone=gone, problem=problem)


def _stored(kept: Iterator[Turns], steps: Iterator[Turns]) -> Iterator[Turns]:
    try:
        yield from kept
    except HistoryUnavailable as error:
        gr.Warning(str(error))
        yield from steps


def _refused(turns: Turns, question: str) -> str:
    """Why a question is not taken and stays in the box; "" where it is."""
    if turns and turns[-1].busy:
        return BUSY
    try:
        asked(question)
    except BadQuestion as error:
        return str(error)
    return ""


def _writing(state: Writing) -> tuple[str, gr.Timer]:
    return writing_line(state), gr.Timer(active=state.busy)


def _verdict(said: str) -> Verdict:
    return "up" if said == "up" else "down"


def _owner(request: gr.Request) -> str:
    return str(request.username or GUEST)
