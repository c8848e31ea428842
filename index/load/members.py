"""Files inside files: what a zip archive or an e-mail holds, each read by the reader of its own format."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import PurePosixPath

from index.errors import UnreadableDocument
from index.load.clean import clean
from index.load.reading import Limits

DEEPEST = 3
"""Archives within archives that are opened."""

_DEPTH = ContextVar("archives around the file that is being read", default=0)


class Members:
    """Texts of the files added so far, each below a heading with its name, within the limits of the whole."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.characters
        self._failed: list[str] = []
        self.texts: list[str] = []

    def add(self, name: str, data: bytes) -> None:
        """Reads one; what cannot be read is named in `notice`."""
        from index.load.formats import format_of, read_here

        short = " ".join(clean(PurePosixPath(name.replace("\\", "/")).name).split()) or "file"
        outer = _DEPTH.set(_DEPTH.get() + 1)
        try:
            if _DEPTH.get() > DEEPEST:
                raise UnreadableDocument("lies too deep in archives; unpack it")
            reading = read_here(format_of(short, data), data, self._limits)
            self._left -= len(reading.text)
            if self._left < 0:
                raise UnreadableDocument(f"makes more than {self._limits.characters:,} characters; unpack it")
        except UnreadableDocument as error:
            self._failed.append(f"{short} {str(error).partition(';')[0]}")
        else:
            if any(map(str.isalnum, reading.text)):
                self.texts.append(f"# {' '.join(clean(name).split())}\n\n{reading.text}")
        finally:
            _DEPTH.reset(outer)

    @property
    def notice(self) -> str:
        """What could not be read, or ""."""
        if not self._failed:
            return ""
        more = f" (and {len(self._failed) - 3} more)" if len(self._failed) > 3 else ""
        return f"was read in part: in it, {'; '.join(self._failed[:3])}{more}"
