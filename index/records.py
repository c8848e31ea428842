"""The values that leave the index: documents, chunks of them, and hits of a search. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

HitSource = Literal["dense", "lexical", "fused", "reranked"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file says about itself: `author` as written there, dates as ISO 8601 ("2031-04-05"); "" where unsaid."""

    author: str = ""
    created: str = ""
    modified: str = ""


NOT_SAID = Origin()


@dataclass(frozen=True, slots=True)
class Document:
    """One loaded file.

    `text` is NFC and immutable once stored: every offset of this project is a Python string index into it.
    `id` is the shortened hex SHA-256 of the file's bytes; `page_starts` holds the offset of each page's first character
    and is empty where the format has no pages.
    """

    id: str
    uri: str
    title: str
    text: str
    page_starts: tuple[int, ...] = ()
    meta: Origin = NOT_SAID


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of a document that lie outside a chunk of it: `text == document.text[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader needs, beside a chunk's own words, to understand it alone; all of it slices of the document.

    `path`: the headings above the chunk's first character, outermost first. `header`: where the chunk begins inside a
    table, the cells of the table's header row in the order of the columns. `lead`: where it begins inside a list, the
    line that opens the list ("The members are:").
    """

    path: tuple[Excerpt, ...] = ()
    header: tuple[Excerpt, ...] = ()
    lead: Excerpt | None = None

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Context:
        """The inverse of `dataclasses.asdict`, also after a way through JSON."""
        path, header = (tuple(Excerpt(**item) for item in fields[part]) for part in ("path", "header"))
        return cls(path, header, Excerpt(**fields["lead"]) if fields["lead"] else None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous span of a document: `text == document.text[start:end]`, half-open character offsets.

    `id` is `document_id:ordinal`; `page` is 1-based or None; `heading` is the nearest heading above the chunk or "".
    """

    id: str
    document_id: str
    start: int
    end: int
    page: int | None
    heading: str
    text: str
    context: Context = Context()


@dataclass(frozen=True, slots=True)
class Quote:
    """One slice of one document: `text == document.text[start:end]`; `page` is 1-based or None.

    The only such type: citations, the page's places, the evaluation's gold and the checker's evidence are quotes.
    """

    document_id: str
    title: str
    uri: str
    page: int | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found by a search. `score`: higher is better, comparable only within one `source`. `rank` is 1-based."""

    chunk: Chunk
    title: str
    uri: str
    score: float
    rank: int
    source: HitSource


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A stored document without its text, as listings show it.

    `complete` is False while a large document is being stored piece by piece, or where that was interrupted.
    """

    id: str
    uri: str
    title: str
    characters: int
    chunks: int
    complete: bool = True
