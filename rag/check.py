"""Whether sources bear out a claim: deterministic problems first, the reader's support second."""

from collections.abc import Sequence

from rag.answer import State
from rag.facts.compare import (
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
    for source in given:
        if likeness(stated, source) >= ALIKE:
            found.extend(copy_problems(stated, source))
    return tuple(dict.fromkeys(found))


def verdict(support: float, found: Sequence[Problem], *, supported_at: float, partial_at: float) -> State:
    """A hard problem makes a claim unsupported, another one partial at best; otherwise the support decides."""
    if any(problem.hard for problem in found) or support < partial_at:
        return "unsupported"
    return "supported" if support >= supported_at and not found else "partial"
