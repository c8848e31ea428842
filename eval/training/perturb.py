"""Change one fact of a sentence (number, name, direction, unit, negation), or shorten it without changing any."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.text.dates import MONTHS

_NUMBER: re.Pattern[str] = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\d])")
_NAME = re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w'’-]+)(?: (?:of |the |de |von |van )?[A-Z][\w'’-]+)*")
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_SPELLED = "one two three four five six seven eight nine ten eleven twelve".split()
_BE = re.compile(r"\b(is|are|was|were|has|have|had|can|could|will|would|should|must|may|does|do|did)\b(?! not|n't)")
_NOT = re.compile(r"\b(is|are|was|were|has|have|had|can|could|will|would|should|must|may|does|do|did) not ")
_PARENTHESIS = re.compile(r" \([^()]*\)")
_TRAILING = re.compile(
    r", (?:which|who|where|although|though|while|whereas|including|such as|because|since|after|but)\b[^,;]*(?=\.$)"
)
_LEADING = re.compile(r"^(?:In|On|By|During|After|Since|At|From|According to|As) [^,]{3,60}, (?=\w)")
_PAIRS = """
more:less most:least larger:smaller higher:lower increase:decrease increased:decreased increasing:decreasing
before:after
first:last first:second second:third early:late earlier:later north:south northern:southern east:west eastern:western
always:never all:none many:few same:different best:worst oldest:youngest largest:smallest highest:lowest above:below
won:lost win:lose began:ended begin:end accepted:rejected allowed:forbade success:failure successful:unsuccessful
million:billion thousand:million hundred:thousand km:miles kilometers:miles meters:feet percent:million days:weeks
weeks:months months:years years:decades century:decade only:also public:private major:minor male:female men:women
his:her he:she king:queen father:mother son:daughter brother:sister rich:poor strong:weak positive:negative
support:opposition supported:opposed rose:fell rise:fall growth:decline possible:impossible likely:unlikely
legal:illegal left:right old:new buy:sell bought:sold internal:external majority:minority maximum:minimum
minutes:hours hours:days upper:lower former:current born:married direct:indirect import:export husband:wife
""".split()
_OPPOSITES: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """A changed sentence and the half-open spans of it that the original does not support."""

    text: str
    wrong: tuple[tuple[int, int], ...]


def _opposites() -> dict[str, tuple[str, ...]]:
    if not _OPPOSITES:
        for one, other in (pair.split(":") for pair in _PAIRS):
            _OPPOSITES[one] = (*_OPPOSITES.get(one, ()), other)
            _OPPOSITES[other] = (*_OPPOSITES.get(other, ()), one)
    return _OPPOSITES


def replaced(text: str, start: int, end: int, new: str) -> Change:
    """`text` with [start, end) replaced by `new`, whose place is the wrong span."""
    return Change(text[:start] + new + text[end:], ((start, start + len(new)),))


def change_number(text: str, pool: str, random_: random.Random) -> Change | None:
    """One number, month or spelled number replaced, half the time by another one of `pool`."""
    found = [*_NUMBER.finditer(text), *_MONTH.finditer(text), *re.finditer(rf"\b(?:{'|'.join(_SPELLED)})\b", text)]
    if not found:
        return None
    match = random_.choice(found)
    new = other_number(match.group(), pool, random_)
    return replaced(text, match.start(), match.end(), new)


def other_number(value: str, pool: str, random_: random.Random) -> str:
    """A number, month or spelled number of the same form, never the same."""
    if value in MONTHS:
        return random_.choice([month for month in MONTHS if month != value])
    if value in _SPELLED:
        return random_.choice([word for word in _SPELLED if word != value])
    same_length = [other for other in numbers(pool) if other != value and len(other) == len(value)]
    if same_length and random_.random() < 0.5:
        return random_.choice(same_length)
    digits = [index for index, letter in enumerate(value) if letter.isdigit()]
    index = random_.choice(digits[1:] or digits)
    new = random_.choice([digit for digit in "123456789" if digit != value[index]])
    return value[:index] + new + value[index + 1 :]


def change_name(text: str, pool: str, random_: random.Random) -> Change | None:
    """One name replaced by another name of `pool`."""
    found = list(_NAME.finditer(text))
    if not found:
        return None
    match = random_.choice(found)
    others = [name for name in names(pool) if name not in match.group() and match.group() not in name]
    others = [name for name in others if name not in MONTHS or match.group() in MONTHS]
    return replaced(text, match.start(), match.end(), random_.choice(others)) if others else None


def names(text: str) -> list[str]:
    """Capitalised runs inside sentences, in order, each once."""
    return list(dict.fromkeys(_NAME.findall(text)))


def numbers(text: str) -> list[str]:
    """Numbers of a text, in order, each once."""
    return list(dict.fromkeys(match.group() for match in _NUMBER.finditer(text)))


def change_word(text: str, _pool: str, random_: random.Random) -> Change | None:
    """One direction, quantity, unit or other word with an opposite, replaced by it."""
    opposites = _opposites()
    found = [match for match in re.finditer(r"\b[a-z]+\b", text) if match.group() in opposites]
    if not found:
        return None
    match = random_.choice(found)
    return replaced(text, match.start(), match.end(), random_.choice(opposites[match.group()]))


def negate(text: str, _pool: str, random_: random.Random) -> Change | None:
    """A "not" put after an auxiliary, or taken away."""
    present = list(_NOT.finditer(text))
    if present:
        match = random_.choice(present)
        return replaced(text, match.start(), match.end(), match.group(1) + " ")
    found = list(_BE.finditer(text))
    if not found:
        return None
    match = random_.choice(found)
    word = (
        random_.choice(("not", "not", "never"))
        if match.group() in {"is", "are", "was", "were", "has", "have"}
        else "not"
    )
    return replaced(text, match.start(), match.end(), f"{match.group()} {word}")


CHANGES: tuple[Callable[[str, str, random.Random], Change | None], ...] = (
    change_number,
    change_name,
    change_word,
    negate,
)
_WEIGHTS = (4, 4, 2, 2)


def change(text: str, pool: str, random_: random.Random) -> Change | None:
    """One change of a random kind that fits, or None; the text always differs."""
    order: Sequence[int] = random_.choices(range(len(CHANGES)), weights=_WEIGHTS, k=6)
    for kind in (*order, *range(len(CHANGES))):
        made: Change | None = CHANGES[kind](text, pool, random_)
        if made is not None and made.text != text:
            return made
    return None


def shorten(text: str, random_: random.Random) -> str | None:
    """The sentence less a parenthesis, a trailing clause or an opening phrase, or None where nothing fits."""
    shorter = [text[: match.start()] + text[match.end() :] for match in _PARENTHESIS.finditer(text)]
    shorter += [text[: match.start()] + "." for match in _TRAILING.finditer(text)]
    opening = _LEADING.match(text)
    if opening:
        rest = text[opening.end() :]
        shorter.append(rest[:1].upper() + rest[1:])
    shorter = [candidate for candidate in shorter if len(candidate.split()) >= 4]
    return random_.choice(shorter) if shorter else None
