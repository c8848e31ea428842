"""Hypothesis strategies for what flows through the project. A new type gets its strategy here."""

from __future__ import annotations

from hypothesis import strategies as st

from index.records import Document

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
