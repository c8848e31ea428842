"""What speaks for and against a passage's answer, as numbers for one fitted model; `SIGNS` names them in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Hit
from index.text.blocks import Block, blocks
from index.text.codes import codes, held_codes
from index.text.words import other_script, terms
from rag.find.expected import gives_asked, tells_of_another
from rag.odds import log_odds
from rag.protocols import Span

SIGNS = (
    "judgement",  # the reader's log-odds that the passage answers
    "rank",  # 10 / (9 + rank of the hit)
    "code unheard",  # 1 where a long number or code of the question is in none of the passages
    "codes missing",  # 1 where a number or code of the question is not in passage, title or headings
    "codes elsewhere",  # 1 where it is there but not around the answer
    "kind given",  # 1 where the sentences around the answer give a value of the kind asked for
    "kind missing",  # 1 where they do not
    "of another",  # 1 where they tell what is asked of another name
    "other script",  # 1 where the question is in a script that the readers have not learnt: they are less sure of all
    "cell named",  # 1 where it stands in a cell or field whose label shares a word with the question
)

NOTHING = (-6.0,) + (0.0,) * (len(SIGNS) - 1)
LEAST = -8.0
"""Log-odds below this count as this: how far below says nothing."""

_OF_A_THING = re.compile(r"\d{3,}|[^\W\d_]+\d.*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question among its hits: its words, its codes, whether no hit holds one of those that stand for a thing, and
    1.0 where most of its letters are none of the Latin alphabet.
    """

    question: str
    words: frozenset[str]
    codes: frozenset[str]
    unheard: bool
    other_script: float


def asked_of(question: str, hits: Sequence[Hit]) -> Asked:
    """What the question holds. "Machine 300", "E-41", "in 2019" stand for one thing; "8 people", "30cm" do not."""
    own = codes(question)
    unheard = {code for code in own if _OF_A_THING.fullmatch(code)}
    for hit in hits:
        unheard -= held_codes(_whole(hit)) if unheard else set()
    return Asked(question, frozenset(terms(question)), own, bool(unheard), float(other_script(question)))


def signs(asked: Asked, hit: Hit, span: Span) -> tuple[float, ...]:
    """The numbers of `SIGNS` for one passage and its likeliest answer."""
    if not span.text:
        return NOTHING
    near, label = surroundings(hit, span)
    about = f"{hit.title}\n{hit.chunk.heading}\n{near}"
    given = gives_asked(asked.question, near)
    held, held_near = held_codes(_whole(hit)), held_codes(about)
    return (
        max(LEAST, log_odds(span.answerable)),
        10 / (9 + hit.rank),
        float(asked.unheard),
        float(not asked.codes <= held),
        float(asked.codes <= held and not asked.codes <= held_near),
        float(given is True),
        float(given is False),
        float(tells_of_another(asked.question, near)),
        asked.other_script,
        float(bool(set(terms(label)) & asked.words)),
    )


def surroundings(hit: Hit, span: Span) -> tuple[str, str]:
    """The block that holds the span with its neighbours and what it leans on, and the label of its cell or field."""
    text = hit.chunk.text
    found = blocks(text)
    at = next((i for i, block in enumerate(found) if block.start <= span.start < block.end), -1)
    if at < 0:
        return text, ""
    block = found[at]
    if block.kind not in ("row", "field"):
        near = sorted({i for i in (at - 1, at, at + 1, block.leans) if 0 <= i < len(found)})
        return " ".join(_text(text, found[i]) for i in near), ""
    own = _text(text, block)
    if block.kind == "field":
        return own, text[slice(*block.cells[0])]
    header = [text[a:b] for a, b in found[block.leans].cells] if block.leans >= 0 else []
    header = header or [item.text for item in hit.chunk.context.header]
    column = next(
        (i for i, (start, end) in enumerate(block.cells) if start < span.end and span.start < end), len(header)
    )
    return " ".join([*header, own]), header[column] if column < len(header) else ""


def _text(text: str, block: Block) -> str:
    return text[block.start : block.end]


def _whole(hit: Hit) -> str:
    """Everything that the passage is known by."""
    context = (*hit.chunk.context.path, *hit.chunk.context.header)
    return "\n".join([hit.title, hit.uri, hit.chunk.heading, *(item.text for item in context), hit.chunk.text])
