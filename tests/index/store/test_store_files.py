"""The folder of an index: saved files, damage, other processes, permissions, full disks."""

import json
import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexingError, StoreBusy, StoreDamaged, StoreMismatch, StoreMissing
from index.protocols import Vectors
from index.records import Origin
from index.store import derived, migrations
from index.store.database import Database
from index.store.dense import DenseIndex, Read, index_kind
from index.store.doctor import examine
from index.store.local import LOCK, LocalStore, open_store
from index.store.lock import write_lock
from index.store.rows import Numbers
from tests.corpora import Record, record, unit_rows
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder(16)
QUERY = EMBEDDER.embed_queries(["cat"])


def by_words(uri: str, *pieces: str) -> Record:
    return record(uri, pieces, EMBEDDER.embed_passages(pieces), uri)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed index of two documents."""
    with open_store(tmp_path / "index", EMBEDDER, create=True) as store:
        store.put(*by_words("1.txt", "cat dog", "bird"))
        store.put(*by_words("2.txt", "cat", "fish"))
        store.search_lexical("cat", 1)
    return tmp_path / "index"


def answers(store: LocalStore) -> list[object]:
    return [store.documents(), store.search_dense(QUERY, 9), store.search_lexical("cat bird", 9)]


def test_closed_index_is_a_file_a_vector_file_and_a_folder(folder: Path) -> None:
    """After closing, no log of SQLite's is left, and everything derived is there with its stamp."""
    assert sorted(path.name for path in folder.iterdir()) == [
        "index.db", "lexical", "vectors.faiss", "vectors.json", "write.lock",
    ]  # fmt: skip
    assert examine(folder) == ()


def test_copied_folder_is_the_same_index(folder: Path, tmp_path: Path) -> None:
    """A copy answers as the original does, and does not change it."""
    shutil.copytree(folder, tmp_path / "copy")
    with open_store(folder, EMBEDDER) as one, open_store(tmp_path / "copy", EMBEDDER) as two:
        assert answers(one) == answers(two)
        two.put(*by_words("3.txt", "cat"))
        assert (len(one.documents()), len(two.documents())) == (2, 3)


def test_folder_copied_under_a_writer_is_consistent(folder: Path, tmp_path: Path) -> None:
    """What was committed but is still in SQLite's log is copied with it."""
    with open_store(folder, EMBEDDER) as store:
        store.put(*by_words("3.txt", "cat"))
        shutil.copytree(folder, tmp_path / "copy")
        with open_store(tmp_path / "copy", EMBEDDER) as copy:
            assert answers(copy) == answers(store)


@pytest.mark.parametrize("name", ["vectors.faiss", "vectors.json", "lexical"])
@pytest.mark.parametrize("harm", ["missing", "flipped", "cut", "empty", "of another index"])
def test_damage_to_what_is_derived_is_noticed_and_healed(folder: Path, name: str, harm: str, tmp_path: Path) -> None:
    """A missing, changed, shortened or foreign file is never believed: the answers stay, and the file is made again."""
    with open_store(folder, EMBEDDER) as store:
        expected = answers(store)
    with open_store(tmp_path / "other", EMBEDDER, create=True) as other:
        other.put(*by_words("other.txt", "walrus", "cat"))
        other.put(*by_words("other2.txt", "walrus", "cat"))
    spoil(folder / name, tmp_path / "other" / name, harm)
    assert [finding.repairable for finding in examine(folder)] == [True]

    with open_store(folder, EMBEDDER) as store:
        assert answers(store) == expected
    assert examine(folder) == ()


@pytest.mark.parametrize("suffix", ["fast", "fieldnorm", "idx", "store", "term"])
def test_any_changed_byte_of_the_words_is_noticed(folder: Path, suffix: str) -> None:
    """The first byte of any of tantivy's files counts, also where tantivy would not see it."""
    file = max((folder / "lexical").glob(f"*.{suffix}"))
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)

    assert [str(finding) for finding in examine(folder)] == [
        "repairable: lexical: lexical/ does not have the checksums in its stamp.json"
    ]


def spoil(path: Path, other: Path, harm: str) -> None:
    if harm in ("missing", "of another index"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        if harm == "of another index":
            shutil.copytree(other, path) if other.is_dir() else shutil.copyfile(other, path)
        return
    file = max(path.glob("*.idx")) if path.is_dir() else path
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes({"flipped": data, "cut": data[: len(data) // 2], "empty": b""}[harm])


def test_late_files_are_brought_up_to_date(folder: Path, tmp_path: Path) -> None:
    """Files of an earlier generation are used and completed, not made again from nothing."""
    shutil.copytree(folder, tmp_path / "early")
    with open_store(folder, EMBEDDER) as store:
        store.put(*by_words("3.txt", "cat bird"))
        store.remove(by_words("1.txt", "cat dog", "bird")[0].id)
        expected = answers(store)
    for name in ("vectors.faiss", "vectors.json"):
        shutil.copyfile(tmp_path / "early" / name, folder / name)
    shutil.rmtree(folder / "lexical")
    shutil.copytree(tmp_path / "early" / "lexical", folder / "lexical")
    assert examine(folder) == ()

    with open_store(folder, EMBEDDER) as store:
        assert answers(store) == expected


def test_saved_words_are_not_changed_in_place(folder: Path) -> None:
    """Until it is flushed, a change leaves the saved files as they are: other processes have them open."""
    with open_store(folder, EMBEDDER) as store:
        store.put(*by_words("3.txt", "cat"))
        assert len(store.search_lexical("cat", 9)) == 3
        assert examine(folder) == ()
        store.flush()
        assert examine(folder) == ()


def test_reader_sees_every_newer_generation(folder: Path) -> None:
    """A store that is open answers from what another one has committed since, without being told."""
    with open_store(folder, EMBEDDER) as reader, open_store(folder, EMBEDDER) as writer:
        for number in range(3, 6):
            writer.put(*by_words(f"{number}.txt", "cat cat"))
            assert reader.generation == writer.generation
            assert answers(reader) == answers(writer)
            assert len(reader.documents()) == number
        writer.remove(by_words("2.txt", "cat", "fish")[0].id)
        assert answers(reader) == answers(writer)


def test_reader_follows_a_rebuild(folder: Path) -> None:
    """An index that is emptied and made again under a reader is read anew."""
    with open_store(folder, EMBEDDER) as reader:
        assert len(reader.search_lexical("cat", 9)) == 2
        with open_store(folder, EMBEDDER, rebuild=True) as writer:
            assert answers(reader) == [(), [[]], []]
            writer.put(*by_words("new.txt", "cat"))
            assert [hit.uri for hit in reader.search_lexical("cat", 9)] == ["new.txt"]


def test_another_embedder_is_refused(folder: Path) -> None:
    """The message names both embedders and the one command that helps; without an embedder the index can be listed."""
    with pytest.raises(StoreMismatch, match=r"embedder hash .*not with other .*rag index DOCS --index .* --rebuild"):
        open_store(folder, HashEmbedder(16, name="other"))
    with open_store(folder) as store:
        assert len(store.documents()) == 2
        assert store.manifest.embedder == "hash"
    with open_store(folder, HashEmbedder(8, name="other"), rebuild=True) as store:
        assert (store.documents(), store.manifest.dim) == ((), 8)


def test_reader_refuses_an_index_rebuilt_for_another_embedder(folder: Path) -> None:
    """When the embedder changes under an open store, its next search says so instead of mixing vectors."""
    with open_store(folder, EMBEDDER) as reader:
        open_store(folder, HashEmbedder(8, name="other"), rebuild=True).close()
        with pytest.raises(StoreMismatch, match="other"):
            reader.search_dense(QUERY, 1)


def test_other_chunk_settings_are_refused(tmp_path: Path) -> None:
    """Settings are compared where both sides name them."""
    open_store(tmp_path / "i", EMBEDDER, create=True, chunk_settings="200 tokens").close()
    open_store(tmp_path / "i", EMBEDDER).close()
    with pytest.raises(StoreMismatch, match="'200 tokens' and not with '100 tokens'"):
        open_store(tmp_path / "i", EMBEDDER, chunk_settings="100 tokens")


def test_newer_format_is_refused(folder: Path) -> None:
    """An index of a later version is not touched."""
    with sqlite3.connect(folder / "index.db") as connection:
        connection.execute("UPDATE manifest SET value = '99' WHERE key = 'format'")
    connection.close()
    with pytest.raises(StoreMismatch, match="format 99"):
        open_store(folder, EMBEDDER)


WITH_TEXTS = """(SELECT d.*, t.text FROM later.documents d JOIN later.texts t ON t.document_id = d.id)"""


def make_older(folder: Path, version: int) -> None:
    """Turns an index into one as the program of that version would have made it."""
    path, new = folder / "index.db", folder / "older.db"
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for statement in ";".join(migrations.STEPS[:version]).split(";"):
            connection.execute(statement)
        connection.execute("ATTACH ? AS later", (str(path),))
        tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})"))
            source = WITH_TEXTS if table == "documents" else f"later.{table}"
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM {source}")
        connection.execute("UPDATE main.manifest SET value = ? WHERE key = 'format'", (str(version),))
    new.replace(path)


@pytest.mark.parametrize("version", range(1, migrations.FORMAT))
def test_earlier_format_is_brought_up_to_date(folder: Path, version: int) -> None:
    """An index of any earlier format answers as before after one opening, and has the tables of a new one."""
    with open_store(folder, EMBEDDER) as store:
        expected = answers(store)
    make_older(folder, version)
    assert [str(finding) for finding in examine(folder)] == [
        f"repairable: index.db: its format is {version} and not {migrations.FORMAT}"
    ]

    with open_store(folder, EMBEDDER) as store:
        assert answers(store) == expected
        assert store.manifest.format == migrations.FORMAT
        store.put(*by_words("3.txt", "cat"))
    assert examine(folder) == ()


def killed(work: Callable[[], object]) -> bool:
    """Whether a forked process that does the work was killed before its end."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def test_a_kill_while_the_format_is_brought_up_to_date_loses_nothing(folder: Path, tmp_path: Path) -> None:
    """Whichever statement the program dies before, the index is of the earlier format and whole, and the next opening
    brings it up to date.
    """
    with open_store(folder, EMBEDDER) as store:
        expected = answers(store)
    make_older(folder, 1)

    def advance(index: Path, statements: int) -> None:
        left = iter(range(statements))
        database = Database.open(index)
        database.connection.set_trace_callback(
            lambda _: None if next(left, None) is not None else os.kill(os.getpid(), signal.SIGKILL)
        )
        database.advance()

    for statements in count():
        copy = tmp_path / f"killed before {statements}"
        shutil.copytree(folder, copy)
        if not killed(lambda index=copy, n=statements: advance(index, n)):
            break
        with closing(sqlite3.connect(copy / "index.db")) as connection:
            assert connection.execute("SELECT value FROM manifest WHERE key = 'format'").fetchone() == ("1",)
        with open_store(copy, EMBEDDER) as store:
            assert answers(store) == expected
        assert examine(copy) == ()
    assert statements > sum(step.count(";") for step in migrations.STEPS[1:])


def test_a_change_does_not_write_the_text_again(tmp_path: Path) -> None:
    """Further chunks, another name and a summary cost the log a few pages, however long the document is."""
    document, chunks, vectors = by_words("long.txt", "cat " * 500_000, "dog", "bird")
    log = tmp_path / "i" / "index.db-wal"
    written: list[int] = []
    with open_store(tmp_path / "i", EMBEDDER, create=True) as store:
        store.put(document, chunks[:1], vectors[:1], planned=3)
        for change in (
            lambda: store.extend(document, chunks[1:2], vectors[1:2]),
            lambda: store.extend(document, chunks[2:], vectors[2:]),
            lambda: store.rename(document.id, "other.txt", document.title),
            lambda: store.keep_summary(document.id, [(0, 3)]),
        ):
            with closing(sqlite3.connect(tmp_path / "i" / "index.db")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert log.stat().st_size == 0
            change()
            written.append(log.stat().st_size)

    assert max(written) < 100_000


def test_a_long_text_comes_back_from_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, whatever the number of parts, and all of them go with it."""
    monkeypatch.setattr("index.store.rows.PART", 3)
    with open_store(tmp_path / "i", EMBEDDER, create=True) as store:
        for words in ("c", "cat", "cat dog bird"):
            document, chunks, vectors = by_words(f"{words}.txt", words)
            store.put(document, chunks, vectors)
            assert store.document(document.id) == document
            store.remove(document.id)
    assert examine(tmp_path / "i") == ()


def test_what_a_file_says_about_itself_is_stored(tmp_path: Path) -> None:
    """Author and dates come back as they were put."""
    document, chunks, vectors = record("a", ["word"], unit_rows(1, 16, 1))
    said = replace(document, meta=Origin("Ulla Tern", "2031-04-05", "2031-04-06"))
    with open_store(tmp_path / "i", EMBEDDER, create=True) as store:
        store.put(said, chunks, vectors)

        assert store.document(said.id) == said


def test_missing_index(tmp_path: Path) -> None:
    """Where there is no index, the message says how to make one."""
    with pytest.raises(StoreMissing, match=r"no index in .*nowhere.*rag index DOCS"):
        open_store(tmp_path / "nowhere", EMBEDDER)
    with pytest.raises(ValueError, match="embedder"):
        open_store(tmp_path / "nowhere", create=True)


def test_index_is_not_made_among_other_files(tmp_path: Path) -> None:
    """A folder of documents, or a file, does not become an index by mistake."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreDamaged, match=r"other files \(thesis.txt\)"):
        open_store(tmp_path, EMBEDDER, create=True)
    with pytest.raises(StoreDamaged, match="name a folder"):
        open_store(tmp_path / "thesis.txt", EMBEDDER, create=True)


@pytest.mark.parametrize("content", [b"", b"not a database " * 500])
def test_damaged_database_is_named_and_can_be_replaced(folder: Path, content: bytes) -> None:
    """A database that is none is refused with the command that replaces it, and that command works."""
    (folder / "index.db").write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"index\.db is damaged.*--rebuild"):
        open_store(folder, EMBEDDER)
    with open_store(folder, EMBEDDER, rebuild=True) as store:
        store.put(*by_words("1.txt", "cat"))
        assert len(store.search_lexical("cat", 3)) == 1
    assert examine(folder) == ()


def test_second_writer_is_told_who_is_writing(folder: Path) -> None:
    """While another process writes, a change waits a moment and then names that process; searching goes on."""
    code = (
        "import sys, time; from pathlib import Path; from index.store.lock import write_lock\n"
        "with write_lock(Path(sys.argv[1]), 0): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, folder / LOCK], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            with open_store(folder, EMBEDDER) as store:
                with pytest.raises(StoreBusy, match=f"process {other.pid}: wait"), store.writing(wait_seconds=0.1):
                    pass
                assert len(store.search_lexical("cat", 5)) == 2
        finally:
            other.kill()
    with open_store(folder, EMBEDDER) as store:
        store.put(*by_words("3.txt", "cat"))


def test_second_writer_in_the_same_process_waits(folder: Path) -> None:
    """Two threads that write take turns, and nothing of either is lost."""
    with open_store(folder, EMBEDDER) as store:
        threads = [
            threading.Thread(target=lambda n=n: [store.put(*by_words(f"{n}-{i}.txt", "cat")) for i in range(10)])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            hits = store.search_lexical("cat", 99)
            assert len(hits) == len(store.search_lexical("cat", 99, only={h.chunk.document_id for h in hits}))
            for thread in threads:
                thread.join(0.01)

        assert len(store.documents()) == 42
        assert len(store.search_dense(QUERY, 99)[0]) == 44


def test_searching_goes_on_while_one_thread_holds_the_writing(folder: Path) -> None:
    """A long run of changes keeps other writers out and no reader."""
    with open_store(folder, EMBEDDER) as store, store.writing():
        done: list[int] = []
        thread = threading.Thread(target=lambda: done.append(len(store.search_lexical("cat", 9))))
        thread.start()
        thread.join(30)

        assert done == [2]


def in_child(work: Callable[[], object]) -> str:
    """What `work` gives in a forked process: its value or the error that it raised."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        try:
            sender.send(f"value {work()!r}")
        except BaseException as error:
            sender.send(f"{type(error).__name__} {error}")
        finally:
            os._exit(0)
    sender.close()
    outcome = receiver.recv() if receiver.poll(60) else "no answer"
    os.waitpid(pid, 0)
    return str(outcome)


@pytest.fixture
def read_only(folder: Path) -> Iterator[Callable[[Callable[[], object]], str]]:
    """Runs work in a process that may not write to the folder of the index."""

    def unprivileged(work: Callable[[], object]) -> str:
        def dropped() -> object:
            if os.getuid() == 0:  # permissions do not bind root
                os.setgid(65534)
                os.setuid(65534)
            return work()

        return in_child(dropped)

    for parent in list(folder.parents)[:3]:
        parent.chmod(0o755)
    folder.chmod(0o555)
    yield unprivileged
    folder.chmod(0o755)


def test_read_only_folder_is_searched(folder: Path, read_only: Callable[[Callable[[], object]], str]) -> None:
    """Without write permission an index answers as before, with or without its derived files."""

    def search() -> object:
        with open_store(folder, EMBEDDER) as store:
            return [hit.uri for hit in store.search_lexical("cat", 9)], len(store.search_dense(QUERY, 9)[0])

    assert read_only(search) == "value (['2.txt', '1.txt'], 4)"
    folder.chmod(0o755)
    derived.discard(folder)
    folder.chmod(0o555)
    assert read_only(search) == "value (['2.txt', '1.txt'], 4)"


def test_read_only_folder_is_not_changed(folder: Path, read_only: Callable[[Callable[[], object]], str]) -> None:
    """A change gives one sentence that says what to do."""

    def change() -> None:
        with open_store(folder, EMBEDDER) as store:
            store.put(*by_words("3.txt", "cat"))

    outcome = read_only(change)
    assert outcome.startswith("StoreDamaged The index")
    assert "make the folder writable" in outcome


def test_read_only_copy_of_a_folder_in_use(folder: Path, read_only: Callable[[Callable[[], object]], str]) -> None:
    """Where SQLite's log came along, what is in it is read too."""
    folder.chmod(0o755)
    with open_store(folder, EMBEDDER) as store:
        store.put(*by_words("3.txt", "cat"))
        logs = {path.name: path.read_bytes() for path in folder.glob("index.db*")}
    for name, data in logs.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o644)
    (folder / "index.db-shm").unlink()
    folder.chmod(0o555)

    def search() -> object:
        with open_store(folder, EMBEDDER) as opened:
            return len(opened.search_lexical("cat", 9))

    assert read_only(search) == "value 3"


def test_earlier_format_in_a_read_only_folder(folder: Path, read_only: Callable[[Callable[[], object]], str]) -> None:
    """Without write permission an older index is searched in a private copy, and stays as it is."""
    folder.chmod(0o755)
    make_older(folder, 1)
    before = (folder / "index.db").read_bytes()
    folder.chmod(0o555)

    def search() -> object:
        with open_store(folder, EMBEDDER) as store:
            return [hit.uri for hit in store.search_lexical("cat", 9)]

    assert read_only(search) == "value ['2.txt', '1.txt']"
    assert (folder / "index.db").read_bytes() == before


def test_full_disk_loses_nothing_that_was_committed(folder: Path) -> None:
    """When no more can be written, the change raises one sentence, and everything committed is there."""

    def fill() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = open_store(folder, EMBEDDER)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        for number in range(1_000):
            try:
                store.put(*by_words(f"big {number}.txt", *(f"cat {number} {'x' * 3_000} {i}" for i in range(10))))
            except IndexingError as error:
                return f"{number} {type(error).__name__} {error}"
        return "never full"

    number, name, message = in_child(fill).removeprefix("value '").split(" ", 2)
    assert (name, "safe" in message) == ("StoreDamaged", True)
    with open_store(folder, EMBEDDER) as store:
        assert len(store.documents()) == 2 + int(number)
        assert len(store.search_dense(QUERY, 100_000)[0]) == 4 + 10 * int(number)
    assert examine(folder) == ()


def test_full_disk_while_saving_what_is_derived(folder: Path) -> None:
    """Documents stay safe when only the search files find no space, and the message says so."""

    def fill() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = open_store(folder, EMBEDDER)
        store.put(*by_words("3.txt", "cat"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        try:
            store.flush()
        except StoreDamaged as error:
            return str(error)
        return "no error"

    assert "could not be saved (File too large)" in in_child(fill)
    with open_store(folder, EMBEDDER) as store:
        assert len(store.search_lexical("cat", 9)) == 3
    assert examine(folder) == ()


def test_lock_on_a_full_disk_is_still_a_lock(tmp_path: Path) -> None:
    """The holder's name is a courtesy: the lock is held without it."""
    with write_lock(tmp_path / "lock", 0), pytest.raises(StoreBusy), write_lock(tmp_path / "lock", 0):
        pass


def test_kind_of_index_follows_its_size() -> None:
    """Exact up to 100,000 vectors, inverted lists of a power of two above."""
    assert [index_kind(n) for n in (0, 50_000, 50_001, 100_000)] == ["Flat", "Flat", "SQfp16", "SQfp16"]
    assert [index_kind(n) for n in (100_001, 1_000_000)] == ["IVF1024,SQ8", "IVF4096,SQ8"]


def test_large_index_scores_exactly_and_filters(tmp_path: Path) -> None:
    """With inverted lists too, scores are the stored vectors' products, and filtered searches find what is allowed."""
    embedder = HashEmbedder(8)
    vectors = unit_rows(100_020, 8, 5)
    with open_store(tmp_path / "large", embedder, create=True) as store:
        many = record("many.txt", [str(i) for i in range(100_000)], vectors[:100_000])
        few = record("few.txt", [f"few {i}" for i in range(20)], vectors[100_000:])
        store.put(*many)
        store.put(*few)
        hits = store.search_dense(vectors[:5], 10)
        filtered = store.search_dense(vectors[:1], 50, only=[few[0].id])[0]
    stamp = json.loads((tmp_path / "large" / "vectors.json").read_text())

    assert stamp["kind"] == "IVF1024,SQ8"
    halves = vectors.astype(np.float16).astype(np.float32)
    for query, row in zip(vectors, hits, strict=False):
        exact = halves[[int(hit.chunk.text) for hit in row]] @ query
        assert [hit.score for hit in row] == pytest.approx(exact.tolist(), abs=1e-5)
    assert [row[0].chunk.text for row in hits] == [str(i) for i in range(5)]
    assert [hit.chunk.text for hit in filtered] == [
        f"few {i}" for i in np.argsort(-(halves[100_000:] @ vectors[0]), kind="stable")
    ]


def reader(numbers: Numbers, vectors: Vectors) -> Read:
    """Reads the vectors (n, dim) under ascending numbers (n,)."""
    return lambda some: vectors[np.searchsorted(numbers, some)]


def save(index: DenseIndex, path: Path) -> None:
    with path.open("wb") as file:
        index.write(file.write)


def test_dense_index_reads_what_it_wrote(tmp_path: Path) -> None:
    """Numbers and results survive the file format."""
    vectors, numbers = unit_rows(20, 8, 0), np.arange(20, dtype=np.int64) * 3
    index = DenseIndex.build(numbers, 8, reader(numbers, vectors))
    save(index, tmp_path / "vectors")
    again = DenseIndex.open(tmp_path / "vectors", index.kind, index.probes, index.recall)

    assert again.numbers().tolist() == numbers.tolist()
    assert again.search(vectors[4], 3, None) == index.search(vectors[4], 3, None)


def test_stamps_name_the_generation(folder: Path) -> None:
    """The stamps beside the saved files carry the generation that they were made from."""
    with open_store(folder, EMBEDDER) as store:
        generation = store.generation
    stamps = [json.loads((folder / name).read_text()) for name in ("vectors.json", "lexical/stamp.json")]

    assert [stamp["generation"] for stamp in stamps] == [generation] * 2


@pytest.mark.parametrize("kind", ["Flat", "SQfp16", "IVF16,SQ8"])
def test_every_kind_of_index_is_mapped_changed_and_saved(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the kind, a saved index is opened without a copy, takes changes, and finds the ten nearest of each.

    Inverted lists under an IndexIDMap2 found 5 of 200 after a removal: it shifts its own numbers and not theirs.
    """
    monkeypatch.setattr("index.store.dense.index_kind", lambda _: kind)
    vectors, numbers = unit_rows(2_000, 16, 5), np.arange(2_000, dtype=np.int64) + 3
    read = reader(numbers, vectors)
    built = DenseIndex.build(numbers[:-10], 16, read)
    save(built, tmp_path / "vectors")
    opened = DenseIndex.open(tmp_path / "vectors", built.kind, built.probes, built.recall)
    nearest = [np.argsort(-(vectors @ query))[:10] for query in vectors[::100]]

    assert len(opened) == 1_990
    opened.add(numbers[-10:], read)
    opened.remove(numbers[:5])
    assert np.array_equal(opened.numbers(), numbers[5:])
    found = [
        len({number for number, _ in opened.search(query, 10, None)} & set(numbers[best].tolist()))
        for query, best in zip(vectors[::100], nearest, strict=True)
    ]
    assert sum(found) >= 0.95 * 200 - 10
    assert built.recall >= 0.95
    assert len(DenseIndex.open(tmp_path / "vectors", built.kind, built.probes, built.recall)) == 1_990
