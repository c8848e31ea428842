"""What a question is about: its names, its lower-case things and its other content words."""

import re
from collections.abc import Sequence

from index.text.words import QUESTION_WORDS, STOP_WORDS, TELL_WORDS, names, words

ACRONYM = re.compile(r"[A-Z]{2,}s?")
ASKING = QUESTION_WORDS | frozenset("much many did do does is are was were will would can could".split())
MEASURES = TELL_WORDS | frozenset(
    "long big large old tall high wide deep far fast heavy loud often soon late early much many kind sort type".split()
)
"""Words that ask for a measure or for telling: no topic of their own."""
_NOUN_PHRASE = re.compile(
    r"\b(?P<before>the|an?|my|our|your|this|that|of|about|for|in|on|at|with|from|is|are|was|were|causes?|between)\s+"
    r"(?P<article>(?:the|an?)\s+)?(?P<words>[^\W\d_][\w-]*(?:\s+[^\W\d_][\w-]*)*)",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"\b(?:do|does|did|can|could|will|would|should|has|have|had|was|were|is|are)\s+(?:the|an?)?\s*$", re.IGNORECASE
)
_PASSIVE = re.compile(r"\s+(?:be|been|have)\b", re.IGNORECASE)
PARTICIPLES = frozenset(
    "built made born known written held found sold given taken kept left lost paid sent set told shown won grown run "
    "drawn caught bought led put cut open opened".split()
)
LONGEST_PHRASE = 3
"""Words of a lower-case topic, counted from its end, and of a phrase that gives way to another."""


def noun_phrases(question: str) -> list[str]:
    """Lower-case things that a question is about, likeliest first: after "of" and "about", then in its order."""
    found: list[tuple[int, str]] = []
    for match in _NOUN_PHRASE.finditer(question):
        run = _run(match["words"])
        inverted = _AUXILIARY.search(question[: match.start("words")]) is not None
        end = match.start("words") + sum(map(len, run)) + len(run) - 1
        inverted = inverted and not _PASSIVE.match(question[end:])  # "can the drill be borrowed": its verb comes later
        if inverted and len(run) > 1 and _verb_last(run, question, match):
            run = run[:-1]
        if run and not set(run) <= MEASURES:
            first = match["before"].lower() in ("of", "about", "causes", "cause", "between")
            phrase = " ".join(run[-LONGEST_PHRASE:])
            article = "the " if match["before"].lower() in ("the", "a", "an") or match["article"] else ""
            found.append((0 if first else 1, article + phrase))
    return list(dict.fromkeys(phrase for _, phrase in sorted(found, key=lambda item: item[0])))


def _run(text: str) -> list[str]:
    """The words up to the first that cannot belong to the thing's name."""
    run: list[str] = []
    for word in text.split():
        if word.lower() in STOP_WORDS or word.lower() in ASKING:
            break
        run.append(word)
    return run


def _verb_last(run: Sequence[str], question: str, match: re.Match[str]) -> bool:
    """Whether the last word of a run after an auxiliary is its verb: "does the pump weigh", "was the mill built"."""
    auxiliary = question[: match.start("words")].split()
    asked = next((word.lower() for word in reversed(auxiliary) if word.lower() not in ("the", "a", "an")), "")
    if asked in ("is", "are", "was", "were", "has", "have", "had"):
        return run[-1].endswith("ed") or run[-1].lower() in PARTICIPLES
    return True


def subject(question: str) -> str:
    """What the question is about: its first name that is more than an acronym, else its first name, else ""."""
    found = entities(question)
    return next((name for name in found if not ACRONYM.fullmatch(name)), found[0] if found else "")


def own_terms(question: str) -> list[str]:
    """The content words of a question, without question words and auxiliaries, in order, each once."""
    return [word for word in dict.fromkeys(words(question)) if word not in STOP_WORDS and word not in ASKING]


def entities(question: str) -> list[str]:
    """The names in a question; its first word is capital only by position, so it counts only inside a longer name."""
    head, _, tail = question.partition(" ")
    return names(f"{head.lower()} {tail}" if head[1:].islower() or len(head) == 1 else question)
