"""What is Milvus' own: addresses, a kill between two requests, what is said when it cannot be used."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.errors import StoreBusy, StoreDamaged, StoreMissing
from index.protocols import Embedder
from index.store.milvus_link import Link
from index.store.opened import open_index
from index.store.place import MilvusPlace, place_of
from index.sync import CHUNK_SETTINGS, sync
from rag import open_pipeline
from tests.corpora import record
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder(16)


@pytest.fixture
def place(tmp_path: Path) -> MilvusPlace:
    found = place_of(f"milvus:{tmp_path / 'index.db'}")
    assert isinstance(found, MilvusPlace)
    return found


@pytest.mark.parametrize(
    ("text", "uri", "name"),
    [
        ("milvus://db.example:19531/papers", "http://db.example:19531", "papers"),
        ("milvus://localhost/papers", "http://localhost:19530", "papers"),
        ("milvuss://[::1]:443/papers", "https://[::1]:443", "papers"),
        ("milvus:/a/b.db", "/a/b.db", "footnote"),
        ("milvus:/a/b.db#notes", "/a/b.db", "notes"),
    ],
)
def test_addresses(text: str, uri: str, name: str) -> None:
    """A server, a server behind TLS, and a file of milvus-lite."""
    assert place_of(text) == MilvusPlace(text, uri, name)
    assert str(place_of(text)) == text


@pytest.mark.parametrize(
    "text", ["milvus://host", "milvus://host/", "milvus://u:p@host/n", "milvus:x", "milvus://h/a/b", "milvus://h:x/n"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """One sentence with the forms; a password in an address would end in logs."""
    with pytest.raises(StoreMissing, match=r"write milvus://HOST:PORT/NAME.*MILVUS_TOKEN"):
        place_of(text)


def test_other_texts_are_folders() -> None:
    """A path stays a path, whatever it is called."""
    assert place_of("milvus/index.db") == Path("milvus/index.db")
    assert place_of(Path("a")) == Path("a")


def test_an_error_between_two_requests_leaves_nothing_half(place: MilvusPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a commit breaks off, what is listed as complete is complete, and putting it again makes it whole."""
    before = record("a.txt", ["one", "two", "three"], EMBEDDER.embed_passages(["one", "two", "three"]))
    after = record("a.txt", ["four", "five"], EMBEDDER.embed_passages(["four", "five"]))
    whole = {one[0].id: one for one in (before, after)}
    requests = 0
    for name in ("upsert", "delete"):
        real = getattr(Link, name)

        def failing(link: Link, *given: Any, real: Any = real) -> None:
            nonlocal requests
            requests -= 1
            if requests == 0:
                raise StoreDamaged("broken off")
            real(link, *given)

        monkeypatch.setattr(Link, name, failing)
    with open_index(place, EMBEDDER, create=True) as store:
        store.put(*before)
        requests = 0
        store.put(*after, replaces=[before[0].id])
        needed = -requests
        assert needed > 8
        store.remove(after[0].id)
        for broken in range(1, needed + 1):
            requests = 0
            store.put(*before)
            requests = broken
            with pytest.raises(StoreDamaged, match="broken off"):
                store.put(*after, replaces=[before[0].id])
            requests = 0
            for entry in store.documents():
                if entry.complete:
                    document, chunks, _ = whole[entry.id]
                    assert (store.document(entry.id), store.chunks(entry.id)) == (document, chunks), broken
            assert any(entry.complete for entry in store.documents()), broken
            store.put(*after, replaces=[before[0].id])
            assert [(entry.id, entry.complete) for entry in store.documents()] == [(after[0].id, True)]
            assert (store.chunks(after[0].id), store.count()) == (after[1], 2)
            store.remove(after[0].id)


def test_a_file_is_for_one_program(place: MilvusPlace) -> None:
    """A second process is told so in one sentence; after the first has closed it, it may."""
    code = (
        "import sys; from index.store.opened import open_index; from index.store.place import place_of\n"
        "from index.errors import IndexingError\n"
        "try: print(len(open_index(place_of(sys.argv[1])).documents()))\n"
        "except IndexingError as error: print(error)\n"
    )

    def other() -> str:
        command = [sys.executable, "-c", code, str(place)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with open_index(place, EMBEDDER, create=True) as store:
        store.put(*record("a.txt", ["one"], EMBEDDER.embed_passages(["one"])))
        with open_index(place) as again:
            assert len(again.documents()) == 1
        assert len(store.documents()) == 1
        assert "one program in at a time" in other()
    assert other() == "1"


def test_what_is_missing_is_said(place: MilvusPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """No index, no server, no package, a place that cannot be written: each has its sentence."""
    with pytest.raises(StoreMissing, match=r"There is no index at .*rag index DOCS --index milvus:"):
        open_index(place)
    assert not Path(place.uri).exists()
    monkeypatch.setattr("index.store.milvus_link.TIMEOUT", 0.5)
    with pytest.raises(StoreMissing, match=r"does not answer at milvus://127.0.0.1:9/x"):
        open_index(place_of("milvus://127.0.0.1:9/x"), EMBEDDER, create=True)
    with pytest.raises((StoreBusy, StoreDamaged)):
        open_index(place_of("milvus:/proc/none/x.db"), EMBEDDER, create=True)
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreMissing, match=r"pymilvus.*pip install \"footnote-rag\[milvus\]\""):
        open_index(place, EMBEDDER, create=True)


def test_sync_and_answers(place: MilvusPlace, tmp_path: Path, embedder: Embedder) -> None:
    """A folder is kept in step there as in a directory, and an answer's citations are slices of what is stored."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "mill.md").write_text("# The mill\n\nThe mill in Oakham was built in 1742. It burned down in 1901.\n")
    (docs / "cats.txt").write_text("Cats sleep most of the day. They hunt at night.")
    with open_index(place, embedder, create=True, chunk_settings=CHUNK_SETTINGS) as store:
        assert sync([docs], store, embedder).added == ("cats.txt", "mill.md")
        assert sync([docs], store, embedder).unchanged == ("cats.txt", "mill.md")
    (docs / "cats.txt").write_text("Cats sleep most of the day, and they do not hunt.")
    (docs / "mill.md").rename(docs / "old.md")

    with open_pipeline(docs=docs, index=str(place), reader="none", cache=tmp_path / "cache") as pipeline:
        answer = pipeline.ask("When was the mill in Oakham built?")
        assert [entry.uri for entry in pipeline.store.documents()] == ["cats.txt", "old.md"]
        assert "1742" in answer.text
        for item in answer.citations:
            assert pipeline.store.document(item.document_id).text[item.start : item.end] == item.quote
        assert pipeline.ask("How tall is the president of the moon?").abstained
