"""Numbers with what they measure: "5.5 million dollars", "$5.5m", "two months", "6-9 month", "550万美元".

`quantities` finds them, `same_quantity` says whether a source's number bears out a claim's number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.text.comparatives import bounded
from index.text.numerals import MINUS, Numeral, Token, minus_before, numeral, plain_value, tokenize
from index.text.units import UNITS, dimension
from index.text.words import STOP_WORDS, stem

Bound = Literal["", "about", "over", "under"]

_ABOUT = re.compile(
    r"(?:^|(?<![^\W_]))(?:about|around|roughly|approximately|some|circa|ca\.?|nearly|almost|close to|an estimated"
    r"|[~≈约近])\s*$",
    re.IGNORECASE,
)
_BELOW_ZERO = re.compile(
    r"\s*(?:°?\s?[CF]\b|celsius)?\s*(?:below (?:zero|freezing)|unter null|bajo cero)\b", re.IGNORECASE
)
_NO_AMOUNT = re.compile(
    r"(?<!\d)(?:1\d|20)\d0['’]?s\b|(?:['’]|\b(?:early|mid|late|in (?:the|her|his|their|my|our))[\s-])\d0s\b|第\s?\S",
    re.IGNORECASE,
)
"""Decades of years and lives, and ordinals: "the 1990s", "in her 40s", "第3年"."""
_FALLEN = re.compile(
    r"\b(?:f[ae]ll(?:s|en|ing)?|drop\w*|decreas\w*|declin\w*|reduc\w*|lost|los(?:e|es|ing|s|ses)|deficit|down|shr[aiu]nk\w*"
    r"|cut|cuts|sank|sunk|gesunken|verlust)\b[^.;:!?\d]{0,30}$",
    re.IGNORECASE,
)
_REACH = 24
"""Characters before a number in which "about" is looked for."""
_CLOSE = 0.05  # "about 100" is borne out by 97, "about 6" is not by 5.5
_VAGUE = 10.0  # "hundreds" are fewer than a thousand
_BEYOND = 1.5  # "more than 500" is borne out by 600; by 5,000 only in a court of law


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text: `text` is its half-open slice [start, end), `value` has the magnitude multiplied in.

    `unit` is canonical ("usd", "month", "percent", "" for none), `noun` the stem of the word counted where there is no
    unit. `bound` comes from "about", "more than" and the like. `vague`: "hundreds of millions", whose value is the
    least it can mean. `counted`: a small number in words without a unit, which people also get by counting. `fallen`:
    by how much something fell or was lost ("down 5%"), which a negative number says too.
    """

    value: float
    unit: str
    start: int
    end: int
    text: str
    noun: str = ""
    bound: Bound = ""
    vague: bool = False
    counted: bool = False
    fallen: bool = False

    @property
    def base(self) -> tuple[str, float]:
        """Dimension and value in its base unit: two minutes are ("time", 120.0)."""
        name, factor = dimension(self.unit)
        return name, self.value * factor


def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text in order. Codes such as "V3" or "GPT-4" are names, not numbers,
    and decades and ordinals are no amounts.
    """
    tokens = tokenize(text)
    others = [match.span() for match in _NO_AMOUNT.finditer(text)]
    found: list[Quantity] = []
    index = 0
    while index < len(tokens):
        named = any(start <= tokens[index].start < end for start, end in others)
        read = None if named else _read(text, tokens, index)
        if read is None:
            index += 1
            continue
        quantity, index = read
        if found:
            quantity = _high_end(text, found[-1], quantity)
            found[-1] = _low_end(text, found[-1], quantity)
        found.append(quantity)
    return tuple(found)


def same_quantity(claim: Quantity, source: Quantity) -> bool:
    """Whether the source's number bears out the claim's, notation, rounding words and convertible units apart."""
    (claim_dimension, wanted), (source_dimension, given) = claim.base, source.base
    if claim.unit and source.unit and claim_dimension != source_dimension:
        return False
    if bool(claim.unit) != bool(source.unit):
        if claim.noun or source.noun:  # "two years" is not borne out by "two models", nor "$5" by "5 people"
            return False
        wanted, given = claim.value, source.value
    elif not claim.unit:
        wanted, given = claim.value, source.value
    if wanted * given < 0 and (claim if claim.value > 0 else source).fallen:
        wanted, given = abs(wanted), abs(given)
    if claim.vague or source.vague:
        return claim.vague and wanted <= given * 1.001 and given < wanted * (1.001 if source.vague else _VAGUE)
    if abs(wanted - given) <= 1e-6 * max(abs(wanted), abs(given)):
        return {claim.bound, source.bound} != {"over", "under"}
    return claim.bound != source.bound and _within(claim.bound, wanted, given)


def comparable(claim: Quantity, source: Quantity) -> bool:
    """Whether the two count the same kind of thing, or give one value in two units: unequal, they contradict."""
    if claim.unit or source.unit:
        (one, _), (other, _) = claim.base, source.base
        kind = one == other or (one.startswith("money") and other.startswith("money"))
        return bool(claim.unit and source.unit) and kind and (claim.unit == source.unit or claim.value == source.value)
    return bool(claim.noun) and claim.noun == source.noun


def _within(bound: Bound, wanted: float, given: float) -> bool:
    if bound == "about":
        return abs(wanted - given) <= _CLOSE * abs(given)
    if bound == "over":
        return wanted < given <= wanted * _BEYOND
    return bound == "under" and wanted / _BEYOND <= given < wanted


def _read(text: str, tokens: Sequence[Token], index: int) -> tuple[Quantity, int] | None:
    first = tokens[index]
    currency = _currency(first)
    at = index + 1 if currency else index
    inner = bool(currency) and _signs(tokens, at)  # "$-5"
    number = numeral(text, tokens, at + inner)
    if number is None:
        return None
    unit, after = _unit(text, tokens, number.next)
    unit = currency or unit or number.unit
    end = tokens[after - 1].end
    noun = "" if unit else _noun(text, tokens, after)
    minus = -1 if number.in_words or number.vague else minus_before(text, first.start)
    start = first.start if minus < 0 else minus
    negative = inner or minus >= 0 or bool(_BELOW_ZERO.match(text, end))
    quantity = Quantity(
        -number.value if negative else number.value,
        unit,
        start,
        end,
        text[start:end],
        noun,
        _bound(text, start, end),
        number.vague,
        _counted(number, unit),
        bool(_FALLEN.search(text[max(0, start - 48) : start])),
    )
    lone_one = number.value == 1 and number.in_words and not (unit or noun)  # "one of them"
    return None if lone_one else (quantity, after)


def _signs(tokens: Sequence[Token], index: int) -> bool:
    """Whether a minus sign stands here, directly before digits."""
    sign, digits = tokens[index : index + 1], tokens[index + 1 : index + 2]
    return (
        bool(sign and digits)
        and sign[0].text in MINUS
        and digits[0].kind == "number"
        and sign[0].end == digits[0].start
    )


def _counted(number: Numeral, unit: str) -> bool:
    return number.in_words and (unit == "times" or (not unit and number.value <= 12))


def _currency(token: Token) -> str:
    """The currency that a sign or an upper-case code before a number stands for, or ""."""
    if token.kind != "currency" and not (token.kind == "word" and token.text.isupper()):
        return ""
    unit = UNITS.get(token.lower, "")
    return unit if dimension(unit)[0].startswith("money") else ""


def _unit(text: str, tokens: Sequence[Token], index: int) -> tuple[str, int]:
    """The unit at `index`, and the index after it: up to three tokens, a hyphen or "a" allowed before ("6-month")."""
    start = index
    if start < len(tokens) and tokens[start].text == "-" and tokens[start].start == tokens[start - 1].end:
        start += 1
    for length in (3, 2, 1):
        piece = tokens[start : start + length]
        if len(piece) < length or text[tokens[start - 1].end : piece[0].start].strip() or _opens(tokens, start):
            continue
        glue = "" if piece[0].kind == "cjk" else " "
        name = glue.join(token.text for token in piece)
        unit = UNITS.get(name) or (UNITS.get(name.lower()) if len(name) > 1 else None)
        if unit:
            return unit, start + length
    return "", index


def _opens(tokens: Sequence[Token], index: int) -> bool:
    """Whether a currency sign belongs to the number after it, as in "£3bn-£4bn"."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    return tokens[index].kind == "currency" and after is not None and after.start == tokens[index].end


def _noun(text: str, tokens: Sequence[Token], index: int) -> str:
    """The stem of the lower-case word right after a number: what is counted, as far as words alone show it."""
    if index >= len(tokens) or tokens[index].kind != "word" or not tokens[index].text.islower():
        return ""
    follows = text[tokens[index - 1].end : tokens[index].start] in (" ", "-", "\u00a0")
    return stem(tokens[index].text) if follows and tokens[index].text not in STOP_WORDS else ""


def _bound(text: str, start: int, end: int) -> Bound:
    if said := bounded(text, start, end):
        return "under" if said.least else "over"
    return "about" if _ABOUT.search(text, max(0, start - _REACH), start) else ""


def _high_end(text: str, low: Quantity, high: Quantity) -> Quantity:
    """A hyphen between two amounts makes a range, not a negative amount: "5 °C -10 °C"."""
    if high.value >= 0 or high.text[:1] not in MINUS or text[low.end : high.start].strip(" \u00a0°CF"):
        return high
    return replace(high, value=-high.value, start=high.start + 1, text=high.text[1:])


def _low_end(text: str, low: Quantity, high: Quantity) -> Quantity:
    """The low end of a range takes magnitude and unit from its high end ("6-9 months"); anything else stays."""
    between = text[low.end : high.start].strip().lower()
    opened = bool(re.search(r"\bbetween\W*$", text[max(0, low.start - 10) : low.start], re.IGNORECASE))
    ranged = between in ("to", "-", "–", "—", "~", "至", "到", "or") or (between == "and" and opened)
    if not ranged or low.unit or not (high.unit or high.noun or high.value >= 1000):
        return low
    digits = re.match(r"[\d.,]*\d", high.text.lstrip("-−–$€£¥ "))
    scale = abs(high.value) / plain_value(digits.group()) if digits and high.value else 1.0
    value = low.value * scale if scale > 1 and low.value < 1000 else low.value
    return replace(low, value=value, unit=high.unit, noun=high.noun, counted=high.counted)
