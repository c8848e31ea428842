"""The words that bound a number: "at least", "no more than", "older than" before it, "or more" after it.

One list in four languages for questions, claims and sources.
"""

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Self

from index.text.degrees import Scale, comparative

_SAID = MappingProxyType(
    {
        "floor": r"at least|not (?:under|below)|(?:a |the )?minimum of|since|>=|≥|mindestens|nicht unter|al menos"
        r"|至少|不少于|不低于",
        "ceiling": r"at most|not (?:over|above|exceed(?:ing)?)|up to|until|(?:a |the )?maximum of|<=|≤|höchstens"
        r"|nicht über|bis zu|como máximo|最多|至多|不超过",
        "over": r"over|above|beyond|exceed(?:s|ed|ing)?|upwards of|after|>|über|más de|超过|逾|高于|多于",
        "under": r"under|below|before|<|unter|menos de|少于|低于|不到",
    }
)
_BEFORE = re.compile(
    rf"(?:^|(?<![^\W_])|(?<=[\u4e00-\u9fff]))(?:{'|'.join(f'(?P<{side}>{said})' for side, said in _SAID.items())})\s*$",
    re.IGNORECASE,
)
_OF_TIME = frozenset("since until after before".split())
_THAN = re.compile(
    r"(?P<no>\b(?:no|not|nicht)\s+)?(?P<words>(?:more|less)\s+[^\W\d_]+|[^\W\d_]+)\s+(?:than|als|que)\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?P<plus>\+|以上|and (?:more|up)\b(?! than\b))|\s*(?P<below>以下)"
    r"|\s*(?:[^\W\d_]+\s+)?(?:or|oder|o)\s+(?P<word>[^\W\d_]+)\b(?! than\b)",
    re.IGNORECASE,
)
_UP, _DOWN = frozenset("above over up".split()), frozenset("below under down menos".split())
_REACH = 40
"""Characters before a number in which the words of a bound are looked for: "no more expensive than" and blanks."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """Values under (`least`) or over a number, itself among them where `inclusive`.

    [start, end) are the number and the words of the bound. `scale` is that of a comparative: "cheaper than 60".
    """

    least: bool
    inclusive: bool
    start: int
    end: int
    scale: Scale = ""

    def holds(self, value: float, limit: float) -> bool:
        """Whether a value lies within, the limit given in the same unit."""
        close = abs(value - limit) <= 1e-9 * max(abs(value), abs(limit))
        return self.inclusive if close else (value < limit) == self.least

    @property
    def turned(self) -> Self:
        """What is left when it does not hold: "not more than 12"."""
        return replace(self, least=not self.least, inclusive=not self.inclusive)


def bounded(text: str, start: int, end: int, *, timed: bool = False) -> Bounded | None:
    """How the words around the number [start, end) bound it; None where they do not.

    `timed`: it is a day, a year or a time, which "until" and "after" bound as well.
    """
    return _after(text, start, end) or _before(text, start, end, timed=timed) or _than(text, start, end)


def _after(text: str, start: int, end: int) -> Bounded | None:
    said = _AFTER.match(text, end)
    if said is None:
        return None
    word = (said["word"] or "").lower()
    graded = comparative(word)
    over = bool(said["plus"]) or word in _UP or (graded is not None and not graded.least)
    under = bool(said["below"]) or word in _DOWN or (graded is not None and graded.least)
    return Bounded(under, True, start, said.end(), graded.scale if graded else "") if over != under else None


def _before(text: str, start: int, end: int, *, timed: bool) -> Bounded | None:
    said = _BEFORE.search(text, max(0, start - _REACH), start)
    if said is None or (said.group().strip().lower() in _OF_TIME and not timed):
        return None
    side = said.lastgroup
    return Bounded(side in ("ceiling", "under"), side in ("floor", "ceiling"), said.start(), end)


def _than(text: str, start: int, end: int) -> Bounded | None:
    said = _THAN.search(text, max(0, start - _REACH), start)
    graded = comparative(said["words"]) if said else None
    if said is None or graded is None:
        return None
    if said["no"]:
        return Bounded(not graded.least, True, said.start(), end, graded.scale)
    return Bounded(graded.least, False, said.start("words") + graded.start, end, graded.scale)
