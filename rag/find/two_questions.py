"""Two questions in one sentence, taken apart so that each is searched for and read by itself."""

import re
from collections.abc import Callable, Iterator

from index.text.words import stem, terms
from rag.find.rewrite import rewrite

MOST = 3
SHORTEST = 3
"""Words that a part must have; shorter ones ("and when?") stay with what they belong to."""

_ASKING = r"(?:(?:in|at|for|by|to|from)\s+)?(?:what|how|which|who|whose|when|where|why)\b"
_CHECKING = r"(?:is|are|was|were|does|do|did|can|has|have|had|will)\s+(?:it|its|they|he|she|there|the|this|that)\b"
_JOINT = re.compile(rf"\?\s+(?=\w)|[,;]\s*(?:and\s+)?(?={_ASKING})|\s+and\s+(?={_ASKING}|{_CHECKING})", re.IGNORECASE)
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
    pieces = [piece.strip(" ,;?") for piece in _JOINT.split(question)]
    if not 2 <= len(pieces) <= MOST or not all(_asks(piece) for piece in pieces):
        yield question
        return
    before = ""
    for piece in pieces:
        before = rewrite(piece, [(before, answered())] if before else ())
        yield before if before.endswith((")", "?")) else f"{before}?"


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
