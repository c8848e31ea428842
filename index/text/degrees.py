"""Superlatives: which end of which scale is asked for ("the cheapest": the least money), in four languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Literal

from index.text.words import plain

Scale = Literal["", "money", "temperature", "mass", "time", "age"]
"""What is compared; "" says nothing: high, large, most. "time" is early to late, "age" new to old."""


@dataclass(frozen=True, slots=True)
class Extreme:
    """One end of a scale, and the half-open place of the words in the text that ask for it."""

    least: bool
    scale: Scale
    start: int
    end: int


_MOST: Mapping[Scale, str] = MappingProxyType(
    {
        "": "high large big great tall wide deep fast strong long loud hard busy thick rich popular difficult many much"
        " hoch groß lang breit tief schnell stark viel schwierig alto grande largo ancho profundo rapido fuerte"
        " 高 大 长 多 快 宽 深",
        "money": "expensive dear costly pricey teuer caro costoso 贵",
        "temperature": "hot warm heiß caliente calido 热",
        "mass": "heavy schwer pesado 重",
        "time": "late spät tarde 晚",
        "age": "old alt antiguo viejo 老 旧",
    }
)
_LEAST: Mapping[Scale, str] = MappingProxyType(
    {
        "": "low small short narrow shallow slow weak quiet easy thin poor few little niedrig klein kurz schmal flach"
        " langsam schwach wenig leise leicht bajo pequeño corto estrecho lento débil poco fácil 低 小 短 少 慢 窄",
        "money": "cheap inexpensive affordable billig günstig barato económico 便宜",
        "temperature": "cold cool kalt frio 冷",
        "mass": "light ligero 轻",
        "time": "early früh temprano 早",
        "age": "new young recent neu jung nuevo joven reciente 新",
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
    dict.fromkeys("most maximum max best top mayor großte meiste".split(), (False, ""))
    | dict.fromkeys("least minimum min worst menor".split(), (True, ""))
    | {"latest": (False, "time")}
)
_TURNED = frozenset({"least", "menos"})
_GRADING = frozenset({"most", "mas", *_TURNED})
_WORD = re.compile(r"[^\W\d_]+")
_CHINESE = re.compile("最(便宜|.)")
_ENDING = re.compile(r"e?st(?:e[nrms]?)?$")


def superlative(text: str) -> Extreme | None:
    """The first superlative of a text; None where it has none. "Least expensive" is the other end of expensive."""
    for match in _CHINESE.finditer(text):
        if match[1] in _ADJECTIVES:
            return Extreme(*_ADJECTIVES[match[1]], *match.span())
    found = list(_WORD.finditer(text))
    for match, after in zip_longest(found, found[1:]):
        word, graded = _bare(match.group()), _bare(after.group()) if after else ""
        if after and word in _GRADING and graded in _ADJECTIVES:
            least, scale = _ADJECTIVES[graded]
            return Extreme(least != (word in _TURNED), scale, match.start(), after.end())
        if meant := _BY_THEMSELVES.get(word) or _graded(word):
            return Extreme(*meant, *match.span())
    return None


def _graded(word: str) -> tuple[bool, Scale] | None:
    """What a word in -est (English) or -ste (German) is the superlative of."""
    ending = _ENDING.search(word)
    if ending is None:
        return None
    root = word[: ending.start()]
    forms = [root, f"{root}e", f"{root[:-1]}y" if root.endswith("i") else root]
    forms += [root[:-1]] if root[-2:-1] == root[-1:] else []
    return next((_ADJECTIVES[form] for form in forms if form in _ADJECTIVES), None)


def _bare(word: str) -> str:
    """Lower case without accents and umlauts; a Spanish adjective as in the masculine singular."""
    bare = plain(word).lower()
    masculine = f"{bare.removesuffix('s')[:-1]}o"
    return masculine if bare.removesuffix("s").endswith(("a", "o")) and masculine in _ADJECTIVES else bare
