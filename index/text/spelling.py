"""Words one slip of the finger apart."""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from string import ascii_lowercase

_WORD = re.compile(r"\w+")

MAY_DIFFER = 6
"""Letters from which a word may have one letter replaced; shorter words have too many honest neighbours."""


def one_slip(word: str, other: str) -> bool:
    """Whether one letter left out, doubled, swapped with its neighbour or replaced makes one of the other.

    That is a distance of 1 (Damerau 1964). Replacing counts in words of at least MAY_DIFFER letters only.
    """
    if len(word) > len(other):
        word, other = other, word
    if len(other) - len(word) > 1 or word == other:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(word))
    if len(word) < len(other):
        return word[at:] == other[at + 1 :]
    if word[at + 1 :] == other[at + 1 :]:
        return len(word) >= MAY_DIFFER
    return word[at : at + 2] == other[at : at + 2][::-1] and word[at + 2 :] == other[at + 2 :]


def slips(word: str) -> list[str]:
    """All words of small letters that are one slip away, sorted."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = sorted({*ascii_lowercase, *word})
    made = {a + b[1:] for a, b in cuts} | {a + b[1:2] + b[:1] + b[2:] for a, b in cuts}
    made |= {a + letter + b for a, b in cuts for letter in letters}
    made |= {a + letter + b[1:] for a, b in cuts for letter in letters}
    return sorted(one for one in made if one and one_slip(word, one))


def likest(word: str, texts: Iterable[str], accept: Callable[[str], bool]) -> str | None:
    """Of the accepted words in the texts the one most like `word`; None where there is none."""
    written = dict.fromkeys(found for text in texts for found in _WORD.findall(text) if accept(found))
    return max(written, key=lambda found: SequenceMatcher(None, word, found).ratio(), default=None)
