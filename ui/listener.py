"""What every listener of the page has: malformed events are one sentence, and somebody owns what is kept."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import gradio as gr

from ui import events
from ui.door import GUEST
from ui.history import HistoryUnavailable
from ui.tab import Tab, Tabs

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


def tab_of(tabs: Tabs, request: gr.Request, shown: object) -> Tab:
    """The tab that an event comes from; `shown` is the conversation that the page names."""
    return tabs.of(owner_of(request), str(request.session_hash), str(shown or ""))


def owner_of(request: gr.Request) -> str:
    """Whose event it is: a signed-in user, a browser, or GUEST, for whom nothing is kept."""
    return str(request.username or GUEST)
