"""Gold quotes are found in stored documents, whatever markup stands between their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import BadCases, Case, Gold
from eval.gold import Slice, locate, place
from tests.eval.conftest import ListStore


def case(document: str, quote: str) -> Case:
    return Case("c", "Q?", (), ("x",), (Gold(document, quote),), True)


@pytest.mark.parametrize("name", ["v3.md", "v3", "V3.MD", "id-v3.md"])
def test_a_document_is_found_by_file_name_stem_title_or_id(pipeline, name: str) -> None:
    """The name in a case is that of a file, of its stem, of a title or of an id, in any case."""
    assert {"c": (Slice("id-v3.md", 39, 66),)} == place([case(name, "The GPUs cost $5.5 million.")], pipeline.store)


@pytest.mark.parametrize("name", ["b/README.md", "README.md", "readme", "b/readme", "b\\README.md"])
def test_of_documents_of_one_name_the_path_or_the_quote_decides(name: str) -> None:
    """As much of the path as the case gives is matched; what is left open is the document that holds the quote."""
    store = ListStore({"docs/a/README.md": "The tank is full.", "docs/b/README.md": "The crane is a gift."})

    assert place([case(name, "The crane is a gift.")], store) == {"c": (Slice("id-docs/b/README.md", 0, 20),)}
    with pytest.raises(BadCases, match="does not hold the quote 'a red crane'"):
        place([case(name, "a red crane")], store)


def test_a_whole_path_comes_before_the_end_of_another() -> None:
    """A file at the root is named by its name alone, also where files in folders have that name and that quote."""
    store = ListStore({"a/README.md": "It is full.", "README.md": "It is full."})

    assert place([case("README.md", "It is full.")], store) == {"c": (Slice("id-README.md", 0, 11),)}
    with pytest.raises(BadCases, match=r"no stored document is named 'EADME\.md'"):
        place([case("EADME.md", "It is full.")], store)


def test_an_unknown_document_or_quote_is_refused(pipeline) -> None:
    """Both errors name the case and say what to do."""
    with pytest.raises(BadCases, match=r"Case c: no stored document is named 'other\.md' \(there are 3\)"):
        place([case("other.md", "x")], pipeline.store)
    with pytest.raises(BadCases, match=r"Case c: v3\.md does not hold the quote 'six months'"):
        place([case("v3.md", "six months")], pipeline.store)


def test_a_quote_is_found_across_markup_and_line_breaks() -> None:
    """Words decide, not white space, punctuation or case; the slice runs from first to last word."""
    text = "Intro. The **GPUs**\ncost $5.5 million. End."

    assert text[slice(*locate("the GPUs cost $5.5 million.", text))] == "The **GPUs**\ncost $5.5 million"
    assert locate("GPUs cost nothing", text) is None
    assert locate("", text) is None
    assert locate("...", text) is None


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1), st.data())
def test_any_run_of_words_is_found_at_its_first_place(words: list[str], data: st.DataObject) -> None:
    """A quote cut from a text is found where an exact search finds it."""
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[first : data.draw(st.integers(first + 1, len(words)))])

    assert text.find(quote) == locate(quote, text)[0]
    assert quote == text[slice(*locate(quote.upper().replace(" ", "  "), text))]
