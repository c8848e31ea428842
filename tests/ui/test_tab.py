"""The conversation of a tab, which listeners change at the same time."""

import threading
from types import SimpleNamespace

import pytest

from tests.ui.scripted import ScriptedPipeline
from ui.desk import Desk
from ui.history import INTERRUPTED, History
from ui.tab import Tab, Tabs
from ui.turn import Turn
from ui.wiring import Wiring

REQUEST = SimpleNamespace(username="user:ada", session_hash="a")
BUSY, DONE, OTHER = Turn("a", "writing"), Turn("a", "answered"), Turn("b", "answered")


@pytest.fixture
def asked(tmp_path):
    """A tab and the steps of the answer to a question in it, as gradio takes them."""
    history = History(None)
    tabs = Tabs(history)
    wiring = Wiring(Desk(ScriptedPipeline(), tmp_path), history, tabs)
    yield tabs.of("user:ada", "a", ""), wiring.ask("", "what did it cost", None, "", REQUEST)
    history.close()


def test_an_answer_grows_until_the_tab_shows_another_conversation():
    """What comes of it later changes nothing, and it is stopped."""
    tab, answer = Tab(), threading.Event()
    assert tab.begin(answer) == ((), "")
    assert tab.grow(answer, (BUSY,), "one")
    assert tab.show((OTHER,), "two") == (OTHER,)
    assert answer.is_set()
    assert not tab.grow(answer, (DONE,), "one")
    tab.end(answer)
    assert tab.now == ((OTHER,), "two")


def test_there_is_one_answer_at_a_time():
    """The next can begin when the last has ended, or when another conversation is shown."""
    tab, first, second, third = Tab(), threading.Event(), threading.Event(), threading.Event()
    assert tab.begin(first) is not None
    assert tab.begin(second) is None
    tab.show((), "")
    assert tab.begin(second) is not None
    tab.end(first)
    assert tab.begin(third) is None
    tab.end(second)
    assert tab.begin(third) is not None


def test_a_conversation_that_is_answered_stays_as_it_is_when_it_is_shown_again():
    """The history holds an earlier state of its last turn; the answer goes on."""
    tab, answer = Tab(), threading.Event()
    tab.begin(answer)
    tab.grow(answer, (BUSY,), "one")
    assert tab.show((Turn("a", "searching"),), "one") == (BUSY,)
    assert not answer.is_set()


def test_a_question_that_is_quicker_than_the_loading_stays():
    """The conversation of the address is shown in a tab in which nothing was asked yet."""
    tab = Tab()
    assert tab.arrive((DONE,), "one")
    assert not tab.arrive((OTHER,), "two")
    assert tab.now == ((DONE,), "one")
    waiting = Tab()
    waiting.begin(threading.Event())
    assert not waiting.arrive((DONE,), "one")


def test_each_session_has_a_tab_of_its_own():
    """It stays, also while it is empty; those that were used longest ago are forgotten, and made anew from the page."""
    history = History(None)
    chat = history.add("ada", "a", (DONE,))
    tabs = Tabs(history, most=2)
    first = tabs.of("ada", "1", "")
    first.show((OTHER,), "")
    assert tabs.of("ada", "2", "") is tabs.of("ada", "2", chat)
    assert tabs.of("bob", "1", "").now == ((), "")
    assert tabs.of("ada", "1", chat).now == ((DONE,), chat)
    assert tabs.of("bob", "3", chat).now == tabs.of("ada", "3", "gone").now == ((), "")
    history.close()


def test_a_turn_whose_steps_nobody_takes_any_more_is_interrupted(asked):
    """The browser went away in the middle of an answer: the tab waits for nothing."""
    tab, steps = asked
    next(steps)
    assert tab.turns[-1].busy
    steps.close()
    assert (tab.turns[-1].phase, tab.turns[-1].problem) == ("interrupted", INTERRUPTED)
    assert tab.begin(threading.Event()) is not None


def test_a_step_that_overtook_the_new_page_is_taken_back(asked):
    """A step that was under way when the reader turned to another conversation is followed by that conversation."""
    tab, steps = asked
    next(steps)
    tab.show((OTHER,), "two")
    packet, *_ = next(steps)
    assert "data-anew" in packet
    assert 'data-chat="two"' in packet
    assert "cost" not in packet
    assert all(isinstance(part, dict) for step in steps for part in step)
    assert tab.now == ((OTHER,), "two")
