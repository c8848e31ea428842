"""Chunks are windows of whole sentences: complete, exact, small enough, and loyal to sections."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunk import chunk
from index.records import Chunk, Document
from index.text.headings import find_headings
from index.text.sentences import sentence_spans
from tests.strategies import documents


def words(texts: Sequence[str]) -> list[int]:
    """Counts words and signs, as tokenizers do that split at white space first."""
    return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def document(text: str, page_starts: tuple[int, ...] = ()) -> Document:
    return Document("feedfeedfeedfeed", "a.txt", "A", text, page_starts)


def chunks(text: str, max_tokens: int = 20, overlap: int = 1) -> tuple[Chunk, ...]:
    return chunk(document(text), words, max_tokens, overlap)


LIMITS = st.integers(1, 60)
OVERLAPS = st.integers(0, 4)


@given(documents(), LIMITS, OVERLAPS)
def test_chunks_are_slices(source: Document, max_tokens: int, overlap: int) -> None:
    """A chunk's text is the document's at its offsets, its id counts from zero, its page holds its first character."""
    found = chunk(source, words, max_tokens, overlap)

    assert [f"{source.id}:{ordinal}" for ordinal in range(len(found))] == [piece.id for piece in found]
    for piece in found:
        assert piece.text == source.text[piece.start : piece.end]
        assert piece.text == piece.text.strip() != ""
        assert piece.document_id == source.id
        if source.page_starts:
            assert piece.page is not None
            assert source.page_starts[piece.page - 1] <= piece.start < [*source.page_starts[1:], 10**9][piece.page - 1]
        else:
            assert piece.page is None


@given(documents(), LIMITS, OVERLAPS)
def test_nothing_is_lost(source: Document, max_tokens: int, overlap: int) -> None:
    """Every character that is not white space lies in a chunk, and chunks move forward."""
    found = chunk(source, words, max_tokens, overlap)
    covered = {offset for piece in found for offset in range(piece.start, piece.end)}

    assert all(offset in covered for offset, character in enumerate(source.text) if not character.isspace())
    assert all(a.start < b.start and a.end < b.end for a, b in itertools.pairwise(found))


@given(documents(), LIMITS, OVERLAPS)
def test_chunks_fit(source: Document, max_tokens: int, overlap: int) -> None:
    """No chunk has more tokens than the embedder reads."""

    assert all(
        size <= max_tokens for size in words([piece.text for piece in chunk(source, words, max_tokens, overlap)])
    )


@given(documents(), st.integers(60, 200), OVERLAPS)
def test_chunks_hold_whole_sentences(source: Document, max_tokens: int, overlap: int) -> None:
    """A chunk begins and ends with a sentence wherever the sentences fit."""
    spans = [span for span in sentence_spans(source.text) if words([source.text[slice(*span)]])[0] <= max_tokens / 2]
    inside = {offset for start, end in spans for offset in range(start + 1, end)}

    assert not [piece for piece in chunk(source, words, max_tokens, overlap) if {piece.start, piece.end} & inside]


@given(documents(), st.integers(5, 60))
def test_without_overlap(source: Document, max_tokens: int) -> None:
    """Chunks without overlap are disjoint."""
    found = chunk(source, words, max_tokens, 0)

    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_overlap_stays_in_the_section() -> None:
    """A chunk repeats the last sentence of the one before, but not across a heading."""
    body = "Alpha one two three four. Beta one two three four. Gamma one two three four. Delta one two three four."
    found = chunks(f"# First\n\n{body}\n\n# Second\n\n{body}", max_tokens=15)

    assert [piece.text for piece in found] == [
        "# First\n\nAlpha one two three four. Beta one two three four.",
        "Beta one two three four. Gamma one two three four.",
        "Gamma one two three four. Delta one two three four.",
        "# Second\n\nAlpha one two three four. Beta one two three four.",
        "Beta one two three four. Gamma one two three four.",
        "Gamma one two three four. Delta one two three four.",
    ]
    assert [piece.heading for piece in found] == ["First"] * 3 + ["Second"] * 3


def test_small_sections_share_a_chunk() -> None:
    """Sections far smaller than a chunk stay together under the first one's heading."""
    found = chunks("# A\n\nOne two three.\n\n# B\n\nFour five six.", max_tokens=60)

    assert [(piece.heading, piece.text) for piece in found] == [("A", "# A\n\nOne two three.\n\n# B\n\nFour five six.")]


def test_a_heading_opens_the_next_chunk() -> None:
    """A chunk never ends with the heading of what follows."""
    found = chunks(
        "Alpha one two three four five. Beta one two.\n\n## Part two\n\nGamma one two three four.", max_tokens=15
    )

    assert [piece.heading for piece in found] == ["", "Part two"]
    assert found[1].text.startswith("## Part two")


def test_a_section_opens_a_chunk() -> None:
    """A chunk 40 % full of a section, or 20 % full of a section's end, does not go on into the next section."""
    first = "Alpha one two three. Beta one two three. Gamma one two three. Delta one two three. Omega one."
    found = chunks(f"# One\n\n{first}\n\n# Two\n\nSigma one two.", max_tokens=21, overlap=0)

    assert [piece.text for piece in found] == [
        "# One\n\nAlpha one two three. Beta one two three. Gamma one two three.",
        "Delta one two three. Omega one.",
        "# Two\n\nSigma one two.",
    ]
    assert [piece.heading for piece in chunks("# One\n\n" + "Alpha one. " * 5 + "\n\n# Two\n\nBeta.", 40)] == [
        "One",
        "Two",
    ]


def test_no_chunk_ends_with_a_heading() -> None:
    """Where the sentence under a heading does not fit, the heading moves on with it."""
    found = chunks("Alpha one.\n\n# Two\n\nBeta one two three four five six seven eight nine ten.", 15, 0)

    assert [piece.text for piece in found] == [
        "Alpha one.",
        "# Two\n\nBeta one two three four five six seven eight nine ten.",
    ]


def test_overlap_gives_way() -> None:
    """A sentence is not repeated where the next one would then not fit."""
    found = chunks("Alpha one two three four. Beta one two three four five six seven eight nine.", 14, 1)

    assert [piece.text for piece in found] == [
        "Alpha one two three four.",
        "Beta one two three four five six seven eight nine.",
    ]


def headings(text: str) -> list[str]:
    return list(find_headings(text, sentence_spans(text)).values())


@pytest.mark.parametrize(
    ("heading", "titles"),
    [
        ("## Costs of *training* ##", ["Costs of *training*"]),
        ("Costs of training\n=================", ["Costs of training"]),
        ("Costs of training\n---", ["Costs of training"]),
        ("2. Costs of training", ["Costs of training"]),
        ("3.1 Costs rise.", ["Costs rise"]),
        ("🧠 DeepSeek — The Shock", ["🧠 DeepSeek — The Shock"]),
        ("Costs of training", ["Costs of training"]),
        ("2. Costs\n🔋 Training", ["Costs", "🔋 Training"]),
    ],
)
def test_headings_are_found(heading: str, titles: list[str]) -> None:
    """Markdown headings, underlined lines, numbered lines and short lines above prose open sections."""
    text = f"{heading}\nThe lab spent far less on its newest model than any of its rivals did."

    assert headings(text) == titles
    assert [piece.heading for piece in chunks(text, max_tokens=60)] == titles[:1]


@pytest.mark.parametrize(
    "text",
    [
        "```\n# a comment in code, not a heading\nx = 1\n```",
        "#hashtag #other\nThe lab spent far less on its newest model than any of its rivals did.",
        "The lab spent less.\nThe lab spent far less on its newest model than any of its rivals did.",
        "(Image: Ann Lee)\nThe lab spent far less on its newest model than any of its rivals did.",
        "- an item\nThe lab spent far less on its newest model than any of its rivals did.",
        "1. First do this.\n2. Then do that, which takes much longer than the first thing took.",
        "2. Look at it. It slips.\n3. Ring the bell.\nThe lab spent far less on its newest model than its rivals did.",
        "Ann Lee\nBob Ray\nCy Fox",
    ],
)
def test_other_lines_are_no_headings(text: str) -> None:
    """Code comments, hashtags, sentences, captions, list items and names open no section."""

    assert headings(text) == []


def test_prefers_to_end_with_a_paragraph() -> None:
    """A chunk that is full enough ends with its last whole paragraph."""
    found = chunks("Alpha one two three. Beta one two three.\n\nGamma one two three. Delta one two three.", 16, 0)

    assert [piece.text for piece in found] == [
        "Alpha one two three. Beta one two three.",
        "Gamma one two three. Delta one two three.",
    ]


def test_long_words_are_cut() -> None:
    """A word longer than a chunk is cut, though a tokenizer may call it one token."""
    found = chunk(document("x" * 5000), lambda texts: [1 for _ in texts], 20, 1)

    assert "".join(piece.text for piece in found) == "x" * 5000
    assert max(len(piece.text) for piece in found) <= 20 * 16


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_nothing_to_chunk(text: str) -> None:
    """A document without visible characters has no chunks."""

    assert chunks(text) == ()


@pytest.mark.parametrize(("max_tokens", "overlap"), [(0, 1), (10, -1)])
def test_refuses_impossible_settings(max_tokens: int, overlap: int) -> None:
    """Settings out of range are an error that shows both values."""
    with pytest.raises(ValueError, match=f"not {max_tokens} and {overlap}"):
        chunks("a", max_tokens, overlap)


def test_counts_each_sentence_once() -> None:
    """Sentences that fit are counted in one call."""
    calls: list[int] = []

    def counting(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return words(texts)

    chunk(document("One two three. " * 500), counting, 20, 2)

    assert calls == [500]


def test_a_chunk_knows_what_lies_above_it() -> None:
    """A chunk that begins inside a table or a list carries the header's cells, the lead-in and the headings' path."""
    rows = "\n".join(f"| Room {n} | {n} |" for n in range(30))
    text = (
        f"# House\n\n## Rooms\n\n| Name | Seats |\n|---|---|\n{rows}\n\n## Guests\n\nThe guests are:\n\n"
        + "\n".join(f"- Guest number {n}" for n in range(30))
    )
    found = chunks(text, max_tokens=40)
    table = next(piece for piece in found if piece.text.startswith("| Room"))
    listed = next(piece for piece in found if piece.text.startswith("- Guest"))

    assert [item.text for item in table.context.path] == ["House", "Rooms"]
    assert [item.text for item in table.context.header] == ["Name", "Seats"]
    assert listed.context.lead is not None
    assert listed.context.lead.text == "The guests are:"
    for item in (*table.context.path, *table.context.header, listed.context.lead):
        assert item.text == text[item.start : item.end]


@pytest.mark.parametrize(
    "part",
    [
        "## Section\n\nIt costs 5 dollars. It was made in 1994.\n\n",
        "The river rises in the hills and flows to the sea. ",
        "value 17 of the log is fine\n",
        "- an item of the list\n",
        "| a | 12 |\n",
    ],
    ids=["sections", "one line", "lines", "items", "table"],
)
def test_time_grows_no_faster_than_the_text(part: str) -> None:
    """Six times the text takes about six times as long, whatever it is made of: a book is cut in seconds."""

    def seconds(characters: int) -> float:
        text = part * (characters // len(part))
        began = time.thread_time()
        chunk(Document("d", "d.txt", "d", text), lambda pieces: [len(piece) // 4 for piece in pieces])
        return time.thread_time() - began

    seconds(20_000)
    long, short = (min(seconds(characters) for _ in range(2)) for characters in (300_000, 50_000))
    assert long < 12 * max(short, 0.01)
