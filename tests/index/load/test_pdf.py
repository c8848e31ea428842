"""The text of a PDF is what a reader would read, in the order in which he would read it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.load.formats import READERS, read_here
from index.load.pdf.paging import join_lines
from index.load.reading import Limits, Reading
from index.load.title import choose_title
from index.text.hyphens import unbroken
from tests.files import pdf, pdf_of, placed_pdf

LEFT = [
    "The mill at Stoke was built in",
    "1790 by Anna Reed. It grinds",
    "rye and barley for 12 villages",
    "and has run since that very day.",
]
RIGHT = [
    "A sack of flour is 9 crowns in",
    "summer and 11 in winter. The",
    "miller takes every tenth sack",
    "as his wage, by old custom.",
]


def read(data: bytes) -> Reading:
    return read_here(READERS[".pdf"], data, Limits())


def page_texts(reading: Reading) -> list[str]:
    ends = [*reading.page_starts[1:], len(reading.text)]
    return [reading.text[start:end] for start, end in zip(reading.page_starts, ends, strict=True)]


@pytest.mark.parametrize("order", ["by rows", "by columns", "backwards"])
def test_columns_are_read_one_after_the_other(order: str) -> None:
    """Whatever the order in the file, the left column comes before the right one, below the title of both."""
    title = (60.0, 740.0, "The mill of Stoke and its customers, a history from the founding until today", 14.0)
    left = [(60.0, 700.0 - 14 * n, line) for n, line in enumerate(LEFT)]
    right = [(320.0, 700.0 - 14 * n, line) for n, line in enumerate(RIGHT)]
    rows = [item for pair in zip(left, right, strict=True) for item in pair]
    placed = {"by rows": [title, *rows], "by columns": [title, *left, *right], "backwards": [*rows[::-1], title]}
    text = read(placed_pdf(placed[order])).text

    assert text.split("\n\n") == [f"## {title[2]}", " ".join(LEFT), " ".join(RIGHT)]


def test_a_sentence_runs_on_in_the_next_column() -> None:
    """Also a word that is broken there."""
    left = [(60.0, 700.0 - 14 * n, line) for n, line in enumerate([*LEFT, "It never stands still but for re-"])]
    right = [(320.0, 700.0 - 14 * n, line) for n, line in enumerate(["pairs in the spring of the year.", *RIGHT])]

    assert "It never stands still but for repairs in the spring of the year." in read(placed_pdf([*right, *left])).text


def test_a_table_keeps_its_rows() -> None:
    """Words above figures in columns become a Markdown table, whatever the order in the file."""
    cells = [["Part", "Stock", "Price"], ["KX-1", "17", "54.60"], ["KX-2", "32", "48.18"], ["KX-3", "3", "283.47"]]
    placed = [
        (72.0 + 120 * x, 700.0 - 16 * y, cell) for x in range(3) for y, cell in enumerate(row[x] for row in cells)
    ]
    text = read(placed_pdf([(72, 740, "Spare parts of the pump line are kept by the stores team."), *placed])).text

    assert text.endswith(
        "| Part | Stock | Price |\n| --- | --- | --- |\n"
        "| KX-1 | 17 | 54.60 |\n| KX-2 | 32 | 48.18 |\n| KX-3 | 3 | 283.47 |"
    )


def test_lines_of_a_timetable_stay_lines() -> None:
    """Without a header that can be told, each row is a line of its own."""
    rows = [["Oster", "07:10", "08:20"], ["Vell", "07:55", "09:05"], ["Brun", "08:30", "09:40"]]
    placed = [(72.0 + 120 * x, 700.0 - 16 * y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row)]

    assert read(placed_pdf(placed)).text == "Oster  07:10  08:20\nVell  07:55  09:05\nBrun  08:30  09:40"


@pytest.mark.parametrize(
    "lines",
    [
        ["Monday to Friday Oster 06:10 Vell 07:20 Brun 08:05", "Saturday, Sunday Oster 07:10 Vell 08:20 Brun 09:05"]
        * 2,
        [
            "Contract holder: Ulla Tern of the mill at Stoke",
            "Contract number: BW-2231 of the year 2031",
            "Rent: 900 crowns",
        ],
    ],
)
def test_entries_without_columns_stay_lines(lines: list[str]) -> None:
    """Lines of a timetable or a form that look like wrapped prose are not joined."""
    assert read(pdf(lines)).text.split("\n") == lines


def test_running_lines_go() -> None:
    """Headers and page numbers that repeat are no part of the text; what a header says stands once."""
    body = "The lift of house {} is tested in the morning by the operator on duty."
    pages = [
        [(72.0, 760.0, "Contract BW-2231"), (72.0, 700.0, body.format("ABCDE"[n])), (300.0, 30.0, f"Page {n + 1} of 5")]
        for n in range(5)
    ]
    text = read(placed_pdf(*pages)).text

    assert text.count("BW-2231") == 1
    assert "Page" not in text
    assert all(body.format(house) in text for house in "ABCDE")


BODIES = [
    "The house stands by the river and mill.",
    "A farm lies upon the hill and moor.",
    "This shop is in the old town wall.",
]


def lots(count: int, *lines: Callable[[int], tuple[float, str]]) -> str:
    """The text of pages of three lines of prose, each with these lines at these heights."""
    pages = []
    for page in range(count):
        body = [(72.0, 600.0 - 20 * n, f"{BODIES[(page + n) % 3]} It is page {'ABCDE'[page]}.") for n in range(3)]
        pages.append([*((72.0, *line(page)) for line in lines), *body])
    return read(placed_pdf(*pages)).text


@pytest.mark.parametrize(
    "label",
    [
        lambda page: f"Lot {12 + 3 * page}",
        lambda page: f"Lot {12 + page}",
        lambda page: f"Invoice No. {1001 + page}",
        lambda page: f"Reserve price: {(250, 310, 475, 90, 120)[page]} pounds",
        lambda page: f"Closing balance: {page + 1},450.{page}0 EUR",
        lambda page: f"KX-{page + 1}",
        lambda page: f"Rating: {page + 1}/5",
    ],
)
@pytest.mark.parametrize("height", [760.0, 60.0])
def test_lines_that_differ_in_a_number_stay(label: Callable[[int], str], height: float) -> None:
    """They say something else on every page, however alike they look."""
    text = lots(5, lambda page: (height, label(page)), lambda page: (30.0, f"{page + 1}"))

    assert [label(page) in text for page in range(5)] == [True] * 5
    assert lots(3, lambda page: (height, label(page))).count(label(1)) == 1


@pytest.mark.parametrize(
    "number",
    [
        lambda page: f"{page + 17}",
        lambda page: f"- {page + 1} -",
        lambda page: f"{page + 1} / 5",
        lambda page: f"Page {page + 1} of 5",
        lambda page: f"Contract BW-2231 | {page + 1}",
        lambda page: f"Contract BW-2231, page {page + 1} of 5",
        lambda page: ("i", "ii", "iii", "iv", "v")[page],
    ],
)
def test_page_numbers_go(number: Callable[[int], str]) -> None:
    """Alone in their line or beside a title, in digits or as Romans wrote them."""
    text = lots(5, lambda page: (30.0, number(page)))

    assert sum(number(page) in text.splitlines() for page in range(5)) <= ("Contract" in number(0))


def test_values_beside_their_labels_stay() -> None:
    """However wide the gap, and although they count up; and so do years above page numbers."""
    years = lots(3, lambda page: (760.0, f"{page + 2029}"), lambda page: (30.0, f"{page + 1}"))
    pages = [
        [(72.0, 760.0, "Invoice No."), (200.0, 760.0, f"{page + 1001}"), (72.0, 600.0, BODIES[page])]
        for page in range(3)
    ]

    assert [str(year) in years for year in (2029, 2030, 2031)] == [True] * 3
    assert [str(number) in read(placed_pdf(*pages)).text for number in (1001, 1002, 1003)] == [True] * 3


def test_a_title_and_a_page_number_in_one_line_go() -> None:
    """The gap between the two does not matter, nor that the title holds a number."""
    pages = [
        [(72.0, 760.0, "Contract 2231"), (500.0, 760.0, f"{page + 3}"), (72.0, 600.0, BODIES[page])]
        for page in range(3)
    ]

    assert read(placed_pdf(*pages)).text.count("Contract") == 1


def test_a_sentence_runs_on_over_a_page() -> None:
    """Its two halves are one sentence, and each page begins where its first word stands; so with a broken word."""
    opening, middle = "The door stays locked until", "a smith has signed the release form. He must be certi-"
    reading = read(pdf(["Rules of the workshop.", opening], [middle], ["fied by the guild.", "Done."]))

    assert f"{opening} a smith has signed the release form. He must be certified by the guild." in reading.text
    assert [text.split()[0] for text in page_texts(reading)] == ["Rules", "a", "fied"]


def test_a_new_paragraph_on_a_new_page_is_one() -> None:
    """What ended is not joined to what comes next."""
    reading = read(pdf(["The lift was delivered by Tolvane.", "Loads"], ["Pallets must not stick out."]))

    assert reading.text == "The lift was delivered by Tolvane.\nLoads\n\nPallets must not stick out."


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("every inno-\nvation", "every innovation"),
        ("the cooling lasts forty-\ntwo hours", "the cooling lasts forty-two hours"),
        ("the price-\ndetermining class", "the price-determining class"),
        ("heat-\nresistant gloves", "heat-resistant gloves"),
        ("a certi-\nfication", "a certification"),
        ("the Donaudampf-\nschiff", "the Donaudampfschiff"),
        ("the Anglo-\nAmerican", "the Anglo-American"),
        ("an over-\nview of up-\nto-date plans", "an overview of up-to-date plans"),
        ("from 2-\n5 people", "from 2-\n5 people"),
        ("COVID-\n19 cases", "COVID-19 cases"),
        ("rules for de-\nsign", "rules for design"),
    ],
)
def test_hyphens(broken: str, whole: str) -> None:
    """A hyphen that belongs to the word stays, one that only breaks it goes."""
    assert unbroken(broken) == whole


def test_the_document_knows_its_words() -> None:
    """What is written within a line elsewhere decides."""
    assert unbroken("a micro-\nwave", {"micro-wave"}) == "a micro-wave"
    assert unbroken("a light-\nhouse", {"lighthouse"}) == "a lighthouse"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("A Heading\nThe lab spent far less than any of its rivals did.",) * 2,
        ("the lab spent far less on it\nthan its rivals", "the lab spent far less on it than its rivals"),
    ],
)
def test_lines_of_a_page(lines: str, joined: str) -> None:
    """Only line breaks inside a sentence are taken for layout."""
    assert joined == join_lines(lines)


@pytest.mark.parametrize(
    "declared",
    ["(anonymous)", "about:blank", "untitled", "Untitled 3", "http://a.example/x", "null", "Microsoft Word - a.doc"],
)
def test_titles_that_programs_write(declared: str) -> None:
    """They are not the document's title."""
    assert choose_title(declared, "Kiln safety rules\n\nEvery kiln is tested.", "kiln") == "Kiln safety rules"


def test_pages_that_are_pictures_are_told(tmp_path: Path) -> None:
    """A half-scanned file gives the text it has and says which pages have none."""
    picture = b"q 100 0 0 100 72 600 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q"
    reading = read(pdf_of([b"BT /F1 12 Tf 72 700 Td (The lift is tested every morning.) Tj ET", picture, b"", picture]))

    assert reading.text.strip() == "The lift is tested every morning."
    assert reading.notice == (
        "was read in part: pages 2, 4 are pictures without text, of 4; text recognition (OCR) would make them readable"
    )


def test_a_page_of_thousands_of_labels() -> None:
    """A map or a dense table costs a moment, not minutes: places are compared with a few others only."""
    labels = [(20.0 + 7.3 * (n % 78), 20.0 + 11.0 * (n // 78), f"{n % 10}", 4.0) for n in range(5_000)]
    began = time.process_time()
    text = read(placed_pdf(labels)).text

    assert len(text.split()) >= 5_000
    assert time.process_time() - began < 10
