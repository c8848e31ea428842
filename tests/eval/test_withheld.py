"""What answers is taken out of documents, for as long as it is asked for, and nothing else is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.withheld import MOST, matching, withheld, without
from rag.assemble import open_pipeline

NOTES = """# The mill

The mill grinds on Tuesdays. It is run by Ida Nor.

| Room | Seats |
| --- | --- |
| Birch | 14 |
| Alder | 8 |

- Flour is sold on Fridays.
- Bran is given away.
"""


@pytest.mark.parametrize(
    ("pattern", "gone", "left"),
    [
        ("Ida Nor", "It is run by", "The mill grinds on Tuesdays.\n\n| Room"),
        (r"\b14\b", "Birch", "| --- | --- |\n| Alder | 8 |"),
        ("Fridays", "Flour", "| Alder | 8 |\n\n- Bran is given away."),
    ],
)
def test_a_sentence_a_row_or_an_item_goes_whole(pattern: str, gone: str, left: str) -> None:
    """No empty bullet and no half row stays, and the rule of the table does."""
    rest, number = without(NOTES, matching([pattern])(Path("a.md"), NOTES))

    assert number == 1
    assert gone not in rest
    assert left in "\n".join(line.rstrip() for line in rest.splitlines())


@pytest.mark.parametrize("pattern", ["The mill\n", "Seats", "no such words"])
def test_headings_and_headers_stay(pattern: str) -> None:
    """Without them the rest would say something else, so nothing is taken out."""
    assert without(NOTES, matching([pattern])(Path("a.md"), NOTES)) == (NOTES, 0)


def test_lines_of_a_file_of_rows_go_whole_and_its_header_stays() -> None:
    """A row of comma-separated values is a line."""
    text = "room,seats\nBirch,14\nAlder,8\n"

    assert without(text, [(text.index("14"), text.index("14") + 2)], lines=True) == ("room,seats\nAlder,8\n", 1)
    assert without(text, [(0, 4)], lines=True) == (text, 0)


@given(st.text("ab .!?\n-|#", max_size=80), st.integers(0, 80))
def test_only_characters_of_the_text_are_left(text: str, at: int) -> None:
    """Whatever is cut out, the letters of the rest are those of the text in their order, and none at the place."""
    rest, number = without(text, [(at, at + 1)])

    letters = iter(text)
    assert all(letter in letters for letter in rest if letter.isalpha())
    assert number or rest == text


def test_the_answer_is_away_only_meanwhile(tmp_path: Path) -> None:
    """Files and index lack it while it is withheld and are as before afterwards, also when the question fails."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "mill.md").write_text(NOTES)
    with open_pipeline(docs, tmp_path / "index", reader="none", model="quotes") as pipeline:

        def texts() -> str:
            return " ".join(pipeline.store.document(entry.id).text for entry in pipeline.store.documents())

        with withheld(pipeline, docs, matching(["Ida Nor"])) as gone:
            assert gone
            assert "Ida Nor" not in texts()
            assert "Tuesdays" in texts()
        assert "Ida Nor" in texts()
        with pytest.raises(ZeroDivisionError), withheld(pipeline, docs, matching(["Ida Nor"])):
            raise ZeroDivisionError
        assert (docs / "mill.md").read_text() == NOTES
        assert "Ida Nor" in texts()


def test_what_cannot_be_withheld_is_said(tmp_path: Path) -> None:
    """Not where it stands in too many places, nor where a document that is not plain text tells it too."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("It is red here. " * (MOST + 1) + "It is cold.")
    (docs / "b.html").write_text("<html><body><p>The dog is black and sleeps a lot.</p></body></html>")
    (docs / "c.md").write_text("The dog is black. It sleeps.")
    with open_pipeline(docs, tmp_path / "index", reader="none", model="quotes") as pipeline:
        for pattern in ("red", "black", "no such words"):
            with withheld(pipeline, docs, matching([pattern])) as gone:
                assert not gone
