"""The conversation that one tab of a browser shows, shared by all that its reader does at the same time."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

from ui.desk import Turns
from ui.history import History, HistoryUnavailable, interrupted

MOST_TABS = 256


class Tab:
    """One per browser session.

    An answer runs for seconds, and its reader does other things meanwhile: every change is made here, in one step. An
    answer is known by the event that stops it; once the tab shows another conversation, the answer that was being
    written is not the tab's any more.
    """

    def __init__(self) -> None:
        self._turns: Turns = ()
        self._chat = ""
        self._answer: threading.Event | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many questions the conversation has."""
        return len(self._turns)

    @property
    def now(self) -> tuple[Turns, str]:
        """The turns and the id of the conversation in the history, "" where it is not kept; of one moment."""
        with self._lock:
            return self._turns, self._chat

    @property
    def turns(self) -> Turns:
        return self._turns

    def show(self, turns: Turns, chat: str) -> Turns:
        """Turns to another conversation, which stops the answer that is being written; the turns that are shown.

        The conversation that is open already stays as it is while it is answered.
        """
        with self._lock:
            if self._answer is None or not chat or chat != self._chat:
                self._stop()
                self._turns, self._chat, self._answer = turns, chat, None
            return self._turns

    def arrive(self, turns: Turns, chat: str) -> bool:
        """Shows the conversation unless a question was quicker; whether it does."""
        with self._lock:
            free = not self._turns and self._answer is None
            if free:
                self._turns, self._chat = turns, chat
            return free

    def begin(self, answer: threading.Event) -> tuple[Turns, str] | None:
        """The conversation in which an answer begins; None while another one is being written."""
        with self._lock:
            if self._answer is not None:
                return None
            self._answer = answer
            return self._turns, self._chat

    def grow(self, answer: threading.Event, grown: Turns, chat: str) -> bool:
        """Takes the last of the turns as the answer has it by now; whether the answer is still the tab's."""
        with self._lock:
            if self._answer is not answer:
                return False
            self._turns, self._chat = (*self._turns[: len(grown) - 1], grown[-1]), chat
            return True

    def awaits(self, answer: threading.Event) -> bool:
        """Whether this is the answer that is being written in the conversation that is shown."""
        return self._answer is answer

    def end(self, answer: threading.Event) -> None:
        """Nothing more comes of this answer; a turn that is still without its end is interrupted."""
        with self._lock:
            if self._answer is answer:
                self._answer = None
                if self._turns and self._turns[-1].busy:
                    self._turns = (*self._turns[:-1], interrupted(self._turns[-1]))

    def change(self, work: Callable[[Turns], Turns]) -> tuple[Turns, Turns, str]:
        """Puts other turns in the place of these, as with a verdict; what was there, what is, and the id."""
        with self._lock:
            before, self._turns = self._turns, work(self._turns)
            return before, self._turns, self._chat

    def stop(self) -> None:
        """Stops the answer that is being written; it still says so."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._answer is not None:
            self._answer.set()


class Tabs:
    """The tabs of all browser sessions; one that is forgotten is made anew from what the page still shows.

    They are no state of gradio's: that would keep a connection open for each tab, of which a browser has six for one
    host, and forget a tab an hour after that connection broke, as it does when a lid is closed.
    """

    def __init__(self, history: History, most: int = MOST_TABS) -> None:
        self._history, self._most = history, most
        self._tabs: OrderedDict[tuple[str, str], Tab] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, owner: str, session: str, shown: str) -> Tab:
        """The tab of a session; `shown` is the conversation on the page, by its id in the history."""
        with self._lock:
            tab = self._tabs.pop((owner, session), None)
            tab = self._made(owner, shown) if tab is None else tab
            self._tabs[owner, session] = tab
            while len(self._tabs) > self._most:
                self._tabs.popitem(last=False)
            return tab

    def _made(self, owner: str, shown: str) -> Tab:
        tab = Tab()
        if shown:
            with suppress(HistoryUnavailable):
                tab.arrive(self._history.load(owner, shown).turns, shown)
        return tab
