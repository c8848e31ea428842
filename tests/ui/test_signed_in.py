"""The page behind a sign-in, in a real browser: the way in leads to where one was going, and there is a way out."""

from urllib.parse import urlsplit

import pytest

from tests.ui.conftest import serving
from ui.security import Access
from ui.signin import LONGEST_SECONDS, Signin


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def closed(tmp_path, clock):
    """A page with a sign-in, and where its sessions end by the clock."""
    with serving(tmp_path, Access(people=Signin([("ada", "secret")], clock))) as page:
        yield page


def sign_in(tab, password="secret", user="ada"):
    tab.fill("[name=username]", user)
    tab.fill("[name=password]", password)
    tab.click("button")


def test_after_signing_in_one_is_where_one_was_going(closed, clock, browser, ask):
    """By the address of a conversation, after a wrong password, and again when the session has ended meanwhile."""
    tab = browser.new_page()
    tab.goto(closed.url)
    sign_in(tab)
    ask(tab, "What did it cost?")
    tab.wait_for_function("location.hash.startsWith('#c=')")
    address = tab.url
    tab.fill("#question textarea", "half a question")
    clock.now += LONGEST_SECONDS + 1
    tab.wait_for_selector("[name=password]")
    sign_in(tab, "wrong")
    tab.wait_for_selector("[role=alert]")
    sign_in(tab)
    tab.wait_for_selector("#turn-0 .facts")
    assert tab.url == address
    tab.wait_for_function("document.querySelector('#question textarea').value === 'half a question'")
    tab.click("text=Sign out")
    tab.wait_for_selector("[name=password]")
    assert tab.url == f"{closed.url}login"
    assert tab.evaluate("sessionStorage.length") == 0
    tab.goto(address)
    sign_in(tab)
    tab.wait_for_selector("#turn-0 .facts")
    tab.close()


def people(clock):
    return Access(people=Signin([("ada", "secret"), ("bob", "secret")], clock))


def test_a_draft_waits_for_who_wrote_it(tmp_path, clock, browser):
    """Through a server that was started again, an ended session and a question sent after it; not for another user."""
    tab, box = browser.new_page(), "#question textarea"
    drafted = "text => document.querySelector('#question textarea')?.value === text"
    with serving(tmp_path, people(clock)) as first:
        tab.goto(first.url)
        sign_in(tab)
        tab.wait_for_function("sessionStorage.getItem('footnote-draft')")  # the page knows whose it is
        tab.fill(box, "half a question")
    tab.wait_for_selector("#lost:not([hidden])")
    tab.type(box, " and more")
    with serving(tmp_path, people(clock), port=urlsplit(first.url).port):
        tab.wait_for_selector("[name=password]")
        sign_in(tab)
        tab.wait_for_function(drafted, arg="half a question and more")
        clock.now += LONGEST_SECONDS + 1
        tab.press(box, "Enter")
        tab.wait_for_selector("[name=password]")
        sign_in(tab)
        tab.wait_for_function(drafted, arg="half a question and more")
        clock.now += LONGEST_SECONDS + 1
        tab.wait_for_selector("[name=password]")
        sign_in(tab, user="bob")
        tab.wait_for_function("JSON.parse(sessionStorage.getItem('footnote-draft'))[0] === 'user:bob'")
        assert tab.input_value(box) == ""
    tab.close()
