"""What is done on the page before an earlier wish came back is not lost, and what has to wait says so at once."""

import time

import pytest

from tests.ui.conftest import serving
from tests.ui.scripted import ScriptedPipeline
from ui import wiring
from ui.desk import Desk
from ui.history import History

SLOW = 0.6


@pytest.fixture
def slowly(monkeypatch):
    """Makes a method take its time, as on a machine that is busy."""

    def slow(owner, name):
        method = getattr(owner, name)

        def slowed(*args, **kwargs):
            time.sleep(SLOW)
            return method(*args, **kwargs)

        monkeypatch.setattr(owner, name, slowed)

    return slow


def send(page, question):
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def test_a_question_during_an_answer_stays_in_the_box_and_is_told(page, ask):
    """By Enter, by a retry and by an example; the note goes with the answer, and then the question is asked."""
    ask(page, "What did it cost?")
    send(page, "What did it cost? slow")
    page.wait_for_selector("#turn-1 .sentence")
    send(page, "Do they disagree?")
    page.wait_for_selector("#writing [role=alert]:has-text('One question at a time')", timeout=1_000)
    assert page.input_value("#question textarea") == "Do they disagree?"
    page.fill("#question textarea", "Do they disagree at all?")
    page.wait_for_selector("#wait", state="hidden")
    page.click("#turn-0 [data-retry]")
    page.wait_for_selector("#writing [role=alert]:has-text('One question at a time')", timeout=1_000)
    page.click("#stop")
    page.wait_for_selector(".turn.stopped")
    page.wait_for_selector("#wait", state="hidden")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#turn-2 .facts")
    assert page.text_content("#turn-2 .question") == "Do they disagree at all?"


def test_a_draft_outlives_what_is_asked_by_a_click(page, ask):
    """ "Ask again" and suggested questions leave the words in the box alone."""
    ask(page, "What did it cost?")
    page.fill("#question textarea", "half a question")
    page.click("[data-retry]")
    page.wait_for_selector("#turn-1 .facts")
    assert page.input_value("#question textarea") == "half a question"
    assert page.evaluate("JSON.parse(sessionStorage.getItem('footnote-draft'))[1]") == "half a question"


def test_a_question_of_several_lines_stays_one(page, ask, served):
    """To edit it, to ask it again and to search as typed."""
    question = "How long did it take?\n\n- in months\n- or in weeks"
    ask(page, question)
    page.click("[data-edit]")
    assert page.input_value("#question textarea") == question
    for number, again in enumerate(("[data-retry]", "[data-again=typed]"), start=1):
        page.locator(again).last.dispatch_event("click")
        page.wait_for_selector(f"#turn-{number} .facts")
        assert served.pipeline.asked[-1][0] == question


def test_the_last_mark_of_two_is_shown(page, ask, slowly):
    """The panel is that of the mark clicked last."""
    ask(page, "What did it cost?")
    slowly(Desk, "panel")
    page.click(".text .mark[data-number='1']")
    page.click(".text .mark[data-number='2'] >> nth=0")
    page.wait_for_selector("#source footer[data-number='2']", timeout=5_000)


def test_all_that_was_opened_is_filled(page, ask, slowly):
    """The evidence of two answers, opened one right after the other."""
    for question in ("What did it cost?", "Do they disagree?"):
        ask(page, question)
    slowly(wiring, "evidence")
    page.evaluate("document.querySelectorAll('[data-evidence]').forEach((each) => { each.open = true; })")
    page.wait_for_function("document.querySelectorAll('.evidence').length === 2", timeout=5_000)


def list_of_conversations(page, ask, *questions):
    """Opened, with one conversation for each question."""
    for question in questions:
        ask(page, question)
        page.click("[data-fresh]")
        page.wait_for_selector(".welcome")
    page.click("[data-drawer=chats]")
    page.fill("#finder input[type=search]", "")  # whatever an earlier test looked for
    for question in questions:
        page.wait_for_selector(f"#kept li[data-chat]:has-text('{question}')")


def test_all_that_was_deleted_is_gone(page, ask, slowly):
    """Two conversations, deleted one right after the other."""
    list_of_conversations(page, ask, "First cost?", "Second cost?")
    slowly(History, "delete")
    page.click("[aria-label='Delete Second cost?']")
    page.click("[aria-label='Delete First cost?']")
    page.wait_for_selector("#kept li[data-chat]:has-text('Second cost?')", state="detached", timeout=5_000)
    page.wait_for_selector("#kept li[data-chat]:has-text('First cost?')", state="detached", timeout=5_000)


def test_the_list_is_that_of_the_words_typed_last(page, ask, slowly):
    """A search that goes on while an earlier one is still looking."""
    list_of_conversations(page, ask, "Alpha cost?", "Beta cost?")
    slowly(History, "list")
    page.fill("#finder input[type=search]", "cost")
    page.wait_for_timeout(300)
    page.fill("#finder input[type=search]", "beta")
    page.wait_for_selector("#kept li[data-chat]:has-text('Alpha cost?')", state="detached", timeout=5_000)
    page.wait_for_selector("#kept li[data-chat]:has-text('Beta cost?')")
    page.fill("#finder input[type=search]", "")


def test_what_is_sent_while_an_earlier_upload_is_indexed_is_indexed_too(page, tmp_path, served, slowly):
    """It arrived, and nobody would send it again."""
    slowly(ScriptedPipeline, "sync")
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(name)
    page.click("[data-shelf]")
    for name in ("one", "two"):
        page.set_input_files("#files input[type=file]", tmp_path / f"{name}.txt")
        page.wait_for_selector("#sending >> text=arrived")
        page.wait_for_timeout(100)
    page.wait_for_selector("#shelf cite:text-is('one')")
    page.wait_for_selector("#shelf cite:text-is('two')", timeout=5_000)


def test_who_waits_for_others_sees_the_question(tmp_path, open_tab):
    """While two answers are being written, a third visitor's question stands on the page and says why it waits."""
    with serving(tmp_path) as here:
        first, second, third = (open_tab(here.url) for _ in range(3))
        for page in (first, second):
            send(page, "What did it cost? slow")
            page.wait_for_selector(".sentence")
        send(third, "Do they disagree?")
        third.wait_for_selector("#turn-0.queued", timeout=5_000)
        assert third.text_content("#turn-0 .status") == "2 questions are answered before yours."
        first.click("#stop")
        third.wait_for_selector("#turn-0 .facts")
        for page in (first, second, third):
            page.close()


def test_more_tabs_than_a_browser_has_connections(open_tab, served):
    """No tab holds a connection while nothing is asked: a browser has six for one host, and a seventh tab waits."""
    tabs = [open_tab(served.url) for _ in range(8)]
    for page in tabs:
        page.close()
