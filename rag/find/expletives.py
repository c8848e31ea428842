"""Words that look as if they referred to something said before, and refer to nothing: "how long does it take to"."""

import re

from index.text.words import AUXILIARIES, blanked

_AUXILIARY = rf"(?:{AUXILIARIES}|might|be|been)"
_TIMES = r"(?:year|month|week|day|morning|afternoon|evening|night|time|spring|summer|autumn|fall|winter|season|term)\b"
_CLAIMED = rf"[^\W\d_]+\s+(?:that\s+(?!{_TIMES}|way\b)|whether\s+)\w"
_RULED = (
    r"(?:forbidden|prohibited|banned|illegal|legal|allowed|permitted|possible|impossible|necessary|compulsory|mandatory"
    r"|customary|usual|important|advisable|better|best|wise|ok|okay|fine)\s+(?:to|for|that|when|if)\b"
)
_DONE = r"to\s+[^\W\d_]+\s+(?:\S+\s+){0,8}?(?!it\b|this\b|that\b|them\b)\w"
_GRADED = r"(?:easy|hard|difficult|safe|dangerous|good|bad|cheap|cheaper|expensive|common|normal|polite)"
_WEATHER = r"(?:rain|snow|hail|thunder|drizzle)(?:s|ed|ing)?\b"
_IT = re.compile(
    rf"\bit(?=(?:\s+(?:is|was|will|be|not|always|still|really|ever))*\s+"
    rf"(?:{_RULED}|{_CLAIMED}|{_WEATHER}|(?:called|means?)\s+(?:when|if)\b|{_GRADED}\s+{_DONE}"
    rf"|(?:takes?|took|costs?)\s+(?:\S+\s+){{0,4}}?{_DONE}|that\s))"
    rf"|(?<=\bhow much is )it(?=\s+(?:for\s+an?\s+\S+\s+)?{_DONE})",
    re.IGNORECASE,
)
"""What it takes or costs to do something, what is forbidden or true, rain. "Is it easy to clean?" asks of a thing, as
everything does that names nothing to be done it to.
"""
_THERE = re.compile(
    rf"(?:(?<!how many )(?<!how much )\b{_AUXILIARY}\s+)(?P<inverted>there)(?=\s+\w)"
    rf"|\b(?P<plain>there)(?=\s+{_AUXILIARY}\b|['’]s\b)",
    re.IGNORECASE,
)
_SAYING = (
    r"(?:say|claim|think|believe|mean|know|prove|show|report|announce|predict|agree|state|expect|ensure|hope|decide"
    r"|suggest)(?:s|d|ed)?|said|knew|thought|told|fact|evidence|sign|proof|chance|risk|true|sure|certain|likely|clear"
)
_SMALL = (
    rf"{_AUXILIARY}|and|or|but|than|of|for|in|on|at|to|from|by|with|about|after|before|since|until|during|under|like|not"
    r"|who|what|which|when|where|why|how|all"
)
_CLAUSE = (
    rf"(?:{_AUXILIARY}|an?|the|i|you|we|they|he|she|my|your|our|no|never|always|not)\b|(?-i:[A-Z])"
    r"|[^\W\d_]+(?<!s)(?:s|ed)\b"
)
_THAT = re.compile(
    rf"\b(?:{_SAYING})\s+(?P<said>that)(?=\s+(?!{_TIMES})\w)"
    rf"|(?<!who )(?<!what )\b(?!(?:{_SMALL})\b)[^\W\d_]+\s+(?P<told>that)(?=\s+(?!{_TIMES})(?:{_CLAUSE}))"
    rf"|\b(?:(?:which|what|many|are)|(?:of|for|in|on|to|from|by|with|about|the|any|all|some)(?:\s+[^\W\d_]+)?)"
    rf"\s+(?!(?:{_SMALL})\b)[^\W\d_]+(?<!s)s\s+(?P<many>that)(?=\s+(?!{_TIMES})[^\W\d_])",
    re.IGNORECASE,
)
"""That somebody says, and a noun with the verb or the subject of its clause: "dogs that bite", not "who signed that
contract" and "that day".
"""
_ONE = re.compile(
    rf"\b{_AUXILIARY}\s+(?P<anyone>one)"
    r"(?=\s+(?:(?:has|have)\s+to|need|not|get|become|know|permitted|allowed|supposed)\b)"
    r"|(?<!\bthe )(?<!\bthat )(?<!\bthis )(?<!\bwhich )\b(?P<any>one)(?=\s+of\s+(?:the|my|your|our)\b)"
    r"|\b(?:number|for|in|of|per|within|than|after|only|about|by)\s+(?P<number>one)"
    rf"(?=\s+(?!(?:{_SMALL}|that|today|tomorrow|now)\b)[^\W\d_])"
    r"|\bnumber\s+(?P<first>one)\b",
    re.IGNORECASE,
)
_OWN = re.compile(rf"\b(?P<now>this)(?=\s+{_TIMES})|\b(?P<of>the)(?=\s+[^\W\d_]+\s+of\s+\w)", re.IGNORECASE)
"""The time of asking, and a thing that the question itself says more of: "the price of the pump"."""


def without_expletives(question: str) -> str:
    """The question with "~" for each letter of such a word: all others keep their places."""
    for pattern in (_IT, _THERE, _THAT, _ONE, _OWN):
        found = [match.span(match.lastgroup or 0) for match in pattern.finditer(question)]
        question = blanked(question, found, "~")
    return question
