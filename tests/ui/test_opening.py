"""The page while the documents are still being opened: nothing is hidden, and nothing that is asked is lost."""

import threading
import time

import pytest

from index.errors import EmptyCorpus
from index.progress import Progress
from tests.ui.conftest import serving
from tests.ui.scripted import COST, ScriptedPipeline
from ui.opening import Left, Opening, Step, both, opening_box


def test_an_opening_tells_what_it_does_and_ends_when_nobody_waits():
    """Its step is named while it goes on; left alone, it stops at its next step."""
    told, begun, go_on, over = [], threading.Event(), threading.Event(), []

    def opened(report):
        both(report, told.append)("3/9 files")
        begun.set()
        go_on.wait(10)
        try:
            report("4/9 files")
        except Left:
            over.append(True)
            raise

    opening = Opening(opened)
    assert begun.wait(10)
    assert str(opening.step) == "Indexing the documents: 3/9 files"
    assert not opening.ready
    with pytest.raises(TimeoutError):
        opening.pipeline(timeout=0.01)
    closing = threading.Thread(target=opening.close)
    closing.start()
    time.sleep(0.05)
    go_on.set()
    closing.join(10)
    assert over == [True]
    assert told == ["3/9 files"]
    assert opening.step is None
    with pytest.raises(Left):
        opening.pipeline()


def test_how_far_it_is_stands_in_the_box():
    """Files, rate, remaining time and the file at hand; a file name is text and nothing else."""
    box = opening_box(Step("Indexing the documents", 3.0, Progress(12, 340, "<b>x</b>.pdf", 90, 48.25, 130.0)))
    assert "Indexing the documents: 12 of 340 files, 48.2 passages a second, about 2 min 10 s left." in box
    assert '<progress aria-label="Indexing the documents" max="340" value="12">' in box
    assert "&lt;b&gt;x&lt;/b&gt;.pdf" in box
    assert "Loading the models …" in opening_box(Step("Loading the models", 1.0))


def test_what_went_wrong_is_raised_where_the_pipeline_is_asked_for():
    """Everybody who waits gets the reason."""

    def opened(_):
        raise EmptyCorpus("There is nothing to read in notes/.")

    opening = Opening(opened)
    assert opening.wait(10)
    assert not opening.ready
    with pytest.raises(EmptyCorpus, match="nothing to read"):
        opening.pipeline()


def test_the_page_is_there_at_once_and_questions_wait(tmp_path, open_tab, heard):
    """While files are indexed the page shows how far it is; a question asked meanwhile is answered afterwards."""
    go_on = threading.Event()

    def opened(report):
        report(Progress(12, 340, "report.pdf", 90, 48.2, 130.0))
        go_on.wait(120)
        return ScriptedPipeline()

    with serving(tmp_path, opening=Opening(opened)) as page_of_its_own:
        page = open_tab(page_of_its_own.url)
        page.wait_for_selector("text=12 of 340 files")
        assert "You can ask already" in page.text_content(".welcome")
        page.fill("#question textarea", "What did it cost?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("text=the answer comes when they are")
        go_on.set()
        page.wait_for_selector('#log[aria-busy="false"] .sentence')
        assert page.locator(".words").first.text_content() == COST
        page.wait_for_selector(".opening", state="detached")
        page.click("[data-fresh]")
        page.wait_for_selector("text=3 documents are loaded")
        page.close()
    assert heard.problems == []
