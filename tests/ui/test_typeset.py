"""Documents as their readers know them, over the same offsets: what is drawn differs, the characters do not."""

import re
import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from ui.typeset import Manner, manner, typeset, typeset_line, typeset_row

ALL_OF_IT = (
    "# A **b** #\n\nSome *soft* and **hard words** with `co*de` and a \\* star.\nA second line of 5*3.\n\n"
    "- one\n  more\n"
    "- two\n\n  still two\n  - inner\n\n| a | b |\n|---|---|\n| 1 | 2\\|3 |\n| **4** | |\n\n"
    "1. first\n2. second\n\n---\n"
    "```py\ncode # x\n```\nThe [end](http://example.org) ![p](x.png) <b onclick=x>.\r\n"
)
PIECES = (
    "# ", "## ", "- ", "* ", "1. ", "  ", "\n", "\n\n", "\r\n", "|", "| a | b |\n", "|---|---|\n", "**", "*", "_", "`",
    "``", "```\n",
    "~~~", "\\", "\\|", "word", "two words", ".", "---\n", ">", "<b>", "[a](b)", "\t", "\u2028", "é", "\x0b", "&amp;",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
MANNERS: tuple[Manner, ...] = ("markdown", "plain", "code")
WRITTEN = {
    "div",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "ul",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "span",
    "strong",
    "em",
}
WRITTEN |= {"code", "mark", "bdi"}
KEPT = {"mark", "bdi", *WRITTEN}


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser", preserve_whitespace_tags=KEPT)


def readable(text: str) -> str:
    """What HTML can hold of a text."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\ufffd", text)


@given(TEXTS, st.data(), st.sampled_from(MANNERS))
def test_every_character_stands_where_it_stood_and_the_marks_hold_the_slice(text, data, how):
    """The text is all there, in order; the marks together are the slice; each block begins where it says."""
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    start = data.draw(st.integers(first, last))
    end = data.draw(st.integers(start, last))
    page = soup(typeset(text, (first, last), (start, end), how))
    shown = page.get_text()
    assert shown.endswith(readable(text[first:last]))
    above = text[:first]
    assert shown == readable(text[first:last]) or text.startswith("|", first)
    assert "".join(mark.get_text() for mark in page.find_all("mark")) == readable(text[start:end])
    assert len(page.select("#cited")) == 1
    for block in page.select("[data-at]"):
        at = int(block["data-at"])
        assert readable(text[at:]).startswith(block.get_text()) or (above and block.find_parent("thead"))


@given(TEXTS, st.sampled_from(MANNERS))
@example(ALL_OF_IT, "markdown")
@example("1. ---\n", "markdown")
def test_nothing_becomes_what_it_was_not_and_no_word_is_hidden(text, how):
    """Headings, lists, tables, listings and emphasis are made; what is not drawn is marks of Markdown and blanks."""
    page = soup(typeset(text, (0, len(text)), None, how))
    assert {tag.name for tag in page.find_all()} <= WRITTEN
    hidden = "".join(part.get_text() for part in page.select(".syntax") if not part.find_parent(class_="listing"))
    assert not re.search(r"[^\W_]|[.<>\[\]()&é]", readable(hidden).replace("\ufffd", ""))
    if how == "plain":
        assert not page.select("strong, em, code")


def test_a_document_looks_like_this():
    """Headings, emphasis, lists, tables and listings are drawn as such; links, pictures and HTML are text."""
    page = soup(typeset(ALL_OF_IT, (0, len(ALL_OF_IT)), None, "markdown"))
    for part in page.select(".syntax"):
        part.extract()
    assert [tag.get_text() for tag in page.select("h3, h3 strong")] == ["A b", "b"]
    assert [tag.get_text() for tag in page.select("p strong, p em, p code")] == ["soft", "hard words", "co*de"]
    assert "a * star" in page.select_one("p").get_text()
    assert [tag.get_text() for tag in page.select("ul.depth-1 > li.bullet")] == ["one\n  more", "two"]
    assert [tag.get_text() for tag in page.select("ul.depth-2 > li")] == ["inner"]
    assert [tag.get_text() for tag in page.select("li:not(.bullet)")] == ["1. first", "2. second"]
    assert [tag.get_text() for tag in page.select("thead th")] == ["a", "b"]
    assert [tag.get_text() for tag in page.select("td")] == ["1", "2|3", "4", ""]
    assert page.select_one(".listing").get_text() == "code # x"
    assert page.select("p")[-1].get_text() == "The [end](http://example.org) ![p](x.png) <b onclick=x>."


def test_where_a_link_leads_is_drawn_small_and_leads_nowhere():
    """In running text and in cells; in code it is code, and in other texts nothing is a link."""
    text = "| set | n |\n|---|---|\n| [Ferry *logs*](https://example.org/a_b_c) x | 3 |\n\nSee `[a](b)` and **[c](d)**."
    page = soup(typeset(text, (0, len(text)), None, "markdown"))
    assert [part.get_text() for part in page.select("td .target, p .target")] == ["(https://example.org/a_b_c)", "(d)"]
    assert "[Ferry logs](https://example.org/a_b_c) x" in page.get_text().replace("*", "")
    assert not page.select("a")
    assert not soup(typeset(text, (0, len(text)), None, "plain")).select(".target")
    assert '<span class="target">(d)</span>' in typeset_line("see [c](d)", "markdown")


def test_rows_far_down_a_table_keep_its_header():
    """A window that begins inside a table shows the header first, and a gap where rows were left out."""
    rows = "".join(f"| {number} | {number * 2} |\n" for number in range(50))
    text = f"Before.\n\n| one | double |\n|---|---|\n{rows}After.\n"
    first = text.index("\n| 30 |") + 1
    start, end = text.index("\n| 31 |") + 1, text.index("\n| 32 |")
    page = soup(typeset(text, (first, len(text)), (start, end), "plain"))
    assert [tag.get_text().strip("| -\n") for tag in page.select("th")] == ["one", "double"]
    assert len(page.select("tr.apart")) == 1
    assert "".join(mark.get_text() for mark in page.select("mark")) == "| 31 | 62 |"
    assert page.select("mark")[0].find_parent("tr").get_text().startswith("| 31 |")
    near = soup(typeset(text, (text.index("\n| 0 |") + 1, len(text)), (start, end), "plain"))
    assert near.select("tr.apart") == []


def test_a_window_inside_a_listing_is_a_listing():
    """A comment of a program is no heading, wherever the window begins."""
    text = "Text.\n\n```\nx = 1\n# a comment\ny = 2\n```\n\n# A heading\n"
    page = soup(typeset(text, (text.index("# a"), len(text)), None, "markdown"))
    assert "# a comment" in page.select_one(".listing").get_text()
    assert [tag.get_text().strip() for tag in page.select("h3")] == ["# A heading"]


@pytest.mark.parametrize(
    "piece", ["*", "`a`` ", "- ", "|", "# ", " ", "\\", "_a ", "> ", "[", "[a](b) ", "```\n", "| a |\n|---|\n"]
)
def test_no_text_takes_long(piece):
    """A text made to be slow is as quick as any other of its length."""
    text = "# " + piece * (40_000 // len(piece)) + "x #"
    began = time.process_time()
    for how in MANNERS:
        typeset(text, (0, len(text)), (5, 10), how)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("a/b.MD", "markdown"), ("a.zip/n.ipynb", "markdown"), ("a.pdf", "plain"), ("run.py", "code"), ("none", "plain")],
)
def test_how_a_text_is_written_follows_from_its_name(uri, expected):
    """Emphasis belongs to Markdown alone: elsewhere an asterisk is an asterisk."""
    assert manner(uri) == expected
    assert ("<em>" in typeset("2 *3* 4", (0, 7), None, manner(uri))) == (expected == "markdown")


@given(TEXTS, TEXTS, st.data(), st.sampled_from(MANNERS))
@example("| 1 | 2\\|3 |", "a | b", None, "plain")
def test_a_row_under_its_header_is_the_row(words, header, data, how):
    """Whatever the two are, the characters of the row are all there and no others, those in focus in bold."""
    first = data.draw(st.integers(0, len(words))) if data else 0
    focus = (first, data.draw(st.integers(first, len(words))) if data else first)
    drawn = soup(f"<bdi>{typeset_row(words, header, how, focus)}</bdi>")
    assert drawn.get_text() == readable(words)
    assert "".join(bold.get_text() for bold in drawn.select("b")) == readable(words[slice(*focus)])


def test_each_cell_stands_under_the_name_of_its_column():
    """Marks of emphasis and bars are not drawn; where row and header differ in length, the row is a line."""
    drawn = soup(typeset_row("F1 | **Kiel** | 4.80", '| Line | To "<b>" | *Fare* |', "markdown", (16, 20)))
    cells = drawn.select(".cells > .cell")
    assert [cell["data-name"] for cell in cells] == ["Line", 'To "<b>"', "Fare"]
    assert [bold.get_text() for bold in drawn.select("b")] == ["4.80"]
    for mark in drawn.select(".syntax"):
        mark.extract()
    assert [cell.get_text() for cell in cells] == ["F1", "Kiel", "4.80"]
    for header in ("Line | To", "Departures", ""):
        assert not soup(typeset_row("F1 | Kiel | 4.80", header, "markdown")).select(".cell")
