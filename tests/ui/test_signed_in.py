"""The page behind a sign-in, in a real browser: the way in leads to where one was going, and there is a way out."""

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


def sign_in(tab, password="secret"):
    tab.fill("[name=username]", "ada")
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
