"""The two drawers of the page in a real browser: the focus stays in them, and what they say is so."""

import json
from dataclasses import replace

import pytest

from rag.answer import Final
from tests.ui.scripted import V3, hits, scripts
from ui.export import to_json
from ui.turn import Turn, advance


@pytest.fixture
def listed(page, ask):
    """The page of a browser that has two conversations, its list of them open."""
    page.context.clear_cookies()  # what other tests asked belongs to the browser before
    page.reload()
    page.wait_for_selector(".welcome")
    ask(page, "What did it cost?")
    page.click("[data-fresh]")
    page.wait_for_selector(".welcome")
    ask(page, "Do they disagree?")
    page.click("[data-drawer=chats]")
    page.fill("#finder input[type=search]", "")
    page.wait_for_selector("#kept li cite:text-is('Do they disagree?')")
    yield page
    page.keyboard.press("Escape")


def test_the_focus_stays_in_the_list_of_conversations(listed):
    """Deleting by keyboard goes on to the next conversation, and undoing and renaming to the one they were about."""
    page = listed
    focused = "document.activeElement.closest('#kept li')?.querySelector('cite')?.textContent"
    title = page.locator("#kept cite").nth(1).text_content()
    rows = page.locator("#kept [data-chat]").count()
    page.focus("#kept li:first-child [data-drop]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-back]")
    page.wait_for_function(f"document.querySelectorAll('#kept [data-chat]').length === {rows - 1}")
    page.wait_for_function(f"{focused} === {json.dumps(title)}")
    page.focus("[data-back]")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{focused} === 'Do they disagree?'")
    for _ in range(2):
        page.click("#kept li:first-child [data-rename]")
    page.keyboard.type("Costs")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{focused} !== undefined && document.activeElement.matches('.pick')")
    page.wait_for_selector("#kept cite:has-text('Costs')")


def test_the_last_conversation_leaves_the_focus_on_undo(listed):
    """Where no conversation is left, the way back is next."""
    page = listed
    while count := page.locator("#kept [data-chat]").count():
        page.focus("#kept li:first-child [data-drop]")
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('#kept [data-chat]').length === {count - 1}")
    page.wait_for_function("document.activeElement.matches('[data-back]')")


def test_what_cannot_be_imported_is_told_on_the_page(listed, tmp_path):
    """In one sentence, until the next search."""
    page, told = listed, listed.locator("#finder [role=status]")
    assert not told.is_visible()
    (tmp_path / "notes.json").write_text("x")
    page.set_input_files("#finder input[type=file]", str(tmp_path / "notes.json"))
    page.wait_for_selector("#finder [role=status]:has-text('“notes.json” was not imported. The file is not a conv')")
    page.fill("#finder input[type=search]", "cost")
    assert not told.is_visible()


def test_a_long_conversation_that_was_saved_comes_back_as_it_was(listed, tmp_path):
    """Three hundred questions whose sources are tables, some six megabytes: saved, imported, and saved again, equal."""
    page = listed
    (tmp_path / "long.json").write_text(long_conversation(300))
    page.fill("#finder input[type=search]", "nothing of this kind")
    page.set_input_files("#finder input[type=file]", str(tmp_path / "long.json"))
    page.wait_for_selector("#finder [role=status]:has-text('“long.json” was imported')")
    assert page.input_value("#finder input[type=search]") == ""
    page.click("#kept li:has-text('Costs, year by year') >> nth=0 >> .pick")
    page.wait_for_selector("#turn-299 .facts")
    page.click(".menu summary")
    with page.expect_download() as download:
        page.click("[data-save=json]")
    assert download.value.path().read_text() == (tmp_path / "long.json").read_text()


def long_conversation(questions):
    table = "| Year | Costs | Revenue |\n|---|---|---|\n" + "".join(f"| {n} | $ {n} | € {n} |\n" for n in range(60))
    found = tuple(
        replace(hit, chunk=replace(hit.chunk, text=table, start=0, end=len(table))) for hit in hits(*[V3] * 8)
    )
    answer = replace(scripts()["cost"], evidence=found)
    turns = [advance(Turn(f"And in the year {number}?"), Final(answer)) for number in range(questions)]
    return to_json(turns, "Costs, year by year")


def test_the_list_stays_that_of_the_search(listed):
    """Renaming and deleting leave the words in the search box and what they find; what is deleted can be brought back.

    Also later, and two of them one after the other.
    """
    page = listed
    page.fill("#finder input[type=search]", "disagree")
    page.wait_for_selector("#kept .shelf > li:has-text('What did it cost?')", state="detached")
    for key in ("Escape", "Enter"):
        page.click("#kept [data-rename] >> nth=0")
        page.keyboard.press(key)
        page.wait_for_selector("#kept .pick >> nth=0")
    assert page.is_visible("#chats")
    page.click("#kept [data-rename] >> nth=0")
    page.keyboard.type("Disagreements")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kept cite:text-is('Disagreements')")
    assert page.locator("#kept .pick:has-text('What did it cost?')").count() == 0
    page.click("[aria-label='Delete Disagreements']")
    page.wait_for_selector("#kept [role=status]:has-text('Deleted')")
    page.keyboard.press("Escape")
    page.click("[data-drawer=chats]")
    page.click("#kept summary:has-text('Deleted in the last day')")
    page.click("[aria-label='Restore Disagreements']")
    page.wait_for_selector("#kept .pick:has-text('Disagreements')")


def test_removing_asks_for_how_long(page):
    """A document of a folder comes back when that is read again, and the question on the button says so."""
    page.click("[data-drawer=library]")
    button = page.locator("#shelf li[data-id=v3] [data-remove]")
    button.click()
    assert button.text_content() == "Remove until its folder is read again?"
    page.keyboard.press("Escape")
