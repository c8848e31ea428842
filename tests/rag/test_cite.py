"""Evidence sentences, and the splitting of streamed text into drafts and markers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Chunk, Hit
from index.text.sentences import LONGEST, sentence_spans
from rag.check.split import Draft, SentenceStream, drafts
from rag.cite import Footnotes, slices
from rag.markers import marker_numbers, may_become_marker

MODEL_TEXT = """# DeepSeek V3
Training took two months [1]. The GPUs cost $5.5 million. [2][3] Dr. Smith of the U.S. Army agreed.
It was 3.5 percent【1】.
- First item [1, 2]
- Second item (source 3). More of it.
1. One thing.
2. Another thing

```python
x = [1]
print("a. b. C")
```
| a | b |
|---|---|
| 1 | 2 |
Then text with [2024] and a[i] and (see 3). He said "Yes." Then left.
训练用了两个月。[1]成本为550万美元。[2-3]
And *this* is **bold** text. Trailing without a stop [4]"""


def streamed(text: str, sizes: list[int]) -> list[Draft]:
    stream, found, at = SentenceStream(), [], 0
    turn = 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        found += stream.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    return found + stream.close()


def hit(text: str, start: int = 0, document_id: str = "d1", ordinal: int = 0, rank: int = 1) -> Hit:
    chunk = Chunk(f"{document_id}:{ordinal}", document_id, start, start + len(text), 1, "", text)
    return Hit(chunk, "Title", f"{document_id}.md", 1.0, rank, "fused")


def test_a_models_text_becomes_drafts_without_markers() -> None:
    """Sentences, items, headings, code and tables come out in order, markers as hints, plain brackets untouched."""
    found = [(d.text, d.hints, d.kind) for d in drafts(MODEL_TEXT)]

    assert found == [
        ("DeepSeek V3", (), "heading"),
        ("Training took two months.", (1,), "text"),
        ("The GPUs cost $5.5 million.", (2, 3), "text"),
        ("Dr. Smith of the U.S. Army agreed.", (), "text"),
        ("It was 3.5 percent.", (1,), "text"),
        ("First item", (1, 2), "item"),
        ("Second item.", (3,), "item"),
        ("More of it.", (), "text"),
        ("One thing.", (), "item"),
        ("Another thing", (), "item"),
        ('```python\nx = [1]\nprint("a. b. C")\n```', (), "code"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", (), "table"),
        ("Then text with [2024] and a[i] and (see 3).", (), "text"),
        ('He said "Yes."', (), "text"),
        ("Then left.", (), "text"),
        ("训练用了两个月。", (1,), "text"),
        ("成本为550万美元。", (2, 3), "text"),
        ("And this is bold text.", (), "text"),
        ("Trailing without a stop", (4,), "text"),
    ]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_pieces_do_not_matter(sizes: list[int]) -> None:
    """However the text is cut, the drafts are those of the whole."""
    assert streamed(MODEL_TEXT, sizes) == streamed(MODEL_TEXT, [len(MODEL_TEXT)])


MARKUP = [
    ". ",
    "! ",
    "\n",
    "\n\n",
    "[1]",
    "[1, 2]",
    "[",
    "]",
    "【2】",
    "(source 3)",
    "```",
    "~~~\n",
    "|",
    " | ",
    "- ",
    "1. ",
]
WORDS = [
    "# ",
    "U.S. ",
    "Dr. ",
    "e.g. ",
    "3.5",
    "the ",
    "The ",
    "cost ",
    "训练",
    "。",
    "？",
    '"',
    "”",
    "**",
    "`",
    " ",
    "(",
    "…",
]
FRAGMENTS = st.sampled_from([*MARKUP, *WORDS])


@given(st.lists(FRAGMENTS, max_size=40).map("".join), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_pieces_do_not_matter_in_any_text(text: str, sizes: list[int]) -> None:
    """The same for texts made of everything that the splitter treats in its own way."""
    assert streamed(text, sizes) == streamed(text, [max(1, len(text))])


@given(st.lists(FRAGMENTS.filter(lambda piece: not set(piece) & set("[]【】(|`~#*-1.")), max_size=40).map("".join))
def test_no_word_is_lost(text: str) -> None:
    """Without markup, the drafts hold the characters of the text in order; only bare signs may fall away."""
    kept = "".join("".join(draft.text.split()) for draft in streamed(text, [3]))
    remaining = iter("".join(text.split()))
    assert all(char in remaining for char in kept)
    assert sum(char.isalnum() for char in kept) == sum(char.isalnum() for char in text)


def test_drafts_of_prose_are_its_sentences() -> None:
    """Model output and documents are cut by the same rule."""
    text = "It cost approx. 5.5 million. Mr. Li of the U.K. office agreed! Why? Nobody knows… The end."

    assert [d.text for d in drafts(text)] == [text[start:end] for start, end in sentence_spans(text)]


def test_a_sentence_comes_out_as_soon_as_its_end_is_certain() -> None:
    """The first character of the next word settles a stop; a line break settles everything."""
    stream = SentenceStream()

    assert stream.feed("Training took two months.") == []
    assert stream.feed(" ") == []
    assert [d.text for d in stream.feed("T")] == ["Training took two months."]
    assert stream.feed("he U.S. ") == []
    assert stream.feed("A") == []
    assert [d.text for d in stream.feed("rmy agreed\n")] == ["The U.S. Army agreed"]
    assert stream.close() == []


def test_text_without_a_stop_comes_out_in_bounded_pieces() -> None:
    """10,000 words without a full stop do not wait for the end, and none of them is lost."""
    stream = SentenceStream()
    found = stream.feed("word and " * 10_000)

    assert len(found) > 50
    found += stream.close()
    assert max(len(d.text) for d in found) <= LONGEST
    assert sum(len(d.text.split()) for d in found) == 20_000


def test_long_code_and_tables_come_out_in_bounded_pieces() -> None:
    """A fence or a table that never ends does not wait for the end either."""
    for text, kind in (("```\n" + "x = 1\n" * 5_000, "code"), ("| a | b |\n" * 3_000, "table")):
        stream = SentenceStream()
        found = stream.feed(text)
        assert len(found) > 3
        found += stream.close()
        assert {d.kind for d in found} == {kind}
        assert max(len(d.text) for d in found) < 6_000
        assert sum(d.text.count("\n") + 1 for d in found) >= text.count("\n")


def test_unfinished_code_and_markers_come_out_at_the_end() -> None:
    """An open fence, an open bracket and an undecided line beginning are text in the end."""
    assert [d.kind for d in streamed("```\nx = 1", [2])] == ["code"]
    assert [d.text for d in streamed("It cost [1", [1])] == ["It cost [1"]
    assert [d.text for d in streamed("~5 million", [1])] == ["~5 million"]
    assert streamed("", [1]) == []
    assert streamed("[1]\n---\n ", [1]) == []


def test_lines_that_only_the_layout_breaks_are_joined() -> None:
    """A hard-wrapped paragraph is one sentence; a list stays a list."""
    wrapped = (
        "The release was named groundbreaking by the author, who built one\nof the predictions for 2025 on it. Done."
    )

    assert [d.text for d in drafts(wrapped)] == [wrapped.removesuffix(" Done.").replace("\n", " "), "Done."]
    assert [d.kind for d in drafts("- one\n- two\n")] == ["item", "item"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[1]", (1,)),
        ("[1, 2]", (1, 2)),
        ("[2-4]", (2, 3, 4)),
        ("[1-99]", (1, 99)),
        ("【1】", (1,)),
        ("【1†source】", (1,)),
        ("[Source 3]", (3,)),
        ("(source 3)", (3,)),
        ("(sources 1 and 2)", (1, 2)),
        ("[^2]", (2,)),
        ("[2024]", ()),
        ("(3)", ()),
        ("[sic]", ()),
        ("[1", ()),
    ],
)
def test_marker_numbers(text: str, numbers: tuple[int, ...]) -> None:
    """What models write for sources is parsed; years, asides and plain parentheses are text."""
    assert marker_numbers(text) == numbers


@given(st.sampled_from(["[1]", "[1, 2]", "【1】", "(source 3)", "[Source 12]", "[2-4]", "[^1]", "(sources 1 and 2)"]))
def test_every_beginning_of_a_marker_is_held(text: str) -> None:
    """No marker slips out because it was cut in the middle."""
    assert all(may_become_marker(text[:end]) for end in range(1, len(text)))


def test_slices_are_exact_and_each_once() -> None:
    """Overlapping chunks of one document give each sentence once, with offsets into the document."""
    text = "One is first. Two is second. Three is third. Four is fourth."
    hits = [hit(text[14:45], 14, ordinal=1), hit(text[:29], 0), hit(text[29:], 29, ordinal=2), hit(text, 0, "d2")]
    found = slices(hits)

    assert all(text[s.start : s.end] == s.text for s in found)
    assert [(s.document_id, s.start) for s in found][:4] == [("d1", 14), ("d1", 29), ("d1", 0), ("d1", 45)]
    assert len({(s.document_id, s.start, s.end) for s in found}) == len(found) == 8
    assert slices([]) == ()


def test_footnotes_number_slices_in_first_use_order() -> None:
    """A slice used again keeps its number, and only new ones come back as citations."""
    one, two, three = slices([hit("One is first. Two is second. Three is third.")])
    notes = Footnotes()

    assert notes.cite([two])[0] == (1,)
    markers, fresh = notes.cite([one, two, one])
    assert markers == (1, 2)
    assert [(c.marker, c.quote, c.start, c.end) for c in fresh] == [(2, "One is first.", 0, 13)]
    assert notes.cite([]) == ((), ())
    assert notes.cite([three])[0] == (3,)
    assert [c.marker for c in notes.citations] == [1, 2, 3]
