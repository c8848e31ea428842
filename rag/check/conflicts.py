"""Sources that answer one question with different values, found so that both can be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Quote
from index.text.dates import agree, dates
from index.text.names import entity_names, mentioned, name_keys
from index.text.quantities import Quantity, comparable, quantities, same_quantity
from index.text.words import terms

ALIKE = 0.34
"""Share of content words (Jaccard, numbers apart) from which two sentences speak of the same thing."""
MOST = 2


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two slices and the value that each gives."""

    first: Quote
    second: Quote
    values: tuple[str, str]


def find_conflicts(question: str, answers: Sequence[tuple[Quote, str]]) -> tuple[Disagreement, ...]:
    """Pairs of answers to one question whose values differ, at most MOST, in the order of the answers.

    `answers` are sentences with the words that answer. A pair counts only where the values are of one kind (both
    amounts of one unit, or both dates), neither sentence gives the other's value anywhere, and the sentences are alike.
    """
    found: list[Disagreement] = []
    for at, (first, said) in enumerate(answers):
        for second, other in answers[at + 1 :]:
            values = _differ(said, other, first.text, second.text)
            if values and first != second and _alike(question, first, second):
                found.append(Disagreement(first, second, values))
    return tuple(found[:MOST])


def _differ(said: str, other: str, first: str, second: str) -> tuple[str, str] | None:
    """The two values if the answers are one date or one amount each, and differ."""
    days, other_days = dates(said), dates(other)
    if len(days) == 1 and len(other_days) == 1:
        same = any(agree(days[0], date) for date in dates(second)) or any(agree(other_days[0], d) for d in dates(first))
        return None if same else (said.strip(), other.strip())
    amounts, other_amounts = quantities(said), quantities(other)
    if len(amounts) != 1 or len(other_amounts) != 1 or days or other_days:
        return None
    (amount,), (other_amount,) = amounts, other_amounts
    if not comparable(amount, other_amount) or _given(amount, second) or _given(other_amount, first):
        return None
    return amount.text, other_amount.text


def _given(amount: Quantity, text: str) -> bool:
    return any(same_quantity(amount, given) or same_quantity(given, amount) for given in quantities(text))


def _alike(question: str, first: Quote, second: Quote) -> bool:
    """Whether both sentences speak of what was asked, and of the same thing."""
    asked, one, two = set(terms(question)), set(terms(first.text)), set(terms(second.text))
    words = {word for word in one | two if not any(char.isdigit() for char in word)}
    shared = one & two & words
    about = _speaks_of(question, first) and _speaks_of(question, second)
    return about and bool(asked & shared) and len(shared) >= ALIKE * min(len(one & words), len(two & words))


def _speaks_of(question: str, item: Quote) -> bool:
    """Whether a sentence that names anything names what the question names, itself or by its title."""
    asked = [name for name in entity_names(question) if name.sure]
    named = [name for name in entity_names(item.text) if name.sure]
    keys = name_keys(f"{item.text} {item.title}")
    return not asked or not named or any(mentioned(key, keys) for name in asked for key in name.keys)
