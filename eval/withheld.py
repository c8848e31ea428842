"""Documents without the sentences that answer a question, or with one that does: the same question is answerable and
is not.

Written near misses can be told from answerable questions by their wording alone (`eval/data/README.md`); of a question
asked both ways the wording says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.text.blocks import blocks

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

Span = tuple[int, int]
Places = Callable[[Path, str], Sequence[Span]]
"""Where a file's text gives the answer, as half-open character offsets; it must find nothing in a text without it."""

PLAIN = frozenset((".md", ".txt", ".csv"))
"""Files whose characters are the document's text, so that what is cut out of the file is cut out of the document."""
LINES = frozenset((".csv",))
MOST = 3
"""Sentences and rows that are taken out; a fact that stands in more places is what the documents are about."""
_EMPTY = re.compile(r"^[^\w\n]+$\n?", re.MULTILINE)
"""A line of marks alone: the bullet of an item whose words were taken out."""


def without(text: str, places: Sequence[Span], *, lines: bool = False) -> tuple[str, int]:
    """The text without the sentences, rows and items (with `lines`: the lines) in which the places lie, and how many.

    Returns the text as it is, and 0, where one lies in a heading or in the header of a table: there is no taking that
    out without changing what the rest says.
    """
    units = [(m.start(), m.end(), "row") for m in re.finditer(r".+\n?", text)] if lines else []
    units = units or [(block.start, block.end, block.kind) for block in blocks(text)]
    gone = [unit for unit in units if any(unit[0] < end and start < unit[1] for start, end in places)]
    if not gone or any(kind in ("heading", "header", "rule") for _, _, kind in gone) or (lines and gone[0][0] == 0):
        return text, 0
    rest = text
    for start, end, _ in reversed(gone):
        rest = f"{rest[:start].rstrip(' ')} {rest[end:].lstrip(' ')}" if not lines else rest[:start] + rest[end:]
    return rest if lines else _bare(rest, text), len(gone)


@contextmanager
def withheld(pipeline: Pipeline, docs: Path, places: Places) -> Iterator[bool]:
    """While it is open, the pipeline's documents in `docs` lack the answer; False where that cannot be had.

    The files are changed and put back, so `docs` must be a copy on which nothing depends. It cannot be had where none
    or more than MOST sentences would go, where a file would be left empty, or where a document of a format that is not
    plain text still tells it.
    """
    before = {path: text for path in sorted(docs.rglob("*")) if (text := _plain(path))}
    cut = {path: without(text, places(path, text), lines=path.suffix in LINES) for path, text in before.items()}
    changed = {path: rest for path, (rest, number) in cut.items() if number}
    taken = sum(number for _, number in cut.values())
    if not 0 < taken <= MOST or any(places(path, rest) or not rest.strip() for path, (rest, _) in cut.items()):
        yield False
        return
    with _meanwhile(pipeline, before, changed):
        yield not any(places(Path(uri), text) for uri, text in _texts(pipeline))


@contextmanager
def told(pipeline: Pipeline, file: Path, sentence: str) -> Iterator[None]:
    """While it is open, a plain file of the pipeline's documents ends with a sentence more, a paragraph of its own."""
    before = file.read_text(encoding="utf-8")
    with _meanwhile(pipeline, {file: before}, {file: f"{before.rstrip()}\n\n{sentence}\n"}):
        yield


@contextmanager
def _meanwhile(pipeline: Pipeline, before: Mapping[Path, str], changed: Mapping[Path, str]) -> Iterator[None]:
    try:
        _write(changed)
        pipeline.refresh()
        yield
    finally:
        _write({path: before[path] for path in changed})
        pipeline.refresh()


def matching(patterns: Sequence[str]) -> Places:
    """The places of any of these regular expressions, compared without regard to case."""
    found = [re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns]
    return lambda _, text: [match.span() for one in found for match in one.finditer(text) if match.group()]


def _plain(path: Path) -> str:
    """The text of a file that is one, "" of others."""
    try:
        return path.read_text(encoding="utf-8") if path.suffix in PLAIN else ""
    except UnicodeDecodeError:
        return ""


def _bare(rest: str, text: str) -> str:
    """Without the lines of marks that the cutting left; those that were there before (the rule of a table) stay."""
    known = {line for line in text.splitlines() if line.strip()}
    return _EMPTY.sub(lambda match: match.group() if match.group().rstrip("\n") in known else "", rest)


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


def _texts(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    for entry in pipeline.store.documents():
        yield entry.uri, pipeline.store.document(entry.id).text
