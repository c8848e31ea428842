"""What German compounds may be made of: "Krankenversicherung" is found by "Versicherung".

Without a dictionary: every beginning and every end of a long word counts as a possible part. Only real words are asked
for, so a wrong part is seldom met, and a match of a part counts for less than one of the word.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-zäöüß]+")
_FUNCTION_WORDS = frozenset(
    "der das und ist nicht ein eine einen mit von auf für sich auch wird werden oder bei".split()
)
SHARE = 0.08
"""Function words among all words from which a text is taken for German: such a text has 15 % and more, others 1 %."""

SHORTEST_PART, SHORTEST_COMPOUND = 4, 9
"""Letters."""


def german_words(text: str) -> list[str]:
    """The words of a German text in small letters, and what its long words may begin and end with; else nothing."""
    words = _WORD.findall(text.lower())
    if sum(word in _FUNCTION_WORDS for word in words) < max(1.0, SHARE * len(words)):
        return []
    return [part for word in dict.fromkeys(words) for part in _parts(word)]


def _parts(word: str) -> list[str]:
    if len(word) < SHORTEST_COMPOUND:
        return [word] if len(word) >= SHORTEST_PART else []
    cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return [word, *(word[:cut] for cut in cuts), *(word[cut:] for cut in cuts)]
