"""The index follows its folder while somebody asks."""

import threading
import time

import pytest

from index.errors import EmptyCorpus, StoreBusy
from index.watch import changes
from rag import open_pipeline
from ui.chat_command import ChatError, _watched
from ui.watching import Watching


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "mill.txt").write_text("The mill in Oakham was built in 1742.")
    return folder


@pytest.fixture
def pipeline(docs, tmp_path):
    with open_pipeline(docs=docs, index=tmp_path / "index", reader="none", cache=tmp_path / "cache") as opened:
        yield opened


def eventually(condition, seconds=30):
    """Asked again until it holds, which tells when the watching thread has done its part."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


@pytest.fixture
def said(docs, pipeline):
    """What is told while the folder is watched; the first file is written again until the watch has begun."""
    told = []
    watching = Watching([docs], lambda: pipeline, told.append)
    number = 0

    def begun():
        nonlocal number
        number += 1
        (docs / "first.txt").write_text(f"Watched {number}.")
        time.sleep(0.4)
        return told

    eventually(begun)
    time.sleep(2.5)  # the last of these changes is dealt with, too
    yield told
    watching.close()


def test_what_changes_is_answered_from(docs, pipeline, said):
    """A new file, a changed and a removed one are followed without a word from anybody; answers go on meanwhile."""
    (docs / "bridge.txt").write_text("The bridge in Oakham was built in 1801.")
    eventually(lambda: "1801" in pipeline.ask("When was the bridge in Oakham built?").text)
    (docs / "mill.txt").write_text("The mill in Oakham was built in 1743.")
    eventually(lambda: "1743" in pipeline.ask("When was the mill in Oakham built?").text)
    (docs / "mill.txt").unlink()
    eventually(lambda: "mill.txt" not in [entry.uri for entry in pipeline.store.documents()])
    assert any("1 changed" in line for line in said)


def test_what_goes_wrong_is_one_sentence_and_the_watch_goes_on(docs, pipeline, said):
    """A folder without documents and a file that cannot be read are told once; the next change is followed."""
    for file in docs.iterdir():
        file.unlink()
    eventually(lambda: any("is empty" in line for line in said))
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (docs / "good.txt").write_text("The well in Oakham was dug in 1650.")
    eventually(lambda: any("broken.pdf" in line for line in said))
    assert "good.txt" in [entry.uri for entry in pipeline.store.documents()]
    assert not any("Traceback" in line for line in said)


def test_a_busy_index_is_tried_again(docs, pipeline, said, monkeypatch):
    """Where another process is at work, that is said once, and the change is not forgotten."""
    real, busy = pipeline.refresh, iter([True, True])

    def refresh():
        if next(busy, False):
            raise StoreBusy("The index is being changed by another process: wait until it has finished.")
        return real()

    monkeypatch.setattr(pipeline, "refresh", refresh)
    (docs / "late.txt").write_text("The tower fell.")
    eventually(lambda: "late.txt" in [entry.uri for entry in pipeline.store.documents()])
    assert sum("another process" in line for line in said) == 1


def test_a_single_file_is_watched_though_it_is_replaced(docs):
    """Editors write beside and rename; the neighbours of a watched file are nobody's business."""
    stop, seen = threading.Event(), []
    watched = docs / "mill.txt"

    def listen():
        for found in changes([watched], stop):
            seen.extend(found)

    thread = threading.Thread(target=listen)
    thread.start()

    def replaced():
        (docs / "other.txt").write_text("x")
        (docs / "new").write_text("y")
        (docs / "new").replace(watched)
        time.sleep(0.4)
        return seen

    eventually(replaced)
    stop.set()
    thread.join(10)
    assert {path.name for path in seen} == {"mill.txt"}


def test_nothing_to_watch_is_said(tmp_path):
    """A missing path, and an index without documents."""
    with pytest.raises(EmptyCorpus, match="does not exist"):
        next(changes([tmp_path / "none"], threading.Event()))

    class Arguments:
        docs, index = None, str(tmp_path)

    with pytest.raises(ChatError, match="no files to watch"):
        _watched(Arguments())
