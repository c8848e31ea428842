"""The source panel: a cited slice, marked, in its surroundings. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote

from index.records import Chunk, Document, Quote
from index.text.sentences import sentence_spans
from rag.answer import one_line
from ui.escape import clip, escape_attribute, escape_text
from ui.leaves import Span
from ui.turn import Place, Verdict
from ui.typeset import excerpt, manner, typeset

REACH = 1_200
WHOLE_LIMIT = 200_000
CHUNKS_SHOWN = 400
MARKED_LIMIT = 2_000
"""Characters of a slice that are looked for on the picture of a page."""
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


def source_panel(place: Place, document: Document | None, *, whole: bool = False, verdict: Verdict = "") -> str:
    """The panel for one place. Without a document (it was removed since) the quote alone is shown.

    `verdict` is what the reader said of a citation: whether it says what the answer says it does.
    """
    drawn = _drawn(document, place.page, (place.start, place.end)) if document is not None else ""
    asked = _asked(place, verdict) if place.kind == "marker" else ""
    return f"{_head(place)}{_page(place, document, whole)}{drawn}{asked}{_tools(place, document, whole)}"


def document_panel(document: Document) -> str:
    """The panel for a whole document, from its beginning."""
    last = min(WHOLE_LIMIT, len(document.text))
    more = '<span class="more"> …</span>' if len(document.text) > last else ""
    words = typeset(document.text, (0, last), None, manner(document.uri))
    return (
        f"{_title(document, 'Document')}"
        f'<div class="page {manner(document.uri)}" dir="auto" tabindex="0" role="region" '
        f'aria-label="Text of the document">{words}{more}</div>{_drawn(document, 1)}'
        f"<footer>{_original(document)}</footer>"
    )


def summary_lines(quotes: Sequence[Quote]) -> str:
    """The sentences that tell most of a document, each of which opens its place, and the way to how it was cut."""
    if not quotes:
        return "<p>There are no sentences in it that could stand for the whole.</p>"
    items = "".join(
        f'<li><button type="button" class="passage" {_part(item.document_id, item.start, item.end)}>'
        f'<span dir="auto">{excerpt(item.text, item.uri, 400)}</span></button></li>'
        for item in quotes
    )
    return f'<ul class="passages">{items}</ul>'


def chunks_panel(document: Document, chunks: Sequence[Chunk]) -> str:
    """The panel that tells how a document was cut: each chunk with its place, and a button that opens it there."""
    again = [0, *(max(0, before.end - chunk.start) for before, chunk in pairwise(chunks))]
    items = "".join(
        _cut(chunk, document.uri, number, again[number]) for number, chunk in enumerate(chunks[:CHUNKS_SHOWN])
    )
    rest = len(chunks) - CHUNKS_SHOWN
    more = f"<p>… and {rest:,} more.</p>" if rest > 0 else ""
    count = f"{len(chunks):,} chunk{'s' if len(chunks) != 1 else ''}"
    return (
        f"{_title(document, f'Cut into {count}')}"
        '<div class="page cuts" tabindex="0" role="region" aria-label="Chunks of the document">'
        "<p>A chunk is what is searched and read as one piece. It ends between sentences and keeps its heading; where "
        f'chunks overlap, that is said.</p><ol class="passages">{items}</ol>{more}</div>'
        f"<footer>{_original(document)}</footer>"
    )


def _cut(chunk: Chunk, uri: str, number: int, again: int) -> str:
    path = " › ".join(piece.text.lstrip("# ") for piece in chunk.context.path) or chunk.heading
    facts = [f"page {chunk.page}" if chunk.page is not None else "", f"characters {chunk.start:,} to {chunk.end:,}"]
    facts.append(f"{again:,} of them in the chunk before too" if again else "")
    told = " · ".join(fact for fact in facts if fact)
    heading = f'<cite dir="auto">{escape_text(clip(path, 120))}</cite>' if path else ""
    return (
        f'<li><button type="button" class="passage" {_part(chunk.document_id, chunk.start, chunk.end)}>'
        f'<small class="score">{number + 1} · {told}</small>{heading}'
        f'<span dir="auto">{excerpt(chunk.text, uri, 150)}</span></button></li>'
    )


def _part(document_id: str, start: int, end: int) -> str:
    return f'data-read="{escape_attribute(document_id)}" data-start="{start}" data-end="{end}"'


def _title(document: Document, what: str) -> str:
    return (
        f'<header><p class="number">{what}</p>'
        f'<h2 id="cited" tabindex="-1" dir="auto">{escape_text(document.title)}</h2>'
        f'<p class="where"><span dir="auto">{escape_text(document.uri)}</span></p>{_CLOSE}</header>'
    )


def unknown_document() -> str:
    """The panel for a document that is not there."""
    return '<p class="notice" id="cited" tabindex="-1">This document is not in the index any more.</p>'


def unknown_place() -> str:
    """The panel for a mark that points to nothing."""
    return '<p class="notice" id="cited" tabindex="-1">This passage is not part of this conversation any more.</p>'


def _head(place: Place) -> str:
    kind = {"marker": f"Source {place.number}", "hit": f"Passage {place.number}", "part": "Document"}[place.kind]
    page = f"<span>page {place.page}</span>" if place.page is not None else ""
    return (
        f'<header><p class="number">{kind}</p><h2 dir="auto">{escape_text(place.title)}</h2>'
        f'<p class="where">{page}<span dir="auto">{escape_text(place.uri)}</span>'
        f"<span>characters {place.start:,} to {place.end:,}</span></p>"
        f"{_CLOSE}</header>"
    )


def _page(place: Place, document: Document | None, whole: bool) -> str:
    if document is None:
        gone = "This document was removed from the index since; these are the words that were cited."
        return f'<p class="notice">{gone}</p><div class="page" dir="auto">{_marked(place.quote)}</div>'
    reach = WHOLE_LIMIT if whole else REACH
    first, last = surroundings(document.text, place.start, place.end, reach)
    before = '<span class="more">… </span>' if first > 0 else ""
    after = '<span class="more"> …</span>' if last < len(document.text) else ""
    how = manner(document.uri)
    words = typeset(document.text, (first, last), (place.start, place.end), how)
    return (
        f'<div class="page {how}" dir="auto" tabindex="0" role="region" aria-label="Text of the document">'
        f"{before}{words}{after}</div>"
    )


def _drawn(document: Document, page: int | None, cited: Span = (0, 0)) -> str:
    """The pages of a PDF as they look, with the slice marked; fetched when they are opened."""
    last = len(document.page_starts)
    if page is None or not document.uri.lower().endswith(".pdf") or not 1 <= page <= last:
        return ""  # an imported citation may name a page that the document does not have
    end = min(cited[1], cited[0] + MARKED_LIMIT)
    address = f"./page.png?name={quote(document.id)}&amp;start={cited[0]}&amp;end={end}&amp;page="
    marked = ", with the cited words marked" if cited[1] > cited[0] else ""
    bounds = [*document.page_starts, len(document.text)]
    first, following = bounds[page - 1], bounds[page]
    down = min(1.0, max(0.0, (cited[0] - first) / max(1, following - first)))  # about where on the page the words are
    return (
        f'<details class="drawn" data-address="{address}" data-page="{page}" data-cited="{page}" data-last="{last}" '
        f'data-down="{down:.2f}" data-marked="{marked}"><summary>Pages as printed</summary><div class="turning">'
        '<button type="button" class="tool" data-turning="-1" aria-label="Previous page (←)">‹</button>'
        f'<span role="status">Page {page} of {last}</span>'
        '<button type="button" class="tool" data-turning="1" aria-label="Next page (→)">›</button></div>'
        f'<img loading="lazy" tabindex="0" alt="Page {page} of {last}{marked}" src="{address}{page}"></details>'
    )


def _asked(place: Place, verdict: Verdict) -> str:
    """Whether the words say what the answer says they do: the reader's verdict on one citation."""
    buttons = "".join(
        f'<button type="button" class="thumb" data-turn="{place.turn}" data-number="{place.number}" '
        f'data-says="{kind}" aria-pressed="{"true" if verdict == kind else "false"}">{word}</button>'
        for kind, word in (("up", "Yes"), ("down", "No"))
    )
    said = "Kept on this machine, beside the index." if verdict else "Does it say what the answer says?"
    return (
        f'<p class="asked" role="group" aria-label="Does it say what the answer says?"><span>{said}</span>{buttons}</p>'
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
    if place.kind == "part":
        address = _part(place.document_id, place.start, place.end)
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
