"""Negation, opposites and swapped roles: where a claim turns round what a source sentence says.

Each rule compares a claim with one source sentence and stays silent unless the two speak of the same thing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.text.words import STOP_WORDS, plain, stem

_WORD = re.compile(r"[^\W_]+(?:['’.-](?=[^\W_])[^\W_]+)*|[,;:.!?()—–]")
_CUES = frozenset(
    "not no never without nobody nothing none nowhere neither nor cannot hardly scarcely barely unable lack lacks "
    "lacked fails failed fail refuses refused kein keine nicht nie pas jamais".split()
)
_OF_THINGS = frozenset("no without kein keine lack lacks lacked".split())
_HARMLESS = re.compile(
    r"\b(?:not only|not just|not merely|not least|no doubt|no less than|no fewer than|no more than|whether or not"
    r"|or not|no matter|nothing but|if not|no longer only|not to mention)\b",
    re.IGNORECASE,
)
_CLAUSE_ENDS = frozenset(",;:.!?()—–") | {
    "but",
    "although",
    "whereas",
    "while",
    "though",
    "because",
    "which",
    "who",
    "how",
    "why",
    "whether",
}
_SCOPE = 4  # content words that a negation reaches
_NEAR = 4  # words on each side that tell where a word stands
_IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "took:take taken:take sold:sell rose:rise risen:rise fell:fall fallen:fall won:win began:begin "
        "begun:begin said:say made:make grew:grow grown:grow built:build led:lead bought:buy spent:spend paid:pay "
        "gave:give given:give came:come went:go gone:go saw:see seen:see held:hold kept:keep left:leave lost:lose "
        "met:meet put:put ran:run shown:show stood:stand told:tell thought:think wrote:write written:write "
        "beaten:beat brought:bring caught:catch chose:choose chosen:choose drew:draw drawn:draw found:find "
        "got:get became:become has:have had:have having:have is:be are:be was:be were:be been:be being:be does:do "
        "did:do done:do"
    ).split()
)
_OPPOSITES = """
more:less more:fewer most:least rise:fall rise:drop increase:decrease increase:reduce grow:shrink grow:decline gain:lose
up:down higher:lower high:low highest:lowest larger:smaller bigger:smaller largest:smallest biggest:smallest big:small
before:after earlier:later early:late first:last best:worst better:worse stronger:weaker strong:weak faster:slower
fast:slow cheaper:costlier cheap:expensive cheaper:dearer win:lose buy:sell import:export begin:end start:end open:close
open:closed above:below over:under inside:outside always:never all:none many:few majority:minority maximum:minimum
possible:impossible likely:unlikely able:unable legal:illegal successful:unsuccessful success:failure support:oppose
accept:reject approve:reject allow:forbid allow:ban permit:ban public:private domestic:foreign north:south east:west
northern:southern eastern:western positive:negative oldest:youngest older:younger rich:poor left:right advance:retreat
strengthen:weaken accelerate:slow expand:contract optimistic:pessimistic profit:loss add:remove include:exclude
male:female men:women
husband:wife former:current same:different ahead:behind newer:older new:old short:long
shorter:longer upper:lower raise:lower raise:cut
cause:prevent encourage:discourage push:pull attack:defend agree:disagree
""".split()
_SYMMETRIC = frozenset(
    "and or with between nor both together met married equal equals like as alongside & versus vs".split()
)


def _table() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for one, other in (pair.split(":") for pair in _OPPOSITES):
        table.setdefault(base(one), set()).add(base(other))
        table.setdefault(base(other), set()).add(base(one))
    return {word: frozenset(others) for word, others in table.items()}


def opposite_words(word: str) -> list[str]:
    """What says the opposite of a word in lower case, as people write it."""
    pairs = (pair.split(":") for pair in _OPPOSITES)
    return [other for pair in pairs for one, other in (pair, pair[::-1]) if one == word]


@lru_cache(maxsize=16384)
def base(word: str) -> str:
    """The comparable form of a word: irregular verbs by table, the rest by light stemming."""
    lowered = plain(word).lower().replace("’", "'").removesuffix("'s")
    return stem(_IRREGULAR.get(lowered, lowered))


OPPOSITES = _table()


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as these rules see it: `tokens` in order with marks, `bases` the same in comparable form."""

    tokens: tuple[str, ...]
    bases: tuple[str, ...]
    cues: tuple[int, ...]

    @property
    def content(self) -> frozenset[str]:
        return frozenset(b for t, b in zip(self.tokens, self.bases, strict=True) if _is_content(t))


def read(sentence: str) -> Reading:
    """Tokens, comparable forms and the places of negation; set phrases such as "not only" do not negate."""
    masked = _HARMLESS.sub(lambda match: re.sub(r"[^\W_]", "~", match.group()), sentence)
    matches = list(_WORD.finditer(sentence))
    tokens = tuple(match.group() for match in matches)
    cues = [i for i, m in enumerate(matches) if "~" not in masked[m.start() : m.end()] and _is_cue(m.group())]
    return Reading(tokens, tuple(base(token) for token in tokens), tuple(_uncancelled(tokens, cues)))


def negation_differs(claim: Reading, source: Reading) -> bool:
    """Whether one of the two negates what the other states: the words in a negation's scope recur unnegated."""
    if len(claim.content & source.content) < max(2, 0.5 * len(claim.content)):
        return False
    return _unmatched(claim, source) or _unmatched(source, claim)


def deny_alike(claim: Reading, source: Reading) -> bool:
    """Whether both deny the same: "does not include phone support" and "includes mail and no phone support".

    "No" and "without" deny a thing by themselves; "not" denies what is done with it.
    """
    wanted = [_scope(claim, cue) for cue in claim.cues]
    told = [(source.tokens[cue].lower() in _OF_THINGS, _scope(source, cue)) for cue in source.cues]
    things = [
        (scope, scope if claim.tokens[cue].lower() in _OF_THINGS else scope[1:])
        for cue, scope in zip(claim.cues, wanted, strict=True)
    ]
    return any(
        thing and set(thing if of_thing else whole) <= set(covered)
        for whole, thing in things
        for of_thing, covered in told
    )


def opposites(claim: Reading, source: Reading) -> tuple[str, str] | None:
    """(claim's word, source's word) where the two say opposite things, unless a negation or swapped sides undo it."""
    if len(claim.content & source.content) < max(2, 0.4 * len(claim.content)):
        return None
    for index, word in enumerate(claim.bases):
        others = OPPOSITES.get(word, frozenset()) & set(source.bases)
        if not others or word in source.bases:
            continue
        for other in sorted(others):
            at = source.bases.index(other)
            if other in claim.bases or not _same_place(claim, index, source, at):
                continue
            if _negated(claim, index) == _negated(source, at) and not _sides_swapped(claim, index, source, at):
                return claim.tokens[index], source.tokens[at]
    return None


def roles_swapped(claim: Sequence[str], source: Sequence[str]) -> tuple[str, str] | None:
    """(x, y) where the claim has "x ... y" and the source "y ... x" around the very same words in between."""
    for start, first in enumerate(claim):
        if not first[0].isupper():
            continue
        for end in range(start + 2, min(start + 12, len(claim))):
            if not claim[end][0].isupper() or base(claim[end]) == base(first):
                continue
            between = [base(token) for token in claim[start + 1 : end]]
            if not _SYMMETRIC & set(between) and _occurs([base(claim[end]), *between, base(first)], source):
                return first, claim[end]
    return None


def _occurs(sequence: list[str], tokens: Sequence[str]) -> bool:
    bases = [base(token) for token in tokens]
    return any(bases[i : i + len(sequence)] == sequence for i in range(len(bases) - len(sequence) + 1))


def _is_content(token: str) -> bool:
    lowered = token.lower()
    return token[0].isalnum() and lowered not in STOP_WORDS and not _is_cue(token)


def _is_cue(token: str) -> bool:
    lowered = token.lower().replace("’", "'")
    return lowered in _CUES or lowered.endswith("n't")


def _uncancelled(tokens: Sequence[str], cues: list[int]) -> list[int]:
    """Two negations in one clause cancel each other: "cannot do without"."""
    kept: list[int] = []
    for cue in cues:
        if kept and not any(token in _CLAUSE_ENDS for token in tokens[kept[-1] : cue]) and cue - kept[-1] <= 4:
            kept.pop()
        else:
            kept.append(cue)
    return kept


def _scope(reading: Reading, cue: int) -> list[str]:
    """The next content words after a negation, up to the end of its clause."""
    scope: list[str] = []
    for token, word in zip(reading.tokens[cue + 1 :], reading.bases[cue + 1 :], strict=True):
        if token.lower() in _CLAUSE_ENDS or len(scope) == _SCOPE:
            break
        if _is_content(token):
            scope.append(word)
    return scope


def _unmatched(one: Reading, other: Reading) -> bool:
    """Whether a negation of `one` covers words that `other` uses without any."""
    covered = {word for cue in other.cues for word in _scope(other, cue)}
    for cue in one.cues:
        scope = _scope(one, cue)
        shared = [word for word in scope if word in other.content]
        if scope and len(shared) * 2 >= len(scope) and scope[0] in shared and scope[0] not in covered:
            return True
    return False


def _negated(reading: Reading, index: int) -> bool:
    return any(0 < index - cue <= _SCOPE for cue in reading.cues)


def _near(reading: Reading, index: int) -> set[str]:
    window = range(max(0, index - _NEAR), min(len(reading.tokens), index + _NEAR + 1))
    return {reading.bases[i] for i in window if i != index and _is_content(reading.tokens[i])}


def _same_place(claim: Reading, index: int, source: Reading, at: int) -> bool:
    """Whether the two words stand among common neighbours."""
    return bool(_near(claim, index) & _near(source, at))


def _sides_swapped(claim: Reading, index: int, source: Reading, at: int) -> bool:
    """What stood left stands right: "A before B" and "B after A", "A is larger than B" and "B is smaller than A"."""
    left, right = _sides(claim, index)
    before, after = _sides(source, at)
    if not (left | right) & (before | after):
        left, right = _sides(claim, index, names_only=False)
        before, after = _sides(source, at, names_only=False)
    return len(left & after) + len(right & before) > len(left & before) + len(right & after)


def _sides(reading: Reading, index: int, *, names_only: bool = True) -> tuple[set[str], set[str]]:
    """Content words left and right of a place; only those with a capital where `names_only`."""
    places = [i for i, token in enumerate(reading.tokens) if _is_content(token) and i != index]
    if names_only:
        places = [i for i in places if reading.tokens[i][0].isupper()]
    return {reading.bases[i] for i in places if i < index}, {reading.bases[i] for i in places if i > index}
