"""Reads the value of one number from tokens: digits, signs, number words, magnitudes, fractions; no units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.text.units import MAGNITUDES, UNITS, WORD_VALUES

_CJK = "\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(
    r"(?P<number>(?<![A-Za-z0-9_.\u00c0-\u024f])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}"
    r"|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?|\.\d+)(?![\d]))"
    r"|(?P<currency>US\$|HK\$|A\$|C\$|CN¥|[$€£¥₹₩])"
    rf"|(?P<cjk>[百千万亿兆萬億]+|[{_CJK}])"
    rf"|(?P<word>[^\W\d_{_CJK}]+(?:\.(?=[^\W\d_])[^\W\d_]+)*)"
    r"|(?P<mark>[%％‰]|[-–—~～−≈<>+])"
)
DASHES = frozenset("-–—−~～")
MINUS = frozenset("-−")
_SIGN = re.compile(
    r"(?:^|(?<=[\s(\[{\"'“‘«„|:=<>≤≥~≈*_]))[-−]$|(?:^|[(|:=]\s?)(?P<dash>–)$|零下$|负$|(?<!\w)minus\s$", re.IGNORECASE
)
_PLURAL_MAGNITUDES = ("tens", "dozens", "hundreds", "thousands", "millions", "billions", "trillions")
_FRACTIONS = {
    **dict.fromkeys(("half", "halves"), 2),
    **dict.fromkeys(("third", "thirds"), 3),
    **dict.fromkeys(("quarter", "quarters"), 4),
    **dict.fromkeys(("fifth", "fifths"), 5),
    **dict.fromkeys(("tenth", "tenths"), 10),
}
_FACTORS = {
    **dict.fromkeys(("twice", "double", "doubled", "doubles", "doubling", "twofold"), 2.0),
    **dict.fromkeys(("triple", "tripled", "triples", "tripling", "threefold", "thrice"), 3.0),
    **dict.fromkeys(("quadruple", "quadrupled", "fourfold"), 4.0),
}


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the slice [start, end) of the text it came from."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Numeral:
    """A value and the index of the token after it. `unit` is set where the words imply one ("half": 50 percent)."""

    value: float
    next: int
    in_words: bool = False
    vague: bool = False
    unit: str = ""


def tokenize(text: str) -> list[Token]:
    """Numbers, currency signs, words, CJK characters and the marks that numbers are written with."""
    return [Token(m.lastgroup or "", m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def numeral(text: str, tokens: Sequence[Token], index: int) -> Numeral | None:
    """The number that starts at token `index`, or None."""
    if index >= len(tokens):
        return None
    token = tokens[index]
    if token.kind == "number":
        return None if _inside_code(text, token) else _digits(text, tokens, index)
    if token.kind != "word":
        return None
    if token.lower in _PLURAL_MAGNITUDES:
        return _vague(tokens, index)
    if token.lower in _FACTORS and not text.startswith("-", token.end):
        return Numeral(_FACTORS[token.lower], index + 1, in_words=True, unit="times")
    return _fraction(tokens, index) or _spelled(tokens, index)


def minus_before(text: str, start: int) -> int:
    """Where the minus sign of the digits or the currency at `start` begins; -1 where there is none.

    A hyphen after a word or a number joins ("E-41", "5-10", "5 -10"); an en dash is a sign only where a text, a cell or
    a bracket opens.
    """
    found = _SIGN.search(text, max(0, start - 8), start)
    if found is None:
        return -1
    at = found.start("dash") if found["dash"] else found.start()
    return -1 if text[max(0, at - 4) : at].rstrip(" \u00a0)%°")[-1:].isdigit() else at


def plain_value(digits: str) -> float:
    """The value of digits with separators: "5,500,000", "5.500.000", "10 000", "5,5"."""
    digits = re.sub(r"[ \u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d+,\d{1,2}", digits):
        return float(digits.replace(",", "."))
    digits = digits.replace(",", "")
    return float(digits.replace(".", "") if digits.count(".") > 1 else digits)


def _digits(text: str, tokens: Sequence[Token], index: int) -> Numeral:
    value, index = plain_value(tokens[index].text), index + 1
    while index < len(tokens):
        hyphen = tokens[index].text == "-" and len(_lower(tokens, index + 1)) > 2
        at = index + 1 if hyphen else index
        if at >= len(tokens) or not _is_magnitude(text, tokens, at):
            break
        token = tokens[at]
        value, index = value * MAGNITUDES[token.text if len(token.text) == 1 else token.lower], at + 1
    if index + 2 < len(tokens) and [_lower(tokens, index + i) for i in range(3)] == ["and", "a", "half"]:
        return Numeral(value + 0.5, index + 3)
    return Numeral(value, index)


def _is_magnitude(text: str, tokens: Sequence[Token], index: int) -> bool:
    """Single letters count only when glued to the digits ("5m" is 5 million, "5 m" is 5 metres)."""
    token, before = tokens[index], tokens[index - 1]
    between = text[before.end : token.start]
    if between.strip() or (len(token.text) == 1 and token.kind == "word" and between):
        return False
    return (token.text if len(token.text) == 1 else token.lower) in MAGNITUDES


def _lower(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].lower if 0 <= index < len(tokens) else ""


def _vague(tokens: Sequence[Token], index: int) -> Numeral:
    least = {"tens": 10.0, "dozens": 12.0}
    value = least.get(tokens[index].lower) or MAGNITUDES[tokens[index].lower.removesuffix("s")]
    following = _lower(tokens, index + 2).removesuffix("s")
    if _lower(tokens, index + 1) == "of" and following in MAGNITUDES and len(following) > 2:
        value, index = value * MAGNITUDES[following], index + 2
    if _lower(tokens, index + 1) == "of" and _lower(tokens, index + 2) in UNITS:
        index += 1
    return Numeral(value, index + 1, vague=True)


def _fraction(tokens: Sequence[Token], index: int) -> Numeral | None:
    """A fraction in words as a percentage: "half", "a third", "three-quarters"; "the second half" is none."""
    word = _lower(tokens, index)
    if word == "half" and _lower(tokens, index + 1) not in ("a", "an", "-"):
        ordinal = _lower(tokens, index - 1) in ("first", "second", "other", "later", "latter", "last")
        return None if ordinal else Numeral(50.0, index + 1, in_words=True, unit="percent")
    at = index + 2 if _lower(tokens, index + 1) in DASHES else index + 1
    parts = 1.0 if word in ("a", "one") else WORD_VALUES.get(word, 0.0)
    whole = _FRACTIONS.get(_lower(tokens, at), 0)
    if whole in (0, 2) or not 0 < parts < whole or (word == "a" and _lower(tokens, at + 1) != "of"):
        return None
    return Numeral(100.0 * parts / whole, at + 1, in_words=True, unit="percent")


def _spelled(tokens: Sequence[Token], index: int) -> Numeral | None:
    """Number words: "twenty-five", "two hundred and fifty", "half a million", "a dozen", "two and a half"."""
    first = _lower(tokens, index)
    follows = _lower(tokens, index + 1)
    if first in ("a", "an") and (follows not in MAGNITUDES or len(follows) < 3):
        return None
    if first not in ("a", "an", *WORD_VALUES) or (first == "half" and follows not in ("a", "an")):
        return None
    total, current = 0.0, WORD_VALUES.get(first, 1.0)
    index += 2 if first == "half" else 1  # "half a million", "half a year"
    while index < len(tokens):
        step = 2 if _joins(tokens, index) else 1
        word = _lower(tokens, index + step - 1)
        if word in MAGNITUDES and len(word) > 2 and step == 1:
            current *= MAGNITUDES[word]
            if word != "hundred":
                total, current = total + current, 0.0
        elif word in WORD_VALUES and _continues(tokens, index - 1, word):
            current += WORD_VALUES[word]
        else:
            break
        index += step
    if [_lower(tokens, index + i) for i in range(3)] == ["and", "a", "half"]:
        current, index = current + 0.5, index + 3
    return Numeral(total + current, index, in_words=True)


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """Whether "and" or a hyphen inside a number stands here: "hundred and five", "twenty-five"."""
    before = _lower(tokens, index - 1)
    if tokens[index].lower == "and":
        return before in MAGNITUDES
    return tokens[index].text == "-" and 20 <= WORD_VALUES.get(before, 0.0) < 100


def _continues(tokens: Sequence[Token], before: int, word: str) -> bool:
    """Whether a number word goes on with the one at `before`: "twenty-five", "hundred five", not "two, five"."""
    previous = _lower(tokens, before)
    value = WORD_VALUES.get(previous, 0.0)
    return previous in MAGNITUDES or (20 <= value < 100 and WORD_VALUES[word] < 10)


def _inside_code(text: str, token: Token) -> bool:
    """Whether the digits belong to a name: "GPT-4", "4o", "COVID-19"; "910B" reads as 910 billion on both sides."""
    if re.search(r"[A-Za-z][\w.]*-$", text[max(0, token.start - 16) : token.start]) or re.match(
        r"-[A-Z]|\.[A-Za-z]", text[token.end :]
    ):
        return True
    letters = re.match(r"[A-Za-z]+", text[token.end :])
    glued = letters.group() if letters else ""
    return bool(glued) and not any(form in table for form in (glued, glued.lower()) for table in (MAGNITUDES, UNITS))
