"""Does a text hold an accepted short answer? Both sides are brought to one spelling first. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(number) for number, word in enumerate(_WORDS)}
_MAGNITUDES = {
    **dict.fromkeys(("thousand", "k"), 10**3),
    **dict.fromkeys(("million", "millions", "mn", "m"), 10**6),
    **dict.fromkeys(("billion", "billions", "bn", "b"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "tn"), 10**12),
}
_ARTICLES = frozenset(("a", "an", "the"))
_DOLLARS = frozenset(("usd", "dollar", "dollars"))
_PERCENT = frozenset(("percent", "percentage"))

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BEFORE = r"""\s(\[{<>=≈~:*|"'“‘«"""
"""What stands before a sign or a leading stop; in "GPT-4", "3-5" and "10%-15%" the hyphen joins."""
_SIGN = rf"(?<![^{_BEFORE}])[-−–]"
_DOLLAR_SIGN = re.compile(rf"({_SIGN})?(?:\b(?:us|u\.s\.)\s?\$|\$)\s?")
_POSSESSIVE = re.compile(r"['’]s\b")
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(
    rf"(?:{_SIGN}(?=\.?\d))?(?:\d+(?:\.\d+)+|(?<![^{_BEFORE}−–-])\.\d+(?!\.?\d)|[{_CJK}]"
    rf"|\d+(?=(?:k|m|mn|b|bn|tn)\b)|[^\W_{_CJK}]+)|[$%]"
)
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DECIMAL = re.compile(r"-?\d*\.\d+")


def normalise(text: str) -> list[str]:
    """The words of a text in one spelling, so that equal facts give equal lists.

    Case, punctuation, hyphens, articles, thousands separators and possessives fall away; number words up to twelve
    become digits; "5.5 million", "5.5M" and "5,500,000" become 5500000, ".5" becomes 0.5; a minus before a number stays
    with it, however it is written; "US$", "$", "USD" and "dollars" become one sign after the number, "percent" becomes
    "%"; each CJK character is a word.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _POSSESSIVE.sub("", _DOLLAR_SIGN.sub(r" $ \1", _THOUSANDS.sub("", text)))
    text = re.sub(r"\bper cent\b", "%", re.sub(r"\bu\.?s\.? dollars?\b", "dollars", text))
    words = [_one_word(word) for word in _TOKEN.findall(text) if word not in _ARTICLES]
    return _signs_after(_with_magnitudes(words))


def holds(text: str, fact: str) -> bool:
    """Whether the normalised fact stands in the normalised text as whole words, in order and unbroken.

    A fact without any word stands nowhere.
    """
    words, wanted = normalise(text), normalise(fact)
    size = len(wanted)
    return size > 0 and any(words[i : i + size] == wanted for i in range(len(words) - size + 1))


def holds_needed(texts: Sequence[str], facts: Sequence[str], need: str) -> bool:
    """Whether any (`need` "any") or all (`need` "all") of the facts stand in one of the texts; False without facts."""
    found = [any(holds(text, fact) for text in texts) for fact in facts]
    return bool(found) and (all(found) if need == "all" else any(found))


def _one_word(word: str) -> str:
    if word in _DOLLARS:
        return "$"
    if word in _PERCENT:
        return "%"
    word = re.sub("^[−–]", "-", word)
    return _plain(word) if _DECIMAL.fullmatch(word) else _NUMBERS.get(word, word)


def _plain(number: str) -> str:
    value = format(Decimal(number), "f")
    return value.rstrip("0").rstrip(".") if "." in value else value


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None


def _with_magnitudes(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        if word in _MAGNITUDES and joined and _is_number(joined[-1]):
            joined[-1] = _plain(str(Decimal(joined[-1]) * _MAGNITUDES[word]))
        else:
            joined.append(word)
    return joined


def _signs_after(words: list[str]) -> list[str]:
    """Turns "$ 5" into "5 $", the order in which "5 dollars" comes."""
    moved = list(words)
    for i in range(len(moved) - 1):
        if moved[i] == "$" and _is_number(moved[i + 1]):
            moved[i], moved[i + 1] = moved[i + 1], moved[i]
    return moved
