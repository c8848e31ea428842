"""An index made again beside the old one."""

import sqlite3
import time
from pathlib import Path

import pytest

from index.progress import Progress
from index.rebuild import BESIDE, rebuild
from index.store.doctor import examine
from index.store.local import WAIT_SECONDS, open_store
from index.sync import GROUP, sync
from tests.fakes import HashEmbedder

OLD, NEW = HashEmbedder(16, "old"), HashEmbedder(32, "new")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("cats", "dogs", "birds"):
        (folder / f"{name}.txt").write_text(f"The {name} sleep all day.")
    return folder


@pytest.fixture
def folder(docs: Path, tmp_path: Path) -> Path:
    """A closed index of the three documents and of one that was added, made with the old embedder."""
    (tmp_path / "fish.txt").write_text("The fish swim.")
    with open_store(tmp_path / "index", OLD, create=True) as store:
        sync([docs], store, OLD)
        sync([tmp_path / "fish.txt"], store, OLD, prune=False, under="added/")
    return tmp_path / "index"


def test_another_embedder_takes_over(docs: Path, folder: Path) -> None:
    """A reader that is open answers from the old index until the end; what was added is embedded from its stored text;
    and nothing is left over."""
    with open_store(folder) as reader:
        found: list[int] = []
        rebuild([docs], folder, NEW, keep=("added/",), progress=lambda _: found.append(len(reader.documents())))
        assert set(found) == {4}
        assert reader.manifest.dim == 16

    assert sorted(path.name for path in folder.iterdir()) == [
        "index.db", "lexical", "vectors.faiss", "vectors.json", "write.lock",
    ]  # fmt: skip
    assert examine(folder) == ()
    with open_store(folder, NEW) as store:
        assert [entry.uri for entry in store.documents()] == ["added/fish.txt", "birds.txt", "cats.txt", "dogs.txt"]
        assert store.search_dense(NEW.embed_queries(["the fish swim"]), 1)[0][0].uri == "added/fish.txt"
        assert store.search_lexical("swim", 1)[0].uri == "added/fish.txt"


def test_what_was_added_is_kept_also_where_the_documents_hold_a_copy(docs: Path, folder: Path) -> None:
    """The copy is its duplicate: when it goes, what was added stays."""
    copy = docs / "copy.txt"
    copy.write_text("The fish swim.")
    rebuild([docs], folder, NEW, keep=("added/",))
    copy.unlink()
    with open_store(folder, NEW) as store:
        sync([docs], store, NEW, keep=("added/",))
        assert "added/fish.txt" in {entry.uri for entry in store.documents()}


def test_interrupted_rebuild_leaves_the_old_index_and_is_taken_up(docs: Path, folder: Path) -> None:
    """Stopped half-way, the old index is whole; the next run embeds only what is missing."""

    def interrupt(progress: Progress) -> None:
        if progress.chunks > 2 * GROUP:
            raise KeyboardInterrupt

    (docs / "long.txt").write_text("Bears eat honey. " * 20_000)
    with pytest.raises(KeyboardInterrupt):
        rebuild([docs], folder, NEW, progress=interrupt)
    assert (folder / BESIDE).is_dir()
    with open_store(folder, OLD) as store:
        assert len(store.documents()) == 4
    NEW.embedded.clear()
    rebuild([docs], folder, NEW)

    with open_store(folder, NEW) as store:
        assert store.count() > len(NEW.embedded) > 0
    assert examine(folder) == ()


def test_a_damaged_index_is_made_again(docs: Path, folder: Path) -> None:
    """Where the old database cannot be read, the new one takes its place all the same."""
    (folder / "index.db").write_bytes(b"no database at all " * 100)
    rebuild([docs], folder, NEW)

    with open_store(folder, NEW) as store:
        assert len(store.documents()) == 3
    assert examine(folder) == ()


def test_an_index_whose_steps_fail_is_made_again_without_waiting_for_itself(docs: Path, folder: Path) -> None:
    """An earlier format whose tables are not what that format had cannot be brought up to date: it is replaced."""
    with sqlite3.connect(folder / "index.db") as connection:
        connection.execute("UPDATE manifest SET value = '1' WHERE key = 'format'")
    connection.close()
    began = time.monotonic()
    rebuild([docs], folder, NEW, keep=("added/",))

    assert time.monotonic() - began < WAIT_SECONDS
    with open_store(folder, NEW) as store:
        assert len(store.documents()) == 3


def test_open_readers_see_the_new_content(docs: Path, folder: Path) -> None:
    """A store that was open before searches the new content afterwards, if it has the same embedder."""
    with open_store(folder, OLD) as reader:
        assert reader.search_lexical("sleep", 9)
        (docs / "cats.txt").write_text("Lions roar.")
        rebuild([docs], folder, OLD)
        assert [hit.uri for hit in reader.search_lexical("lions", 9)] == ["cats.txt"]
        assert len(reader.search_dense(OLD.embed_queries(["lions"]), 9)[0]) == 3
    with sqlite3.connect(folder / "index.db") as connection:
        assert connection.execute("SELECT count(*) FROM chunks").fetchone() == (3,)
    connection.close()
