"""An e-mail gives every part that its reader sees, once."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from index.load.formats import READERS, read_here
from index.load.reading import Limits, Reading

PICTURE = "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="


def read(data: bytes) -> Reading:
    return read_here(READERS[".eml"], data, Limits())


def message(subject: str, words: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "ulla@mill.example"
    made.set_content(words)
    return made


def mixed(*parts: str, kind: str = "mixed") -> bytes:
    inner = "".join(f"--X\n{part}\n" for part in parts)
    return f"Subject: Photos\nMIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=X\n\n{inner}--X--\n".encode()


def test_a_forwarded_message_is_read() -> None:
    """One that is attached stands below its own subject with who wrote it, and so does one inside that."""
    first, second = message("Price", "It is 4711 euros."), message("Fwd: Price", "As you asked.")
    second.add_attachment(first)
    outer = message("Fwd: Fwd: Price", "See attached.")
    outer.add_attachment(second)

    assert read(outer.as_bytes()).text == (
        "# Fwd: Fwd: Price\n\nFrom: ulla@mill.example\n\nSee attached.\n\n"
        "# Fwd: Price\n\nFrom: ulla@mill.example\n\nAs you asked.\n\n"
        "# Price\n\nFrom: ulla@mill.example\n\nIt is 4711 euros."
    )


def test_attachments_of_a_forwarded_message_are_read_once() -> None:
    """They follow the words of all messages."""
    inner = message("Parts", "Here they are.")
    inner.add_attachment(b"KX-1 is out of stock.", "text", "plain", filename="stock.txt")
    outer = message("Fwd: Parts", "See attached.")
    outer.add_attachment(inner)
    text = read(outer.as_bytes()).text

    assert text.endswith("Here they are.\n\n# stock.txt\n\nKX-1 is out of stock.")
    assert text.count("out of stock") == text.count("Here they are") == 1


def test_a_blank_version_is_not_the_message() -> None:
    """Of the versions of a text the first that holds a letter is read, and no other."""
    blank, full = message("News", "\n"), message("News", "Mill opens on 5 May.")
    for made in (blank, full):
        made.add_alternative("<p>The mill opens on 5 May.</p>", subtype="html")

    assert read(blank.as_bytes()).text.endswith("The mill opens on 5 May.")
    assert read(full.as_bytes()).text.endswith("\n\nMill opens on 5 May.")


def test_text_on_both_sides_of_a_picture() -> None:
    """As some programs send it."""
    reading = read(mixed("Content-Type: text/plain\n\nFirst.", PICTURE, "Content-Type: text/plain\n\nDue on 12 June."))

    assert reading.text == "# Photos\n\nFirst.\n\nDue on 12 June."
    assert "a.png is a PNG image" in reading.notice


def test_a_version_with_its_own_parts() -> None:
    """A page with pictures is one version, and a file attached in it is no part of the words."""
    inner = mixed("Content-Type: text/html\n\n<p>The mill opens.</p>", PICTURE, kind="related").decode()
    inner = inner.partition("MIME-Version: 1.0\n")[2].replace("X", "Y")
    reading = read(mixed("Content-Type: text/plain\n\n ", inner, kind="alternative"))

    assert reading.text == "# Photos\n\nThe mill opens."


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("said", ["", "; charset=us-ascii", "; charset=nonsense"])
def test_bodies_without_a_true_charset(encoding: str, said: str) -> None:
    """Eight-bit words that no charset or a wrong one is told for are read as a file's would be."""
    words = "Grüße aus Köln, die Mühle öffnet."

    assert read(f"Subject: Hi\nContent-Type: text/plain{said}\n\n{words}".encode(encoding)).text == f"# Hi\n\n{words}"


def test_an_attached_text_without_a_name() -> None:
    """It is read below a name that says what it is."""
    part = "Content-Type: text/plain\nContent-Disposition: attachment\n\nKX-1 is out of stock."

    assert read(mixed("Content-Type: text/plain\n\nSee attached.", part)).text == (
        "# Photos\n\nSee attached.\n\n# attachment.txt\n\nKX-1 is out of stock."
    )
