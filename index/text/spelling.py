"""Words one slip of the finger apart."""

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
