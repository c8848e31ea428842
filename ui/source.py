"""The source panel: a cited slice, marked, in its surroundings. Pure."""

from urllib.parse import quote

from index.records import Document
from index.text.sentences import sentence_spans
from rag.answer import one_line
from ui.escape import escape_attribute, escape_text
from ui.turn import Place

REACH = 1_200
WHOLE_LIMIT = 200_000
_CLOSE = '<button type="button" class="close" data-close aria-label="Close the source (Escape)">✕</button>'
_STEPS = (
    '<span class="steps"><button type="button" class="tool" data-step="-1" aria-label="Previous citation ([)">‹'
    '</button><button type="button" class="tool" data-step="1" aria-label="Next citation (])">›</button></span>'
)


def surroundings(text: str, start: int, end: int, reach: int = REACH) -> tuple[int, int]:
    """The half-open range to show around text[start:end]: at most `reach` characters more on each side.

    A side that does not reach the end of the document is cut between sentences, where there are two within reach.
    """
    first, last = max(0, start - reach), min(len(text), end + reach)
    if first > 0:
        opening = sentence_spans(text[first:start])
        first += opening[1][0] if len(opening) > 1 else 0
    if last < len(text):
        closing = sentence_spans(text[end:last])
        last = end + closing[-2][1] if len(closing) > 1 else last
    return first, last


def source_panel(place: Place, document: Document | None, *, whole: bool = False) -> str:
    """The panel for one place. Without a document (it was removed since) the quote alone is shown."""
    return f"{_head(place)}{_page(place, document, whole)}{_drawn(place, document)}{_tools(place, document, whole)}"


def document_panel(document: Document) -> str:
    """The panel for a whole document, from its beginning."""
    text = document.text[:WHOLE_LIMIT]
    more = " …" if len(document.text) > WHOLE_LIMIT else ""
    return (
        f'<header><p class="number">Document</p><h2 id="cited" tabindex="-1" dir="auto">{escape_text(document.title)}'
        "</h2>"
        f'<p class="where"><span dir="auto">{escape_text(document.uri)}</span></p>{_CLOSE}</header>'
        f'<div class="page" dir="auto" tabindex="0" role="region" aria-label="Text of the document">{escape_text(text)}'
        f"{more}</div><footer>{_original(document)}</footer>"
    )


def unknown_document() -> str:
    """The panel for a document that is not there."""
    return '<p class="notice" id="cited" tabindex="-1">This document is not in the index any more.</p>'


def unknown_place() -> str:
    """The panel for a mark that points to nothing."""
    return '<p class="notice" id="cited" tabindex="-1">This passage is not part of this conversation any more.</p>'


def _head(place: Place) -> str:
    kind = "Source" if place.kind == "marker" else "Passage"
    page = f"<span>page {place.page}</span>" if place.page is not None else ""
    return (
        f'<header><p class="number">{kind} {place.number}</p><h2 dir="auto">{escape_text(place.title)}</h2>'
        f'<p class="where">{page}<span dir="auto">{escape_text(place.uri)}</span>'
        f"<span>characters {place.start:,} to {place.end:,}</span></p>"
        f"{_CLOSE}</header>"
    )


def _page(place: Place, document: Document | None, whole: bool) -> str:
    if document is None:
        gone = "This document was removed from the index since; these are the words that were cited."
        return f'<p class="notice">{gone}</p><div class="page" dir="auto">{_marked(place.quote)}</div>'
    text = document.text
    reach = WHOLE_LIMIT if whole else REACH
    first, last = surroundings(text, place.start, place.end, reach)
    before, after = ("… " if first > 0 else ""), (" …" if last < len(text) else "")
    return (
        f'<div class="page" dir="auto" tabindex="0" role="region" aria-label="Text of the document">{before}'
        f"{escape_text(text[first : place.start])}{_marked(text[place.start : place.end])}"
        f"{escape_text(text[place.end : last])}{after}</div>"
    )


def _drawn(place: Place, document: Document | None) -> str:
    """The page of a PDF as it looks, with the slice marked; fetched when it is opened."""
    if document is None or place.page is None or not document.uri.lower().endswith(".pdf"):
        return ""
    end = min(place.end, place.start + 2_000)
    address = f"./page.png?name={quote(document.id)}&amp;page={place.page}&amp;start={place.start}&amp;end={end}"
    return (
        f'<details class="drawn"><summary>Page {place.page} as printed</summary>'
        f'<img loading="lazy" alt="Page {place.page} of the document, with the cited words marked" src="{address}">'
        "</details>"
    )


def _original(document: Document | None) -> str:
    if document is None:
        return ""
    address = f"./original?name={quote(document.id)}"
    return f'<a class="tool" href="{address}" target="_blank" rel="noopener">Open the file</a>'


def _marked(text: str) -> str:
    return f'<mark id="cited" tabindex="-1">{escape_text(text)}</mark>'


def _tools(place: Place, document: Document | None, whole: bool) -> str:
    address = f'data-turn="{place.turn}" data-kind="{place.kind}" data-number="{place.number}"'
    page = f", page {place.page}" if place.page is not None else ""
    citation = escape_attribute(f"“{one_line(place.quote)}” — {place.title}{page} ({place.uri})")
    copy = f'<button type="button" class="tool" data-copy="{citation}">Copy quote</button>'
    toggle = ""
    if document is not None and surroundings(document.text, place.start, place.end) != (0, len(document.text)):
        label = "Show less" if whole else "Show whole document"
        toggle = f'<button type="button" class="tool" {address} data-whole="{"" if whole else "1"}">{label}</button>'
    steps = _STEPS if place.kind == "marker" else ""
    return (
        f'<footer {address}>{copy}{toggle}{_original(document)}{steps}<span role="status" class="said"></span></footer>'
    )
