"""Hypothesis strategies for what flows through the project. A new type gets its strategy here."""

from __future__ import annotations

from bisect import bisect_right

from hypothesis import strategies as st

from index.records import Chunk, Document, Hit, Quote
from rag.answer import Answer, Citation, Conflict, Sentence

WORDS = (
    "the model costs $5.5 million U.S. Dr. e.g. V3. R1 J. K. Rowling AI 3.1% etc. AICPB.com https://a.b/c?d=1 No. 5 "
    "“quoted” (aside) naïve 深度求索 发布。 你好！ مرحبا ok? yes! ... … — 🧠 e\u0301 [1] 94 well-known it’s"
).split()
GAPS = (
    " ",
    " ",
    " ",
    " ",
    "  ",
    ". ",
    "? ",
    "! ",
    "\n",
    "\n\n",
    "\n- ",
    "\n1. ",
    "\n# ",
    "\n| a | b |\n",
    " .\n",
    "。",
    "\t",
)


def texts(max_pieces: int = 60) -> st.SearchStrategy[str]:
    """Text much like that of real files: words, abbreviations, stops, lists, headings and several scripts."""
    pieces = st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)).map("".join)
    prose = st.lists(pieces, max_size=max_pieces).map("".join)
    return prose | st.text(max_size=200)


def documents(max_pieces: int = 120) -> st.SearchStrategy[Document]:
    """Documents of one or more pages, as the PDF reader makes them."""

    def paged(pages: list[str]) -> Document:
        starts = [sum(len(page) + 2 for page in pages[:number]) for number in range(len(pages))]
        return Document("0123456789abcdef", "a.pdf", "A", "\n\n".join(pages), tuple(starts))

    plain = texts(max_pieces).map(lambda text: Document("0123456789abcdef", "a.txt", "A", text))
    return plain | st.lists(texts(max_pieces // 3), min_size=1, max_size=4).map(paged)


def quotes() -> st.SearchStrategy[Quote]:
    """Slices of documents, some of them with pages."""

    def sliced(document: Document, first: int, length: int) -> Quote:
        start = first % max(1, len(document.text))
        end = min(len(document.text), start + length)
        page = bisect_right(document.page_starts, start) or None
        return Quote(document.id, document.title, document.uri, page, start, end, document.text[start:end])

    return st.builds(sliced, documents(20), st.integers(0, 500), st.integers(1, 200))


def answers() -> st.SearchStrategy[Answer]:
    """Answers and refusals whose markers name their citations."""
    share = st.floats(0, 1)

    @st.composite
    def built(draw: st.DrawFn) -> Answer:
        citations = tuple(Citation(n, quote) for n, quote in enumerate(draw(st.lists(quotes(), max_size=3)), start=1))
        markers = st.sets(st.integers(1, max(1, len(citations)))).map(sorted).map(tuple)
        focus = st.none() | st.tuples(st.integers(0, 5), st.integers(5, 9))
        state = st.sampled_from(("quoted", "supported", "partial", "unsupported"))
        sentence = st.builds(Sentence, texts(6), state, share, markers, focus, st.booleans())
        chunk = st.builds(
            lambda q, heading: Chunk(f"{q.document_id}:0", q.document_id, q.start, q.end, q.page, heading, q.text),
            quotes(),
            texts(3),
        )
        hit = st.builds(Hit, chunk, texts(3), texts(3), share, st.integers(1, 9), st.just("reranked"))
        conflict = st.builds(Conflict, st.just(1), st.just(2), st.tuples(texts(2), texts(2)))
        return Answer(
            draw(texts(4)),
            draw(texts(4)),
            tuple(draw(st.lists(sentence, max_size=3))),
            citations,
            tuple(draw(st.lists(hit, max_size=2))),
            draw(st.booleans()),
            draw(texts(4)),
            draw(share),
            tuple(draw(st.lists(conflict, max_size=1))),
            seconds=draw(st.dictionaries(st.sampled_from(("read", "total")), share)),
            removed=draw(st.integers(0, 3)),
            notice=draw(texts(3)),
        )

    return built()
