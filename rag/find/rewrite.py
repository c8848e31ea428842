"""Follow-ups made standalone by rule: the entities and the topic of the last turns are carried over, visibly."""

import re
from collections.abc import Sequence

from index.text.words import STOP_WORDS, names, stem, terms, words

_OPENING = re.compile(r"^\W*(?:and|but|so|also|then|ok(?:ay)?|well|now)\b[\s,]*", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"^\W*(?:(?:and|but|so)\s+)?(?:what|how)\s+about\s+(?P<rest>.+?)\W*$", re.IGNORECASE)
_BARE = re.compile(r"^\W*(?:and|or|but)\s+(?P<rest>\S+(?:\s+\S+){0,3}?)\W*$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?|for|in|at|with)\s+", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z]{2,}s?")
_REFERRING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|that|this|these|those|there|then|one|ones|former"
    r"|latter|same|else|another|both|the (?:model|models|company|companies|firm|startup|lab|country|article|text"
    r"|author|project|system|chip|chips|plan|deal|summit|law|policy|figure|number|score|release|report|group|city"
    r"|person|product|move|cost|price))\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:it|they|them|he|him|she)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\b(?:its|their|his)\b", re.IGNORECASE)
_ASKING = frozenset(
    "what when where which who whom whose why how much many did does do is are was were will would can could".split()
)

MAX_TOPIC_TERMS = 6
SHORT_ANSWER_WORDS = 15


def rewrite(question: str, history: Sequence[tuple[str, str]] = ()) -> str:
    """The question as it can be searched for without its history.

    `history` holds (question, answer) of earlier turns, oldest first. One that stands alone comes back as it is.
    The earlier questions are themselves resolved first: a topic survives several follow-ups.
    """
    standalone, last_answer = "", ""
    for earlier, answer in history:
        standalone = _resolve(earlier, standalone, last_answer)
        last_answer = answer
    return _resolve(question, standalone, last_answer)


def is_follow_up(question: str) -> bool:
    """Whether the question leans on an earlier one: refers back, opens with "and", or names nothing of its own."""
    if _WHAT_ABOUT.match(question) or _OPENING.match(question) or _REFERRING.search(question):
        return True
    return len(_own_terms(question)) <= 1 and not _entities(question)


def _resolve(question: str, before: str, answer: str) -> str:
    question = " ".join(question.split())
    if not before or not is_follow_up(question):
        return question
    return _swap_subject(question, before) or _carry_over(_OPENING.sub("", question) or question, before, answer)


def _swap_subject(question: str, before: str) -> str:
    """Make "Who made Qwen?" of "And Qwen?" after "Who made Kimi?"; "" where that form does not apply."""
    match = _WHAT_ABOUT.match(question) or _BARE.match(question)
    if not match or any(word in _ASKING for word in words(match["rest"])) or _REFERRING.search(match["rest"]):
        return ""
    rest, subject = _ARTICLE.sub("", match["rest"].strip(" ?!.")), _subject(before)
    return before.replace(subject, rest, 1) if subject else f"{before.rstrip(' ?')} {rest}?"


def _carry_over(question: str, before: str, answer: str) -> str:
    """Put the last turn's entity in the pronoun's place and append the topic words that are still missing."""
    entities = _entities(before)
    if len(answer.split()) <= SHORT_ANSWER_WORDS:
        entities += [name for name in names(answer) if name not in entities]
    resolved = (
        _fill_pronoun(question, _subject(before) or entities[0]) if entities and not _entities(question) else question
    )
    present = set(terms(resolved))
    topic = [name for name in entities if not set(terms(name)) <= present]
    known = present | {term for name in topic for term in terms(name)}
    topic += [word for word in _own_terms(before) if stem(word) not in known]
    if not topic:
        return resolved
    return f"{resolved.rstrip(' ?.!')}? ({', '.join(topic[:MAX_TOPIC_TERMS])})"


def _fill_pronoun(question: str, entity: str) -> str:
    filled = _POSSESSIVE.sub(lambda _: f"{entity}'s", question, count=1)
    return filled if filled != question else _PERSONAL.sub(lambda _: entity, question, count=1)


def _subject(question: str) -> str:
    """What the question is about: its first name that is more than an acronym, else its first name, else ""."""
    found = _entities(question)
    return next((name for name in found if not _ACRONYM.fullmatch(name)), found[0] if found else "")


def _own_terms(question: str) -> list[str]:
    """The content words of a question, without question words and auxiliaries, in order, each once."""
    return [word for word in dict.fromkeys(words(question)) if word not in STOP_WORDS and word not in _ASKING]


def _entities(question: str) -> list[str]:
    """The names in a question; its first word is capital only by position, so it counts only inside a longer name."""
    head, _, tail = question.partition(" ")
    return names(f"{head.lower()} {tail}" if head[1:].islower() or len(head) == 1 else question)
