"""Summaries are sentences of the document, chosen so that together they cover it."""

import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed.embedders import load_embedder
from index.records import Document, Quote
from rag.write.summary import LINES, MOST_LINES, MOST_READ, about, candidates, quotes, telling
from tests.fakes import HashEmbedder

EMBEDDER = load_embedder()
TEXT = """# The lighthouse of Vell

The lighthouse of Vell was built in 1871 to guide ships past the northern reef. Its lamp burned whale oil until 1912.

## Keepers

Three families kept the light over a hundred years. They lived in the two houses below the tower.

## Today

The light has been electric since 1958 and needs no keeper. Visitors can climb the tower from May to September.
Contact: see the harbour office
Is it worth the climb?
"""


def document(text: str, title: str = "The lighthouse of Vell") -> Document:
    return Document("d", "vell.md", title, text)


def test_a_summary_tells_of_every_part_and_of_the_thing_itself() -> None:
    """Of three sections each is told of, headings, labels and questions are not, and every line is a slice."""
    found = quotes(document(TEXT), telling(document(TEXT), EMBEDDER, 4))
    told = " ".join(item.text for item in found)

    assert all(TEXT[item.start : item.end] == item.text for item in found)
    assert "built in 1871" in told
    assert "famil" in told
    assert "electric" in told or "Visitors" in told
    assert not any(word in told for word in ("#", "Contact:", "worth the climb"))
    assert [item.start for item in found] == sorted(item.start for item in found)


def test_nothing_is_told_twice() -> None:
    """A sentence that says the same again is passed over, however central it is."""
    text = " ".join(["The tower guides the ships past the northern reef."] * 6 + ["Bread is baked in the village."])
    spans = telling(document(text), EMBEDDER, 4)

    assert {"The tower guides the ships past the northern reef.", "Bread is baked in the village."} == {
        text[start:end] for start, end in spans
    }
    assert 2 == len(spans)


def test_empty_texts_and_notes() -> None:
    """Nothing comes of nothing; a text without whole sentences is told by its lines."""
    assert () == telling(document(""), EMBEDDER)
    assert () == telling(document("# Heading only"), EMBEDDER)
    notes = "Milk 3 litres\nBread two loaves\nSalt one pound\n"
    assert telling(document(notes), EMBEDDER)


def test_a_text_of_any_length_is_thinned_out_and_quick() -> None:
    """Ten megabytes give at most MOST_READ sentences, spread over the whole text, within seconds."""
    paragraph = "The council met again in the old hall and spoke about the harbour for hours. More was said later.\n\n"
    text = paragraph * 100_000
    began = time.perf_counter()
    found = candidates(text)

    assert time.perf_counter() - began < 10
    assert 100 < len(found) <= MOST_READ
    assert found[-1].start > len(text) * 0.9
    assert all(text[item.start : item.end] == item.text for item in found)


def test_a_topic_is_told_by_the_sentences_that_name_it() -> None:
    """Sentences about something else are left out; a topic that nothing names gives nothing."""
    sentences = [
        "The lamp burned whale oil.",
        "The bakery opens at six every day.",
        "The lamp was changed in 1958 at last.",
    ]
    given = [Quote("d", "t", "u", None, at * 100, at * 100 + len(text), text) for at, text in enumerate(sentences)]

    assert ["The lamp burned whale oil.", "The lamp was changed in 1958 at last."] == [
        item.text for item in about("the lamp", given, EMBEDDER)
    ]
    assert () == about("parking", given, EMBEDDER)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_summarised_by_its_own_slices(text: str) -> None:
    """Whatever stands in a file, its summary is made of disjoint slices of it, at most MOST_LINES."""
    spans = telling(document(text), HashEmbedder())

    assert LINES <= MOST_LINES
    assert len(spans) <= MOST_LINES
    assert all(text[start:end].strip() for start, end in spans)
    ordered = sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(ordered))
