"""The listeners of the page. What comes from the browser is read with types here and then handed to the desk."""

import threading
from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag.errors import BadQuestion
from rag.find.asked import asked
from ui import events, export
from ui.desk import Desk, Turns
from ui.door import GUEST
from ui.history import History, HistoryUnavailable
from ui.listener import owner_of, understood
from ui.notes import evidence
from ui.render import Pieces, begin, change, conversation, opening, pieces
from ui.turn import Verdict
from ui.writers import Writing, refusal_line, writing_line

BUSY = "One question at a time: wait for the answer or stop it first."
Asked = tuple[Any, Any, Any, Any, Any, Any]
"""Turns, the conversation's id, the event that stops the answer, the packet for the page, the question box, the line
below it."""


class Wiring:
    """One per process; what belongs to a browser tab comes in with each event."""

    def __init__(self, desk: Desk, history: History) -> None:
        self.desk = desk
        self.history = history

    def arrive(self, turns: Turns, chat: str, request: gr.Request) -> tuple[Any, ...]:
        """The tab was loaded: the conversation that its address names, the documents, how far the opening is."""
        # First: were it over only after the rest was made, the clock would stop before the page showed the documents.
        opened = self._opened()
        if turns:  # a question may be quicker than the loading of the page: what it has brought must not be wiped out
            return gr.skip(), gr.skip(), gr.skip(), self.desk.documents.shelf(), *opened
        chat = str(chat or "")
        try:
            turns = self.history.load(owner_of(request), chat).turns if chat else ()
        except HistoryUnavailable as error:
            gr.Info(str(error))
            chat = ""
        shown = conversation(turns, self.desk.welcome(), chat, unasked=True)
        return turns, chat, shown, self.desk.documents.shelf(), *opened

    def tick(self, turns: Turns) -> tuple[Any, ...]:
        """While the documents are being opened: what is being done; at the end the page as it will be."""
        opened = self._opened()
        if opened[0]:
            return gr.skip(), gr.skip(), *opened
        shown = gr.skip() if turns else conversation((), self.desk.welcome(), unasked=True)
        return shown, self.desk.documents.shelf(), *opened

    def _opened(self) -> tuple[Any, ...]:
        """The news of the opening, the clock that asks for them, and when it is over the model menu, and how far the
        model is that it begins with.
        """
        if not self.desk.ready:
            return self.desk.news(), *(gr.skip(),) * 4
        menu = self.desk.writers.menu
        return "", gr.Timer(active=False), gr.Dropdown(**menu), *_writing(self.desk.writers.state(menu["value"]))

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
            self.history.put(owner_of(request), chat, number, turns[number])
        return turns, self.desk.panel(turns, number, "marker", marker, whole=events.flag(data, "whole"))

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
            self.history.put(owner_of(request), chat, number, turns[number])
        return turns, opening(chat) + change({}, {"foot": pieces(turns[number], number)["foot"]}, number)

    @understood
    def save(self, turns: Turns, event: gr.EventData) -> str:
        kind = events.text(event._data, "kind")
        if not turns:
            gr.Info("There is no conversation to save yet.")
            return ""
        form: export.Format = "json" if kind == "json" else "html" if kind == "html" else "markdown"
        return export.export(turns, form, turns[0].question)

    def _ask(
        self, turns: Turns, chat: str, question: str, model: str, only: str, request: gr.Request, *, rewrite: bool
    ) -> Iterator[Asked]:
        question = question.strip()
        if refused := _refused(turns, question):
            yield *(gr.skip(),) * 5, refusal_line(refused)
            return
        stop, box, owner = threading.Event(), "", owner_of(request)
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
