"""Whether sources bear out a claim: deterministic problems first, the reader's support second."""

from collections.abc import Sequence

from rag.answer import State
from rag.check.compare import (
    Problem,
    copy_problems,
    date_problems,
    facts,
    likeness,
    name_problems,
    number_problems,
)

ALIKE = 0.45
"""From this share of matching words on, a claim is compared with a source sentence word by word."""

_NEARLY_AS_ALIKE = 0.1


def problems(claim: str, sources: Sequence[str], background: Sequence[str] = ()) -> tuple[Problem, ...]:
    """What the source sentences together do not bear out in a claim; empty means that no rule objects.

    `background` may supply names and years but nothing else: title, heading, the sentences before, the question.
    """
    stated, given, around = facts(claim), [facts(source) for source in sources], [facts(text) for text in background]
    found = [
        *number_problems(stated, given),
        *date_problems(stated, given, around),
        *name_problems(stated, given, around),
    ]
    alike = [likeness(stated, source) for source in given]
    for source, ratio in zip(given, alike, strict=True):
        if ratio >= max(ALIKE, max(alike) - _NEARLY_AS_ALIKE):
            told = {problem.kind for problem in found if problem.contradicts}
            found.extend(problem for problem in copy_problems(stated, source) if problem.kind not in told)
    denied = {problem.kind for problem in found if problem.contradicts}
    return tuple(dict.fromkeys(p for p in found if p.contradicts or p.kind not in denied))


def verdict(support: float, found: Sequence[Problem], *, supported_at: float, partial_at: float) -> State:
    """A hard problem makes a claim unsupported, another one partial at best; otherwise the support decides."""
    if any(problem.hard for problem in found) or support < partial_at:
        return "unsupported"
    return "supported" if support >= supported_at and not found else "partial"
