"""Superlatives and comparatives: which end of which scale is asked for ("the cheapest": the least money), in four
languages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import MappingProxyType
from typing import Literal

from index.text.units import WORD_VALUES
from index.text.words import plain

Scale = Literal["", "money", "temperature", "mass", "time", "age", "speed", "merit"]
"""What is compared; "" says nothing: high, large, most. "time" is early to late, "age" new to old, "merit" bad to good;
whether a large number is fast or good depends on what is measured.
"""


@dataclass(frozen=True, slots=True)
class Extreme:
    """One end of a scale, and the half-open place of the words in the text that ask for it.

    `first` and `last` are the places counted from that end, both included: "second cheapest" (2, 2), "two cheapest"
    (1, 2).
    """

    least: bool
    scale: Scale
    start: int
    end: int
    first: int = 1
    last: int = 1


_MOST: Mapping[Scale, str] = MappingProxyType(
    {
        "": "high large big great tall wide deep strong long loud hard busy thick rich popular difficult many much"
        " hoch groß lang breit tief stark viel schwierig alto grande largo ancho profundo fuerte"
        " 高 大 长 多 宽 深",
        "money": "expensive dear costly pricey teuer caro costoso 贵",
        "temperature": "hot warm heiß caliente calido 热",
        "mass": "heavy schwer pesado 重",
        "time": "late spät tarde 晚",
        "age": "old alt antiguo viejo 老 旧",
        "speed": "fast quick schnell rapido 快",
        "merit": "good gut bueno 好",
    }
)
_LEAST: Mapping[Scale, str] = MappingProxyType(
    {
        "": "low small short narrow shallow weak quiet easy thin poor few little niedrig klein kurz schmal flach"
        " schwach wenig leise leicht bajo pequeño corto estrecho débil poco fácil 低 小 短 少 窄",
        "money": "cheap inexpensive affordable billig günstig barato económico 便宜",
        "temperature": "cold cool kalt frio 冷",
        "mass": "light ligero 轻",
        "time": "early früh temprano 早",
        "age": "new young recent neu jung nuevo joven reciente 新",
        "speed": "slow langsam lento 慢",
        "merit": "bad schlecht malo 差",
    }
)
_ADJECTIVES: Mapping[str, tuple[bool, Scale]] = MappingProxyType(
    {
        plain(word): (least, scale)
        for least, table in ((False, _MOST), (True, _LEAST))
        for scale, listed in table.items()
        for word in listed.split()
    }
)
_BY_THEMSELVES: Mapping[str, tuple[bool, Scale]] = MappingProxyType(
    dict.fromkeys("most maximum max mayor großte meiste".split(), (False, ""))
    | dict.fromkeys("least minimum min menor".split(), (True, ""))
    | {"latest": (False, "time")}
    | dict.fromkeys("best top beste besten bester bestes mejor".split(), (False, "merit"))
    | dict.fromkeys("worst peor".split(), (True, "merit"))
)
_COMPARED: Mapping[str, tuple[bool, Scale]] = MappingProxyType(
    dict.fromkeys("more mehr".split(), (False, ""))
    | dict.fromkeys("less weniger".split(), (True, ""))
    | {"better": (False, "merit"), "worse": (True, "merit")}
)
_COUNTS = [word for word, value in WORD_VALUES.items() if 2 <= value <= 10]
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth".split()
_PLACES = {word: at for listed in (_COUNTS, _ORDINALS) for at, word in enumerate(listed, start=2)}
_NTH = re.compile(
    rf"\b(?:(?P<nth>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))|(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}}))[\s-]+$",
    re.IGNORECASE,
)
_HOW_MANY_AFTER = re.compile(rf"\s+(?:(?P<count>{'|'.join(_COUNTS)})|(?P<top>\d{{1,2}}))\b", re.IGNORECASE)
_TURNED = frozenset({"least", "menos"})
_GRADING = frozenset({"most", "mas", *_TURNED})
_WORD = re.compile(r"[^\W\d_]+")
_CHINESE = re.compile("最(便宜|.)")
_ENDING = re.compile(r"e?st(?:e[nrms]?)?$")
_COMPARING = re.compile(r"er$")
_AT = re.compile(r"\b(?:at|the very)\s+(?:the\s+)?$", re.IGNORECASE)
"""What makes a bound of the word after it: "at least", "at the latest"."""


def superlative(text: str) -> Extreme | None:
    """The first superlative of a text; None where it has none. "Least expensive" is the other end of expensive."""
    for match in _CHINESE.finditer(text):
        if match[1] in _ADJECTIVES:
            return Extreme(*_ADJECTIVES[match[1]], *match.span())
    found = list(_WORD.finditer(text))
    for match, after in zip_longest(found, found[1:]):
        if _AT.search(text[: match.start()]):
            continue
        word, graded = _bare(match.group()), _bare(after.group()) if after else ""
        if after and word in _GRADING and graded in _ADJECTIVES:
            least, scale = _ADJECTIVES[graded]
            return _placed(text, Extreme(least != (word in _TURNED), scale, match.start(), after.end()))
        if meant := _BY_THEMSELVES.get(word) or _graded(word, _ENDING):
            return _placed(text, Extreme(*meant, *match.span()))
    return None


def comparative(text: str) -> Extreme | None:
    """The last comparative of a text: "cheaper" points to the least money, "more seats" to the most."""
    found = list(_WORD.finditer(text))
    for match, after in reversed(list(zip_longest(found, found[1:]))):
        word, graded = _bare(match.group()), _bare(after.group()) if after else ""
        if after and word in ("more", "less") and graded in _ADJECTIVES:
            least, scale = _ADJECTIVES[graded]
            return Extreme(least != (word == "less"), scale, match.start(), after.end())
        if meant := _COMPARED.get(word) or _graded(word, _COMPARING):
            return Extreme(*meant, *match.span())
    return None


def _placed(text: str, extreme: Extreme) -> Extreme:
    """With the places that the words around it ask for: "second cheapest", "two cheapest", "top 3"."""
    before = _NTH.search(text, 0, extreme.start)
    if before and before["nth"]:
        place = _number(before["nth"])
        return replace(extreme, start=before.start(), first=place, last=place)
    if before:
        return replace(extreme, start=before.start(), last=_number(before["count"]))
    after = _HOW_MANY_AFTER.match(text, extreme.end)
    if after and (after["count"] or text[extreme.start : extreme.end].lower() == "top"):
        return replace(extreme, end=after.end(), last=_number(after["count"] or after["top"]))
    return extreme


def _number(word: str) -> int:
    return _PLACES.get(word.lower()) or int(re.sub(r"\D", "", word))


def _graded(word: str, ending: re.Pattern[str]) -> tuple[bool, Scale] | None:
    """What a word in -est (English), -ste (German) or -er grades."""
    found = ending.search(word)
    if found is None:
        return None
    root = word[: found.start()]
    forms = [root, f"{root}e", f"{root[:-1]}y" if root.endswith("i") else root]
    forms += [root[:-1]] if root[-2:-1] == root[-1:] else []
    return next((_ADJECTIVES[form] for form in forms if form in _ADJECTIVES), None)


def _bare(word: str) -> str:
    """Lower case without accents and umlauts; a Spanish adjective as in the masculine singular."""
    bare = plain(word).lower()
    masculine = f"{bare.removesuffix('s')[:-1]}o"
    return masculine if bare.removesuffix("s").endswith(("a", "o")) and masculine in _ADJECTIVES else bare
