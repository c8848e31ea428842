"""Documents, sheets, slides, books, messages, data and archives become text with Markdown's headings and tables."""

import csv
import random
import struct
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from index.errors import UnreadableDocument
from index.load import load
from index.load.formats import FORMATS, READERS, format_of, read_here
from index.load.numbers import shown
from index.load.reading import Limits, Reading
from index.records import Origin
from tests.index.load import made

FILES = made.of_every_format()
WITH_TABLE = [".md", ".csv", ".xlsx", ".pptx", ".odt", ".json", ".jsonl", ".epub", ".eml", ".org", ".tex", ".zip"]
WITHOUT_PROSE = {".csv", ".jsonl", ".xlsx"}
SAID = Origin("Ulla Tern", "2031-04-05")


def read(suffix: str, data: bytes | str) -> Reading:
    return read_here(READERS[suffix], data.encode() if isinstance(data, str) else data, Limits())


def test_every_format_has_a_file_here() -> None:
    """A new format joins these tests."""
    assert {READERS[suffix].name for suffix in FILES} == {known.name for known in FORMATS}


def test_reading_a_table_leaves_the_csv_module_as_it_was() -> None:
    """Its longest cell is a setting of the whole process, in which others read tables too."""
    before = csv.field_size_limit()
    assert "x" * 140_000 in read(".csv", f"Name,Note\nA,{'x' * 140_000}").text
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("suffix", sorted(set(FILES) - WITHOUT_PROSE))
def test_words_are_read(suffix: str, tmp_path: Path) -> None:
    """The same sentence comes out of every format, through the process that parses risky ones."""
    path = tmp_path / f"mill{suffix}"
    path.write_bytes(FILES[suffix])

    assert made.PROSE in load(path, path.name).text


@pytest.mark.parametrize("suffix", WITH_TABLE)
def test_tables_have_one_form(suffix: str) -> None:
    """Header, separator and rows, as Markdown has them."""
    assert made.TABLE in read(suffix, FILES[suffix]).text


@pytest.mark.parametrize(
    ("suffix", "origin"),
    [(".epub", SAID), (".odt", SAID), (".eml", Origin("Ulla Tern <ulla@mill.example>", "2031-04-05"))],
)
def test_who_and_when(suffix: str, origin: Origin) -> None:
    """Author and day come from where the format keeps them."""
    assert read(suffix, FILES[suffix]).meta == origin


@pytest.mark.parametrize("suffix", [".xlsx", ".pptx"])
def test_who_made_it(suffix: str) -> None:
    """Office files name their author."""
    assert read(suffix, FILES[suffix]).meta.author == "Ulla Tern"


def test_a_workbook() -> None:
    """Sheets are sections; cells are as shown; an empty row does not end a table of figures; hidden sheets are out."""
    assert read(".xlsx", FILES[".xlsx"]).text == (
        f"# Stock\n\n{made.TABLE}\n\n# Prices\n\nPrice list of the mill\n\n"
        "| Day | Share | Price | Count | Late | Debt |\n| --- | --- | --- | --- | --- | --- |\n"
        "| 05.04.2031 | 12.5% | 1,234.50 EUR | 1,234,567 | TRUE | (12.50) |\n"
        "| 2031-04-06 7:30:00 | 0.5 | 2 | 3 | FALSE | 1 |"
    )


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (None, "General", ""),
        (0.1 + 0.2, "General", "0.3"),
        (12345678901234567, "General", "1.23456789012346e+16"),
        (5, "0", "5"),
        (-5.5, "0.00", "-5.50"),
        (0.5, "0%", "50%"),
        (3.14159, "0.0##", "3.142"),
        (3.1, "0.0##", "3.1"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (7, '"No. "0', "No. 7"),
        (12, "@", "12"),
        (datetime.fromisoformat("2031-04-05"), "General", "2031-04-05"),
        (datetime.fromisoformat("2031-04-05"), "m/d/yy", "4/5/31"),
        (datetime.fromisoformat("2031-04-05T14:05"), "d mmm yyyy h:mm AM/PM", "5 Apr 2031 2:05 PM"),
        (datetime.fromisoformat("2031-04-05"), "dddd, mmmm dd", "Saturday, April 05"),
        (time(7, 5, 9), "hh:mm:ss", "07:05:09"),
        (time(7, 5), "yyyy", "1900"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        ("words", "General", "words"),
    ],
)
def test_cells_are_as_shown(value: object, code: str, text: str) -> None:
    """What a spreadsheet shows is what people cite."""
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("a,b\n1,2", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("a\tb\n1\t2,5", "| a | b |\n| --- | --- |\n| 1 | 2,5 |"),
        ("sep=|\na|b\n1|2", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ('a;b\n"x;y\nz";"1|2"', "| a | b |\n| --- | --- |\n| x;y z | 1\\|2 |"),
        ("Sales;;\n\nName;Sum;\nA;1;\nTotal;1;\nin crowns;;",
         "Sales\n\n| Name | Sum |\n| --- | --- |\n| A | 1 |\n| Total | 1 |\n\nin crowns"),
        ("one\ntwo\nthree", "one\ntwo\nthree"),
        ("a,b,c\n1,2\n1,2,3,4", "| a | b | c |  |\n| --- | --- | --- | --- |\n| 1 | 2 |  |  |\n| 1 | 2 | 3 | 4 |"),
        ("a,b\n1,2\n\nc,d\n3,4", "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| c | d |\n| --- | --- |\n| 3 | 4 |"),
    ],
)  # fmt: skip
def test_values(data: str, text: str) -> None:
    """Delimiters are told from the rows; titles and notes stay beside the table; ragged rows lose nothing."""
    assert read(".csv", data).text == text


def test_data_files_are_named_by_their_file(tmp_path: Path) -> None:
    """A header row is no title."""
    (tmp_path / "sales 2031.csv").write_text("Name,Sum\nA,1")

    assert load(tmp_path / "sales 2031.csv", "sales 2031.csv").title == "sales 2031.csv"


def test_slides_are_pages() -> None:
    """Each slide begins where its page does: title, list, table, then what the speaker notes."""
    reading = read(".pptx", FILES[".pptx"])

    assert reading.text == (
        f"# History\n\n- {made.PROSE}\n- It grinds rye.\n\nNotes: Say it slowly.\n\n# Parts\n\n{made.TABLE}"
    )
    assert [reading.text[start:].split()[1] for start in reading.page_starts] == ["History", "Parts"]


def test_a_message_with_attachments() -> None:
    """Headers, one of the two bodies, and each attachment below its name; what cannot be read is told."""
    reading = read(".eml", FILES[".eml"])

    assert reading.text == (
        "# Größe of the mill\n\nFrom: Ulla Tern <ulla@mill.example>\nTo: otto@mill.example\n"
        f"Date: Sat, 05 Apr 2031 10:00:00 +0200\n\n{made.PROSE}\n\n# parts.csv\n\n{made.TABLE}"
    )
    assert reading.notice == "was read in part: in it, mill.png is a PNG image, which cannot be read"


def test_chapters_come_in_the_order_of_the_spine() -> None:
    """Not in that of the archive or the manifest."""
    text = read(".epub", FILES[".epub"]).text

    assert text == f"# History\n\n{made.PROSE}\n\n# Parts\n\n{made.TABLE}"


def test_markup() -> None:
    """Headings and tables have one form, whatever the markup."""
    assert read(".rst", "Mill\n====\n\nPart\n----\n\nWords.\n\nNext\n----\n").text == (
        "# Mill\n\n## Part\n\nWords.\n\n## Next\n"
    )
    assert read(".org", "#+TITLE: Mill\n* TODO Part :old:\n[[http://a.example][Words]].\n") == Reading(
        "# Part\nWords.", "Mill"
    )
    assert read(".tex", r"\title{The \emph{Mill}}\begin{document}\maketitle\section{Part} 12\% % no\end{document}") == (
        Reading("## Part\n\n 12%", "The Mill")
    )


def test_nested_values_are_named_by_their_path() -> None:
    """What is no list of records is written name by name, numbers as they stand."""
    text = read(".json", '{"mill": {"built": 1790, "price": 9.50, "open": true, "tags": ["rye", "oats"]}}').text

    assert text == "mill.built: 1790\nmill.price: 9.50\nmill.open: true\nmill.tags: rye, oats"
    assert read(".json", "{broken").text == "{broken"


def test_archives_in_archives() -> None:
    """They are opened to a depth, and what tools made is left out."""
    data = made.zipped({"a.md": b"Innermost words.", "__pycache__/b.md": b"no", ".git/c.md": b"no"})
    for depth in range(2):
        data = made.zipped({f"{depth}.zip": data})
    assert "Innermost words." in read(".zip", data).text
    assert "no" not in read(".zip", data).text.split()
    with pytest.raises(UnreadableDocument, match="lies too deep"):
        read(".zip", made.zipped({"x.zip": made.zipped({"y.zip": data})}))


def test_headers_and_footers_of_a_word_document() -> None:
    """What stands in the margin of every page is read once; a page number is not."""
    import docx

    document = docx.Document()
    document.add_paragraph(made.PROSE)
    section = document.sections[0]
    section.header.paragraphs[0].text, section.footer.paragraphs[0].text = "Contract BW-2231", "Page 1"

    assert read(".docx", made.saved(document)).text == f"Contract BW-2231\n\n{made.PROSE}"


DEEP = 200_000
HOSTILE = {
    "billion laughs.xml in odt": (".odt", made.zipped({"mimetype": b"", "content.xml": (
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]><a>&j;</a>")})),
    "an entity that reads a file": (".odt", made.zipped({"mimetype": b"", "content.xml": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a xmlns:text='
        b'"urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>Words &x;</text:p></a>')})),
    "deep json": (".json", b"[" * DEEP + b"]" * DEEP),
    "deep html": (".html", b"<div>" * (DEEP // 10) + b"words"),
    "deep xml": (".odt", made.zipped({"mimetype": b"", "content.xml": b"<a>" * DEEP + b"</a>" * DEEP})),
    "deep rtf": (".rtf", b"{\\rtf1 " + b"{" * DEEP + b"words" + b"}" * DEEP),
    "deep latex": (".tex", b"{" * DEEP + b"words" + b"}" * DEEP),
    "a chapter outside the book": (".epub", made.zipped({
        "META-INF/container.xml": b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        b'<rootfile full-path="../../etc/passwd"/></rootfiles></container>'})),
    "a wide workbook": (".xlsx", FILES[".xlsx"].replace(b"A1:B3", b"A1:XFD1048576")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path) -> None:
    """Bombs, entities and endless nesting cost one sentence or give the text there is; no other file is read."""
    suffix, data = HOSTILE[name]
    path = tmp_path / f"file{suffix}"
    path.write_bytes(data)
    try:
        text = load(path, path.name, Limits(seconds=30)).text
    except UnreadableDocument as error:
        text = str(error)

    assert "root:" not in text
    assert len(text) < 2_000_000


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Cut, with flipped bits, with a stretch from elsewhere, or with a lying number."""
    kind, at = chance.randrange(5), chance.randrange(len(data))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return bytes(byte ^ (1 << chance.randrange(8)) if chance.random() < 0.01 else byte for byte in data)
    if kind == 2:
        other = chance.choice(list(FILES.values()))
        return data[:at] + other[chance.randrange(len(other)) :] + data[at:]
    if kind == 3:
        return data[:at] + struct.pack("<I", chance.choice([0, 2**31, 2**32 - 1])) + data[at + 4 :]
    return data[:at] + bytes(chance.randrange(256) for _ in range(50)) + data[at:]


def fuzz(count: int, seed: int) -> None:
    """Whatever was done to a file, a reader gives clean text or one sentence."""
    chance = random.Random(seed)
    suffixes = sorted(FILES)
    for _ in range(count):
        suffix, named = chance.choice(suffixes), chance.choice(suffixes)
        data = damaged(FILES[suffix], chance)
        name = f"file{suffix if chance.random() < 0.8 else named}"
        try:
            reading = read_here(format_of(name, data), data, Limits())
        except UnreadableDocument as error:
            told = str(error)
        else:
            told = ""
            assert reading.text.encode().decode() == reading.text
            assert list(reading.page_starts) == sorted(reading.page_starts)
        assert "\n" not in told, (suffix, told)


def test_damaged_files() -> None:
    """300 files of all formats, cut, flipped, spliced, with lying numbers and suffixes."""
    fuzz(300, seed=20260101)
