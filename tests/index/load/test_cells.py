"""Cells stand below the header of their own column, whatever reaches over it, and wide rows cost what they hold."""

from __future__ import annotations

import time

import pytest

from index.load.formats import READERS, read_here
from index.load.reading import Limits
from index.load.table import pipe_table


def page(source: str) -> str:
    return read_here(READERS[".html"], source.encode(), Limits()).text


def table(*rows: str) -> str:
    return page(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")


HEADER = "<th>Year<th>Town<th>Mills"
RULE = "| --- | --- | --- |"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            [HEADER, "<td rowspan=2>2031<td>Stoke<td>5", "<td>Vell<td>6", "<td>2032<td>Brun<td>7"],
            f"| Year | Town | Mills |\n{RULE}\n| 2031 | Stoke | 5 |\n| 2031 | Vell | 6 |\n| 2032 | Brun | 7 |",
        ),
        (
            [HEADER, "<td>2031<td>Stoke<td rowspan=3>5", "<td>2032<td>Vell", "<td>2033"],
            f"| Year | Town | Mills |\n{RULE}\n| 2031 | Stoke | 5 |\n| 2032 | Vell | 5 |\n| 2033 |  | 5 |",
        ),
        (
            ["<th colspan=2>Name<th>Age", "<td>Ulla<td>Tern<td>30"],
            f"| Name | Name | Age |\n{RULE}\n| Ulla | Tern | 30 |",
        ),
        (
            ["<th rowspan=2>Year<th colspan=2>Mills", "<th>Stoke<th>Vell", "<td>2031<td>5<td>6"],
            f"| Year | Mills | Mills |\n{RULE}\n| Year | Stoke | Vell |\n| 2031 | 5 | 6 |",
        ),
        (
            [HEADER, "<td rowspan=0>2031<td colspan=x>Stoke<td rowspan=-1>5", "<td>2032<td>Vell<td>6"],
            f"| Year | Town | Mills |\n{RULE}\n| 2031 | Stoke | 5 |\n| 2032 | Vell | 6 |",
        ),
    ],
)
def test_cells_that_reach_over_others(rows: list[str], text: str) -> None:
    """They are repeated in every place that they take."""
    assert table(*rows) == text


def test_a_lone_cell_is_a_line() -> None:
    """The heading of a part of a table is not repeated for each of its columns."""
    assert "\nBy the river\n" in table(HEADER, "<td colspan=3>By the river", "<td>2031<td>Stoke<td>5")


def test_blocks_that_reach_over_rows_are_not_repeated() -> None:
    """The side of a page that is laid out by a table is read once."""
    side = "<td rowspan=2><p>Menu of the mill</p><p>Prices</p>"

    assert table(f"{side}<td>One", "<td>Two").count("Menu of the mill") == 1


def test_huge_spans_are_no_danger() -> None:
    """A few bytes do not become a gigabyte."""
    row = "<td colspan=1000 rowspan=60000>" + "word " * 15 + "<td>x"

    assert len(table(*[row] * 1_000)) < 10_000_000


def test_wide_rows_cost_what_they_hold() -> None:
    """A row of thousands of delimiters, or of thousands of cells, does not widen all others to its own width."""
    empty = "a,b" + "," * 16_000 + "\n" + "c\n" * 16_000 + "d,e\n"
    full = ",".join(map(str, range(8_000))) + "\n" + "c,d\n" * 8_000
    began = time.process_time()
    texts = [read_here(READERS[".csv"], source.encode(), Limits()).text for source in (empty, full)]

    assert texts[0].startswith("| a | b |\n| --- | --- |\n| c |  |\n")
    assert texts[0].endswith("| d | e |")
    assert texts[1].endswith("\n| c | d |")
    assert all(len(text) < 500_000 for text in texts)
    assert time.process_time() - began < 5


def test_columns_without_a_word_are_left_out() -> None:
    """Also in rows of different lengths."""
    assert pipe_table([["a", "", "b"], ["1"], ["2", " ", "3", ""]]) == ("| a | b |\n| --- | --- |\n| 1 |  |\n| 2 | 3 |")


def test_headings_of_an_org_file_take_one_look() -> None:
    """Blanks in a line cost nothing; keywords, priorities and tags are no words of the heading."""
    source = f"* a{' ' * 40_000}b\n** TODO [#A] Mill  :old:rye:\n*bold* words\n"
    began = time.process_time()
    text = read_here(READERS[".org"], source.encode(), Limits()).text

    assert text == f"# a{' ' * 40_000}b\n## Mill\n*bold* words"
    assert time.process_time() - began < 2


def test_an_open_drawer_of_an_org_file_hides_nothing() -> None:
    """Without its end it stops at the next heading, and many of them cost nothing."""
    source = "* One\n:LOGBOOK:\nnote\n* Two\nThe mill is open.\n:PROPERTIES:\n:ID: 1\n:END:\nWords.\n"
    began = time.process_time()
    text = read_here(READERS[".org"], source.encode(), Limits()).text
    read_here(READERS[".org"], b":LOGBOOK:\n" * 8_000, Limits())

    assert text == "# One\n:LOGBOOK:\nnote\n# Two\nThe mill is open.\nWords."
    assert time.process_time() - began < 2
