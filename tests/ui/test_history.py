"""Conversations are kept: private, searchable, restorable for a day, and whole after a kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import StoreDamaged
from index.store import schema
from tests.ui.scripted import COST, ScriptedPipeline
from tests.ui.test_export import turns
from ui import history as module
from ui.desk import Desk
from ui.history import (
    FILE,
    INTERRUPTED,
    History,
    HistoryUnavailable,
    UnknownConversation,
    interrupted,
    of_browser,
    signed_in,
)
from ui.turn import Turn

ADA, BOB = signed_in("ada"), of_browser("a-secret-of-this-browser")


@pytest.fixture
def history(tmp_path):
    opened = History(tmp_path / FILE)
    yield opened
    opened.close()


def talk(history, tmp_path, *questions, owner=ADA):
    """One conversation with these questions answered, and what the page showed last."""
    desk, chat, shown = Desk(ScriptedPipeline(), tmp_path), history.create(owner), ()
    for question in questions:
        *_, shown = history.keep(owner, chat, desk.ask(shown, question, "quotes", threading.Event()))
    return chat, shown


def test_a_conversation_comes_back_as_it_was_shown(history, tmp_path):
    """After a restart every turn is the value that the page had, failures included."""
    chat, shown = talk(history, tmp_path, "cost", "crash", "disagree", "ceo")
    history.close()
    again = History(tmp_path / FILE)
    assert again.load(ADA, chat).turns == shown
    (heading,) = again.list(ADA)
    assert (heading.id, heading.title, heading.turns, heading.imported) == (chat, "cost", 4, False)
    again.close()


def test_the_question_is_on_disk_before_the_first_step_is_shown(history, tmp_path):
    """Another process sees the question while nothing is answered yet."""
    chat = history.create(ADA)
    steps = history.keep(ADA, chat, Desk(ScriptedPipeline(), tmp_path).ask((), "cost", "quotes", threading.Event()))
    next(steps)
    other = History(tmp_path / FILE)
    assert [(turn.question, turn.phase) for turn in other.load(ADA, chat).turns] == [("cost", "interrupted")]
    assert [turn.phase for turn in history.load(ADA, chat).turns] == ["searching"]
    list(steps)
    assert [turn.phase for turn in other.load(ADA, chat).turns] == ["answered"]
    other.close()


def test_a_browser_that_goes_away_leaves_an_interrupted_turn(history, tmp_path):
    """What had been checked until then is kept with it."""
    chat = history.create(ADA)
    steps = history.keep(
        ADA, chat, Desk(ScriptedPipeline(), tmp_path).ask((), "cost slow", "quotes", threading.Event())
    )
    for shown in steps:
        if shown[-1].sentences:
            break
    steps.close()
    (turn,) = history.load(ADA, chat).turns
    assert (turn.phase, turn.problem) == ("interrupted", INTERRUPTED)
    assert turn.sentences[0].text == COST


def test_a_killed_server_loses_nothing_that_was_answered(tmp_path):
    """After SIGKILL in the middle of an answer, earlier turns are whole and the open question is marked."""
    code = """
import sys, threading
from pathlib import Path
from tests.ui.scripted import ScriptedPipeline
from ui.desk import Desk
from ui.history import FILE, History
home = Path(sys.argv[1])
history, desk, shown = History(home / FILE), Desk(ScriptedPipeline(), home), ()
chat = history.create("user:ada")
for question in ("cost", "disagree", "cost slow"):
    for shown in history.keep("user:ada", chat, desk.ask(shown, question, "quotes", threading.Event())):
        if "slow" in question and shown[-1].sentences:
            print(chat, flush=True)
"""
    running = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    chat = running.stdout.readline().strip()
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
    history = History(tmp_path / FILE)
    phases = [(turn.question, turn.phase) for turn in history.load(ADA, chat).turns]
    assert phases == [("cost", "answered"), ("disagree", "answered"), ("cost slow", "interrupted")]
    history.close()


@given(st.lists(turns(), min_size=1, max_size=3), st.text())
def test_what_is_put_in_is_what_comes_out(conversation, title):
    """Any turn, any title: loading gives equal values, save that what nobody is answering is interrupted."""
    history = History(None)
    chat = history.add(ADA, title, conversation)
    ended = tuple(interrupted(turn) if turn.busy else turn for turn in conversation)
    assert history.load(ADA, chat).turns == ended
    assert history.load(ADA, chat).heading.imported
    history.close()


def test_nobody_reaches_the_conversations_of_another(history, tmp_path):
    """To others a conversation is as unknown as one that never was, for every method and for any like name."""
    chat, shown = talk(history, tmp_path, "cost")
    for stranger in (BOB, signed_in("ADA"), "", "user:", "%"):
        assert history.list(stranger) == ()
        for attempt in (
            lambda who: history.load(who, chat),
            lambda who: history.rename(who, chat, "x"),
            lambda who: history.delete(who, chat),
            lambda who: history.restore(who, chat),
            lambda who: history.erase(who, chat),
            lambda who: history.ask(who, chat, Turn("q")),
            lambda who: history.put(who, chat, 0, shown[0]),
            lambda who: history.cut(who, chat, 0),
        ):
            with pytest.raises(UnknownConversation):
                attempt(stranger)
    assert history.load(ADA, chat).turns == shown


def test_a_short_token_owns_nothing():
    """What could be guessed is no owner."""
    with pytest.raises(ValueError, match="16"):
        of_browser("abc")


def test_search_finds_all_words_anywhere(history, tmp_path):
    """In titles, questions and answers, in any case; signs of query languages mean themselves."""
    cost, _ = talk(history, tmp_path, "cost", "how long")
    refusal, _ = talk(history, tmp_path, "Straße 100%_'\"ceo")
    for query, found in {
        "": {cost, refusal},
        "GPUS million": {cost},
        "cost months": {cost},
        "months straße": set(),
        "STRASSE": {refusal},
        "%": {refusal},
        "0%_'\"": {refusal},
        "zebra": set(),
        "cost " * 2_000: {cost},
        " ".join(f"w{n}" for n in range(2_000)): set(),
    }.items():
        assert {heading.id for heading in history.list(ADA, query)} == found - ({cost} if query == "%" else set()), (
            query
        )
    assert history.list(BOB, "cost") == ()


def test_search_knows_one_accent_only(history):
    """However it is written: as one character, or as a letter and its accent, as in names of files."""
    for question in ("Who runs the cafe\u0301?", "Who runs the CAF\u00c9?"):
        history.add(ADA, "Title", (Turn(question),))
        history.add(ADA, question, (Turn("q"),))
    for query in ("caf\u00e9", "cafe\u0301"):
        assert len(history.list(ADA, query)) == 4


def test_a_deleted_conversation_can_be_restored_for_a_day(history, tmp_path, monkeypatch):
    """Deleting takes it out of the list, restoring brings it back, and later its words are not in the file any more."""
    chat, shown = talk(history, tmp_path, "cost xylophone")
    history.delete(ADA, chat)
    assert history.list(ADA) == ()
    assert [heading.id for heading in history.list(ADA, deleted=True)] == [chat]
    with pytest.raises(UnknownConversation):
        history.load(ADA, chat)
    history.restore(ADA, chat)
    assert history.load(ADA, chat).turns == shown
    history.delete(ADA, chat)
    monkeypatch.setattr(module, "UNDO_SECONDS", -1.0)
    History(tmp_path / FILE).close()
    with pytest.raises(UnknownConversation):
        history.restore(ADA, chat)
    assert not any(b"xylophone" in file.read_bytes() for file in tmp_path.glob(f"{FILE}*"))


@pytest.mark.parametrize("use", ["list", "create", "restore"])
def test_what_was_deleted_is_erased_in_a_run_that_goes_on(history, tmp_path, monkeypatch, use):
    """After a day the next use of the history overwrites its words, whatever that is; restoring comes too late."""
    chat, _ = talk(history, tmp_path, "cost xylophone")
    history.delete(ADA, chat)
    later = time.time() + 25 * 3600
    monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: later))
    if use == "restore":
        with pytest.raises(UnknownConversation):
            history.restore(ADA, chat)
    else:
        getattr(history, use)(ADA)
    assert not any(b"xylophone" in file.read_bytes() for file in tmp_path.glob(f"{FILE}*"))


def test_erasing_leaves_no_word_in_the_file(history, tmp_path):
    """Neither the database nor its log holds the question afterwards."""
    chat, _ = talk(history, tmp_path, "cost xylophone")
    assert any(b"xylophone" in file.read_bytes() for file in tmp_path.glob(f"{FILE}*"))
    history.erase(ADA, chat)
    assert not any(b"xylophone" in file.read_bytes() for file in tmp_path.glob(f"{FILE}*"))


def test_a_title_is_given_and_kept_short(history, tmp_path):
    """The first question is the title until another one is given; neither has line breaks or is longer than a line."""
    chat, _ = talk(history, tmp_path, "cost\n" + "very " * 60)
    assert history.load(ADA, chat).heading.title.endswith("very …")
    history.rename(ADA, chat, "  What\nit cost\ud800\0 ")
    assert history.load(ADA, chat).heading.title == "What it cost?"


def test_a_thumb_is_kept_and_another_tab_cannot_overwrite(history, tmp_path):
    """A turn is replaced only where its question is the same."""
    chat, shown = talk(history, tmp_path, "cost", "ceo")
    rated = replace(shown[0], verdict="up")
    history.put(ADA, chat, 0, rated)
    assert history.load(ADA, chat).turns == (rated, shown[1])
    for number in (1, 7):
        with pytest.raises(HistoryUnavailable, match="another tab"):
            history.put(ADA, chat, number, rated)


def test_an_edited_question_replaces_what_followed(history, tmp_path):
    """Cut, then asked again: the later turns are gone and the new one has their number."""
    chat, _ = talk(history, tmp_path, "cost", "ceo", "disagree")
    history.cut(ADA, chat, 1)
    assert history.ask(ADA, chat, Turn("how long")) == 1
    assert [turn.question for turn in history.load(ADA, chat).turns] == ["cost", "how long"]


def test_two_tabs_lose_nothing_to_each_other(history, tmp_path):
    """Questions asked at the same time in one conversation are all there."""
    chat = history.create(ADA)
    threads = [threading.Thread(target=lambda n=n: history.ask(ADA, chat, Turn(f"q{n}"))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {turn.question for turn in history.load(ADA, chat).turns} == {f"q{n}" for n in range(20)}


def test_a_turn_that_cannot_be_read_costs_no_other(history, tmp_path):
    """The question is shown with a sentence; the rest of the conversation is whole."""
    chat, shown = talk(history, tmp_path, "cost", "ceo")
    with sqlite3.connect(tmp_path / FILE) as direct:
        direct.execute("""UPDATE turn SET record = '{"question": "cost", "phase": "?"}' WHERE number = 0""")
    direct.close()
    broken, whole = history.load(ADA, chat).turns
    assert (broken.question, broken.phase) == ("cost", "failed")
    assert "cannot be read" in broken.problem
    assert whole == shown[1]


def test_what_cannot_be_used_is_one_sentence(tmp_path):
    """A file of something else, one of a later version, and a place that cannot be written say so."""
    (tmp_path / "text").write_text("no database " * 100)
    with pytest.raises(HistoryUnavailable, match="damaged or holds no conversations"):
        History(tmp_path / "text")
    with sqlite3.connect(tmp_path / "later") as later:
        later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(HistoryUnavailable, match="format 99"):
        History(tmp_path / "later")
    with pytest.raises(HistoryUnavailable, match="cannot be used"):
        History(tmp_path / "text" / "below")


def test_only_the_owner_of_the_account_reads_the_file(history, tmp_path):
    """The file and its log are closed to the other accounts of the machine."""
    talk(history, tmp_path, "cost")
    assert {file.stat().st_mode & 0o077 for file in tmp_path.glob(f"{FILE}*")} == {0}


def test_an_index_can_be_made_where_the_page_was_first(history, tmp_path):
    """What the page keeps does not make a new folder somebody else's: the page opens before its index is there."""
    talk(history, tmp_path, "cost")
    for name in ("incoming", "added"):
        (tmp_path / name).mkdir()
    (tmp_path / "feedback.jsonl").touch()
    schema.make_folder(tmp_path, schema.OUR_FILES)
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(StoreDamaged, match=r"thesis\.txt"):
        schema.make_folder(tmp_path, schema.OUR_FILES)
