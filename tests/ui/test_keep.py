"""The end of an answer is shown and kept, whatever becomes of the conversation, the disk or the browser meanwhile."""

import threading
from dataclasses import replace

import pytest

from rag.answer import Evidence, Interim
from tests.ui.scripted import ScriptedPipeline, scripts
from ui.desk import Desk
from ui.history import FILE, History, HistoryUnavailable, UnknownConversation, signed_in
from ui.turn import Turn, advance

ADA = signed_in("ada")


@pytest.fixture
def history(tmp_path):
    opened = History(tmp_path / FILE)
    yield opened
    opened.close()


def test_a_deleted_conversation_takes_no_more_turns(history, tmp_path):
    """What is asked or rated in it is refused and not lost with it; restored, it is as it was."""
    chat = history.create(ADA)
    steps = Desk(ScriptedPipeline(), tmp_path).ask((), "cost", "quotes", threading.Event())
    *_, shown = history.keep(ADA, chat, steps)
    history.delete(ADA, chat)
    for write in (
        lambda: history.ask(ADA, chat, Turn("q")),
        lambda: history.put(ADA, chat, 0, shown[0]),
        lambda: history.cut(ADA, chat, 0),
    ):
        with pytest.raises(UnknownConversation):
            write()
    history.restore(ADA, chat)
    assert history.load(ADA, chat).turns == shown


def test_a_conversation_deleted_while_it_is_answered_can_be_restored(history, tmp_path):
    """The answer is shown to its end, and the turn that it could not be stored in is not busy for good."""
    chat = history.create(ADA)
    steps = history.keep(ADA, chat, Desk(ScriptedPipeline(), tmp_path).ask((), "cost", "quotes", threading.Event()))
    next(steps)
    history.delete(ADA, chat)
    shown = []
    with pytest.raises(UnknownConversation):
        shown.extend(steps)
    assert shown[-1][-1].phase == "answered"
    history.restore(ADA, chat)
    assert [turn.phase for turn in history.load(ADA, chat).turns] == ["interrupted"]


@pytest.mark.parametrize("method", ["ask", "put"])
def test_a_step_that_cannot_be_stored_is_shown(history, tmp_path, monkeypatch, method):
    """A full disk keeps back neither the question nor the end of its answer, and the error comes after it."""
    chat = history.create(ADA)

    def full(*_):
        raise HistoryUnavailable("The disk is full.")

    monkeypatch.setattr(history, method, full)
    steps = Desk(ScriptedPipeline(), tmp_path).ask((), "crash", "quotes", threading.Event())
    kept = history.keep(ADA, chat, steps)
    shown = []
    with pytest.raises(HistoryUnavailable, match="full"):
        shown.extend(kept)
    assert shown[-1][-1].phase == {"ask": "searching", "put": "failed"}[method]
    assert [turn.phase for turn in history.load(ADA, chat).turns] == {"ask": [], "put": ["interrupted"]}[method]


def test_a_browser_that_goes_away_from_a_deleted_conversation_goes_in_peace(history, tmp_path):
    """Nobody is left to be told that the last step cannot be stored."""
    chat = history.create(ADA)
    steps = history.keep(ADA, chat, Desk(ScriptedPipeline(), tmp_path).ask((), "cost", "quotes", threading.Event()))
    next(steps)
    history.delete(ADA, chat)
    steps.close()
    assert [heading.turns for heading in history.list(ADA, deleted=True)] == [1]


def test_the_built_in_answer_is_kept_where_nothing_took_its_place(history):
    """Stopped before a model's first sentence, the turn comes back with the words, sources and marks it was shown."""
    interim = scripts()["cost"]
    writing = advance(advance(Turn("cost"), Evidence(interim.evidence, "cost")), Interim(interim))
    chat = history.create(ADA)
    *_, (stopped,) = history.keep(ADA, chat, iter([(writing,), (replace(writing, phase="stopped"),)]))
    closed = history.keep(ADA, chat, iter([(writing,)]))
    next(closed)
    closed.close()
    kept, left = history.load(ADA, chat).turns
    assert kept == stopped
    assert (kept.phase, left.phase) == ("stopped", "interrupted")
    for turn in (kept, left):
        assert (turn.shown, turn.cited, turn.answer) == (interim.sentences, interim.citations, interim)
    assert [heading.turns for heading in history.list(ADA, "GPUs million")] == [2]
