"""Document text becomes HTML that shows exactly that text."""

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ui.escape import clip, escape_attribute, escape_text, escape_value

MARKUP = "<b>&amp; \"'` ${1} {{x}} <script>alert(1)</script> [a](javascript:b) \u202e\u2066\u200f\r\n\t"
HOSTILE = st.text(st.sampled_from(MARKUP) | st.characters(codec="utf-8"), max_size=60) | st.just(MARKUP)


@given(HOSTILE)
def test_the_text_content_of_escaped_text_is_the_text(text):
    """A parser reads back every character; only control characters that HTML cannot hold are replaced."""
    soup = BeautifulSoup(f"<p>{escape_text(text)}</p>", "html.parser", preserve_whitespace_tags={"p", "bdi"})
    replaced = "".join("\ufffd" if c in CONTROLS else c for c in text)
    assert soup.p.get_text() == replaced
    assert {tag.name for tag in soup.p.find_all()} <= {"bdi"}


@given(HOSTILE)
def test_an_attribute_stays_one_attribute(text):
    """Nothing inside an escaped attribute ends it or begins another one."""
    button = BeautifulSoup(f'<button title="{escape_attribute(text)}">x</button>', "html.parser").button
    assert list(button.attrs) == ["title"]
    assert "\n" not in button["title"]


@given(HOSTILE)
def test_a_value_is_read_back_as_it_was(text):
    """Lines and directions too; only control characters that HTML cannot hold are replaced."""
    button = BeautifulSoup(f'<button value="{escape_value(text)}">x</button>', "html.parser").button
    assert button.attrs == {"value": "".join("\ufffd" if c in CONTROLS else c for c in text)}


def test_direction_overrides_are_isolated_one_by_one():
    """An override stands alone in its own isolate, so it reorders nothing."""
    assert escape_text("a\u202eb") == 'a<bdi class="control" title="U+202E">\u202e</bdi>b'


@given(HOSTILE, st.integers(1, 40))
def test_clipped_text_is_short_and_a_beginning(text, limit):
    """Clipping leaves at most the limit and its ellipsis, on one line, from the beginning of the text."""
    line = " ".join(text.split())
    clipped = clip(text, limit)
    assert clipped == line or (clipped.endswith(" …") and line.startswith(clipped[:-2]) and len(clipped) <= limit + 2)


CONTROLS = {chr(code) for code in range(32) if chr(code) not in "\t\n\r"} | {"\x7f"}
