"""The source panel shows the cited slice, the whole slice and nothing but the slice, in its surroundings."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from index.records import Document
from tests.strategies import documents
from tests.ui.test_typeset import KEPT
from ui.source import REACH, source_panel, surroundings
from ui.turn import Place


def place(document: Document, start: int, end: int) -> Place:
    return Place(0, "marker", 1, document.id, document.title, document.uri, None, start, end, document.text[start:end])


@given(documents(), st.data())
def test_the_marked_words_are_the_slice_and_the_page_is_the_text_around_it(document, data):
    """Whatever the document, the mark holds exactly text[start:end] and the page a piece of the text around it."""
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    html = source_panel(place(document, start, end), document)
    soup = BeautifulSoup(html, "html.parser", preserve_whitespace_tags=KEPT)
    first, last = surroundings(document.text, start, end)
    assert readable(document.text[start:end]) == "".join(mark.get_text() for mark in soup.find_all("mark"))
    shown = readable(document.text[first:last])
    assert soup.find(class_="page").get_text() == f"{'… ' * (first > 0)}{shown}{' …' * (last < len(document.text))}"


@given(documents(), st.integers(0, 50), st.data())
def test_surroundings_keep_within_reach(document, reach, data):
    """The shown range holds the slice and goes no further than `reach` on either side."""
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    first, last = surroundings(document.text, start, end, reach)
    assert max(0, start - reach) <= first <= start
    assert end <= last <= min(len(document.text), end + reach)


def test_surroundings_begin_and_end_between_sentences():
    """A long text is cut where a sentence begins and where one ends."""
    text = "This is one sentence of the text. " * 200
    first, last = surroundings(text, 3400, 3433)
    assert text[first:].startswith("This is one")
    assert text[:last].endswith("the text.")
    assert 3400 - first > REACH - 40


def test_a_removed_document_still_shows_the_quote_and_says_so():
    """After its document is gone, a mark opens the words that were cited with a sentence about it."""
    gone = place(Document("d", "a.txt", "A", "Some words."), 0, 4)
    panel = BeautifulSoup(source_panel(gone, None), "html.parser")
    assert panel.find("mark").get_text() == "Some"
    assert "was removed" in panel.find(class_="notice").get_text()


def test_a_short_document_offers_no_whole_document():
    """The button for the whole document is there only when something is left out."""
    short = Document("d", "a.txt", "A", "Some words.")
    long = Document("d", "a.txt", "A", "Some words. " * 1000)
    assert "Show whole document" not in source_panel(place(short, 0, 4), short)
    assert "Show whole document" in source_panel(place(long, 0, 4), long)
    assert "Show less" in source_panel(place(long, 0, 4), long, whole=True)


@pytest.mark.parametrize(("page", "drawn"), [(-1, False), (0, False), (1, True), (2, True), (3, False), (99, False)])
def test_only_pages_that_the_document_has_are_drawn(page, drawn):
    """An imported citation may name any page: of others than the document's own the words alone are shown."""
    scanned = Document("d", "a.pdf", "A", "Some words. More words.", (0, 12))
    panel = BeautifulSoup(source_panel(replace(place(scanned, 0, 4), page=page), scanned), "html.parser")
    assert panel.find("mark").get_text() == "Some"
    assert bool(panel.find(class_="drawn")) is drawn


def readable(text: str) -> str:
    """What HTML can hold of a text."""
    return "".join("\ufffd" if (ord(c) < 32 and c not in "\t\n\r") or c == "\x7f" else c for c in text)
