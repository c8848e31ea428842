"""Uploads and removals, without a browser: what is begun is finished, and what is said is so."""

import re
import threading

from index.errors import StoreBusy
from tests.ui.scripted import ScriptedPipeline
from ui.desk import Desk


class Reading(ScriptedPipeline):
    """Takes its time: reads one file each time it is told to go on."""

    def __init__(self):
        super().__init__()
        self.go_on, self.at_work, self.most = threading.Semaphore(0), 0, 0

    def sync(self, paths, progress=None):
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        progress("Reading.")
        self.go_on.acquire(timeout=30)
        found = super().sync(paths, progress)
        self.at_work -= 1
        return found


def test_a_browser_that_goes_away_stops_no_indexing(tmp_path):
    """Whatever was uploaded is kept and indexed to the end, also when the reader leaves at the first step; a second
    upload waits its turn.
    """
    pipeline = Reading()
    documents = Desk(pipeline, tmp_path / "home").documents
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.txt").write_text(name)
    leaving = documents.add([tmp_path / "one.txt", tmp_path / "two.txt"])
    next(leaving)
    leaving.close()
    staying = documents.add([tmp_path / "three.txt"])
    next(staying)
    pipeline.go_on.release(2)
    list(staying)
    assert {"one", "two", "three"} <= set(pipeline.store.held)
    assert pipeline.most == 1


def test_indexing_that_fails_is_told_or_logged(tmp_path, caplog):
    """An error of the index is one sentence; a bug is one too, and its traceback goes to the terminal."""
    for error, said in ((StoreBusy("It is busy."), "It is busy."), (RuntimeError("bug"), "went wrong")):
        pipeline = ScriptedPipeline()
        (tmp_path / "one.txt").write_text("one")

        def sync(paths, progress=None, error=error):
            raise error

        pipeline.sync = sync
        *_, last = Desk(pipeline, tmp_path / "home").documents.add([tmp_path / "one.txt"])
        assert said in last
    assert "an upload failed" in caplog.text


def test_removing_says_for_how_long(tmp_path):
    """An upload leaves for good, a file of a folder until that is read again; the question and the answer say so."""
    documents = Desk(ScriptedPipeline(), tmp_path).documents
    (tmp_path / "notes.txt").write_text("Hello.")
    list(documents.add([tmp_path / "notes.txt"]))
    asked = dict(re.findall(r'data-remove="(\w+)" data-asks="([^"]+)"', documents.shelf()))
    assert asked["notes"] == "Remove for good?"
    assert asked["v3"] == "Remove until its folder is read again?"
    assert "again" not in documents.remove("notes")
    assert "comes back when its folder is read again" in documents.remove("v3")
