"""Superscripts keep apart from the number before them, and words struck out are no words of the text."""

from __future__ import annotations

import pytest

from index.load.formats import READERS, read_here
from index.load.reading import Limits
from tests.index.load import made

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def page(source: str) -> str:
    return read_here(READERS[".html"], source.encode(), Limits()).text


def word(*runs: str) -> str:
    """The text of a Word document of one paragraph with these runs."""
    import docx
    from docx.oxml.parser import parse_xml

    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {SPACE}>{''.join(runs)}</w:p>"))
    return read_here(READERS[".docx"], made.saved(document), Limits()).text


def run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


RAISED = '<w:vertAlign w:val="superscript"/>'


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("10<sup>6</sup> cells", "10^6 cells"),
        ("10<sup>-6</sup> m", "10^-6 m"),
        ("10<sup><b>6</b></sup>", "10^6"),
        ("<b>10</b><sup> 6 </sup>cells", "10^6 cells"),
        ("x<sup>2</sup>, the 5<sup>th</sup>, H<sub>2</sub>O", "x2, the 5th, H2O"),
        ("<h1>10<sup>6</sup> cells</h1>", "# 10^6 cells"),
        ('in 1990<sup><a href="#n3">3</a></sup>.', "in 1990[3]."),
        ('the mill<a href="notes.xhtml#n3"><sup>3</sup></a>.', "the mill[3]."),
        ('the mill<sup><a href="#n3">[3]</a></sup>.', "the mill[3]."),
        ('<a href="mill.html#cells">10<sup>6</sup></a>', "10^6"),
        ("<p>a <sup></sup>b</p>", "a b"),
        ("<sup>3</sup> Ibid.", "3 Ibid."),
    ],
)
def test_superscripts_of_a_page(source: str, text: str) -> None:
    """A power is written with "^", a mark of a note in brackets."""
    assert page(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Was <s>90</s>75 euros", "Was 75 euros"),
        ("Within <del>12</del><ins>15</ins> days", "Within 15 days"),
        ("<strike>90</strike> 75", "75"),
        ('<span style="text-decoration: line-through">90</span> 75', "75"),
    ],
)
def test_words_struck_out_of_a_page(source: str, text: str) -> None:
    """What no longer holds is left out, what came in its place stays."""
    assert page(source) == text


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ([run("held 10"), run("6", RAISED), run(" cells")], "held 10^6 cells"),
        ([run("10"), run("-", RAISED), run("12", RAISED), run(" m")], "10^-12 m"),
        ([run("10"), run("1", RAISED), run("2", RAISED)], "10^12"),
        ([run("the 5"), run("th", RAISED), run(" mill")], "the 5th mill"),
    ],
)
def test_superscripts_of_a_word_document(runs: list[str], text: str) -> None:
    """However the program cuts them into runs."""
    assert word(*runs) == text


@pytest.mark.parametrize("mark", ["strike", "dstrike"])
def test_words_struck_out_of_a_word_document(mark: str) -> None:
    """What is formatted so is left out, unless the format is switched off."""
    struck, plain = run("90", f"<w:{mark}/>"), run("80 or ", f'<w:{mark} w:val="0"/>')

    assert word(run("Price "), struck, plain, run("75.")) == "Price 80 or 75."


def test_moved_words_stand_once() -> None:
    """Where they were moved to."""
    moved = run("Moved words. ")

    assert word(f"<w:moveFrom>{moved}</w:moveFrom>", run("Here. "), f"<w:moveTo>{moved}</w:moveTo>") == (
        "Here. Moved words."
    )


def test_a_text_box_in_a_cell_is_read_once() -> None:
    """The copy for older programs is not read."""
    import docx
    from docx.oxml.parser import parse_xml

    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent></w:pict>"
    document = docx.Document()
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("Part", "Stock", "KX-1", "17"), strict=True):
        cell.text = words
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    table.cell(1, 0).paragraphs[0]._p.append(
        parse_xml(f"<w:r {SPACE} {space}><mc:AlternateContent>{both}</mc:AlternateContent></w:r>")
    )

    assert read_here(READERS[".docx"], made.saved(document), Limits()).text == (
        "| Part | Stock |\n| --- | --- |\n| KX-1 Boxed. | 17 |"
    )
