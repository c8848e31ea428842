"""Small real files, built by hand where a library would hide what is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

# A trailer entry that demands a password: the keys in it fit no password at all.
ENCRYPTED = (
    b"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >> "
    b"/ID [<00><00>]"
)


Placed = tuple[float, float, str] | tuple[float, float, str, float]
"""Points from the page's lower left corner, words, and the size of the type if it is not 10."""


def pdf(*pages: Sequence[str], title: str = "", info: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF with one text line for each string (Latin-1)."""
    contents = [b"BT /F1 12 Tf 14 TL 72 720 Td " + b" ".join(map(_shown, lines)) + b" ET" for lines in pages]
    return pdf_of(contents, title, info, trailer)


def placed_pdf(*pages: Sequence[Placed], title: str = "") -> bytes:
    """A PDF (Latin-1) with words at given places, in the order given; 612 x 792 points."""
    return pdf_of([b" ".join(map(_set, page)) for page in pages], title)


def _set(item: Placed) -> bytes:
    x, y, words, *size = item
    return b"BT /F1 %g Tf %g %g Td %s ET" % (*(size or [10]), x, y, _shown(words))


def pdf_of(contents: Sequence[bytes], title: str = "", info: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of the given page contents (operators)."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) %s >>" % (title.encode("latin-1"), info),
    ]
    for number, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (6 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _assembled(objects, trailer)


def _shown(line: str) -> bytes:
    escaped = line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(%s) Tj T*" % escaped


def _assembled(objects: Sequence[bytes], trailer: bytes) -> bytes:
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    return body + head + table + end % (len(objects) + 1, trailer, len(body))


def archive(members: dict[str, bytes]) -> bytes:
    """A compressed zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def word(*paragraphs: str, title: str = "") -> bytes:
    """A Word document; a paragraph that begins with "# " is a heading, one that begins with "- " a list item."""
    import docx

    document = docx.Document()
    document.core_properties.title = title
    for paragraph in paragraphs:
        if paragraph.startswith("# "):
            document.add_heading(paragraph[2:], 1)
        else:
            document.add_paragraph(paragraph.removeprefix("- "), "List Bullet" if paragraph.startswith("- ") else None)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
