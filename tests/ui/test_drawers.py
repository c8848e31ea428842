"""The two drawers of the page in a real browser: the focus stays in them, and what they say is so."""

import json

import pytest

from ui.export import LARGEST_IMPORT


@pytest.fixture
def listed(page, ask):
    """The page with two conversations, its list of them open."""
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
    rows = page.locator("#kept li").count()
    page.focus("#kept li:first-child [data-drop]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-back]")
    page.wait_for_function(f"document.querySelectorAll('#kept li').length === {rows - 1}")
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
    while count := page.locator("#kept li").count():
        page.focus("#kept li:first-child [data-drop]")
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('#kept li').length === {count - 1}")
    page.wait_for_function("document.activeElement.matches('[data-back]')")


def test_a_file_too_large_for_an_import_is_told_on_the_page(listed, tmp_path):
    """In one sentence with the limit, before anything is sent, and until the next file or search."""
    page, told = listed, listed.locator("#finder [role=status]")
    few, many, good = (tmp_path / f"{name}.json" for name in ("few", "many", "good"))
    few.write_text('"' * (LARGEST_IMPORT // 2 + 1))  # as JSON each of these signs has two bytes
    many.write_text("x" * (LARGEST_IMPORT + 1))
    good.write_text("x" * (LARGEST_IMPORT - 2))
    assert not told.is_visible()
    for file in (few, many):
        page.set_input_files("#finder input[type=file]", str(file))
        page.wait_for_selector(f"#finder [role=status]:has-text('{file.name}')")
        assert f"larger than the {LARGEST_IMPORT:,} bytes" in told.text_content()
    page.set_input_files("#finder input[type=file]", str(good))
    page.wait_for_selector("#kept .notice:has-text('not a conversation that Footnote exported')")
    assert not told.is_visible()


def test_removing_asks_for_how_long(page):
    """A document of a folder comes back when that is read again, and the question on the button says so."""
    page.click("[data-drawer=library]")
    button = page.locator("#shelf li[data-id=v3] [data-remove]")
    button.click()
    assert button.text_content() == "Remove until its folder is read again?"
    page.keyboard.press("Escape")
