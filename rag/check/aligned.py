"""A claim laid over a source sentence that it nearly copies: which number, date or name took whose place."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from index.text.clocks import clocks
from index.text.dates import month_number
from index.text.look import Look
from index.text.names import mentioned, name_keys
from index.text.polarity import base
from index.text.quantities import quantities, same_quantity
from index.text.units import MAGNITUDES, UNITS
from index.text.words import STOP_WORDS, blanked

_WORD = re.compile(r"[$€£¥]?\d[\d,.]*(?:[^\W_]+(?:-[^\W_]+)*)?%?|[^\W_]+(?:['’.-](?=[^\W_])[^\W_]+)*")

_PAIR = re.compile(
    r"(?<![\w.,:/–-])(?P<one>\d+(?:[.,]\d+)?)(?: ?[^\W\d_]{1,12})?? ?(?:[-–:/×x]|by|to) ?[$€£]?"
    r"(?P<other>\d+(?:[.,]\d+)?)(?!\d|[.,:/–-]\d)"
)
_FACTORS = {
    **dict.fromkeys(("halved", "halves", "halving"), 0.5),
    **dict.fromkeys(("doubled", "doubles", "doubling", "double"), 2.0),
    **dict.fromkeys(("tripled", "triples", "tripling", "triple"), 3.0),
    **dict.fromkeys(("quadrupled", "quadruples", "quadrupling"), 4.0),
}


def replaced(claim: str, source: str, *, near: bool) -> Iterator[tuple[Literal["number", "date", "name"], str, str]]:
    """(kind, claim's words, source's words) for every place where one stands for another of its kind.

    `near`: one is so near a copy of the other that a name which one of them has elsewhere too took the other's place.
    """
    claim, source = _without_times(claim, source), _without_times(source, claim)
    ours, theirs = list(_WORD.finditer(claim)), list(_WORD.finditer(source))
    for operation, start, end, at, until in SequenceMatcher(None, _bases(ours), _bases(theirs)).get_opcodes():
        if operation == "replace":
            said = claim[ours[start].start() : ours[end - 1].end()]
            given = source[theirs[at].start() : theirs[until - 1].end()]
            yield from _numbers(said, given)
            yield from _words(said, given)
            names = _capitals(ours[start:end], start), _capitals(theirs[at:until], at)
            yield from _names(*names, claim, source, near=near)


def turned(claim: Look, source: Look) -> tuple[str, str] | None:
    """(claim's, source's) score, ratio or sides with the same two numbers the other way round: "3-2" and "2-3".

    None where the words change sides too, which tells the same from the other side.
    """
    given = {(match["one"], match["other"]): match.group() for match in _PAIR.finditer(source.text)}
    for match in _PAIR.finditer(claim.text) if given else ():
        one, other = match["one"], match["other"]
        if one != other and (one, other) not in given and (other, one) in given and _in_order(claim, source):
            return match.group(), given[other, one]
    return None


def _in_order(claim: Look, source: Look) -> bool:
    """Whether the content words of both come in one order."""
    shared = claim.content & source.content
    ours, theirs = (
        [word for word in text.reading.bases if word in shared and not word[0].isdigit()] for text in (claim, source)
    )
    return list(dict.fromkeys(ours)) == list(dict.fromkeys(theirs))


def _without_times(text: str, other: str) -> str:
    """The text with blanks for the times of day that the other one gives too, in whichever notation."""
    told = clocks(other)
    same = [time for time in clocks(text) if any(time.minutes & given.minutes for given in told)]
    return blanked(text, ((time.start, time.end) for time in same))


def _bases(words: Sequence[re.Match[str]]) -> list[str]:
    return [base(word.group()) for word in words]


def _numbers(said: str, given: str) -> Iterator[tuple[Literal["number"], str, str]]:
    """Numbers on both sides of which none is the same."""
    ours, theirs = quantities(said), quantities(given)
    if ours and theirs and not any(same_quantity(one, other) for one in ours for other in theirs):
        yield "number", ours[0].text, theirs[0].text


def _words(said: str, given: str) -> Iterator[tuple[Literal["number", "date"], str, str]]:
    """Months, factors ("halved" for "doubled"), units and magnitudes without their number ("million" for "billion")."""
    ours, theirs = re.findall(r"[^\W\d_]+", said), re.findall(r"[^\W\d_]+", given)
    months = [[word for word in side if month_number(word)] for side in (ours, theirs)]
    if all(months) and not {month_number(word) for word in months[0]} & {month_number(word) for word in months[1]}:
        yield "date", months[0][0], months[1][0]
    factors = [{_FACTORS[word.lower()]: word for word in side if word.lower() in _FACTORS} for side in (ours, theirs)]
    if all(factors) and not factors[0].keys() & factors[1].keys():
        yield "number", next(iter(factors[0].values())), next(iter(factors[1].values()))
    if quantities(said) and quantities(given):
        return
    units = [{_measure(word): word for word in side if _measure(word)} for side in (ours, theirs)]
    if all(units) and not units[0].keys() & units[1].keys():
        yield "number", next(iter(units[0].values())), next(iter(units[1].values()))


def _measure(word: str) -> str:
    lowered = word.lower()
    return (
        (UNITS.get(lowered, "") or (lowered.removesuffix("s") if lowered in MAGNITUDES else ""))
        if len(word) > 2
        else ""
    )


def _names(
    ours: Sequence[str], theirs: Sequence[str], claim: str, source: str, *, near: bool
) -> Iterator[tuple[Literal["name"], str, str]]:
    """Names on both sides, none the same, that are new to the other text; in a near copy one is enough."""
    if not ours or not theirs or _any_mentioned(ours, " ".join(theirs)):
        return
    new, gone = not _all_mentioned(ours, source), not _all_mentioned(theirs, claim)
    if (new and gone) or (near and (new or gone)):
        yield "name", " ".join(ours), " ".join(theirs)


def _any_mentioned(names: Sequence[str], text: str) -> bool:
    keys = name_keys(text)
    return any(mentioned(key, keys) for name in names for key in name_keys(name))


def _all_mentioned(names: Sequence[str], text: str) -> bool:
    keys = name_keys(text)
    return all(any(mentioned(key, keys) for key in name_keys(name)) for name in names)


def _capitals(words: Sequence[re.Match[str]], first: int) -> list[str]:
    """Capitalised words and codes; a stop word that opens its sentence is none, nor is a number."""
    found = []
    for position, match in enumerate(words):
        word = match.group()
        coded = any(char.isdigit() for char in word) and any(char.isalpha() for char in word)
        opens = first == 0 and position == 0 and word.lower() in STOP_WORDS
        if (
            (word[0].isupper() or coded)
            and word != "I"
            and not opens
            and not quantities(word)
            and not month_number(word)
        ):
            found.append(word)
    return found
