"""Questions that deny or except something: where a lookup would give just what is not asked for."""

import re
from dataclasses import replace

from index.text.polarity import Reading, deny_alike, read
from index.text.words import terms

_EXCEPTING = re.compile(
    r"(?<=\w)\W+(?:except|but|other than|besides|apart from|excluding|instead of|rather than|not counting)\b",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"\b(?:before|after|until|till|past|following|preceding)\s+(?P<what>\S+(?:\s+\S+){0,3})", re.IGNORECASE
)


def excepts(question: str) -> bool:
    """Whether it asks for all but something."""
    return _EXCEPTING.search(question) is not None


def past(question: str, value: str) -> bool:
    """Whether it asks for what comes before or after a value: "the caretaker before Jens Arup"."""
    return any(set(terms(found["what"])) & set(terms(value)) for found in _BEYOND.finditer(question))


def denying(text: str) -> Reading:
    """The text with its negations; "Nor" inside a name is none."""
    whole = read(text)
    named = {at for at in whole.cues if at and whole.tokens[at].istitle() and whole.tokens[at - 1][0].isalnum()}
    return replace(whole, cues=tuple(at for at in whole.cues if at not in named))


def turned(question: str, said: str) -> bool:
    """Whether one of the two denies what the other says, or may: what a denial covers is not looked at."""
    asked, told = denying(question), denying(said)
    return not deny_alike(asked, told) if asked.cues else bool(told.cues)
