"""Links are read by their names; everything else is read as it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.links import read_parts, without_targets


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("[MS MARCO](https://example.org/msmarco/) triplets", "MS MARCO triplets"),
        ("see ![the map](maps/a_(1).png) and [the plan](<a plan.pdf>)", "see the map and the plan"),
        ('[home](https://example.org "Our page").', "home."),
        ("a [note] (in brackets) and f[0](x, y)", "a [note] (in brackets) and f[0](x, y)"),
        ("[open](https://example.org", "[open](https://example.org"),
    ],
)
def test_names_without_targets(text: str, read: str) -> None:
    """Names stay, brackets and targets go; what is no link is left alone."""
    assert without_targets(text) == read
    assert "".join(text[a:b] for a, b in read_parts(text, 0, len(text))) == read


@given(st.text('[]()!<>" ab\n', max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_parts_lie_in_order_inside_the_range(text: str, start: int, end: int) -> None:
    """Whatever the text, the parts are slices of the range, in order, and together the text read of it."""
    start, end = min(start, len(text)), min(max(start, end), len(text))
    parts = list(read_parts(text, start, end))

    assert all(start <= a < b <= end for a, b in parts)
    assert parts == sorted(parts)
    assert "".join(text[a:b] for a, b in parts) == without_targets(text[start:end])
