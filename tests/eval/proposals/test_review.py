"""The page of review in a real browser: every step by key, and nothing that was typed or decided is lost."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.cases import BadCases, load_cases
from eval.proposals.decisions import Desk
from eval.proposals.make import proposals_file
from eval.proposals.propose import propose
from eval.proposals.review import asked_for, beside, drafted, show
from index.records import Document

CHROMIUM = "/usr/bin/chromium"
MAKE = "import sys; from rag.cli import main; sys.exit(main(['eval', 'make', *sys.argv[1:]]))"
YARD = Document(
    "1" * 16,
    'a <img src="x">.md',
    "Yard",
    "The yard crane is a gift of the town. The pump CV-41 weighs 30 kilograms. The old mill is a museum of bread.\n",
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(propose([YARD], 5), tmp_path / "cases.jsonl")


def again(desk: Desk) -> Desk:
    """What another start finds on disk."""
    return Desk(desk.proposals, desk.cases)


def test_what_is_typed_is_there_after_a_kill_until_it_is_decided_on(desk: Desk) -> None:
    """A draft comes back in its fields; what stands as it was proposed is none, and a decision ends it."""
    _, _, question, answers, quote, _ = show(desk, 1)
    drafted(desk, 1, ("Mine?", answers, quote))
    drafted(desk, 0, show(desk, 0)[2:5])

    assert list(again(desk).drafts) == [desk.proposals[1].key]
    assert show(again(desk), 1)[2] == "Mine?"
    assert "not decided on" in show(again(desk), 1)[1]
    drafted(desk, 1, (question, answers, quote))
    assert again(desk).drafts == {}
    drafted(desk, 1, ("Mine?", answers, quote))
    desk.decide(1, "rejected", desk.proposals[1].case)
    assert again(desk).drafts == {}
    assert show(again(desk), 1)[2] == question


def test_drafts_that_cannot_be_read_are_one_sentence(desk: Desk) -> None:
    """They are somebody's words: they are not begun anew over."""
    for text in ("{", "[1]", '{"k": 1}'):
        desk.cases.with_suffix(".drafts.json").write_text(text)
        with pytest.raises(BadCases, match="cannot be read"):
            again(desk)


def test_an_address_names_its_proposal_and_one_step_needs_no_decision(desk: Desk) -> None:
    """Whatever stands in the address; both ends hold, and from behind the last one can go back."""
    assert [asked_for(desk, at) for at in ("2", "0", "99", "x", "", "²", "9" * 30)] == [1, 0, 0, 0, 0, 0, 0]
    last = len(desk.proposals) - 1
    steps = [(0, -1), (0, 1), (last, 1), (None, -1), (None, 1)]
    assert [beside(desk, number, step) for number, step in steps] == [0, 1, last, last, None]


class Review:
    """`rag eval make` over proposals that were made before, in a process of its own, and a tab on its page."""

    def __init__(self, page: Any, desk: Desk) -> None:
        self.page, self.desk = page, desk
        rows = (json.dumps(one.to_row()) for one in desk.proposals)
        proposals_file(desk.cases).write_text("\n".join(rows))
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", MAKE, "--cases-out", str(self.desk.cases)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = next(line for line in self.process.stdout if "http://" in line)
        self.address = re.search(r"http://\S+", line)[0]  # type: ignore[index]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def open(self, at: str = "") -> Any:
        self.page.goto(self.address + at)
        self.ready()
        return self.page

    def ready(self) -> None:
        self.page.wait_for_function("window.review && document.querySelector('#where [data-number]')")

    def reaches(self, number: str) -> None:
        self.page.wait_for_function(
            "n => document.querySelector('#where [data-number]').dataset.number === n", arg=number
        )
        self.page.wait_for_function("document.activeElement.id === 'where'")

    def decided(self) -> dict[int, str]:
        """Number of the proposal (from 1) -> what is decided, on disk."""
        found = again(self.desk).decisions
        return {n: found[one.key].verdict for n, one in enumerate(self.desk.proposals, 1) if one.key in found}


@pytest.fixture
def review(desk: Desk) -> Iterator[Review]:
    from playwright.sync_api import sync_playwright

    problems: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        running = Review(page, desk)
        yield running
        running.kill()
        browser.close()
    assert problems == []


def test_a_review_is_done_by_keys_alone_and_survives_a_kill(review: Review) -> None:
    """Next, previous, edit, accept and reject; the place and the words typed come back from disk."""
    page = review.open()
    assert page.locator("img").count() == 0
    for key, number in (("j", "2"), ("j", "3"), ("k", "2"), ("k", "1")):
        page.keyboard.press(key)
        review.reaches(number)
    assert review.decided() == {}
    page.keyboard.press("a")
    review.reaches("2")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.closest('#question') !== null")
    page.keyboard.press("End")
    page.keyboard.type(" jar, really?")
    typed = page.input_value("#question textarea")
    assert typed.endswith(" jar, really?")
    deadline = time.monotonic() + 60
    while typed not in str(again(review.desk).drafts) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    page.reload()
    review.ready()
    assert page.locator("#where [data-number]").get_attribute("data-number") == "2"
    assert page.input_value("#question textarea") == typed
    review.kill()
    review.start()
    review.open("?at=2")
    assert page.input_value("#question textarea") == typed
    page.focus("#question textarea")
    page.keyboard.press("Control+Enter")
    review.reaches("3")
    page.keyboard.press("r")
    review.reaches("4")

    assert review.decided() == {1: "accepted", 2: "accepted", 3: "rejected"}
    assert [one.question for one in load_cases(review.desk.cases)] == [review.desk.proposals[0].case.question, typed]


def test_keys_do_nothing_in_fields_or_switched_off_and_never_decide_twice(review: Review) -> None:
    """Letters typed are letters; a second decision before the next proposal is there is none."""
    page = review.open("?at=3")
    page.focus("#question textarea")
    page.keyboard.type("ajr")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "where"
    page.locator("#keys input").uncheck()
    page.locator("#where").focus()
    page.keyboard.press("a")
    page.keyboard.press("j")
    page.reload()
    review.ready()
    assert not page.locator("#keys input").is_checked()
    page.locator("#keys input").check()
    page.evaluate("for (const id of ['reject', 'accept', 'reject']) document.getElementById(id).click()")
    review.reaches("4")
    page.keyboard.press("k")
    review.reaches("3")

    assert review.decided() == {3: "rejected"}


def test_every_control_says_its_name_and_its_key(review: Review) -> None:
    """For those who read by ear, and for all in the line above the fields; on a narrow screen, too."""
    page = review.open()
    tree = page.locator("body").aria_snapshot()
    for name in ('button "Accept (A)"', 'button "Reject (R)"', 'button "Previous (K)"', 'button "Next (J)"',
                 'status "Where you are"', 'textbox "Question"', 'textbox "Quote that holds an answer"'):  # fmt: skip
        assert name in tree, tree
    keys = {
        name: page.locator(f"#{name}").get_attribute("aria-keyshortcuts") for name in ("accept", "next", "previous")
    }
    assert keys == {"accept": "a Control+Enter", "next": "j", "previous": "k"}
    assert "Ctrl + Enter" in page.locator("body").inner_text()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
