"""Follow-ups made standalone by rule: the entities and the topic of the last turns are carried over, visibly."""

import re
from collections.abc import Sequence

from index.protocols import Embedder
from index.text.dates import dates
from index.text.names import ORGANISATION, entity_names
from index.text.words import STOP_WORDS, blanked, first_word, names, terms, words
from rag.find.expletives import without_expletives
from rag.find.times import at_another_time, times
from rag.find.topics import (
    ACRONYM,
    ASKING,
    LONGEST_PHRASE,
    MEASURES,
    PARTICIPLES,
    entities,
    noun_phrases,
    own_terms,
    subject,
)

_OPENING = re.compile(
    r"^\W*(?:and|but|so|also|then|ok(?:ay)?|well|now|und|aber|y|pero|et|mais)\b(?!-)[\s,]*", re.IGNORECASE
)
_WHAT_ABOUT = re.compile(r"^\W*(?:(?:and|but|so)\s+)?(?:what|how)\s+about\s+(?P<rest>.+?)\W*$", re.IGNORECASE)
_BARE = re.compile(r"^\W*(?:and|or|but|und|y|et)\s+(?P<rest>\S+(?:\s+\S+){0,3}?)\W*$", re.IGNORECASE)
_PHRASE = re.compile(
    r"(?:(?P<at>for|in|on|at|with|to|from|by|of|about|during|under)\s+)?"
    r"(?P<phrase>(?:(?:the|an?|my|our|your)\s+)?(?P<bare>.+))",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w[\w.'-]*\w|\w")
_ARTICLE = re.compile(r"\b(?:the|an?|my|our|your)\s+$", re.IGNORECASE)
_REFERRING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|that|this|these|those|there|then|one|ones|former"
    r"|latter|same|else|another|both|the (?:model|models|company|companies|firm|startup|lab|country|article|text"
    r"|author|project|system|chip|chips|plan|deal|summit|law|policy|figure|number|score|release|report|group|city"
    r"|person|product|move|cost|price))\b",
    re.IGNORECASE,
)
_OF_A_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_PERSONAL = re.compile(
    r"\b(?:it|they|them|he|him|she|her|the other one|the other(?!\s+[^\W\d])|that one|this one)\b", re.IGNORECASE
)
"""What stands for a thing or person: "the other", and not that of "the other side"."""
_OTHER = re.compile(
    r"\bthe other one\b|\bthe other\b(?=\W*$)|(?<=does )the other\b(?=\s+\w+\W*$)|\bthe (?:former|latter)\b(?! \w+ \w)",
    re.IGNORECASE,
)
_IT = re.compile(r"\bit\b", re.IGNORECASE)
_EXISTS = re.compile(r"\W*(?:is|are|was|were|will)\s+~{5}\s+\w", re.IGNORECASE)
"""Whether there is something at all, "there" being blanked out."""
_POSSESSIVE = re.compile(r"\b(?:its|their|his|her(?=\s+[^\W\d]))\b", re.IGNORECASE)

MAX_TOPIC_TERMS = 6
"""Words and phrases of an earlier question that are added to one that leans on it; chosen by hand."""
SHORT_ANSWER_WORDS = 15
"""Words of an answer whose names the next question may mean; a longer one names much. Chosen by hand."""


def rewrite(question: str, history: Sequence[tuple[str, str]] = (), embedder: Embedder | None = None) -> str:
    """The question as it can be searched for without its history.

    `history` holds (question, answer) of earlier turns, oldest first. One that stands alone comes back as it is.
    The earlier questions are themselves resolved first: a topic survives several follow-ups. `embedder` tells which
    phrase of the question before gives way to that of "and X?"; without it, the first name or phrase does.
    """
    standalone, last_answer = "", ""
    things: list[str] = []
    for earlier, answer in history:
        standalone = _resolve(earlier, standalone, last_answer, embedder)
        last_answer = answer
        things += _things(standalone)[:1]
    return _of_the_others(question, things) or _resolve(question, standalone, last_answer, embedder)


def is_follow_up(question: str) -> bool:
    """Whether the question leans on an earlier one: refers back, opens with "and", or names nothing of its own.

    "And who made Kimi K2?" asks all it wants to know, and what was talked of before would only lead astray.
    """
    said = without_expletives(question)
    if _WHAT_ABOUT.match(question) or _REFERRING.search(said):
        return True
    bare = _OPENING.sub("", question)
    if bare != question:
        return not (first_word(bare) in ASKING and entities(bare) and len(own_terms(bare)) > 1)
    return not _EXISTS.match(said) and len(own_terms(said)) <= 1 and not entities(question)


def _resolve(question: str, before: str, answer: str, embedder: Embedder | None) -> str:
    question = " ".join(question.split())
    if not before or not is_follow_up(question):
        return question
    return _swap_phrase(question, before, embedder) or _carry_over(
        _OPENING.sub("", question) or question, before, answer
    )


def _of_the_others(question: str, things: Sequence[str]) -> str:
    """The question asked of each of the last two things talked of, where it asks for "the other one"; "" otherwise.

    After "how long can I borrow the saw?", "and the drill?" the other one may be either, so both are told.
    """
    last = list(dict.fromkeys(reversed(things)))[:2]
    asked = _OTHER.search(question)
    bare = _OPENING.sub("", " ".join(question.split())).rstrip(" ?.!")
    if len(last) < 2 or not asked or not terms(_OTHER.sub("", bare)):
        return ""
    if asked.group().lower() in ("the former", "the latter"):
        last = last[:1] if asked.group().lower() == "the latter" else last[1:]
    return " ".join(f"{thing.join(_OTHER.split(bare))}?" for thing in last)


def _things(standalone: str) -> list[str]:
    """What a standalone question is about, likeliest first: its names, then its lower-case things."""
    asked, kept = _taken_apart(standalone)
    return [*filter(None, [subject(asked)]), *kept, *noun_phrases(asked)]


def _swap_phrase(question: str, before: str, embedder: Embedder | None) -> str:
    """Make "Who made Qwen?" of "And Qwen?" after "Who made Kimi?"; "" where that form does not apply.

    What gives way is the likest phrase of the question before: "glaucoma", not "consultant", for "And the retina?". A
    preposition is kept: "in Beijing" takes the place of "in Hangzhou", or is added where there is no "in". A time never
    takes the place of anything else, and the other way round only where nothing else is there.
    """
    match = _WHAT_ABOUT.match(question) or _BARE.match(question)
    rest = match["rest"].strip(" ?!.") if match else ""
    new = _PHRASE.fullmatch(rest)
    if not new or any(word in ASKING for word in words(rest)) or _REFERRING.search(without_expletives(rest)):
        return ""
    asked, _ = _taken_apart(before)
    if elsewhen := at_another_time(asked, rest):
        return elsewhen
    when = times(asked)
    phrases = sorted(_phrases(asked), key=lambda span: any(time.start <= span[0] < time.end for time in when))
    found = [span for span in phrases if not new["at"] or _follows(asked[: span[0]], new["at"])]
    if entities(f"x {new['bare']}"):  # a name takes a name's place, where there is one
        named = entities(asked)
        found = [span for span in found if asked[slice(*span)] in named] or found
    if not found:
        return f"{asked.rstrip(' ?')} {rest}?"
    start, end = found[_likest(new["bare"], [asked[slice(*span)] for span in found], embedder)]
    article = _ARTICLE.search(asked[:start]) if new["phrase"] != new["bare"] else None
    return asked[: article.start() if article else start] + new["phrase"] + asked[end:]


def _phrases(question: str) -> list[tuple[int, int]]:
    """Where the names of a question stand, then its other content: one to LONGEST_PHRASE words without a break."""
    named = [(at, at + len(name)) for name in entities(question) if (at := question.find(name)) >= 0]
    runs: list[list[tuple[int, int]]] = [[]]
    for match in _WORD.finditer(question):
        start, end = match.span()
        said = match.group().lower()
        verb = said.endswith("ed") or said in PARTICIPLES
        if verb or said in STOP_WORDS | ASKING | MEASURES or any(a < end and start < b for a, b in named):
            runs.append([])
        elif runs[-1] and not question[runs[-1][-1][1] : start].isspace():
            runs.append([(start, end)])
        else:
            runs[-1].append((start, end))
    ends = ((start, run[at : at + LONGEST_PHRASE]) for run in runs for at, (start, _) in enumerate(run))
    return [*named, *((start, end) for start, words_ in ends for _, end in words_)]


def _follows(head: str, preposition: str) -> bool:
    return _ARTICLE.sub("", head).rstrip().lower().endswith(f" {preposition.lower()}")


def _likest(phrase: str, others: Sequence[str], embedder: Embedder | None) -> int:
    if embedder is None or len(others) == 1:
        return 0
    vectors = embedder.embed_queries([phrase, *others])
    return int((vectors[1:] @ vectors[0]).argmax())


def _carry_over(question: str, before: str, answer: str) -> str:
    """Put what is meant in the pronoun's place and append the topic that is still missing."""
    people, others = _mentioned(before, answer)
    asked, kept = _taken_apart(before)
    phrases = [*kept, *noun_phrases(asked)]
    of_person = bool(_OF_A_PERSON.search(question))
    meant = [*people, *others] if of_person else [*others, *people]
    # "It" is a thing, also where only a person has a name: "who runs the library?", "Ida Nor", "where is it?".
    fillers = [*people, *others, *phrases] if of_person else [*others, *phrases, *people]
    filler = next((name for name in fillers if not ACRONYM.fullmatch(name)), fillers[0] if fillers else "")
    resolved = _fill_pronoun(question, filler) if filler and not entities(question) else question
    if of_person and people and resolved != question:
        resolved = _IT.sub(lambda _: next(iter([*others, *phrases]), "it"), resolved, count=1)
    present = set(terms(resolved))
    topic: list[str] = []
    for phrase in (*meant, *phrases, *(word for word in own_terms(before) if word not in MEASURES)):
        if not set(terms(phrase)) <= present:
            topic.append(phrase)
            present |= set(terms(phrase))
    if not topic:
        return resolved
    return f"{resolved.rstrip(' ?.!')}? ({', '.join(topic[:MAX_TOPIC_TERMS])})"


def _taken_apart(standalone: str) -> tuple[str, list[str]]:
    """A rewritten question without the topic in brackets that was added to it, and the phrases of that topic."""
    asked, bracket, topic = standalone.partition("? (")
    phrases = [part for part in topic.rstrip(")").split(", ") if " " in part or part.istitle()] if bracket else []
    return asked + "?" if bracket else standalone, phrases


def _mentioned(before: str, answer: str) -> tuple[list[str], list[str]]:
    """The people and the other names of the last turn: its question's, then a short answer's, months apart."""
    found = entities(before)
    asks_for_person = bool(re.search(r"\bwho(?:se|m)?\b", before, re.IGNORECASE))
    answered = _names_of(answer) if len(answer.split()) <= SHORT_ANSWER_WORDS else []
    known = {term for name in found for term in terms(name)}
    answered = [name for name in answered if not set(terms(name)) <= known]
    people = [name for name in answered if asks_for_person and _may_be_person(name)]
    people += [name for name in found if _may_be_person(name) and " " in name]
    others = [name for name in (*found, *answered) if name not in people]
    return people, others


def _names_of(answer: str) -> list[str]:
    """The sure names of an answer, without those that stand in its dates and without its markers."""
    answer = blanked(answer, ((day.start, day.end) for day in dates(answer)), "_")
    whole = len(answer.split()) <= LONGEST_PHRASE + 1
    sure = {key for name in entity_names(answer) if name.sure or whole for key in name.keys}
    found = [re.sub(r"^The ", "", name) for name in names(answer)]
    return [name for name in found if {word.lower() for word in re.split(r"[ -]", name)} & sure]


def _may_be_person(name: str) -> bool:
    return not any(char.isdigit() for char in name) and not ORGANISATION.search(name) and not ACRONYM.fullmatch(name)


def _fill_pronoun(question: str, entity: str) -> str:
    said = without_expletives(question)
    owner, thing = _POSSESSIVE.search(said), _PERSONAL.search(said)
    if owner:
        return f"{question[: owner.start()]}{entity}'s{question[owner.end() :]}"
    return f"{question[: thing.start()]}{entity}{question[thing.end() :]}" if thing else question
