"""Sentences with one fact changed: a test of the gate.

Everything is by rule and seeded. The rules here share no code with the rules that they test.
"""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "date", "name", "unit", "negation"]
KINDS: tuple[Kind, ...] = ("number", "date", "name", "unit", "negation")

_MONTHS = "January February March April May June July August September October November December".split()
_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\w,])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w,-]|\.\d)")
_YEAR = re.compile(r"(?<![\w.,$])(?:19|20)\d\d(?!\w|\.\d| (?:dollars|yuan|euros))")
_NAME = re.compile(r"(?<=[a-z,;:(] )[A-Z][\w&'’.-]*[\w](?: (?:[A-Z][\w&.-]*[\w]|\d+(?:\.\d+)?))*")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)\b(?! (?:not|never|no)\b|n't)"
)
_NOT = re.compile(
    r"\b(is|are|was|were|has|have|had|can|could|will|would|should|may|might|must) (?:not|never) (?!only|just)"
)
_UNITS = (
    "dollars:euros dollars:yuan euros:dollars yuan:yen months:years years:months weeks:days days:weeks hours:minutes "
    "million:billion billion:million trillion:billion thousand:million percent:points kilometres:miles month:year "
    "year:decade decade:year gigawatts:megawatts nanometre:millimetre billions:thousands hundreds:dozens"
)


@dataclass(frozen=True, slots=True)
class Corruption:
    """A sentence of the corpus and the same with one fact of this kind changed."""

    source: str
    text: str
    kind: Kind


def corruptions(sentences: Sequence[str], n: int, seed: int = 0) -> list[Corruption]:
    """Up to n corrupted sentences, the kinds as evenly as the corpus allows, each text once."""
    random_ = random.Random(seed)
    names = sorted({match.group() for sentence in sentences for match in _NAME.finditer(sentence)})
    queues = {kind: _all(kind, sentences, names, random_) for kind in KINDS}
    chosen: dict[str, Corruption] = {}
    while len(chosen) < n and any(queues.values()):
        for kind in KINDS:
            if queues[kind] and len(chosen) < n:
                made = queues[kind].pop()
                chosen.setdefault(made.text, made)
    return list(chosen.values())


def _all(kind: Kind, sentences: Sequence[str], names: Sequence[str], random_: random.Random) -> list[Corruption]:
    made = [
        Corruption(sentence, text, kind)
        for sentence in sentences
        for text in _CHANGES[kind](sentence, names, random_)
        if text != sentence
    ]
    random_.shuffle(made)
    return made


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


def _change_number(sentence: str, _: Sequence[str], random_: random.Random) -> Iterable[str]:
    for match in _NUMBER.finditer(sentence):
        if not _YEAR.match(sentence, match.start()):
            yield _put(sentence, match, _other_digits(match.group(), random_))
    for match in re.finditer(rf"\b(?:{'|'.join(_WORDS)})\b", sentence):
        yield _put(sentence, match, random_.choice([word for word in _WORDS if word != match.group()]))


def _other_digits(text: str, random_: random.Random) -> str:
    at = random_.choice([at for at, char in enumerate(text) if char.isdigit()])
    return text[:at] + random_.choice([digit for digit in "123456789" if digit != text[at]]) + text[at + 1 :]


def _change_date(sentence: str, _: Sequence[str], random_: random.Random) -> Iterable[str]:
    for match in _YEAR.finditer(sentence):
        yield _put(sentence, match, str(int(match.group()) + random_.choice((-3, -2, -1, 1, 2, 4))))
    for match in re.finditer(rf"\b(?:{'|'.join(_MONTHS)})\b", sentence):
        yield _put(sentence, match, random_.choice([month for month in _MONTHS if month != match.group()]))


def _change_name(sentence: str, names: Sequence[str], random_: random.Random) -> Iterable[str]:
    inside = [*_NAME.finditer(sentence)]
    opening = re.match(rf"(?:{'|'.join(map(re.escape, names))})(?=['’ ,])", sentence) if names else None
    for match in [*inside, *([opening] if opening else [])]:
        words = set(match.group().split())
        others = [name for name in names if not words & set(name.split()) and name not in sentence]
        if others:
            yield _put(sentence, match, random_.choice(others))


def _change_unit(sentence: str, _: Sequence[str], __: random.Random) -> Iterable[str]:
    for one, other in (pair.split(":") for pair in _UNITS.split()):
        for match in re.finditer(rf"(?<=[\w] ){one}\b", sentence):
            if re.search(
                rf"(?:\d|\b(?:{'|'.join(_WORDS)}|one|million|billion|trillion|of)) $", sentence[: match.start()]
            ):
                yield _put(sentence, match, other)


def _change_negation(sentence: str, _: Sequence[str], random_: random.Random) -> Iterable[str]:
    for match in _NOT.finditer(sentence):
        yield _put(sentence, match, f"{match.group(1)} ")
    for match in list(_AUXILIARY.finditer(sentence))[:1]:
        yield _put(sentence, match, f"{match.group()} {random_.choice(('not', 'not', 'never'))}")


_CHANGES: dict[Kind, Callable[[str, Sequence[str], random.Random], Iterable[str]]] = {
    "number": _change_number,
    "date": _change_date,
    "name": _change_name,
    "unit": _change_unit,
    "negation": _change_negation,
}
