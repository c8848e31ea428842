"""Which entries of a folder are left out of a corpus without being asked for: caches, libraries, `.ragignore`."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

FILE = ".ragignore"
LARGEST = 1_000_000
"""Bytes of a `.ragignore`: a longer one is no list that a person wrote."""

_MADE_BY_TOOLS = re.compile(
    r"node_modules|bower_components|__pycache__|__pypackages__|site-packages|__MACOSX|lost\+found|\$RECYCLE\.BIN"
    r"|.*\.egg-info|Thumbs\.db|desktop\.ini|~\$.*|package-lock\.json|npm-shrinkwrap\.json|.*\.min\.(?:js|css)"
)
_TAGS = ("CACHEDIR.TAG", "pyvenv.cfg")
"""A folder that holds one of these is a cache (bford.info/cachedir) or a virtual environment of Python's."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The `.ragignore` files that hold in one folder: `specs` from the root down, each with its folder's prefix."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def reason(self, uri: str, name: str, is_folder: bool) -> str:
        """Why the entry is left out, or ""; `!pattern` in a `.ragignore` brings back what is left out as a rule."""
        for prefix, spec in reversed(self.specs):
            told = spec.check_file(uri.removeprefix(prefix) + ("/" if is_folder else "")).include
            if told is not None:
                return f"is left out by {FILE}" if told else ""
        if name.startswith("."):
            return "is hidden"
        return "is made by tools" if _MADE_BY_TOOLS.fullmatch(name) else ""


def made_by_tools(names: list[str]) -> bool:
    """Whether a folder with these entries says of itself that it is a cache or an environment."""
    return any(tag in names for tag in _TAGS)


def rules_below(rules: Rules, folder: Path, prefix: str) -> tuple[Rules, tuple[str, ...]]:
    """The rules that hold inside `folder` if it has a `.ragignore`, and what is wrong with that file."""
    from pathspec import GitIgnoreSpec

    try:
        lines = _lines(folder / FILE)
    except OSError as error:
        return rules, (f"could not be read ({error.strerror}) and leaves nothing out",)
    good = [(number, line) for number, line in enumerate(lines, 1) if _is_pattern(line)]
    bad = sorted(set(range(1, len(lines) + 1)) - {number for number, _ in good})
    spec = GitIgnoreSpec.from_lines(line for _, line in good)
    problems = (f"has no pattern in line {bad[0]}: see the rules of gitignore",) if bad else ()
    return Rules((*rules.specs, (prefix, spec))), problems


def _lines(path: Path) -> list[str]:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a named pipe must not be waited for
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is not a regular file")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(0, "it is too large")
    return data.decode("utf-8-sig", errors="replace").splitlines()


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
