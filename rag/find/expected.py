"""What kind of value a question asks for ("how many engines", "when", "what price"), and whether a text gives one."""

import re
from collections.abc import Callable
from functools import partial

from index.text.dates import dates
from index.text.quantities import quantities
from index.text.units import WORD_VALUES
from index.text.words import STOP_WORDS, stem, terms, words

NOUN_WITHIN = 60
"""Characters from a number on within which what it counts is named: "five of the six raw materials"."""

_HOW_MANY = re.compile(r"\bhow many\s+(?:of\s+)?(?:the\s+)?(?P<rest>.+)", re.IGNORECASE)
_WHEN = re.compile(
    r"^(?:\w+ )?when (?:was|were|did|will|does|do|is|are)\b|\b(?:what|which) (?:year|date|month|day)\b|\bdate of\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:\d{1,2}[:.]\d\d|noon|midnight|o'clock|(?:at|until|till|from|by|between) \d|(?:at|until|till|between)"
    r" (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
    r"|(?:if|after|before|until|once|whenever|when) \w|deadline"
    r"|centur(?:y|ies)|decades?|ago|(?-i:BC|BCE|CE|AD|BP)|spring|summer|autumn|winter"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|recently|days? of|years? after|years? before)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\bhow much (?:money|cash)\b|\bhow much\b.*\b(?:cost|invest|spend|pay|raise|earn)\b"
    r"|\b(?:price|valuation|revenue|turnover) of\b|\bprice tag\b|\bwhat (?:did|does|do) .*\bcost\b",
    re.IGNORECASE,
)
_NUMBER_ASKED = {
    "mass": re.compile(r"\bhow (?:heavy|much (?:\w+ ){1,6}weigh)|\bweigh\b|\bweight of\b", re.IGNORECASE),
    "length": re.compile(r"\bhow (?:tall|wide|deep|far|thick|broad)\b", re.IGNORECASE),
    "": re.compile(
        r"\bhow (?:old|high|loud|fast|big|large|hot|cold|strong)\b|\b(?:phone|fax|telephone) number\b"
        r"|\bhow much\b|\b(?:price|cost|fee|deposit|rent|allowance)\b",
        re.IGNORECASE,
    ),
}
"""What asks for a number, by the dimension that it must have; "" takes any."""
_HOW_LONG = re.compile(r"\bhow long\b", re.IGNORECASE)
_DURATION = re.compile(r"\b(?:until|till|as long as|forever|indefinitely|overnight|permanent)", re.IGNORECASE)
_LOUD = (
    re.compile(r"\bhow loud\b|\bnoise level\b", re.IGNORECASE),
    re.compile(r"\b(?:dB|decibels?|noise|loud|quiet|silent)", re.IGNORECASE),
)
_COLOUR = (
    re.compile(r"\bcolou?rs?\b", re.IGNORECASE),
    re.compile(
        r"\b(?:red|green|blue|yellow|black|white|gr[ae]y|brown|orange|purple|pink|silver|gold|colou?red)\b",
        re.IGNORECASE,
    ),
)
_WHO = re.compile(r"\bwho\b(?! (?:are|were|can|may|must|should|needs?|pays?))|\bwhose\b", re.IGNORECASE)
_PERSON = re.compile(
    r"(?<=[\w,:;|)] )(?-i:[A-ZÀ-Þ][\w.'’-]+)|\b(?:he|she|they|we|director|manager|head|chief|president|minister|board"
    r"|office|officer|team|staff|council|company|people|men|women)\b",
    re.IGNORECASE,
)
_HOW_OFTEN = (
    re.compile(r"\bhow often\b", re.IGNORECASE),
    re.compile(
        r"\b(?:every|each|once|twice|times?|daily|weekly|monthly|yearly|annual(?:ly)?|always|never|per|after|rarely"
        r"|(?:an?|the) (?:day|week|month|year))\b",
        re.IGNORECASE,
    ),
)
_SHARE = re.compile(r"\b(?:what|which) (?:percentage|percent|share|proportion)\b", re.IGNORECASE)
_RELATIONS = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(rf"\b(?:{told})", re.IGNORECASE))
    for asked, told in (
        (
            r"\bfound(?:ed|ers?)\b",
            r"(?:co-?)?found(?:ed|ers?|ing)\b|establish|start(?:ed|ing)\b|set(?:ting)? up\b|creat|origin|beg[au]n\b",
        ),
        (
            r"\bheadquarter|\bbased\b(?! on)",
            r"headquarter|head ?office|based\b|seat\b|locat|situat|relocat|mov(?:e|es|ed|ing) (?:its|to)\b",
        ),
        (r"\bceo\b|\bchief executive", r"ceo\b|chief\b|head(?:s|ed)?\b|boss\b|runs?\b|leads?\b|led\b|leader|director"),
        (
            r"\bwhere\b.*\b(?:study|studied|graduated?|ph\.?d|degree)\b",
            r"stud(?:y|ies|ied|ying)\b|graduat|degree|ph\.?d|doctora|educated|attended",
        ),
    )
)
"""What asks for a relation, and the words of which a text that tells it uses one: founding, seat, lead, education."""
_NAME = r"(?-i:[A-Z0-9][\w.-]*)"
_ATTRIBUTES = (
    re.compile(rf"\b(?P<what>\w{{3,}}) (?:of|at|for) (?:the )?(?P<whose>{_NAME})", re.IGNORECASE),
    re.compile(rf"\b(?P<whose>{_NAME})[’']s (?P<what>\w{{3,}})", re.IGNORECASE),
)
"""What is asked of whom: "CEO of DeepSeek", "DeepSeek's CEO"."""
_NOT_COUNTED = STOP_WORDS | {word for word, value in WORD_VALUES.items() if 1 <= value <= 10}


def _holds_number(text: str, dimension: str) -> bool:
    return any(not dimension or number.base[0] == dimension for number in quantities(text))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (_WHEN, lambda text: bool(dates(text) or _TIME.search(text))),
    (_MONEY, lambda text: any(number.base[0].startswith("money") or not number.unit for number in quantities(text))),
    (_SHARE, lambda text: any(number.base[0] == "share" for number in quantities(text))),
    (
        _HOW_LONG,
        lambda text: bool(_DURATION.search(text)) or any(n.base[0] in ("time", "length") for n in quantities(text)),
    ),
    (_WHO, lambda text: bool(_PERSON.search(text))),
    *((asked, lambda text, told=told: bool(told.search(text))) for asked, told in (_LOUD, _COLOUR, _HOW_OFTEN)),
    *((asked, partial(_holds_number, dimension=name)) for name, asked in _NUMBER_ASKED.items()),
)


def gives_asked(question: str, text: str) -> bool | None:
    """Whether the text holds what such a question asks for: a value of its kind, and a word for its relation.

    None where the question asks for no kind and no relation known here.
    """
    told = [bool(telling.search(text)) for asked, telling in _RELATIONS if asked.search(question)]
    counted = _counted(question)
    if counted:
        told.append(_counts(counted, text))
    told += [given(text) for asked, given in _KINDS if not counted and asked.search(question)]
    return all(told) if told else None


def _counts(nouns: set[str], text: str) -> bool:
    """Whether a number counts one of the nouns, or counts nothing by itself in a text that speaks of them."""
    days = dates(text)
    for number in quantities(text):
        said = {stem(word) for word in words(number.text)}
        if said & nouns:
            return True
        if number.unit or number.vague or any(day.start <= number.start < day.end for day in days):
            continue
        if nouns & set(terms(text[number.end : number.end + NOUN_WITHIN])) or (
            not number.noun and nouns & set(terms(text))
        ):
            return True
    return False


def _counted(question: str) -> set[str]:
    """Stems of what "how many" counts: the words up to the next stop word."""
    found = _HOW_MANY.search(question)
    if not found:
        return set()
    nouns: list[str] = []
    for word in words(found["rest"]):
        if word in STOP_WORDS and nouns:
            break
        if word not in _NOT_COUNTED:
            nouns.append(stem(word))
    return set(nouns)


def tells_of_another(question: str, text: str) -> bool:
    """Whether the text says what is asked, but only of another name: "CEO of 01.AI" for "CEO of DeepSeek"."""
    asked = next((found for pattern in _ATTRIBUTES if (found := pattern.search(question))), None)
    if asked is None:
        return False
    what = re.escape(asked["what"])
    of_whom = rf"\b{what}s? (?:of|at|for) (?:\w+ ){{0,3}}?{_NAME}|{_NAME}(?:[’']s)? (?:\w+ ){{0,1}}?{what}\b"
    return bool(re.search(of_whom, text, re.IGNORECASE)) and not set(terms(asked["whose"])) & set(terms(text))
