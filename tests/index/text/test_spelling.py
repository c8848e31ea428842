"""One slip of the finger: told from two, and from another word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.spelling import MAY_DIFFER, one_slip

LETTERS = st.text("abcde", max_size=9)


@pytest.mark.parametrize(
    ("word", "other", "one"),
    [
        ("factori", "facotri", True),
        ("ascend", "asend", True),
        ("asend", "ascend", True),
        ("huawei", "huawai", True),
        ("price", "prize", False),
        ("stone", "stone", False),
        ("paradox", "paradoks", False),
        ("bridge", "fridges", False),
        ("", "a", True),
    ],
)
def test_slips_by_hand(word: str, other: str, one: bool) -> None:
    """Left out, doubled, swapped and replaced letters; short words may not have one replaced."""
    assert one_slip(word, other) is one


def slips(word: str) -> set[str]:
    made = {word[:i] + word[i + 1 :] for i in range(len(word))}
    made |= {word[:i] + letter + word[i:] for i in range(len(word) + 1) for letter in "abcde"}
    made |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    if len(word) >= MAY_DIFFER:
        made |= {word[:i] + letter + word[i + 1 :] for i in range(len(word)) for letter in "abcde"}
    return made - {word}


@given(LETTERS, LETTERS)
def test_it_says_what_making_all_slips_says(word: str, other: str) -> None:
    """Against the list of everything that one slip can make of a word."""
    assert one_slip(word, other) == (other in slips(word))


@given(LETTERS, st.data())
def test_every_slip_is_found(word: str, data: st.DataObject) -> None:
    """Random pairs are seldom near, so near ones are drawn too."""
    other = data.draw(st.sampled_from(sorted(slips(word))))
    assert one_slip(word, other)
    assert one_slip(other, word)
