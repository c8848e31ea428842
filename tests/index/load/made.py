"""Small real files of every format, made by code: each holds the sentence PROSE and the table TABLE where it can."""

from __future__ import annotations

import io
from datetime import datetime
from email.message import EmailMessage
from zipfile import ZIP_STORED, ZipFile

from tests.files import archive, pdf, word

PROSE = "The mill at Stoke was built by Anna Reed in 1790."
ROWS = (("Part", "Stock"), ("KX-1", "17"), ("KX-2", "32"))
TABLE = "| Part | Stock |\n| --- | --- |\n| KX-1 | 17 |\n| KX-2 | 32 |"


def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    first.title = "Stock"
    for row in ROWS:
        first.append([int(cell) if cell.isdigit() else cell for cell in row])
    second = book.create_sheet("Prices")
    second.append(["Price list of the mill"])
    second.append([])
    second.append(["Day", "Share", "Price", "Count", "Late", "Debt"])
    second.append([datetime.fromisoformat("2031-04-05"), 0.125, 1234.5, 1234567, True, -12.5])
    formats = ["dd.mm.yyyy", "0.0%", '#,##0.00\\ "EUR"', "#,##0", "General", "0.00;(0.00)"]
    for cell, code in zip(second[4], formats, strict=True):
        cell.number_format = code
    second.append([None, None, None, None, None, None])
    second.append([datetime.fromisoformat("2031-04-06T07:30"), 0.5, 2, 3, False, 1])
    book.create_sheet("Secret").sheet_state = "hidden"
    book["Secret"].append(["hidden", "words"])
    book.properties.creator, book.properties.title = "Ulla Tern", "Stock of the mill"
    return saved(book)


def slides() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.core_properties.author, deck.core_properties.title = "Ulla Tern", "The mill"
    one = deck.slides.add_slide(deck.slide_layouts[1])
    one.shapes.title.text, one.placeholders[1].text = "History", PROSE + "\nIt grinds rye."
    one.notes_slide.notes_text_frame.text = "Say it slowly."
    two = deck.slides.add_slide(deck.slide_layouts[5])
    two.shapes.title.text = "Parts"
    table = two.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(4), Inches(2)).table
    for y, row in enumerate(ROWS):
        for x, cell in enumerate(row):
            table.cell(y, x).text = cell
    return saved(deck)


def saved(made: object) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def book() -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>The mill</dc:title><dc:creator>Ulla Tern</dc:creator><dc:date>2031-04-05</dc:date></metadata>"
        '<manifest><item id="b" href="b.xhtml"/><item id="a" href="text/a%20b.xhtml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    rows = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in ROWS)
    return archive(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "OEBPS/content.opf": package.encode(),
            "OEBPS/text/a b.xhtml": f"<html><body><h1>History</h1><p>{PROSE}</p></body></html>".encode(),
            "OEBPS/b.xhtml": f"<html><body><h1>Parts</h1><table>{rows}</table></body></html>".encode(),
        }
    )


def opendocument() -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "meta")
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + '<table:table-cell table:number-columns-repeated="1000000"/></table:table-row>'
        for row in ROWS
    )
    content = (
        f'<office:document-content {spaces}><office:body><office:text><text:h text:outline-level="2">History</text:h>'
        "<text:p>The mill at <text:span>Stoke</text:span> was built by<text:s/>Anna Reed in 1790.</text:p>"
        "<text:list><text:list-item><text:p>rye</text:p></text:list-item><text:list-item><text:p>barley</text:p>"
        f"</text:list-item></text:list><table:table>{rows}</table:table></office:text></office:body></office:document-content>"
    )
    meta = (
        f'<office:document-meta {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        "<dc:title>The mill</dc:title><meta:initial-creator>Ulla Tern</meta:initial-creator>"
        "<meta:creation-date>2031-04-05T10:00:00</meta:creation-date></office:meta></office:document-meta>"
    )
    return archive({"mimetype": b"", "content.xml": content.encode(), "meta.xml": meta.encode()})


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Ulla Tern <ulla@mill.example>", "otto@mill.example"
    message["Subject"], message["Date"] = "Größe of the mill", "Sat, 05 Apr 2031 10:00:00 +0200"
    message.set_content(PROSE)
    message.add_alternative(f"<p>{PROSE}</p>", subtype="html")
    message.add_attachment("\n".join(",".join(row) for row in ROWS).encode(), "text", "csv", filename="parts.csv")
    message.add_attachment(b"\x89PNG\r\n\x1a\n", "image", "png", filename="mill.png")
    return message.as_bytes()


def zipped(files: dict[str, bytes]) -> bytes:
    """Without compression, so that changed bytes reach the files in it."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


def of_every_format() -> dict[str, bytes]:
    """By suffix."""
    values = "\n".join(";".join(row) for row in ROWS)
    records = '[{"Part": "KX-1", "Stock": 17}, {"Part": "KX-2", "Stock": 32}]'
    tabular = r"\begin{tabular}{ll} Part & Stock \\ \hline KX-1 & 17 \\ KX-2 & 32 \end{tabular}"
    return {
        ".txt": PROSE.encode(),
        ".md": f"# History\n\n{PROSE}\n\n{TABLE}".encode(),
        ".html": f"<html><body><h1>History</h1><p>{PROSE}</p></body></html>".encode(),
        ".pdf": pdf(["History", PROSE]),
        ".docx": word("# History", PROSE),
        ".xlsx": workbook(),
        ".pptx": slides(),
        ".odt": opendocument(),
        ".rtf": rb"{\rtf1\ansi\ansicpg1252 History\par " + PROSE.encode() + rb" Gr\'f6\'dfe\par}",
        ".csv": values.encode(),
        ".json": f'{{"title": "History", "note": "{PROSE}", "parts": {records}}}'.encode(),
        ".jsonl": b'{"Part": "KX-1", "Stock": 17}\n{"Part": "KX-2", "Stock": 32}\n',
        ".ipynb": f'{{"cells": [{{"cell_type": "markdown", "source": ["{PROSE}"]}}]}}'.encode(),
        ".epub": book(),
        ".eml": mail(),
        ".rst": f"History\n=======\n\n{PROSE}\n".encode(),
        ".org": f"* History\n{PROSE}\n| Part | Stock |\n|------+-------|\n| KX-1 | 17 |\n| KX-2 | 32 |\n".encode(),
        ".tex": rf"\begin{{document}}\section{{History}}{PROSE}{tabular}\end{{document}}".encode(),
        ".zip": zipped({"notes/a.md": PROSE.encode(), "parts.csv": values.encode(), "mill.heic": b"picture"}),
        ".py": f'"""{PROSE}"""\n'.encode(),
    }
