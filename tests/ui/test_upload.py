"""Uploads between the browser and the index."""

import pytest

from tests.loops import finished
from ui.upload import Inbox, Limits, Refused, file_name


async def parts(*chunks):
    for chunk in chunks:
        yield chunk


def receive(inbox, owner="ada", name="notes.txt", body=(b"Hello.",), length=None):
    length = sum(map(len, body)) if length is None else length
    return finished(lambda: inbox.receive(owner, name, length, parts(*body)))


def test_a_file_is_taken_by_its_sender_only(tmp_path):
    """What one session has sent is not there for another, whatever that one names itself."""
    inbox = Inbox(tmp_path)
    file = receive(inbox)
    assert inbox.take("ada") == [file]
    for other in ("bob", "../ada", "", "ada/.."):
        assert inbox.take(other) == []
    inbox.drop(file)
    assert inbox.take("ada") == []


def test_two_files_of_one_name_are_two_files(tmp_path):
    """The second does not replace the first, and they are taken in the order they came."""
    inbox = Inbox(tmp_path)
    sent = [receive(inbox, body=(text,)) for text in (b"one", b"two")]
    assert [file.read_bytes() for file in inbox.take("ada")] == [b"one", b"two"]
    assert [file.name for file in sent] == ["notes.txt"] * 2


def test_half_a_file_is_no_file(tmp_path):
    """Fewer or more bytes than were announced leave nothing, and do not count against the quota."""
    inbox = Inbox(tmp_path, Limits(session=6, free=0))
    with pytest.raises(Refused, match="arrived"):
        receive(inbox, length=5 + 1, body=(b"Hell",))
    with pytest.raises(Refused, match="longer"):
        receive(inbox, length=3)
    assert inbox.take("ada") == []
    assert receive(inbox).read_bytes() == b"Hello."
    with pytest.raises(Refused, match="limit"):
        receive(inbox)
    assert receive(inbox, owner="bob")


def test_what_was_kept_counts_for_all(tmp_path):
    """Uploads already indexed count toward the limit for all sessions together."""
    (tmp_path / "added").mkdir()
    (tmp_path / "added" / "old.txt").write_bytes(b"x" * 95)
    with pytest.raises(Refused, match="together"):
        receive(Inbox(tmp_path, Limits(total=100, free=0)))


def test_a_file_that_goes_while_it_is_counted_is_no_error(tmp_path, monkeypatch):
    """Others are received and indexed at the same time."""
    monkeypatch.setattr("ui.upload.os.walk", lambda folder: [(folder, [], ["gone.txt"])])
    assert receive(Inbox(tmp_path)).read_bytes() == b"Hello."


def test_a_disk_that_is_nearly_full_takes_nothing(tmp_path):
    """Free space is looked at before a byte is written."""
    with pytest.raises(Refused, match="disk"):
        receive(Inbox(tmp_path, Limits(free=100), free=lambda path: 105))
    assert list(tmp_path.iterdir()) == []


def test_what_was_never_indexed_goes_at_the_next_start(tmp_path):
    """A crash between arrival and indexing leaves no file for ever."""
    receive(Inbox(tmp_path))
    assert Inbox(tmp_path).take("ada") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\plan.docx", "plan.docx"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.txt", "ab.txt"),
        ("con.txt", "con_.txt"),
        ("..", "document"),
        ("\u202egnp.exe", "gnp.exe"),
        ("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
    ],
)
def test_names_from_browsers_become_names_of_files(name, kept):
    """Folders, control characters, reserved names and endless names do not reach the disk."""
    assert file_name(name) == kept
