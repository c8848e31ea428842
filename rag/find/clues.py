"""What speaks for and against a passage's answer, as numbers for one fitted model; `SIGNS` names them in order."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Hit
from index.text.blocks import Block, blocks
from index.text.words import names, terms
from rag.find.expected import gives_asked, tells_of_another
from rag.find.language import language
from rag.odds import log_odds
from rag.protocols import Span

SIGNS = (
    "judgement",  # the reader's log-odds that the passage answers
    "evidence",  # log-odds by embedder and words for the sentence that holds the answer
    "relevance",  # the reader's logit of relevance
    "rank",  # 10 / (9 + rank of the hit)
    "words held",  # share of the question's words, rare ones counting more, that passage, title and headings hold
    "words near",  # the same for the sentences around the answer
    "unheard",  # share of the question's words that no passage holds
    "codes missing",  # 1 where a number or code of the question is not in passage, title or headings
    "codes elsewhere",  # 1 where it is there but not around the answer
    "names missing",  # names of the question that are not in passage, title or headings, at most 2
    "kind given",  # 1 where the sentences around the answer give a value of the kind asked for
    "kind missing",  # 1 where they do not
    "line of another",  # 1 where a row or field answers that lacks a name or code of the question, as do its heads
    "of another",  # 1 where they tell what is asked of another name
    "foreign",  # 1 where the question is in another language than English, which the readers know best
    "cell named",  # 1 where it stands in a cell or field whose label shares a word with the question
)

NOTHING = (-6.0, -8.0, 0.0) + (0.0,) * (len(SIGNS) - 3)
LEAST = -8.0
"""Log-odds below this count as this: how far below says nothing."""

_CODE = re.compile(r"[^\W_]*\d[^\W_]*(?:[-./:,][^\W_]*\d[^\W_]*)*|[^\W\d_]+-\d[\w-]*")
_JOINED = re.compile(r"(?P<word>[^\W\d_]{2,})[-_](?=\d)")
_ACRONYM = re.compile(r"[A-Z]{2,4}s?")
"""CEO, GPUs, EU: a passage may well spell these out, so their absence says nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question among its hits: its words with their weights, codes, names, which words no hit holds, and whether
    its language is another than English.
    """

    question: str
    weights: dict[str, float]
    codes: frozenset[str]
    names: tuple[frozenset[str], ...]
    unheard: float
    foreign: bool


def asked_of(question: str, hits: Sequence[Hit]) -> Asked:
    """What the question holds; a word weighs log(1 + n / (1 + passages with it)) + 0.1 over the n hits."""
    held = [set(terms(_whole(hit))) for hit in hits]
    own = terms(question)
    weights = {term: math.log(1 + len(held) / (1 + sum(term in one for one in held))) + 0.1 for term in own}
    total = sum(weights.values())
    unheard = sum(weight for term, weight in weights.items() if not any(term in one for one in held))
    head, _, tail = question.partition(" ")
    named = names(f"{head.lower()} {tail}") if head[1:].islower() or len(head) == 1 else names(question)
    return Asked(
        question,
        weights,
        codes(question),
        tuple(frozenset(terms(name)) for name in named if not _ACRONYM.fullmatch(name)),
        unheard / total if total else 0.0,
        language(question) not in ("", "English"),
    )


def signs(asked: Asked, hit: Hit, relevance: float, span: Span) -> tuple[float, ...]:
    """The numbers of `SIGNS` for one passage and its likeliest answer."""
    if not span.text:
        return NOTHING
    judgement, evidence = span.signs or (log_odds(span.answerable), 0.0)
    whole = _whole(hit)
    near, label, line = surroundings(hit, span)
    about = f"{hit.title}\n{hit.chunk.heading}\n{near}"
    given = gives_asked(asked.question, near)
    held, held_near = held_codes(whole), held_codes(about)
    passage = set(terms(whole))
    return (
        max(LEAST, judgement),
        max(LEAST, evidence),
        max(LEAST, min(-LEAST, relevance)),
        10 / (9 + hit.rank),
        _share(asked.weights, passage),
        _share(asked.weights, set(terms(near))),
        asked.unheard,
        float(not asked.codes <= held),
        float(asked.codes <= held and not asked.codes <= held_near),
        float(min(2, sum(not name <= passage for name in asked.names))),
        float(given is True),
        float(given is False),
        float(line and not (asked.codes <= held_near and all(name <= set(terms(about)) for name in asked.names))),
        float(tells_of_another(asked.question, near)),
        float(asked.foreign),
        float(bool(set(terms(label)) & asked.weights.keys())),
    )


def codes(text: str) -> frozenset[str]:
    """Numbers and words with digits in one form each: "E-41" and "e41", "v1.20" and "1.20"."""
    found = (match.group().lower().strip(".,:/-") for match in _CODE.finditer(text))
    return frozenset(re.sub(r"[-/]", "", code).removeprefix("v") for code in found)


def held_codes(text: str) -> frozenset[str]:
    """All that a text can be asked for by: its codes, and the number alone of "week-36"."""
    return codes(text) | codes(_JOINED.sub(r"\g<word> ", text))


def surroundings(hit: Hit, span: Span) -> tuple[str, str, bool]:
    """The block that holds the span with its neighbours and what it leans on; the label of the span's cell or field;
    and whether it is such a line.
    """
    text = hit.chunk.text
    found = blocks(text)
    at = next((i for i, block in enumerate(found) if block.start <= span.start < block.end), -1)
    if at < 0:
        return text, "", False
    block = found[at]
    if block.kind not in ("row", "field"):
        near = sorted({i for i in (at - 1, at, at + 1, block.leans) if 0 <= i < len(found)})
        return " ".join(_text(text, found[i]) for i in near), "", False
    own = _text(text, block)
    if block.kind == "field":
        return own, text[slice(*block.cells[0])], True
    header = [text[a:b] for a, b in found[block.leans].cells] if block.leans >= 0 else []
    header = header or [item.text for item in hit.chunk.context.header]
    column = next(
        (i for i, (start, end) in enumerate(block.cells) if start < span.end and span.start < end), len(header)
    )
    return " ".join([*header, own]), header[column] if column < len(header) else "", True


def _text(text: str, block: Block) -> str:
    return text[block.start : block.end]


def _whole(hit: Hit) -> str:
    """Everything that the passage is known by."""
    context = (*hit.chunk.context.path, *hit.chunk.context.header)
    return "\n".join([hit.title, hit.uri, hit.chunk.heading, *(item.text for item in context), hit.chunk.text])


def _share(weights: dict[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0
