"""Turn a question and an answer into a statement, by rule, where the result reads cleanly; otherwise into nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_BE = r"is|are|was|were"
_AUXILIARY = rf"{_BE}|can|could|would|will|should|must|may|might|has|have|had"
_PREPOSITION = r"in|on|at|by|to|from|with|for|of|under|during|into|through|after|before|about|against|between"
_DETERMINERS = frozenset("the a an this that these those his her its their our my some any no every each".split())
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    begin:began become:became break:broke bring:brought build:built buy:bought catch:caught choose:chose come:came
    draw:drew drive:drove eat:ate fall:fell feel:felt fight:fought find:found fly:flew get:got give:gave go:went
    grow:grew have:had hold:held keep:kept know:knew lead:led leave:left lose:lost make:made mean:meant meet:met
    pay:paid rise:rose run:ran say:said see:saw sell:sold send:sent set:set sit:sat speak:spoke spend:spent stand:stood
    steal:stole take:took teach:taught tell:told think:thought throw:threw win:won write:wrote understand:understood
    hear:heard let:let put:put cut:cut wear:wore sing:sang seek:sought sink:sank do:did shoot:shot overcome:overcame
    """.split()
)
_REGULAR = frozenset(
    """
    receive move live die start end open close join use study attend create play call name believe want need claim
    discover invent develop produce publish marry travel arrive return visit work serve refuse accept reject propose
    establish found form introduce sign pass reach cause help allow require include provide offer support oppose defeat
    conquer invade attack capture kill destroy replace appear happen change increase decrease reduce decline
    expand cover contain consist represent state argue suggest say report describe consider refer design plan complete
    finish launch release announce record perform score earn cost last stay remain settle migrate emigrate flee protest
    convert translate preach ask demand order appoint elect vote rule govern control own purchase acquire merge share
    lack hope try agree decide learn graduate retire resign succeed fail survive suffer affect influence inspire
    """.split()
)
_PARTICIPLE = re.compile(
    r"^(?:\w{2,}ed|born|built|held|found|made|known|written|given|taken|seen|sold|lost|won|led|set|put|begun|chosen|"
    r"broken|driven|drawn|spoken|shown|sent|spent|taught|bought|brought|left|paid|fought|sung|grown|located)$"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A declarative sentence and the half-open span in it that came from the answer."""

    text: str
    start: int
    end: int


def statement(question: str, answer: str) -> Statement | None:
    """The statement that `answer` answers `question`, or None where no rule fits cleanly."""
    asked = question.strip().rstrip("?.").strip()
    answered = answer.strip().rstrip(".")
    if not asked or not 1 <= len(answered.split()) <= 14 or "?" in asked:
        return None
    for pattern, build in _RULES:
        match = pattern.match(asked)
        if match:
            parts = build(match, answered)
            if parts is not None:
                return _join(parts, answered)
    return None


def question_and_answer(question: str, answer: str) -> Statement:
    """The plain claim "question? answer", which always exists."""
    asked = question.strip()
    return Statement(f"{asked} {answer}", len(asked) + 1, len(asked) + 1 + len(answer))


def past_tense(verb: str) -> str | None:
    """The past form of a base verb this module knows, or None."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb not in _REGULAR:
        return None
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if re.search(r"[^aeiou]y$", verb) else verb + "ed"


Parts = tuple[str, str] | None


def _join(parts: tuple[str, str], answer: str) -> Statement:
    before, after = parts
    before = before.strip()
    head = before[:1].upper() + before[1:] + " " if before else ""
    tail = " " + after.strip() if after.strip() else ""
    shown = answer if head else answer[:1].upper() + answer[1:]
    return Statement(f"{head}{shown}{tail}.", len(head), len(head) + len(shown))


def _split_did(rest: str) -> tuple[str, str, str] | None:
    """Subject, verb in the past and rest of a clause: "the team", "won", "in 1990"."""
    words = rest.split()
    for index in range(1, len(words)):
        past = past_tense(words[index].lower())
        if past and words[index - 1].lower() not in _DETERMINERS and words[index].islower():
            return " ".join(words[:index]), past, " ".join(words[index + 1 :])
    return None


def _split_participle(rest: str) -> tuple[str, str] | None:
    """Subject, and what starts at the participle: "the treaty", "signed in Paris"."""
    words = rest.split()
    for index in range(1, len(words)):
        if _PARTICIPLE.match(words[index]) and words[index - 1].lower() not in _DETERMINERS:
            return " ".join(words[:index]), " ".join(words[index:])
    return None


def _placed(answer: str, preposition: str) -> str:
    return "" if re.match(rf"(?:{_PREPOSITION}|since|until|around|over)\b", answer, re.IGNORECASE) else preposition


def _time_word(answer: str) -> str:
    if not re.match(r"\d|[A-Z][a-z]+ (?:of )?\d|the \d|early|late|mid", answer):
        return ""
    return "on" if re.search(r"\b\d{1,2}(?:st|nd|rd|th)?\b(?!\d)", answer) else "in"


def _with_did(match: re.Match[str], tail: str) -> Parts:
    split = _split_did(match["rest"])
    return None if split is None else (" ".join(part for part in (*split, tail) if part), "")


def _when_did(match: re.Match[str], answer: str) -> Parts:
    return _with_did(match, _placed(answer, _time_word(answer)))


def _where_did(match: re.Match[str], answer: str) -> Parts:
    return _with_did(match, _placed(answer, "in"))


def _preposition_did(match: re.Match[str], answer: str) -> Parts:
    return _with_did(match, _placed(answer, match["preposition"].lower()))


def _object_did(match: re.Match[str], _answer: str) -> Parts:
    split = _split_did(match["rest"])
    if split is None:
        return None
    subject, past, rest = split
    return f"{subject} {past}", rest


def _counted_did(match: re.Match[str], _answer: str) -> Parts:
    split = _split_did(match["rest"])
    if split is None:
        return None
    subject, past, rest = split
    return f"{subject} {past}", f"{match['noun']} {rest}"


def _with_participle(match: re.Match[str], tail: str) -> Parts:
    split = _split_participle(match["rest"])
    if split is None:
        return None
    subject, rest = split
    return " ".join(part for part in (subject, match["be"].lower(), rest, tail) if part), ""


def _when_was(match: re.Match[str], answer: str) -> Parts:
    return _with_participle(match, _placed(answer, _time_word(answer)))


def _where_was(match: re.Match[str], answer: str) -> Parts:
    return _with_participle(match, _placed(answer, "in"))


def _where_is(match: re.Match[str], answer: str) -> Parts:
    return f"{match['rest']} {match['be'].lower()} {_placed(answer, 'in')}".strip(), ""


def _preposition_was(match: re.Match[str], answer: str) -> Parts:
    return _with_participle(match, _placed(answer, match["preposition"].lower()))


def _equation(match: re.Match[str], _answer: str) -> Parts:
    rest = match["rest"]
    if re.search(rf"\b(?:{_PREPOSITION})$", rest):
        return None
    if rest.endswith((" called", " named")):
        return f"{rest[:-7].strip()} {match['be'].lower()} {rest.split()[-1]}", ""
    return f"{rest} {match['be'].lower()}", ""


def _subject(match: re.Match[str], _answer: str) -> Parts:
    return "", f"{match['verb']} {match['rest']}"


def _counted(match: re.Match[str], _answer: str) -> Parts:
    return "", f"{match['noun']} {match['verb']} {match['rest']}"


_NOUNS = rf"(?: (?!(?:{_AUXILIARY}|did|do|does)\b)\w+){{1,2}}"
_BASE = "|".join(sorted({*_IRREGULAR, *_REGULAR} - {"do"}))
Builder = Callable[[re.Match[str], str], Parts]
_PAST = r"\w{3,}ed|" + "|".join(sorted(set(_IRREGULAR.values()) - {"did"}))
_PASSIVE = rf"(?:{_AUXILIARY}) (?:\w+ed|\w+ing|known|the|a|an|in|on)"
_VERB = r"\w+(?:ed|s)|" + "|".join(sorted(set(_IRREGULAR.values()) - {"did"}))
_RULES: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (r"(?:when|in (?:what|which) year|what year|on what date) did (?P<rest>.+)$", _when_did),
        (rf"(?:when|in (?:what|which) year|what year|on what date) (?P<be>{_BE}) (?P<rest>.+)$", _when_was),
        (r"where did (?P<rest>.+)$", _where_did),
        (rf"(?P<preposition>{_PREPOSITION}) (?:what|which|whom)(?: \w+)? did (?P<rest>.+)$", _preposition_did),
        (
            rf"(?P<preposition>{_PREPOSITION}) (?:what|which|whom)(?: \w+)? (?P<be>{_BE}) (?P<rest>.+)$",
            _preposition_was,
        ),
        (rf"where (?P<be>{_BE}) (?P<rest>.+? (?:located|born|held|built|found|headquartered|buried).*)$", _where_was),
        (rf"where (?P<be>{_BE}) (?P<rest>(?:the )?(?:\w+ ){{0,3}}\w+)$", _where_is),
        (r"how many (?P<noun>\w+) did (?P<rest>.+)$", _counted_did),
        (rf"how many (?P<noun>\w+) (?P<verb>(?:{_AUXILIARY})\b|{_VERB}|{_BASE}) (?P<rest>.+)$", _counted),
        (r"(?:what|who|whom|which \w+|what \w+) did (?P<rest>.+)$", _object_did),
        (rf"(?:what|who) (?P<be>{_BE}) (?P<rest>(?:the|a|an|one|another) .+)$", _equation),
        (rf"who (?P<verb>(?:{_AUXILIARY})\b|{_VERB}) (?P<rest>.+)$", _subject),
        (rf"(?:which|what){_NOUNS} (?P<verb>{_PASSIVE}|{_PAST}) (?P<rest>.+)$", _subject),
        (
            r"what (?P<verb>caused|led|causes|leads|happened|prevents|allows|helps|made|makes|produces) (?P<rest>.+)$",
            _subject,
        ),
    )
)
