"""The list of documents follows what happens to them without the page, and stays what its reader has made of it."""

from dataclasses import replace

import pytest

from tests.ui.conftest import serving
from tests.ui.scripted import CLAIMS, V3


@pytest.fixture
def drawer(tmp_path, open_tab):
    """The open list of a page of its own, and the documents behind it, which can be changed as a watch changes them."""
    with serving(tmp_path) as page:
        tab = open_tab(page.url)
        tab.click("[data-drawer=library]")
        yield tab, page.pipeline
        tab.close()


def test_what_comes_and_goes_by_itself_is_shown(drawer):
    """A new and a removed file, without a reload; the words of the filter, the order and the focus stay."""
    tab, pipeline = drawer
    tab.select_option("#shelf .sort", "size")
    tab.fill("#shelf .filter", "deepseek")
    pipeline.store.held["new"] = replace(V3, id="new", uri="corpus/new.md", title="A new one of DeepSeek")
    tab.wait_for_selector("#shelf li[data-id=new]:visible")
    assert tab.input_value("#shelf .filter") == "deepseek"
    assert tab.input_value("#shelf .sort") == "size"
    assert tab.locator("#shelf li:visible").count() == 3
    assert tab.evaluate("document.activeElement.matches('#shelf .filter')")
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(300)
    del pipeline.store.held["new"]
    tab.click("[data-drawer=library]")
    tab.wait_for_selector("#shelf li[data-id=new]", state="detached", timeout=3_500)


def test_the_focus_stays_with_its_document(drawer):
    """Also where another one comes before it; where it is removed itself, the focus goes to what took its place."""
    tab, pipeline = drawer
    tab.focus("#shelf li[data-id=v3] [data-remove]")
    pipeline.store.held["new"] = replace(V3, id="new", uri="corpus/a-new.md", title="A new one")
    tab.wait_for_selector("#shelf li[data-id=new]")
    tab.wait_for_function("document.activeElement.matches('#shelf [data-remove=v3]')")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#shelf li[data-id=v3]", state="detached")
    tab.wait_for_function("document.activeElement.matches('#shelf li:last-child [data-remove]')")


def test_a_chosen_document_that_was_changed_stays_chosen(drawer, ask):
    """It has another id by then; the one that was ticked is no document any more."""
    tab, pipeline = drawer
    tab.locator("#shelf li[data-id=claims] [type=checkbox]").check()
    tab.keyboard.press("Escape")
    pipeline.store.held["claims-2"] = replace(CLAIMS, id="claims-2")
    del pipeline.store.held["claims"]
    tab.wait_for_selector("#shelf li[data-id=claims-2]", state="attached")
    ask(tab, "What did it cost?")
    assert pipeline.only == ["claims-2"]
    assert tab.is_visible("#chosen")
