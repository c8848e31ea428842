"""From folders and files to the index, by content."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import EmptyCorpus
from index.protocols import Embedder
from index.records import Chunk
from index.store.doctor import examine
from index.store.local import LocalStore, open_store
from index.sync import Progress, SyncReport, embedding_text, sync
from tests.fakes import HashEmbedder

WRITER = Path(__file__).with_name("writer.py")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Three documents, one in a subfolder."""
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "cats.txt").write_text("Cats sleep most of the day.")
    (folder / "dogs.md").write_text("# Dogs\n\nDogs bark at night.")
    (folder / "sub" / "birds.txt").write_text("Birds sing in the morning.")
    return folder


@pytest.fixture
def hashing() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def store(tmp_path: Path, hashing: HashEmbedder) -> Iterator[LocalStore]:
    with open_store(tmp_path / "index", hashing, create=True) as opened:
        yield opened


def uris(store: LocalStore) -> list[str]:
    return [entry.uri for entry in store.documents()]


def changes(report: SyncReport) -> dict[str, object]:
    kinds = ("added", "changed", "removed", "renamed", "unchanged", "duplicates", "failed")
    return {kind: getattr(report, kind) for kind in kinds if getattr(report, kind)}


def test_folder_becomes_documents(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Every file is a document; its uri is its path from the root."""
    report = sync([docs], store, hashing)

    assert changes(report) == {"added": ("cats.txt", "dogs.md", "sub/birds.txt")}
    assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]
    assert store.search_lexical("who barks", 1)[0].uri == "dogs.md"
    assert report.chunks == store.count() == 3


def test_second_run_embeds_nothing(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Without changes nothing is embedded or written."""
    sync([docs], store, hashing)
    generation = store.generation
    hashing.embedded.clear()
    report = sync([docs], store, hashing)

    assert changes(report) == {"unchanged": ("cats.txt", "dogs.md", "sub/birds.txt")}
    assert (store.generation, hashing.embedded) == (generation, [])


def test_every_kind_of_change_at_once(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Added, changed, removed, renamed and duplicate files are told apart, and only new words are embedded."""
    sync([docs], store, hashing)
    hashing.embedded.clear()
    (docs / "cats.txt").write_text("Cats hunt mice.")
    (docs / "sub" / "birds.txt").unlink()
    (docs / "dogs.md").rename(docs / "hounds.md")
    (docs / "fish.txt").write_text("Fish swim.")
    (docs / "again.txt").write_text("Fish swim.")
    report = sync([docs], store, hashing)

    assert changes(report) == {
        "added": ("again.txt",),
        "changed": ("cats.txt",),
        "removed": ("sub/birds.txt",),
        "renamed": (("dogs.md", "hounds.md"),),
        "duplicates": (("fish.txt", "again.txt"),),
    }
    assert uris(store) == ["again.txt", "cats.txt", "hounds.md"]
    assert len(hashing.embedded) == 2
    assert store.search_lexical("sleep", 3) == []


def test_contents_that_change_places(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Two files that swap their names are two renames, and both documents stay."""
    sync([docs], store, hashing)
    (docs / "cats.txt").rename(docs / "x")
    (docs / "sub" / "birds.txt").rename(docs / "cats.txt")
    (docs / "x").rename(docs / "sub" / "birds.txt")
    sync([docs], store, hashing)

    assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]
    assert store.search_lexical("sleep", 1)[0].uri == "sub/birds.txt"
    assert examine(store.folder) == ()


def test_title_from_the_name_follows_a_rename(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """A document whose title is its file's name is found by the new name."""
    (docs / "walrus.txt").write_text("it swims and dives in cold water.")
    sync([docs], store, hashing)
    before = {entry.uri: entry.title for entry in store.documents()}["walrus.txt"]
    (docs / "walrus.txt").rename(docs / "penguin.txt")
    report = sync([docs], store, hashing)
    after = {entry.uri: entry.title for entry in store.documents()}["penguin.txt"]

    assert report.renamed == (("walrus.txt", "penguin.txt"),)
    assert ("walrus" in before.lower()) == ("penguin" in after.lower())
    assert bool(store.search_lexical("penguin", 1)) == ("penguin" in after.lower())


def test_without_pruning_nothing_goes(docs: Path, tmp_path: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """An upload adds to the index; content that is there already is a duplicate and stays where it was."""
    sync([docs], store, hashing)
    upload = tmp_path / "upload.txt"
    upload.write_text("Cats sleep most of the day.")
    new = tmp_path / "new.txt"
    new.write_text("Ants work.")
    report = sync([upload, new], store, hashing, prune=False)

    assert changes(report) == {"added": ("new.txt",), "duplicates": (("upload.txt", "cats.txt"),)}
    assert uris(store) == ["cats.txt", "dogs.md", "new.txt", "sub/birds.txt"]


def test_an_upload_survives_a_copy_of_it(docs: Path, tmp_path: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """A file with the content of a spared document is its duplicate; when the file goes, the document stays."""
    (tmp_path / "report.txt").write_text("The uploaded report says 42.")
    sync([docs], store, hashing, keep=("added/",))
    sync([tmp_path / "report.txt"], store, hashing, prune=False, under="added/")
    (docs / "copy.txt").write_text("The uploaded report says 42.")
    copied = sync([docs], store, hashing, keep=("added/",))
    (docs / "copy.txt").unlink()
    sync([docs], store, hashing, keep=("added/",))

    assert copied.duplicates == (("copy.txt", "added/report.txt"),)
    assert uris(store) == ["added/report.txt", "cats.txt", "dogs.md", "sub/birds.txt"]


def test_old_words_of_a_file_that_became_a_copy_go(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Without pruning too, a file given again is not found by what it said before."""
    sync([docs], store, hashing)
    (docs / "cats.txt").write_text("Birds sing in the morning.")
    report = sync([docs / "cats.txt"], store, hashing, prune=False)

    assert changes(report) == {"removed": ("cats.txt",), "duplicates": (("cats.txt", "sub/birds.txt"),)}
    assert uris(store) == ["dogs.md", "sub/birds.txt"]
    assert store.search_lexical("sleep", 3) == []


@pytest.mark.parametrize("prune", [True, False])
def test_copies_of_a_damaged_file_keep_their_earlier_versions(
    prune: bool, docs: Path, store: LocalStore, hashing: HashEmbedder
) -> None:
    """Two files overwritten with the same unreadable bytes have both failed, and both earlier versions stay."""
    sync([docs], store, hashing)
    (docs / "cats.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (docs / "sub" / "birds.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    report = sync([docs], store, hashing, prune=prune)

    assert [item.uri for item in report.failed] == ["cats.txt", "sub/birds.txt"]
    assert report.removed == ()
    assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]


def test_a_rename_to_another_format_is_read_again(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """The same bytes are another text for another reader: its headings are found, and the next run does nothing."""
    (docs / "n.txt").write_text("Intro\n=====\n\nIntro text.\n\nMethods\n=======\n\nMore text.")
    sync([docs], store, hashing)
    (docs / "n.txt").rename(docs / "n.rst")
    report = sync([docs], store, hashing)
    entry = next(entry for entry in store.documents() if entry.uri == "n.rst")

    assert report.renamed == (("n.txt", "n.rst"),)
    assert store.document(entry.id).text == "# Intro\n\nIntro text.\n\n# Methods\n\nMore text."
    assert changes(sync([docs], store, hashing)) == {"unchanged": ("cats.txt", "dogs.md", "n.rst", "sub/birds.txt")}


def test_a_failing_file_does_not_stop_the_rest(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Files that cannot be read are named with the reason; the rest is indexed; earlier versions stay."""
    sync([docs], store, hashing)
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 no more")
    (docs / "empty.txt").write_text("")
    (docs / "cats.txt").write_bytes(b"")
    (docs / "zebra.txt").write_text("Zebras run.")
    report = sync([docs], store, hashing)

    assert [item.uri for item in report.failed] == ["cats.txt", "broken.pdf", "empty.txt"]
    assert report.failed[0].reason.endswith("Its earlier version stays in the index.")
    assert report.added == ("zebra.txt",)
    assert store.search_lexical("cats", 1)[0].uri == "cats.txt"
    assert "failed: empty.txt is empty" in str(report)


def test_what_is_passed_over_is_named(docs: Path, tmp_path: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Hidden entries, unknown suffixes, links that leave the folder and indexes are listed with the reason."""
    (tmp_path / "secret.txt").write_text("secret")
    (docs / "out.txt").symlink_to(tmp_path / "secret.txt")
    (docs / "loop").symlink_to(docs)
    (docs / ".hidden").mkdir()
    (docs / ".hidden" / "a.txt").write_text("hidden")
    (docs / "program.exe").write_bytes(b"MZ")
    (docs / "inner").symlink_to(docs / "sub" / "birds.txt")
    (docs / "me.txt").symlink_to("me.txt")
    (docs / "me").symlink_to("me")
    os.mkfifo(docs / "pipe.txt")
    shutil.copytree(store.folder, docs / "my.index")
    report = sync([docs], store, hashing)

    assert {item.uri: item.reason for item in report.skipped} == {
        ".hidden": "is hidden",
        "inner": "has no suffix",
        "loop": "is a link to a folder",
        "me": "is a link in a circle",
        "me.txt": "is a link in a circle",
        "my.index/": "is an index",
        "out.txt": "is a link that leaves the folder",
        "pipe.txt": "is a pipe, socket or device, not a regular file; copy its content into one",
        "program.exe": "has the suffix '.exe', which is not read",
    }
    assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]


def test_a_named_pipe_alone_is_refused(tmp_path: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Nobody waits for what may never be written."""
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(EmptyCorpus, match="is a pipe, socket or device"):
        sync([tmp_path / "pipe.txt"], store, hashing)


def test_what_tools_make_is_left_out(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Libraries, caches and environments of programs are no documents, whatever is in them."""
    for folder in ("node_modules/left-pad", ".git", "__pycache__", "env", "cache"):
        (docs / folder).mkdir(parents=True)
        (docs / folder / "note.md").write_text(f"Words in {folder}.")
    (docs / "env" / "pyvenv.cfg").write_text("home = /usr/bin")
    (docs / "cache" / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55")
    (docs / "~$dogs.docx").write_bytes(b"lock")
    report = sync([docs], store, hashing)

    assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]
    assert {item.uri for item in report.skipped} == {
        ".git", "__pycache__", "cache/", "env/", "node_modules", "~$dogs.docx",
    }  # fmt: skip
    assert all(item.usual for item in report.skipped)


def test_ragignore_leaves_out_what_gitignore_would(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Patterns hold below their folder, the deeper file and the later line win, and a bad line is told."""
    (docs / ".ragignore").write_text("# drafts\n*.md\n!dogs.md\n/old/\n!.shown/\na\\\n")
    (docs / "sub" / ".ragignore").write_text("!kept.md\nbirds.txt\n")
    for name in ("draft.md", "sub/kept.md", "sub/lost.md", "old/a.txt", "sub/old/b.txt", ".shown/c.txt"):
        (docs / name).parent.mkdir(exist_ok=True)
        (docs / name).write_text(f"Words of {name}.")
    report = sync([docs], store, hashing)

    assert uris(store) == [".shown/c.txt", "cats.txt", "dogs.md", "sub/kept.md", "sub/old/b.txt"]
    assert [str(item) for item in report.skipped if not item.usual] == [
        ".ragignore has no pattern in line 6: see the rules of gitignore"
    ]


def test_a_ragignore_that_is_no_text(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """A pipe of that name is told and not waited for."""
    os.mkfifo(docs / ".ragignore")
    report = sync([docs], store, hashing)

    assert [str(item) for item in report.skipped] == [
        ".ragignore could not be read (it is not a regular file) and leaves nothing out"
    ]
    assert len(uris(store)) == 3


def test_several_roots_begin_their_uris_with_names(
    docs: Path, tmp_path: Path, store: LocalStore, hashing: HashEmbedder
) -> None:
    """With several paths the root's name comes first, numbered where it repeats; a file reached twice counts once."""
    twin = tmp_path / "other" / "docs"
    twin.mkdir(parents=True)
    (twin / "cats.txt").write_text("Other cats.")
    sync([docs, twin, docs / "sub", docs / "cats.txt"], store, hashing)

    assert uris(store) == ["docs/cats.txt", "docs/dogs.md", "docs/sub/birds.txt", "docs~2/cats.txt"]


def test_strange_names_become_uris(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Names are composed (NFC), and bytes that are not UTF-8 are replaced."""
    (docs / "cafe\u0301.txt").write_text("Coffee.")
    Path(os.fsdecode(os.fsencode(docs) + b"/bad\xff.txt")).write_text("Bad name.")
    (docs / "new\nline.txt").write_text("Two lines.")
    sync([docs], store, hashing)

    assert {"caf\u00e9.txt", "bad\ufffd.txt", "new\nline.txt"} < set(uris(store))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: None, "does not exist: give a file or a folder"),
        (lambda folder: folder.mkdir(), "is empty: put documents there"),
        (
            lambda folder: (folder.mkdir(), (folder / "a.exe").write_text("x")),
            r"nothing that can be indexed \(a.exe has",
        ),
    ],
)
def test_nothing_to_index(
    make: object, message: str, tmp_path: Path, docs: Path, store: LocalStore, hashing: HashEmbedder
) -> None:
    """A missing, empty or useless folder is one sentence, and an index made before is not emptied."""
    sync([docs], store, hashing)
    make(tmp_path / "nothing")  # type: ignore[operator]
    with pytest.raises(EmptyCorpus, match=message):
        sync([tmp_path / "nothing"], store, hashing)

    assert len(store.documents()) == 3


def test_progress_tells_rate_and_rest(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Counts grow to the total, and the last report says that nothing is left."""
    (docs / "long.txt").write_text("A sentence of five words. " * 5_000)
    seen: list[Progress] = []
    sync([docs], store, hashing, progress=seen.append)

    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert (seen[0].done, seen[0].total, seen[0].current) == (0, 4, "cats.txt")
    assert seen[0].seconds_left is None
    assert (seen[-1].done, seen[-1].current, seen[-1].seconds_left, seen[-1].chunks) == (4, "", 0.0, store.count())
    inside = [progress for progress in seen if progress.current == "long.txt" and 0 < progress.share < 1]
    assert len(inside) > 1
    assert str(inside[0]).startswith("0/4 files, ")
    assert str(inside[0]).endswith(f"left  long.txt {inside[0].share:.0%}")
    assert json.loads(json.dumps(inside[0].to_dict()))["current"] == "long.txt"


def test_interruption_keeps_what_was_done(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Ctrl-C loses no committed document, and the next run does only the rest."""

    def interrupt(progress: Progress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync([docs], store, hashing, progress=interrupt, at_once=1)
    assert len(store.documents()) == 2
    report = sync([docs], store, hashing)

    assert (len(report.unchanged), len(report.added)) == (2, 1)


def test_embedding_text_names_title_and_heading() -> None:
    """Title and heading come before the text, neither twice, and long ones are cut."""

    def chunk(text: str, heading: str) -> Chunk:
        return Chunk("d:0", "d", 0, len(text), None, heading, text)

    assert embedding_text("Dogs", chunk("They bark.", "Noise")) == "Dogs\nNoise\nThey bark."
    assert embedding_text("Dogs", chunk("They bark.", "Dogs")) == "Dogs\nThey bark."
    assert embedding_text("Dogs", chunk("Noise\nThey bark.", "Noise")) == "Dogs\nNoise\nThey bark."
    assert len(embedding_text("x" * 1_000, chunk("They bark.", ""))) == 171


def test_embedding_text_fits_the_embedder(tmp_path: Path, embedder: Embedder) -> None:
    """With the real tokenizer, what is embedded is never longer than what is read."""
    (tmp_path / "en.md").write_text("# A rather long title of a document\n\n" + "Prices rose by 3.5% in May. " * 300)
    (tmp_path / "zh.txt").write_text("深度求索公司发布了新的模型，价格很低。" * 200)
    with open_store(tmp_path / "index", embedder, create=True) as store:
        sync([tmp_path / "en.md", tmp_path / "zh.txt"], store, embedder)
        texts = [embedding_text(e.title, c) for e in store.documents() for c in store.chunks(e.id)]

    assert len(texts) > 10
    assert max(embedder.count_tokens(texts)) <= embedder.max_tokens


def killed(docs: Path, index: Path, seconds: float) -> tuple[int, int]:
    """Files and chunks that a writer with groups of 8 had done at its last word before it was killed."""
    command = [sys.executable, WRITER, docs, index, "0.002", "8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and (line := process.stdout.readline()):
            said = line if len(line.split()) == 2 else said  # the last line, of a run that was faster, is its report
        process.send_signal(signal.SIGKILL)
    files, chunks = (int(number) for number in said.split() if number.isdigit())
    return files, chunks


def assert_searchable(store: LocalStore, hashing: HashEmbedder) -> None:
    assert len(store.search_lexical("cats", 10_000)) == store.count()
    assert len(store.search_dense(hashing.embed_queries(["cats"]), 10_000)[0]) == store.count()


@pytest.mark.parametrize("seed", range(4))
def test_killed_inside_a_large_file(seed: int, tmp_path: Path, hashing: HashEmbedder) -> None:
    """A run killed inside a file loses at most one group of it, which is searchable; the next run embeds the rest."""
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    (docs / "large.txt").write_text(" ".join(f"Sentence {number} is about cats." for number in range(4_000)))
    _, embedded = killed(docs, index, random.Random(seed).random() * 0.3)
    with open_store(index, hashing) as store:
        held = store.count()
        assert embedded - 8 <= held
        assert_searchable(store, hashing)
        sync([docs], store, hashing)
        entry = store.documents()[0]
        assert entry.complete
        assert held % 8 == 0 or held == entry.chunks
        assert len(hashing.embedded) == entry.chunks - held
        whole = store.chunks(entry.id)
    assert examine(index) == ()
    with open_store(tmp_path / "again", hashing, create=True) as fresh:
        sync([docs], fresh, hashing)
        assert fresh.chunks(entry.id) == whole


def test_earlier_version_stays_until_a_large_file_is_complete(
    docs: Path, store: LocalStore, hashing: HashEmbedder
) -> None:
    """Interrupted inside a changed file, both the old version and what is done of the new one are found."""
    sync([docs], store, hashing)
    (docs / "cats.txt").write_text("Lions roar. " * 2_000)

    def interrupt(progress: Progress) -> None:
        if progress.share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync([docs], store, hashing, progress=interrupt, at_once=4)
    assert [(entry.uri, entry.complete) for entry in store.documents() if entry.uri == "cats.txt"].count(
        ("cats.txt", True)
    ) == 1
    assert store.search_lexical("sleep", 1)
    assert store.search_lexical("lions", 1)
    report = sync([docs], store, hashing)

    assert report.changed == ("cats.txt",)
    assert not store.search_lexical("sleep", 1)
    assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]


def test_what_is_left_of_a_version_in_between_goes(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """A file that changes again while its last version was half stored leaves nothing of that version."""
    (docs / "cats.txt").write_text("Lions roar. " * 2_000)

    def interrupt(progress: Progress) -> None:
        if progress.share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync([docs / "cats.txt"], store, hashing, progress=interrupt, at_once=4)
    (docs / "cats.txt").write_text("Tigers hunt.")
    sync([docs / "cats.txt"], store, hashing, prune=False)

    assert [(entry.uri, entry.complete) for entry in store.documents()] == [("cats.txt", True)]
    assert not store.search_lexical("lions", 1)


def test_one_bad_document_does_not_take_its_group_along(
    docs: Path, store: LocalStore, hashing: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a group cannot be stored, each document is tried alone, and only the bad one is reported."""
    embed = hashing.embed_passages

    def strict(texts: list[str]) -> object:
        if any("bark" in text for text in texts):
            raise ValueError("no dogs")
        return embed(texts)

    monkeypatch.setattr(hashing, "embed_passages", strict)
    report = sync([docs], store, hashing)

    assert report.added == ("cats.txt", "sub/birds.txt")
    assert [item.uri for item in report.failed] == ["dogs.md"]
    assert uris(store) == ["cats.txt", "sub/birds.txt"]


def test_small_files_share_a_commit(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """Three files of one chunk each are embedded in one call and stored in one transaction."""
    generation = store.generation
    sync([docs], store, hashing)

    assert store.generation == generation + 1


def test_report_as_json(docs: Path, store: LocalStore, hashing: HashEmbedder) -> None:
    """The report is also JSON, with names where the value has pairs."""
    sync([docs], store, hashing)
    (docs / "dogs.md").rename(docs / "hounds.md")
    (docs / "empty.txt").write_text("")
    told = json.loads(json.dumps(sync([docs], store, hashing).to_dict()))

    assert told["renamed"] == [{"from": "dogs.md", "to": "hounds.md"}]
    assert [item["uri"] for item in told["failed"]] == ["empty.txt"]
    assert told["unchanged"] == ["cats.txt", "sub/birds.txt"]


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment(seed: int, tmp_path: Path, hashing: HashEmbedder) -> None:
    """A run that is killed leaves a sound index with every document it had finished; the next run does the rest."""
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    for number in range(30):
        (docs / f"{number:02}.txt").write_text(f"Document {number} about cats. " * 20)
    chance = random.Random(seed)
    files, _ = killed(docs, index, chance.random() * 0.3)
    with open_store(index, hashing) as store:
        done = uris(store)
        assert {f"{number:02}.txt" for number in range(files)} <= set(done)
        assert_searchable(store, hashing)
    assert examine(index) == ()

    with open_store(index, hashing) as store:
        report = sync([docs], store, hashing)
        assert (len(report.unchanged), len(report.added)) == (len(done), 30 - len(done))
    assert examine(index) == ()


def test_two_runs_at_once(docs: Path, tmp_path: Path, hashing: HashEmbedder) -> None:
    """Two processes that index the same folder into the same place both succeed, and the index holds it once."""
    command = [sys.executable, WRITER, docs, tmp_path / "index"]
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [process.wait(120) for process in processes] == [0, 0]
    assert examine(tmp_path / "index") == ()
    with open_store(tmp_path / "index", hashing) as store:
        assert uris(store) == ["cats.txt", "dogs.md", "sub/birds.txt"]
