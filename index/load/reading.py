"""What every reader takes and gives: limits, a reading, and the description of a format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.records import NOT_SAID, Origin


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost. A file beyond a limit is refused whole, never cut."""

    file_bytes: int = 200_000_000
    characters: int = 210_000_000
    pages: int = 10_000
    expanded_bytes: int = 500_000_000  # of all members of a zip-based file together
    expansion: int = 200  # times the size of a zip-based file larger than a few MB when unpacked
    memory_bytes: int = 3_000_000_000  # address space of the process that parses
    seconds: float = 90.0  # for parsing one file


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of a file: clean text (see `clean`), the title it declares or "", and the page offsets.

    `notice` tells the user what could not be read of it ("page 3 holds no text"), or is "".
    """

    text: str
    title: str = ""
    page_starts: tuple[int, ...] = ()
    meta: Origin = NOT_SAID
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """One file format. `read` raises UnreadableDocument with the reason alone, without the file's name.

    `signed` formats open with bytes that `sniff` knows; the title of a `named` one without a title of its own is the
    file's name. Files of at least `isolate_from` bytes are parsed in a process
    of their own; None means never.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes, Limits], Reading]
    signed: bool = False
    isolate_from: int | None = None
    named: bool = False
