"""Numbers with what they measure, whether the unit is known or only looks like one ("5 bar", "20 mAh", "40 kr")."""

import re
from dataclasses import dataclass, field, replace

from index.text.look import Look
from index.text.quantities import Quantity, comparable, same_quantity
from index.text.units import dimension

# No vowel, or a capital inside; and the few that are spelled like words.
_SYMBOL = re.compile(
    r"[ \u00a0\u202f-]?"
    r"(?P<unit>[bcdfghj-np-tv-xzµμ]{2,4}[²³]?|m[²³]|[a-zµμ]{1,2}[A-ZΩ][a-z]?|m?bar|m?mol|k?cal|lux|atm)"
    r"(?![\w’'])"
)
_NO_SYMBOLS = frozenset(
    "am pm vs pp nr st nd rd th mr mrs ms dr jr sr cf ff nth bn mn mln mrd tn trn mth mths ppl".split()
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a text wherever it stands: `quantity` without its place, `kind` its dimension or its symbol."""

    quantity: Quantity
    kind: str
    text: str = field(compare=False)

    def borne_out(self, source: "Measure") -> bool:
        """Whether the source's number is this one, in no other unit."""
        return same_quantity(self.quantity, source.quantity) and not self._apart(source)

    def contradicted(self, source: "Measure") -> bool:
        """Whether both count the same kind of thing, or are equal in two units; asked where it is not borne out."""
        one, other = self.quantity, source.quantity
        exact = not (one.counted or one.vague or other.counted or other.vague)
        return comparable(one, other) or (exact and one.value == other.value and self._apart(source))

    def _apart(self, source: "Measure") -> bool:
        return bool(self.kind and source.kind) and self.kind != source.kind


def measure(look: Look, quantity: Quantity) -> Measure:
    """A quantity that was read in this text, with the unit or the symbol that stands with it."""
    kind, end = dimension(quantity.unit)[0], quantity.end
    symbol = None if quantity.unit else _SYMBOL.match(look.text, quantity.end)
    if symbol and symbol["unit"] not in _NO_SYMBOLS:
        kind, end = symbol["unit"].replace("μ", "µ"), symbol.end()
    return Measure(replace(quantity, start=0, end=0, text=""), kind, " ".join(look.text[quantity.start : end].split()))
