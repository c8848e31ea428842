"""From one store into another and back: nothing lost, nothing twice."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.errors import StoreDamaged, StoreMismatch, StoreMissing
from index.migrate import GROUP, migrate
from index.protocols import WritableStore
from index.records import Context, Excerpt, Origin
from index.store.local import LocalStore
from index.store.opened import open_index
from index.store.place import Place, place_of
from tests.corpora import record
from tests.fakes import HashEmbedder

DIM = 16
EMBEDDER = HashEmbedder(DIM)
MOVER = Path(__file__).with_name("mover.py")


def milvus(folder: Path, name: str = "there") -> Place:
    return place_of(f"milvus:{folder / name}.db")


def fill(store: WritableStore, n: int, more: int = 0) -> None:
    """n documents of two chunks and `more`, one of none, one that is begun, and a summary."""
    with store.together():
        for number in range(n):
            pieces = [
                f"cat number {number}",
                "die Versicherung ist nicht eine 深度求索",
                *(f"bird {i}" for i in range(more)),
            ]
            document, chunks, vectors = record(f"f/{number}.txt", pieces, EMBEDDER.embed_passages(pieces), "Tïtle", "H")
            origin = type(document)(
                document.id, document.uri, document.title, document.text, (0, 5), Origin("Ada", "2031-04-05")
            )
            first = type(chunks[0])(
                chunks[0].id, document.id, 0, chunks[0].end, 1, "H", pieces[0], Context((Excerpt(0, 3, "cat"),))
            )
            store.put(origin, (first, *chunks[1:]), vectors)
        store.put(*record("none.txt", [], np.empty((0, DIM), dtype=np.float32)))
        store.put(*record("begun.txt", ["dog"], EMBEDDER.embed_passages(["dog"])), planned=2)
    store.keep_summary(store.documents()[1].id, [(3, 6), (0, 2)])


def content(store: WritableStore) -> list[object]:
    found: list[object] = []
    for entry in store.documents():
        chunks = store.chunks(entry.id)
        vectors = store.vectors([chunk.id for chunk in chunks]).tobytes()
        found.append((entry, store.document(entry.id), chunks, vectors, store.summary(entry.id)))
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    with open_index(tmp_path / "source", EMBEDDER, create=True, chunk_settings="s") as store:
        fill(store, 12)
    return tmp_path / "source"


def test_there_and_back(source: Path, tmp_path: Path) -> None:
    """Documents, chunks, stored vectors, summaries and what is incomplete are the same, and so are searches."""
    moved = migrate(source, milvus(tmp_path))
    assert (moved.documents, moved.chunks, moved.before) == (14, 25, 0)
    migrate(milvus(tmp_path), tmp_path / "back")

    query = EMBEDDER.embed_queries(["cat number 7"])
    with (
        open_index(source, EMBEDDER) as one,
        open_index(milvus(tmp_path), EMBEDDER) as two,
        open_index(tmp_path / "back", EMBEDDER, chunk_settings="s") as three,
    ):
        assert content(one) == content(two) == content(three)
        texts = [[hit.chunk for hit in store.search_dense(query, 5)[0]] for store in (one, two, three)]
        words = [[hit.chunk for hit in store.search_lexical("Versicherung 7", 5)] for store in (one, two, three)]
        assert texts[0] == texts[1] == texts[2]
        assert words[0] == words[1] == words[2]


def test_again_copies_only_what_changed(source: Path, tmp_path: Path) -> None:
    """A second run takes over new and renamed documents, and one that was left incomplete there."""
    migrate(source, milvus(tmp_path))
    with open_index(source) as store:
        first = store.documents()[1]
        store.rename(first.id, "renamed.txt", first.title)
    moved = migrate(source, milvus(tmp_path))

    assert (moved.documents, moved.before) == (14, 12)  # the incomplete one is copied again
    with open_index(source) as one, open_index(milvus(tmp_path)) as two:
        assert content(one) == content(two)


@pytest.mark.parametrize("way", ["to", "from"])
def test_a_killed_copy_is_taken_up(way: str, tmp_path: Path) -> None:
    """After SIGKILL half-way the next run copies the rest: all of it is there, once."""
    places: list[Place] = [tmp_path / "folder", milvus(tmp_path)]
    source, target = places if way == "to" else places[::-1]
    with open_index(source, EMBEDDER, create=True, chunk_settings="s") as store:
        fill(store, 48, GROUP // 12 - 2)  # four groups of twelve documents
    command = [sys.executable, str(MOVER), str(source), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as mover:
        assert mover.stdout is not None
        for line in mover.stdout:
            if int(line) > 20:  # after the second group was written, while its reports go on
                break
        mover.send_signal(signal.SIGKILL)
    moved = migrate(source, target)

    assert 24 <= moved.before < 48
    assert (moved.documents, moved.chunks) == (50, 48 * (GROUP // 12) + 1)
    with open_index(source) as one, open_index(target) as two:
        assert content(one) == content(two)


def test_what_cannot_be_copied_is_refused(source: Path, tmp_path: Path) -> None:
    """No source, a target of another embedder, one with other documents: one sentence, and nothing is changed."""
    with pytest.raises(StoreMissing):
        migrate(tmp_path / "nowhere", milvus(tmp_path))
    assert not (tmp_path / "there.db").exists()
    with open_index(milvus(tmp_path), HashEmbedder(DIM, "other"), create=True, chunk_settings="s"):
        pass
    with pytest.raises(StoreMismatch, match=r"another embedder.*name a new place"):
        migrate(source, milvus(tmp_path))
    with open_index(milvus(tmp_path, "full"), EMBEDDER, create=True, chunk_settings="s") as store:
        store.put(*record("mine.txt", ["cat"], EMBEDDER.embed_passages(["cat"])))
    with pytest.raises(StoreMismatch, match=r"1 documents that the other.*mine\.txt"):
        migrate(source, milvus(tmp_path, "full"))
    with open_index(milvus(tmp_path, "full")) as store:
        assert [entry.uri for entry in store.documents()] == ["mine.txt"]


def test_a_loss_is_told(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts at the end are compared: a store that dropped a chunk is found out."""
    whole = LocalStore.put
    monkeypatch.setattr(
        LocalStore,
        "put",
        lambda store, document, chunks, vectors, **more: whole(store, document, chunks[1:], vectors[1:], **more),
    )
    with pytest.raises(StoreDamaged, match=r"14 documents and 12 chunks where .* 14 and 25"):
        migrate(source, tmp_path / "back")
