"""Two questions in one sentence, taken apart so that each is searched for and read by itself."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from index.text.words import AUXILIARIES, stem, terms
from rag.find.rewrite import rewrite

MOST = 3
"""Questions of one sentence; each is searched for."""
MOST_JOINTS = 8
"""Places where a question may be cut; one with more is no question, and each costs a look at all before it."""
SHORTEST = 3
"""Words that a part must have; shorter ones ("and when?") stay with what they belong to."""

_WORD = r"(?:what|how|which|who|whose|when|where|why)"
_TOWARDS = r"(?:(?:in|at|for|by|to|from|since|until|till|on|with|of|about)\s+)?"
_AUXILIARY = rf"(?:{AUXILIARIES})(?:n['’]t)?\b"
_CHECKING = r"(?:is|are|was|were|does|do|did|can|has|have|had|will)\s+(?:it|its|they|he|she|there|the|this|that)\b"
_CHECKS = re.compile(_CHECKING, re.IGNORECASE)
_JOINT = re.compile(
    rf"\?\s+(?=\w)|[,;]\s*(?={_TOWARDS}(?:what|how|why)\b|{_TOWARDS}(?:when|where)\s+{_AUXILIARY})"
    rf"|[,;]?(?<!\s)\s+and\s+(?={_TOWARDS}{_WORD}\b|{_CHECKING})",
    re.IGNORECASE,
)
"""Where a second question may begin; "who" and "which" behind a mere comma open a relative clause."""
_CALL = (
    r"(?:please|hello|hi|hey|ok|okay|well|so|sorry|thanks|thank you|excuse me|(?:please\s+)?tell me)(?:\s+[A-Z]\w+)?"
)
_CALLING = re.compile(rf"\W*{_CALL}\W*", re.IGNORECASE)
_FIRST = rf"[\s\"'“‘(¿]*(?:{_CALL},?\s+)?(?:(?:and|but|so)\s+)?"
_TELLING = (
    r"(?:(?:do|can|could|would) you (?:know|tell|say|explain)|tell|show|explain|describe|list|name|give"
    r"|I (?:want|need|would like) to know|I['’]d like to know)\b"
)
_TELLS = re.compile(rf"{_FIRST}{_TELLING}", re.IGNORECASE)
_BEGINS = re.compile(
    rf"(?:.*[.!:]\s+)?{_FIRST}(?:{_TELLING}|{_AUXILIARY}|{_TOWARDS}(?:whats?|whos?|whom|whose|which|how|why)\b"
    rf"|{_TOWARDS}(?:when|where)(?:['’]?s\b|\s+{_AUXILIARY})|(?:date|name|number|price|cost|place|time|year)s?\s+of\b)",
    re.IGNORECASE | re.DOTALL,
)
"""How a question begins by itself, behind a topic or a sentence; "when it rings" and "in the contract" begin none."""
_UNFINISHED = re.compile(rf"\b{_WORD}\W{{0,9}}$", re.IGNORECASE)
_PAIRING = re.compile(r"\b(?:between|differences?)\b", re.IGNORECASE)
_CLAUSE = re.compile(rf"{_TOWARDS}(?:when|where)\b(?!\s+{_AUXILIARY})", re.IGNORECASE)
_RELATIVE = re.compile(r"(?:who|whose|which)\b", re.IGNORECASE)
_AFTER_NOUN = re.compile(
    r"\w\s+(?!(?:me|us|know|say|see|explain|in|at|for|by|to|from|since|and|or)\s)\w+,?\s+(?:who|whose|which)\s",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:in|at|on|by|to|for|from|until|since)\s+(?:what|which)\s+\S+", re.IGNORECASE)
"""An afterthought that asks for one more value of the same thing: "... and by what day"."""
_AT = r"(?:in |of )?(?:the )?(?:year )?"
_CHANGED = re.compile(
    rf"^\W*how (?:did|has|have) (?P<what>.+?) changed? (?:from|between) {_AT}(?P<one>(?:19|20)\d\d) (?:to|and) {_AT}"
    r"(?P<two>(?:19|20)\d\d)(?P<rest>[^?.!]*)",
    re.IGNORECASE,
)
_THEN_AND_NOW = re.compile(
    rf"(?P<what>\S+ \S+ .*?)\s+{_AT}(?P<one>(?:19|20)\d\d),? (?:compared (?:to|with)|vs\.?|versus) {_AT}"
    r"(?P<two>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_ON_SOURCES = frozenset(
    map(stem, "reports articles sources documents texts papers authors agree say differ different".split())
)


def parts(question: str, answered: Callable[[], str] = str) -> Iterator[str]:
    """The questions in it, each standing alone, at most MOST; a question that is only one comes back as it is.

    A later part is resolved against the one before it and against what `answered` gives for that when it is asked for:
    "who runs the mill and since when does she run it" gives "who runs the mill" and "since when does Ida Nor run it".
    """
    if compared := _of_two_times(question):
        yield from compared
        return
    pieces = _pieces(question)
    begins = _BEGINS.match(pieces[0]) or question.lstrip().startswith(f"{pieces[0]}?")
    if not 2 <= len(pieces) <= MOST or not begins or not all(map(_asks, pieces)):
        yield question
        return
    before = ""
    for piece in pieces:
        joined = f"and {piece}" if before and _CHECKS.match(piece) else piece  # "is there ..." leans on the one before
        before = rewrite(joined, [(before, answered())] if before else ())
        yield before if before.endswith((")", "?")) else f"{before}?"


def _pieces(question: str) -> list[str]:
    """The question cut wherever another begins that is none of its clauses."""
    pieces, start = list[str](), 0
    joints = list(islice(_JOINT.finditer(question), MOST_JOINTS + 1))
    for joint in joints if len(joints) <= MOST_JOINTS else ():
        left, right = question[start : joint.start()], question[joint.end() :]
        marked = joint.group().startswith("?")
        asked = right.rstrip().endswith("?") or _BEGINS.match(right) if marked else _parts(left, right)
        if asked:
            pieces.append(left)
            start = joint.end()
    return [piece.strip(" ,;?") for piece in (*pieces, question[start:])]


def _parts(left: str, right: str) -> bool:
    """Whether what stands right of a joint is a question of its own, and no more of what stands left of it."""
    if _CALLING.fullmatch(left) or _UNFINISHED.search(left[-20:]):
        return False
    pairs = [pair.end() for pair in _PAIRING.finditer(left)]
    if pairs and " and " not in left[pairs[-1] :]:
        return False
    if _RELATIVE.match(right):
        return _AFTER_NOUN.search(left) is None
    return not _CLAUSE.match(right) or _TELLS.match(left) is not None


def _of_two_times(question: str) -> tuple[str, ...]:
    """The question for each of two years that it compares; () where it does not."""
    if found := _CHANGED.search(question):
        return tuple(f"What is {found['what']} in {found[year]}{found['rest']}?" for year in ("one", "two"))
    if found := _THEN_AND_NOW.fullmatch(question.strip(" ?.!")):
        return tuple(f"{found['what']} {found[year]}?" for year in ("one", "two"))
    return ()


def _asks(piece: str) -> bool:
    """Whether a piece asks for something of its own; "what do the articles say" and "by what day" do not."""
    own = [term for term in terms(piece) if term not in _ON_SOURCES]
    return len(piece.split()) >= SHORTEST and bool(own) and _BARE.fullmatch(piece) is None
