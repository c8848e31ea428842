"""Summaries are sentences of the document, chosen so that together they cover it."""

import math
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embed.embedders import load_embedder
from index.records import Document, Quote
from rag.write.summary import LINES, MOST_LINES, MOST_READ, about, candidates, quotes, spread, telling
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


class Drawn(HashEmbedder):
    """Each text at the angle, in degrees, that is given for it."""

    def __init__(self, angles: dict[str, float]) -> None:
        super().__init__()
        self.angles = angles

    def embed_passages(self, texts):
        turned = [math.radians(self.angles[text]) for text in texts]
        return np.array([[math.cos(angle), math.sin(angle)] for angle in turned], dtype=np.float32)


@pytest.mark.parametrize(("score", "second"), [(0.4, 1), (0.55, 2)])
def test_what_is_unlike_the_chosen_goes_before_what_tells_a_little_more(score: float, second: int) -> None:
    """Beside one that says much the same, something else is told where it tells half as much, not where less."""
    rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]], dtype=np.float32)
    assert spread(np.array([1.0, 0.9, score], dtype=np.float32), rows, 2) == [0, second]


@pytest.mark.parametrize(("cosine", "told"), [(0.95, 1), (0.85, 2)])
def test_what_says_the_same_again_is_never_told(cosine: float, told: int) -> None:
    """Also where there is nothing else to tell."""
    rows = np.array([[1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]], dtype=np.float32)
    assert len(spread(np.array([1.0, 0.9], dtype=np.float32), rows, 2)) == told


TOWER, BREAD, NETS = (
    "The harbour tower was opened in May.",
    "Bread was sold to the fishermen.",
    "Nets were mended there all winter.",
)


@pytest.mark.parametrize(
    ("lines", "title", "apart", "told"),
    [
        (["It was so for years.", BREAD, NETS, TOWER], "Harbour tower", 38, True),
        (["It was so for years.", BREAD, NETS, TOWER], "Harbour tower", 42, False),
        ([TOWER, BREAD, NETS], "", 45, True),
        ([TOWER, BREAD, NETS], "", 50, False),
        ([TOWER, f"This {BREAD.lower()}", f"These {NETS.lower()}"], "", 65, True),
        ([TOWER, f"This {BREAD.lower()}", f"These {NETS.lower()}"], "", 70, False),
    ],
)
def test_what_makes_up_for_being_off_centre(lines: list[str], title: str, apart: float, told: bool) -> None:
    """A title's words and the first place, each alike, and as much again where the others lean on what is around them;
    all are nothing beside sentences that are far nearer to what the whole is about.
    """
    text = " ".join(lines)
    drawn = Drawn({line: apart if line == TOWER else 0.0 for line in lines})
    ((start, end),) = telling(document(text, title), drawn, 1)

    assert (text[start:end] == TOWER) is told


def test_a_summary_grows_with_the_root_of_its_text() -> None:
    """Six sentences of sixty-four."""
    text = " ".join(f"Word{n} name{n} thing{n} place{n} was there." for n in range(64))
    assert len(telling(document(text, ""), HashEmbedder(1024))) == 6


@pytest.mark.parametrize(("cosine", "told"), [(0.5, 0), (0.6, 1)])
def test_a_sentence_that_holds_the_whole_topic_goes_before_one_that_is_nearer(cosine: float, told: int) -> None:
    """Half of a topic's words may be of something else, unless the meaning is much nearer."""
    lines = ["The harbour lamp was new.", "Every lamp was old and dim."]
    given_ = [Quote("d", "t", "u", None, at * 100, at * 100 + len(text), text) for at, text in enumerate(lines)]
    angles = {"harbour lamp": 0.0, lines[0]: math.degrees(math.acos(0.3)), lines[1]: math.degrees(math.acos(cosine))}

    assert [item.text for item in about("harbour lamp", given_, Drawn(angles), 1)] == [lines[told]]
