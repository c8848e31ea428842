"""A file that cannot be read costs one clear sentence, never the run."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableDocument
from index.load import DEFAULT_LIMITS, READERS, Limits, load
from index.load.formats import read_here
from index.load.isolate import Worker
from index.load.reading import Format, Reading
from index.load.sniff import sniff
from tests.files import ENCRYPTED, archive, pdf, word

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
NOISE = random.Random(7).randbytes(4000)
PDF = pdf(["A page of text that is long enough to be cut in the middle."] * 5)


def refusal(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(UnreadableDocument) as caught:
        load(path, path.name, limits)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.pdf", b"", "is empty"),
        ("a.txt", b" \n\t ...\n", "holds no text"),
        ("a.txt", b"\xff\xfe", "holds no text"),
        ("a.pdf", pdf([], []), "holds no text (a scanned PDF needs text recognition"),
        ("a.txt", NOISE, "save it as UTF-8 text"),
        ("a.txt", bytes(range(32)) * 20, "holds binary data"),
        ("a.txt", bytes(500), "holds binary data"),
        ("a.md", b"\x7fELF\2\1\1" + NOISE, "is a program"),
        ("a.pdf", PNG, "is a PNG image"),
        ("a.zip", archive({"a.heic": b"a"}), "holds nothing that can be read (a.heic has the unknown suffix"),
        ("a.docx", archive({"ppt/presentation.xml": b"a"}), "is damaged"),
        ("a.xlsx", archive({"xl/workbook.xml": b"<a"}), "could not be read as an Excel workbook"),
        ("a.epub", archive({"META-INF/container.xml": b"<a"}), "its XML is not well formed"),
        ("a.ipynb", b"{}", "is not a notebook"),
        ("a.pdf", b"hello there", "is called .pdf but is not a PDF"),
        ("a.docx", b"hello there", "is called .docx but is not a Word document"),
        ("a.docx", archive({"word/document.xml": b"<w:p"}), "is damaged"),
        ("a.docx", word("Text.")[:3000], "is damaged or cut off"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old or password-protected Office file"),
        ("a.docx", archive({"word/document.xml": bytes(60_000_000)}), "would unpack to 60 MB"),
        ("a.pdf", PDF[: len(PDF) // 2], "is damaged or cut off"),
        ("a.pdf", pdf(["Secret."], trailer=ENCRYPTED), "is protected by a password"),
        ("a.pdf", b"%PDF-1.7\n" + NOISE, "is damaged or cut off"),
        ("a.rtf", b"hello", "is called .rtf but is not a rich text file"),
        ("a.xyz", b"hello", "has the unknown suffix '.xyz'"),
        ("a.html", b"<html><body><script>var a = 1</script></body></html>", "holds no text"),
    ],
)
def test_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """The sentence names the file and says what was seen."""
    path = tmp_path / name
    path.write_bytes(content)
    message = refusal(path)

    assert message.startswith(f"{name} ")
    assert reason in message
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"# The PDF format\n\nA file begins with:\n\n%PDF-1.7\n\nand then 1 0 obj follows.\n", ""),
        (b"From the printer\n" + PDF.replace(b"%PDF-1.4\n", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), ".pdf"),
        (PDF, ".pdf"),
        (archive({"[Content_Types].xml": b"", "word/document2.xml": b""}), ".docx"),
        (archive({"word/documentation.xml": b""}), ".zip"),
        (archive({"content.xml": b"<a/>", "readme.txt": b"Words."}), ".zip"),
        (archive({"mimetype": b"", "content.xml": b"<a/>"}), ".odt"),
        (archive({"META-INF/manifest.xml": b"", "content.xml": b"<a/>"}), ".odt"),
    ],
)
def test_what_a_file_is(data: bytes, kind: str) -> None:
    """A text about a format is text, and names in an archive are not enough to make an office file of it."""
    assert sniff(data) == kind


def test_places_without_a_file(tmp_path: Path) -> None:
    """A folder, a missing file, a pipe and a dangling link are told apart."""
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere")

    assert "is a folder" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / "missing.txt")
    assert "does not exist" in refusal(tmp_path / "link.txt")
    assert "is not a regular file" in refusal(tmp_path / "pipe.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_forbidden(tmp_path: Path) -> None:
    """A file without read permission says so."""
    path = tmp_path / "a.txt"
    path.write_text("text")
    path.chmod(0)

    assert "may not be read" in refusal(path)


@pytest.mark.parametrize(
    ("limits", "content", "reason"),
    [
        (Limits(file_bytes=10), PDF, "at most 0 MB are read"),
        (Limits(characters=10), PDF, "at most 10 are read"),
        (Limits(pages=1), pdf(["one"], ["two"]), "has 2 pages, and at most 1"),
        (Limits(expanded_bytes=1000), word("Text."), "would unpack to"),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, content: bytes, reason: str) -> None:
    """A file beyond a limit is refused whole, and the sentence names the limit."""
    path = tmp_path / "a.pdf"
    path.write_bytes(content)

    assert reason in refusal(path, limits)


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_break_a_reader(suffix: str, noise: bytes, at: int) -> None:
    """Whatever the bytes, a reader gives clean text or one sentence."""
    data = PDF[:at] + noise + PDF[at + len(noise) :] if suffix == ".pdf" else noise
    try:
        reading = read_here(READERS[suffix], data, Limits())
    except UnreadableDocument as error:
        told = str(error)
    else:
        told = ""
        assert reading.text.encode().decode() == reading.text

    assert "\n" not in told


def test_a_parser_that_fails_is_translated() -> None:
    """Any failure inside a reader becomes one sentence with its cause kept."""

    def broken(_data: bytes, _limits: Limits) -> Reading:
        raise ZeroDivisionError

    with pytest.raises(UnreadableDocument, match="could not be read as a test") as caught:
        read_here(Format("a test", (".test",), broken), b"", Limits())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_the_worker_survives_its_death() -> None:
    """After a crash, a time-out or a long rest the next file is read as if nothing had happened."""
    worker = Worker()
    first = worker.read(".pdf", PDF, Limits())
    assert worker._process
    worker._process.kill()
    after_crash = worker.read(".pdf", PDF, Limits())
    with pytest.raises(UnreadableDocument, match=r"took longer than 0\.05 s"):
        worker.read(".html", b"<p>a" * 200_000, Limits(seconds=0.05))
    after_timeout = worker.read(".docx", word("Text."), Limits())
    worker.close()
    worker.close()

    assert first == after_crash
    assert after_timeout.text == "Text."


def test_the_worker_imports_nothing_from_the_current_folder(tmp_path: Path, monkeypatch) -> None:
    """A file named like a library among the documents is not run."""
    for name in ("pypdfium2.py", "json.py", "index.py"):
        (tmp_path / name).write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    worker = Worker()
    text = worker.read(".pdf", PDF, Limits()).text
    worker.close()

    assert text.startswith("A page of text")


def test_the_worker_is_kept() -> None:
    """Files are parsed by one process, also after one that could not be read."""
    worker = Worker()
    worker.read(".pdf", PDF, Limits())
    process = worker._process
    with pytest.raises(UnreadableDocument, match="damaged"):
        worker.read(".pdf", b"%PDF-1.4", Limits())
    worker.read(".pdf", PDF, Limits())
    kept = worker._process
    worker.close()

    assert process is kept


def test_memory_is_limited() -> None:
    """A file that needs more memory than allowed is refused, and the next one is read."""
    worker = Worker()
    big = f"<p>{'word ' * 2_000_000}</p>".encode()
    with pytest.raises(UnreadableDocument, match=r"too large|crash"):
        worker.read(".html", big, Limits(memory_bytes=120_000_000))
    after = worker.read(".html", b"<p>Text.</p>", Limits())
    worker.close()

    assert after.text == "Text."


def test_a_large_page_is_read_by_the_worker(tmp_path: Path) -> None:
    """A page of several megabytes gives all of its text."""
    path = tmp_path / "a.html"
    path.write_text(f"<p>{'The cost was low. ' * 2_000}</p>" * 60)

    assert load(path, "a.html").text.count("The cost was low.") == 120_000
