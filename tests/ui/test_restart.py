"""A server that is stopped in the middle of an answer and started again."""

from urllib.parse import urlsplit

from tests.ui.conftest import serving


def test_a_server_that_comes_back_finds_everything_where_it_was(tmp_path, open_tab, ask):
    """The page says that the connection is lost and comes back by itself: all turns, and what was being typed."""
    with serving(tmp_path) as first:
        page = open_tab(first.url)
        ask(page, "What did it cost?")
        page.fill("#question textarea", "What did it cost? slow")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#turn-1 .sentence")
        page.fill("#question textarea", "half a question")
    page.wait_for_selector("#lost:not([hidden])")
    with serving(tmp_path, port=urlsplit(first.url).port):
        page.wait_for_selector("#turn-1 [data-retry]")
        assert page.locator(".turn").count() == 2
        assert "stopped before this question was answered" in page.text_content("#turn-1 .status")
        assert page.input_value("#question textarea") == "half a question"
        page.close()
