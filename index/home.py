"""Paths that begin with a home folder: "~/texts", "~ida/texts"."""

from pathlib import Path

from index.errors import IndexingError


def expanded(path: str | Path) -> Path:
    """The path with its home folder written out. Raises IndexingError where there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise IndexingError(
            f"{path} begins with a home folder that this machine does not know: write the path out from /."
        ) from error
