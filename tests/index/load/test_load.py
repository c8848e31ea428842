"""Every supported file becomes a document whose text is what its readers see."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load import READERS, Limits, document_id, inside, load, supported
from index.load.clean import clean
from index.load.decode import decode
from index.load.formats import read_here
from index.load.title import choose_title
from index.records import Document, Origin
from tests.files import pdf, word

PROSE = "The lab spent far less than any of its rivals did."


@pytest.fixture
def document(tmp_path: Path):
    """Loads a file of the given name and content."""

    def _load(name: str, content: bytes | str) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load(path, name)

    return _load


def test_identity(document) -> None:
    """The id is a hash of the bytes, the uri is as given, and the text is the file's."""
    data = PROSE.encode()

    assert Document(hashlib.sha256(data).hexdigest()[:16], "report.txt", "report", PROSE) == document(
        "report.txt", data
    )
    assert document_id(data) == document("other.md", data).id


def test_supported_suffixes() -> None:
    """Suffixes count in any case; other files are not supported."""
    names = ["a.txt", "a.TEXT", "a.md", "a.markdown", "a.html", "a.HTM", "a.pdf", "a.docx", "a.exe", "a", ".txt"]

    assert [supported(Path(name)) for name in names] == [True] * 8 + [False] * 3
    assert {suffix.lower() for suffix in READERS} == set(READERS)


def test_inside(tmp_path: Path) -> None:
    """A link that leaves the folder is outside of it, and so is a link in a circle."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (root / "a.txt").write_text("a")
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    (root / "in.txt").symlink_to(root / "a.txt")
    (root / "circle.txt").symlink_to(root / "circle.txt")
    names = ["a.txt", "in.txt", "out.txt", "../secret.txt"]

    assert [inside(root, root / name) for name in names] == [True, True, False, False]
    assert not inside(root / "circle.txt", root / "circle.txt" / "a")


@given(st.text())
def test_clean_text(text: str) -> None:
    """Stored text is NFC and holds no control characters but newline and tab; cleaning it again changes nothing."""
    cleaned = clean(text)

    assert unicodedata.normalize("NFC", cleaned) == cleaned == clean(cleaned)
    assert not {character for character in cleaned if unicodedata.category(character) == "Cc"} - {"\n", "\t"}
    assert cleaned == cleaned.encode().decode()


def test_clean_keeps_what_scripts_need() -> None:
    """Joiners of emoji and Persian stay; line ends become newlines; accents are composed; invisible signs go."""

    assert clean("a\r\nb\rc\u2028d\f\u2029e") == "a\nb\nc\nd\n\ne"
    assert clean("👨‍👩‍👧 می‌خواهم") == "👨‍👩‍👧 می‌خواهم"
    assert clean("cafe\u0301 na\u00ad\u0000i\u0308ve\ufeff") == "café naïve"


SAMPLES = {
    "chinese": "深度求索发布了新模型，成本只有五百五十万美元。阿里巴巴也发布了新的大型语言模型。",
    "taiwanese": "新的模型比對手便宜得多。訓練只花了兩個月的時間，成本也很低。",
    "japanese": "これは日本語の文章です。新しいモデルが発表されました。",
    "russian": "Привет, мир. Это текст на русском языке, в нём два предложения.",
    "arabic": "مرحبا بالعالم. هذا نص عربي طويل بعض الشيء.",
    "french": "Le modèle, développé à Hangzhou, a coûté 5,5 M€ : « c’est peu », dit-on.",
    "german": "Größe über alles",
    "one word": "naïve",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *((language, encoding) for language in SAMPLES for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32")),
        ("chinese", "gbk"),
        ("taiwanese", "big5"),
        ("japanese", "shift_jis"),
        ("russian", "cp1251"),
        ("arabic", "cp1256"),
        ("french", "cp1252"),
        ("german", "cp1252"),
        ("german", "utf-16-le"),
        ("german", "utf-16-be"),
        ("one word", "latin-1"),
    ],
)
def test_encodings(language: str, encoding: str) -> None:
    """Text comes out right in the encodings that files have, although none of them is told."""
    text = SAMPLES[language]

    assert text == decode(text.encode(encoding))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_utf8_is_never_mistaken(text: str) -> None:
    """Valid UTF-8 without control characters is read as UTF-8."""

    assert text.removeprefix("\ufeff") == decode(text.encode())


def test_damaged_utf8() -> None:
    """A file cut inside a character keeps all of its text but that character."""

    assert decode("Größe über alles: schön".encode()[:-2]) == "Größe über alles: sch\ufffd"


def test_zero_bytes_vanish(document) -> None:
    """Zero bytes in a text are dropped."""

    assert document("a.txt", b"hel\0lo wor\0ld").text == "hello world"


@pytest.mark.parametrize(
    ("declared", "text", "stem", "title"),
    [
        ("A Real Title", "# Other\n", "a", "A Real Title"),
        ("Microsoft Word - draft.docx", "# The Heading\n", "a", "The Heading"),
        ("untitled", "Text\n\n## The Heading ##\n", "a", "The Heading"),
        ("", "\n\nFour Trends in 2025\n2\n94\nTrends for 2025 are four.", "000", "Four Trends in 2025"),
        ("", "Avatar of Ann Lee\n\nThe growth of China\n\nGrowth in China is fast.", "a", "The growth of China"),
        ("", "94\n\n" + PROSE, "yearly report", "yearly report"),
        ("", PROSE + "\n\nMore.", "002_aa75d9c627cf0fe7", PROSE[:-1]),
        ("", "word " * 50, "002_aa75d9c627cf0fe7", "word " * 19 + "word…"),
        ("", "...", "002", "002"),
        ("", PROSE, "deadbeef0123", PROSE[:-1]),
        ("", PROSE, "report_20250321", "report_20250321"),
        ("", "The office opens at nine on every day of the week but\nfor Sundays. Ring.", "hours", "hours"),
        ("", "Office hours\n\nThe office opens at nine on every day but\nfor Sundays. Ring.", "a", "Office hours"),
    ],
)
def test_titles(declared: str, text: str, stem: str, title: str) -> None:
    """The title is the declared one, a heading, a line about the text, a telling file name, or the opening words."""

    assert title == choose_title(declared, text, stem)


PAGE = """<!doctype html><html><head><title>My
 page</title><style>p{}</style></head><body><nav>menu</nav><h1>Big <em>title</em></h1>
<p>One <b>bold</b>
claim.<br>Next line.</p><!-- comment --><ul><li>first<li><p>second</p></ul>
<div style="display: none">hidden one</div><div hidden>hidden two</div><i aria-hidden="true">icon</i>
<template>later</template><table><tr><th>Model<th>Cost<tr><td>V3<td>$5.5 million</table>
<pre>x = 1
  y = 2</pre><script>alert(1)</script><h2> </h2>a&lt;b</body></html>"""


def test_html(document) -> None:
    """A page gives its visible words: headings, lists and tables as lines, no scripts, menus or hidden text."""
    page = document("page.html", PAGE)

    assert page.title == "My page"
    assert (
        page.text == "# Big title\n\nOne bold claim.\nNext line.\n\n- first\n- second\n\n"
        "| Model | Cost |\n| --- | --- |\n| V3 | $5.5 million |\n\nx = 1\n  y = 2\n\na<b"
    )


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one<p>two", "one\n\ntwo"),
        ("<div>a <span>b</span>c</div><div>d</div>", "a bc\n\nd"),
        ("<table><tr><td><p>left</p><p>column</p></td><td>right</td></tr></table>", "left\n\ncolumn\n\nright"),
        ("<ol><li>one<ul><li>inner</ul><li>two</ol>", "- one\n\n- inner\n\n- two"),
        ("<td>no row</td>", "no row"),
        ("<h1>a<br>b</h1>c", "# a b\n\nc"),
        (
            "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr></table>",
            "a\n\n| b | c |\n\nd",
        ),
        ("<p>x</p>" + "<div>" * 3000 + "deep" + "</div>" * 3000, "x\n\ndeep"),
        ("<dl><dt>Cost<dd>low</dl>", "Cost\nlow"),
        ("just words", "just words"),
    ],
)
def test_html_layout(page: str, text: str) -> None:
    """Blocks become lines, layout tables become blocks, and nesting is no danger."""

    assert text == read_here(READERS[".html"], page.encode(), Limits()).text


def test_html_in_its_declared_encoding(document) -> None:
    """A page is read in the encoding that it declares."""
    page = '<html><head><meta charset="koi8-r"></head><body>Привет, мир.</body></html>'

    assert document("page.htm", page.encode("koi8-r")).text == "Привет, мир."


@pytest.mark.parametrize("charset", ["utf-16", "punycode", "unicode_escape", "zip", "no-such-thing"])
def test_html_with_an_absurd_declaration(charset: str) -> None:
    """A declared encoding that cannot be the page's is ignored."""
    page = f'<meta charset="{charset}">naïve \\u0041'

    assert read_here(READERS[".html"], page.encode(), Limits()).text == "naïve \\u0041"


def test_long_white_space_is_no_danger() -> None:
    """A megabyte of blanks in preformatted text costs nothing."""
    page = f"<pre>a{' ' * 1_000_000}b</pre>"

    assert read_here(READERS[".html"], page.encode(), Limits()).text == f"a{' ' * 1_000_000}b"


def test_a_text_about_pdf_is_text(document) -> None:
    """Text that mentions the signature of a format is not taken for that format."""

    assert document("a.txt", "A file starts with\n%PDF-1.4 or so.").text == "A file starts with\n%PDF-1.4 or so."


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
@pytest.mark.parametrize(
    "opening", ["BM", "ID3", "BZh", "PAR1", "GIF8", "GIF89a", "RIFF 12 WAVE", "OggS", "fLaC", "II*"]
)
def test_a_text_that_begins_like_a_picture_is_text(document, opening: str, encoding: str) -> None:
    """Letters beyond ASCII do not make an image, a sound or an archive of a text."""
    text = f"{opening} Größe über alles, naïve café."

    assert document("a.txt", text.encode(encoding)).text == text


def test_pdf(document) -> None:
    """Pages follow each other with exact starts; hyphenated words and wrapped lines are joined."""
    made = pdf(
        [
            "A Short Report",
            "The chips were scarce, and every inno-",
            "vation that the laboratory made in this year was about",
            "saving them. It worked.",
            "Second Part",
            "Low-cost models came next.",
        ],
        ["Page two is naïve (truly)."],
        title="Chips",
    )
    loaded = document("a.pdf", made)

    assert loaded.title == "Chips"
    assert (
        loaded.text
        == "A Short Report\nThe chips were scarce, and every innovation that the laboratory made in this year was "
        "about saving them. It worked.\nSecond Part\nLow-cost models came next.\n\n"
        "Page two is naïve (truly)."
    )
    assert loaded.text[loaded.page_starts[1] :] == "Page two is naïve (truly)."
    assert loaded.page_starts[0] == 0


def test_authors_and_dates(document) -> None:
    """Author and days come from a PDF's or a Word document's own description; names that are nobody's do not."""
    import docx

    made = docx.Document()
    made.add_paragraph(PROSE)
    made.core_properties.author, made.core_properties.created = "Ulla Tern", datetime(2031, 4, 5, tzinfo=UTC)
    made.core_properties.modified = datetime(2031, 4, 6, tzinfo=UTC)
    buffer = io.BytesIO()
    made.save(buffer)
    info = b"/Author (Ulla Tern) /CreationDate (D:20310405101112+02'00') /ModDate (D:20310406)"

    assert document("a.docx", buffer.getvalue()).meta == Origin("Ulla Tern", "2031-04-05", "2031-04-06")
    assert document("a.pdf", pdf([PROSE], info=info)).meta == Origin("Ulla Tern", "2031-04-05", "2031-04-06")
    unsaid = pdf([PROSE], info=b"/Author (\\(anonymous\\)) /CreationDate (yesterday)")
    assert document("b.pdf", unsaid).meta == Origin()


def test_word(document) -> None:
    """A Word document gives headings, paragraphs and list items in order, and its own title."""
    made = word("# Costs", "It was cheap.", "- chips", "- power", "It worked.", title="On costs")

    loaded = document("a.docx", made)

    assert (loaded.title, loaded.text) == ("On costs", "# Costs\n\nIt was cheap.\n\n- chips\n- power\n\nIt worked.")


def test_word_tables_boxes_and_controls(document) -> None:
    """Tables stand where they stand in the document; content controls and text boxes are not lost, deletions are."""
    import docx
    from docx.oxml.parser import parse_xml

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    made = docx.Document()
    made.add_paragraph("Before.")
    table = made.add_table(2, 2)
    cells = (cell for row in table.rows for cell in row.cells)
    for cell, text in zip(cells, ["Model", "Cost", "V3", "low"], strict=True):
        cell.text = text
    control = f"<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>Control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    change = (
        f"<w:p {space}><w:r><w:t>Kept</w:t><w:tab/></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>added.</w:t></w:r></w:ins><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r>"
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Inner.</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r></w:p>"
    )
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "nested"
    item = f"<w:p {space}><w:pPr><w:numPr/></w:pPr><w:r><w:t>item</w:t></w:r></w:p>"
    for position, xml in ((2, control), (3, change), (4, item)):
        made.element.body.insert(position, parse_xml(xml))
    buffer = io.BytesIO()
    made.save(buffer)

    assert (
        document("a.docx", buffer.getvalue()).text
        == "Before.\n\n| Model | Cost |\n| --- | --- |\n| V3 | low nested |\n\n"
        "Control.\n\nKept\tadded.\n\nBoxed.\n\nInner.\n\n- item"
    )


@pytest.mark.parametrize("content", [pdf([PROSE]), word(PROSE), f"<!DOCTYPE html><p>{PROSE}".encode()])
@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.docx", "a.html", "a.md"])
def test_content_decides(document, name: str, content: bytes) -> None:
    """A file with the wrong suffix is read as what its bytes prove it to be."""

    assert document(name, content).text == PROSE
