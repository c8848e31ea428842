"""Web pages (HTML): the words a visitor would see, headings as Markdown lines, lists and tables as lines."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from index.load.clean import clean
from index.load.decode import decode
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.table import Cell, spread, table_row, table_rule

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# A declaration that was read as ASCII contradicts the wide ones; the others are not for pages, and some take very long.
_UNFIT = re.compile(r"utf-?(?:7|8-sig|16|32)|punycode|idna|undefined|.*escape")
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_INVISIBLE = frozenset(
    "script style nav template noscript head iframe object embed canvas svg audio video select datalist".split()
)
_STRUCK = frozenset("s del strike".split())
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-decoration[\w-]{0,20}\s{0,9}:[^;]{0,60}line-through",
    re.IGNORECASE,
)
_RAISED = re.compile(r"\s*([+\-−]?\d+)\s*")
MOST_PARTS = 4
"""Of a superscript's text between tags: a number has one or two."""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LINES = frozenset("br li dt dd tr caption".split())
_PARAGRAPHS = frozenset(
    "p div section article main aside header footer ul ol dl table thead tbody tfoot blockquote pre figure figcaption "
    "form fieldset address details summary hr body html center".split()
)
_SPACES = re.compile(r"\s+")
_GAPS = re.compile(r"\n{3,}")


def _read(data: bytes, _limits: Limits) -> Reading:
    soup = _soup(_decode(data))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    said = {str(tag.get("name", "")).lower(): str(tag.get("content", "")) for tag in soup.find_all("meta", limit=200)}
    meta = origin(said.get("author"), said.get("dcterms.created") or said.get("date"), said.get("last-modified"))
    return Reading(clean(_visible_text(soup.body or soup)), " ".join(clean(title).split()), meta=meta)


def page_text(data: bytes, encoding: str = "") -> str:
    """The visible words of a page that is part of something else."""
    soup = _soup(data.decode(encoding, "replace") if encoding else _decode(data))
    return clean(_visible_text(soup.body or soup))


def _soup(text: str) -> BeautifulSoup:
    import warnings

    from bs4 import BeautifulSoup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it looks like XML, or like a file's name
        return BeautifulSoup(text, "lxml")


def _decode(data: bytes) -> str:
    """By the encoding the page declares, if the whole page is valid in it."""
    declared = _CHARSET.search(data[:4096])
    if declared:
        with suppress(LookupError, UnicodeDecodeError):
            name = codecs.lookup(declared[1].decode("ascii")).name
            if not _UNFIT.match(name):
                return data.decode(_AS_BROWSERS_DO.get(name, name))
    return decode(data)


def _visible_text(root: Tag) -> str:
    """Walks the tree without recursion: pages with 200,000 nested tags exist."""
    from bs4.element import NavigableString, Tag

    page = _Page()
    pending = [(root, iter(root.contents))]
    while pending:
        tag, children = pending[-1]
        child = next(children, None)
        if child is None:
            page.close(tag)
            pending.pop()
        elif isinstance(child, Tag):
            if not _is_hidden(child):
                page.open(child)
                pending.append((child, iter(child.contents)))
        elif type(child) is NavigableString:  # its subclasses are comments, declarations and scripts
            page.write(str(child))
    return _tidy(page.parts)


def _is_hidden(tag: Tag) -> bool:
    if tag.name in _INVISIBLE or tag.name in _STRUCK or tag.get("aria-hidden") == "true":
        return True
    if tag.has_attr("hidden") and tag["hidden"] != "until-found":
        return True
    return bool(_HIDDEN_STYLE.search(str(tag.get("style") or "")))


def _spans(tag: Tag, what: str) -> int:
    said = str(tag.get(what) or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 1


def _leads_to_note(raised: Tag) -> bool:
    """Whether a superscript is a link within the page or book: one that it holds, or all of one around it."""
    from bs4.element import Tag

    inside = [child for child in raised.contents if isinstance(child, Tag)]
    around = [raised.parent] if raised.parent and len(raised.parent.contents) == 1 else []
    return any(tag.name == "a" and "#" in str(tag.get("href")) for tag in [*inside, *around])


def _tidy(parts: list[str]) -> str:
    lines = "".join(parts).split("\n")
    return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


class _Page:
    """Text written so far. `parts` is the innermost open buffer; headings and cells write to buffers of their own."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._outer: list[list[str]] = []
        self._rows: list[list[Cell]] = []
        self._tables: list[int | None] = []  # for each open one: None before its header, then its width, then 0
        self._above: list[dict[int, tuple[int, str]]] = []  # for each open one: see `spread`
        self._raised: list[int] = []  # where in `parts` each open superscript begins
        self._preformatted = 0

    def open(self, tag: Tag) -> None:
        name = tag.name
        if name == "sup":
            self._raised.append(len(self.parts))
        if name == "tr":
            self._rows.append([])
        if name == "table":
            self._tables.append(None)
            self._above.append({})
        if name in _HEADINGS or name in {"td", "th"}:
            self._outer.append(self.parts)
            self.parts = []
        elif name == "li":
            self._break("\n")
            self.parts.append("- ")
        else:
            self._break_for(name)
        self._preformatted += name == "pre"

    def close(self, tag: Tag) -> None:
        name = tag.name
        self._preformatted -= name == "pre"
        if name in _HEADINGS:
            self._close_heading(_HEADINGS[name])
        elif name in {"td", "th"}:
            self._close_cell(tag)
        elif name == "sup":
            self._close_raised(self._raised.pop(), _leads_to_note(tag))
        elif name == "tr":
            self._close_row(self._rows.pop())
        elif name == "table":
            self._break_for(name)
            self._tables.pop()
            self._above.pop()
        elif name != "br":
            self._break_for(name)

    def write(self, text: str) -> None:
        if not self._preformatted:
            text = _SPACES.sub(" ", text)
            if not self.parts or self.parts[-1][-1:].isspace():
                text = text.lstrip()
        if text:
            self.parts.append(text)

    def _break_for(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self._break("\n\n")
        elif name in _LINES:
            self._break("\n", always=name == "br")

    def _break(self, gap: str, always: bool = False) -> None:
        """Ends the line; a paragraph right at the start of a list item stays on the item's line."""
        if self.parts and self.parts[-1] != "- " and (always or not self.parts[-1].endswith(gap)):
            self.parts.append(gap)

    def _close_heading(self, level: int) -> None:
        text = " ".join("".join(self.parts).split())
        self.parts = self._outer.pop()
        if text:
            self._break("\n\n")
            self.parts += [f"{'#' * level} {text}", "\n\n"]

    def _close_raised(self, start: int, to_note: bool) -> None:
        """A number keeps apart from the one before it."""
        short = len(self.parts) - start <= MOST_PARTS
        number = _RAISED.fullmatch("".join(self.parts[start:])) if short else None
        if number and to_note:
            self.parts[start:] = [f"[{number[1]}]"]
        elif number and start and self.parts[start - 1][-1:].isdigit():
            self.parts[start:] = [f"^{number[0].lstrip()}"]

    def _close_cell(self, tag: Tag) -> None:
        text = _tidy(self.parts)
        self.parts = self._outer.pop()
        if self._rows:
            self._rows[-1].append((text, _spans(tag, "colspan"), _spans(tag, "rowspan")))
        else:
            self.parts += [text, "\n"]

    def _close_row(self, own: list[Cell]) -> None:
        """A row of short cells is a line; cells that hold whole blocks (pages laid out by tables) become blocks."""
        self._break("\n")
        above = self._above[-1] if self._above else {}
        cells = [text for text, _, _ in own]
        if above or len(cells) > 1:
            repeated = spread(own, above)
            cells = repeated if any(cells) and not any("\n" in cell for cell in cells) else cells
        if len(cells) > 1 and not any("\n" in cell for cell in cells):
            row = table_row(cells)
            if row and self._tables:
                header, self._tables[-1] = self._tables[-1], len(cells) if self._tables[-1] is None else 0
                self.parts += [table_rule(header), "\n"] if header else []
            self.parts += [row, "\n"] if row else []
        else:
            self.parts += [part for cell in cells if cell for part in (cell, "\n\n")]


HTML = Format("a web page", (".html", ".htm"), _read, isolate_from=100_000)
