"""Parts are joined by settings: flags before environment before defaults."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from index.embed.embedders import load_embedder
from index.errors import IndexingError
from index.store.local import LOCK, open_store
from index.store.lock import write_lock
from index.sync import CHUNK_SETTINGS
from rag.assemble import open_pipeline
from rag.errors import AnswerError
from rag.places import index_directory, local_copies
from rag.settings import Settings, read_settings
from tests.files import pdf_of


def test_flags_come_before_the_environment_and_defaults_last() -> None:
    """Each source overrides the next; None is not given."""
    settings = read_settings({"model": "a", "reader": None}, {"RAG_MODEL": "b", "RAG_READER": "c", "HOME": "/x"})

    assert ("a", "c", Settings().embedder) == (settings.model, settings.reader, settings.embedder)


def test_a_blank_variable_is_one_that_is_not_set() -> None:
    """A container leaves them blank; RAG_CACHE and RAG_INDEX then meant the current folder."""
    names = ("MODEL", "INDEX", "CACHE", "READER", "DOCS", "ALLOW_DOWNLOAD", "QUANTIZE")
    assert read_settings({}, {f"RAG_{name}": " " for name in names}) == Settings()


@pytest.mark.parametrize(
    ("flags", "environment"), [({"modle": "a"}, {}), ({}, {"RAG_MODLE": "a"}), ({}, {"RAG_ALLOW_DOWNLOAD": "maybe"})]
)
def test_what_is_unknown_is_an_error(flags: dict[str, object], environment: dict[str, str]) -> None:
    """A misspelt setting is never silence."""
    with pytest.raises(AnswerError):
        read_settings(flags, environment)


def test_a_key_is_not_a_setting() -> None:
    """The server's key never travels through settings."""
    assert "secret" not in repr(read_settings({}, {"RAG_API_KEY": "secret"}))


def test_an_added_document_survives_the_next_start(tmp_path: Path) -> None:
    """What was added to a running pipeline is still there after its folder was brought up to date again."""
    docs, added = tmp_path / "docs", tmp_path / "well.txt"
    docs.mkdir()
    (docs / "orchard.md").write_text("# The orchard\n\nThe orchard of Elm Hill was planted in 1921.\n")
    added.write_text("The well of Fenwick\n\nThe well of Fenwick is 30 metres deep.\n")
    with open_pipeline(docs, cache=tmp_path / "cache") as pipeline:
        pipeline.sync([added])
    with open_pipeline(docs, cache=tmp_path / "cache") as pipeline:
        answer = pipeline.ask("How deep is the well of Fenwick?")
        uris = [entry.uri for entry in pipeline.store.documents()]

    assert ["added/well.txt", "orchard.md"] == uris
    assert "30 metres" in answer.text


def test_a_file_that_cannot_be_read_is_told_and_the_rest_answers(tmp_path: Path) -> None:
    """One bad file is a notice, not an error."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "orchard.md").write_text("# The orchard\n\nThe orchard of Elm Hill was planted in 1921.\n")
    (tmp_path / "docs" / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    with open_pipeline(tmp_path / "docs", cache=tmp_path / "cache") as pipeline:
        (notice,) = (notice for notice in pipeline.notices if notice.startswith("Not read"))

        assert "broken.pdf" in notice
        assert "1921" in pipeline.ask("When was the orchard of Elm Hill planted?").text


def test_files_of_other_formats_are_told(tmp_path: Path) -> None:
    """What `rag index` lists as passed over, the page and `rag ask` tell in a sentence, but not what tools made."""
    (tmp_path / "docs" / "node_modules").mkdir(parents=True)
    (tmp_path / "docs" / "node_modules" / "a.md").write_text("A library.")
    (tmp_path / "docs" / "orchard.md").write_text("# The orchard\n\nThe orchard of Elm Hill was planted in 1921.\n")
    for name in ("1.heic", "2.heic", "3.heic", "plan.dwg"):
        (tmp_path / "docs" / name).write_bytes(b"picture")
    with open_pipeline(tmp_path / "docs", cache=tmp_path / "cache") as pipeline:
        (notice,) = (notice for notice in pipeline.notices if notice.startswith("Not read"))

    assert notice == (
        "Not read: 1.heic has the suffix '.heic', which is not read (as 2 more). "
        "plan.dwg has the suffix '.dwg', which is not read."
    )


def test_what_was_read_in_part_is_told(tmp_path: Path) -> None:
    """Pages that are pictures are a notice of the run that reads them."""
    picture = b"q 100 0 0 100 72 600 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q"
    words = b"BT /F1 12 Tf 72 700 Td (The lift is tested every morning.) Tj ET"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lift.pdf").write_bytes(pdf_of([words, picture]))
    with open_pipeline(tmp_path / "docs", cache=tmp_path / "cache") as pipeline:
        (notice,) = (notice for notice in pipeline.notices if "in part" in notice)

    assert notice.startswith("lift.pdf was read in part: page 2 is a picture without text, of 2;")


def test_a_second_start_waits_for_the_first(tmp_path: Path) -> None:
    """While another process is making the index, the second says so, waits, and then answers."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "orchard.md").write_text("# The orchard\n\nThe orchard of Elm Hill was planted in 1921.\n")
    folder = index_directory(Settings(docs=(tmp_path / "docs",), cache=tmp_path / "cache"))
    open_store(folder, load_embedder(), create=True, chunk_settings=CHUNK_SETTINGS).close()
    told: list[str] = []
    first = write_lock(folder / LOCK, 0)
    first.__enter__()

    def tell(sentence: str) -> None:
        told.append(sentence)
        first.__exit__(None, None, None)

    with open_pipeline(tmp_path / "docs", cache=tmp_path / "cache", tell=tell) as pipeline:
        documents = pipeline.store.documents()

    assert [entry.uri for entry in documents] == ["orchard.md"]
    assert [sentence.endswith(f"by process {os.getpid()}: waiting until it has finished.") for sentence in told] == [
        True
    ]


def test_an_index_in_the_cache_that_no_longer_fits_is_made_again(tmp_path: Path) -> None:
    """A damaged cache costs time, never an answer."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "orchard.md").write_text("# The orchard\n\nThe orchard of Elm Hill was planted in 1921.\n")
    open_pipeline(tmp_path / "docs", cache=tmp_path / "cache").close()
    (database,) = (tmp_path / "cache").rglob("index.db")
    database.write_bytes(b"not a database" * 1000)
    with open_pipeline(tmp_path / "docs", cache=tmp_path / "cache") as pipeline:
        assert "1921" in pipeline.ask("When was the orchard of Elm Hill planted?").text


def test_no_page_is_fetched_unasked(tmp_path: Path) -> None:
    """An address among the documents needs permission; a copy from before is used without it."""
    settings = Settings(docs=(Path("https://mill.example/a/b"), tmp_path), cache=tmp_path / "cache")
    with pytest.raises(AnswerError, match=r"https://mill.example/a/b is not on this machine: .*--allow-download"):
        local_copies(settings)
    folder = tmp_path / "cache" / "pages" / hashlib.sha256(b"https://mill.example/a/b").hexdigest()[:16]
    folder.mkdir(parents=True)
    (folder / "mill.html").write_text("<p>Words.</p>")

    assert local_copies(settings).docs == (folder / "mill.html", tmp_path)


UNKNOWN = Path("~nobody-of-this-name/texts")


@pytest.mark.parametrize("given", [{"docs": UNKNOWN}, {"cache": UNKNOWN}, {"index": UNKNOWN}, {"index": str(UNKNOWN)}])
def test_an_unknown_home_folder_is_one_sentence(given: dict[str, Any]) -> None:
    """Python raises a RuntimeError for it."""
    with pytest.raises(IndexingError, match=r"^~nobody-of-this-name/texts begins with a home .*: write the path"):
        open_pipeline(**given)


def test_the_home_folder_of_an_index_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As that of documents is: what no shell has expanded made a folder named "~"."""
    monkeypatch.setenv("HOME", "/home/ida")
    assert read_settings({"index": "~/lifts"}, {}).index == Path("/home/ida/lifts")
    assert read_settings({"index": Path("~/lifts")}, {}).index == Path("/home/ida/lifts")


@pytest.mark.parametrize(
    ("told", "other", "missing"),
    [
        ("Which fuse has machine 287?", "Which fuse has machine 300?", "300"),
        ("What does error E-41 mean?", "What does error E-46 mean?", "E-46"),
    ],
)
def test_what_is_asked_of_a_number_that_nothing_holds_is_refused(
    tmp_path: Path, told: str, other: str, missing: str
) -> None:
    """By the built-in readers and the fitted point: the one is answered, the other refused with its number named."""
    rows = "| machine 287 | 90 ampere |\n| machine 12 | 16 ampere |"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "fuses.md").write_text(
        f"# Fuses\n\n| Machine | Fuse |\n|---|---|\n{rows}\n\nError E-41 means that the lid is open.\n",
        encoding="utf-8",
    )
    with open_pipeline(tmp_path / "docs", tmp_path / "index") as pipeline:
        assert not pipeline.ask(told).abstained
        refused = pipeline.ask(other)

    assert refused.abstained
    assert refused.reason.startswith(f"The documents say nothing of {missing}.")
