"""One text read once: its words, names, numbers, dates and negations, each with offsets.

Made when evidence is cut or a claim is split, then handed on; nothing downstream takes the raw string apart again.
"""

from dataclasses import dataclass
from functools import lru_cache

from index.text.dates import Date, dates
from index.text.names import Name, capitalised_inside, entity_names, name_keys
from index.text.polarity import Reading, base, read
from index.text.quantities import Quantity, quantities
from index.text.words import STOP_WORDS, blanked, words


@dataclass(frozen=True, slots=True)
class Look:
    """What was read in `text`.

    `content`: comparable forms of its content words; `keys`: those of every word, as names are compared; a number that
    is part of a date is not among the `quantities`.
    """

    text: str
    content: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    keys: frozenset[str]
    reading: Reading

    def names(self, known: frozenset[str] = frozenset()) -> tuple[Name, ...]:
        """The names outside its numbers and dates; `known` are keys that are names even where they open a sentence."""
        places = [(q.start, q.end) for q in self.quantities] + [(d.start, d.end) for d in self.dates]
        return entity_names(blanked(self.text, places, "_"), known)


@lru_cache(maxsize=4096)
def look(text: str) -> Look:
    """The text read."""
    found = dates(text)
    spans = [(date.start, date.end) for date in found]
    free = tuple(q for q in quantities(text) if not any(q.start < end and start < q.end for start, end in spans))
    return Look(text, content(text), free, found, name_keys(text), read(text))


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """Comparable forms of the content words of a text."""
    return frozenset(base(word) for word in words(text) if word not in STOP_WORDS)


@lru_cache(maxsize=512)
def known_names(text: str) -> frozenset[str]:
    """Words that a text capitalises inside its sentences and never writes in lower case."""
    lower = {word for word in text.split() if word.islower()}
    return frozenset(key for key in capitalised_inside(text) if key not in lower)
