"""The model that was chosen once."""

from pathlib import Path

import pytest

from rag.errors import AnswerError
from rag.write.choice import choose, chosen


def test_a_choice_is_kept_and_taken_back(tmp_path: Path) -> None:
    """It outlives the program; "quotes" ends it."""
    cache = tmp_path / "new" / "cache"

    assert chosen(cache) is None
    assert "Qwen/Qwen3-0.6B" == choose("Qwen/Qwen3-0.6B", cache)
    assert "Qwen/Qwen3-0.6B" == chosen(cache)
    assert "http://h/v1#m" == choose("http://h/v1#m", cache)
    assert ["writer.txt"] == [path.name for path in cache.iterdir()]
    choose("quotes", cache)
    assert chosen(cache) is None
    choose("quotes", cache)


def test_a_file_is_kept_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice holds in whatever folder a later run starts."""
    (tmp_path / "m.gguf").touch()
    monkeypatch.chdir(tmp_path)

    assert str(tmp_path / "m.gguf") == choose("m.gguf", tmp_path / "cache")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a\nb", b"x" * 5000, b"a\x1b[2Jb"])
def test_a_damaged_file_is_no_choice(tmp_path: Path, content: bytes) -> None:
    """Nothing, no text, several lines, a flood or control characters: as if nothing had been chosen."""
    (tmp_path / "writer.txt").write_bytes(content)

    assert chosen(tmp_path) is None


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """It names the folder and the remedy."""
    (tmp_path / "cache").touch()
    with pytest.raises(AnswerError, match=r"cannot be kept.*RAG_CACHE"):
        choose("m", tmp_path / "cache")
