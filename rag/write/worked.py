"""Answers that are worked out from lists and tables: all items, how many, which rows, the highest, the sum.

Everything is read from the cells and items themselves and cites them; nothing here decides by a score.
"""

import re
from collections.abc import Sequence

from index.records import Quote
from index.text.quantities import Quantity, quantities
from index.text.words import STOP_WORDS, names, stem, terms, words
from rag.find.clues import codes
from rag.read.rendering import Statement
from rag.write.extract import Extract, extract
from rag.write.lists import Table, lists, tables
from rag.write.looked_up import looked_up

MOST_SHOWN = 40
"""Items or rows that are shown; all are counted."""
MOST_CITED = 60
"""Slices that one worked-out sentence cites."""

_STEPS = re.compile(r"\bhow (?:do|does|can|should|to)\b|\bsteps?\b|\bprocedure\b", re.IGNORECASE)
_ONE_STEP = re.compile(r"\b(?:after|before|when|once|first|next|last)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?\d{1,3}[.)]\s")
_HOW_MANY = re.compile(r"\bhow many\b|\b(?:the|total|a)\s+number of\b", re.IGNORECASE)
_NOUNS = re.compile(
    r"\b(?:what|which|who|list|name|all|many|number of|me)\s+"
    r"(?:(?:all|of|the|are|were|some|other|more|main|different|your|these|those)\s+)*"
    r"(?P<rest>[^?.!]+)",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:list|name|give me|show me|what are|what were|who are|who were|which are|all)\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|what|who|how many|list|name)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|without|lack|lacks|n't)\b|n't\b", re.IGNORECASE)
_YES = frozenset("yes y true x ✓ ✔ ja oui sí si included".split())
_NO = frozenset("no n false - – — ✗ ✘ nein non none not".split())
_HIGHEST = re.compile(
    r"\b(?:highest|largest|biggest|most|greatest|longest|tallest|heaviest|maximum|max|latest|oldest|best)\b",
    re.IGNORECASE,
)
_LOWEST = re.compile(
    r"\b(?:lowest|smallest|least|fewest|shortest|lightest|minimum|min|cheapest|earliest|youngest)\b", re.IGNORECASE
)
_PRICED = re.compile(r"\b(?:cheapest|(?:most|least) expensive|dearest)\b", re.IGNORECASE)
_PRICE = re.compile(r"price|cost|fee|rent|amount|charge|preis|kosten", re.IGNORECASE)
_SUM = re.compile(r"\b(?:total|sum|altogether|combined|in all)\b", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:average|mean)\b", re.IGNORECASE)


def may_be_worked(question: str) -> bool:
    """Whether it asks for several things, how many there are, how something is done, an extreme, a sum or a code."""
    asking = (_ALL, _HOW_MANY, _STEPS, _ONE_STEP, _HIGHEST, _LOWEST, _SUM, _MEAN)
    return bool(_noun(question) or codes(question)) or any(pattern.search(question) for pattern in asking)


def worked(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """What lists and tables give for the question; () where it asks for nothing of the kind, or they do not hold it."""
    if found := looked_up(question, told):
        return found
    for table in tables(told):
        if _about(question, table) and not _outdone(question, table, told) and (found := _from_table(question, table)):
            return found
    return _from_list(question, told)


def steps_of(question: str, best: Quote, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """All steps in order where the question asks how something is done and the best answer is among numbered steps."""
    if not _STEPS.search(question) or _ONE_STEP.search(question):
        return ()
    for _, items in lists(told):
        numbered = all(_NUMBERED.match(item.quote.text) for item in items)
        place = (best.document_id, items[0].leans[0].start, items[-1].quote.end)
        if numbered and place[0] == items[0].quote.document_id and place[1] <= best.start < place[2]:
            return tuple(extract(item) for item in items[:MOST_SHOWN])
    return ()


def asked_for(question: str) -> str:
    """Stem of the plural noun that the question asks for ("all members of the board": member), or ""."""
    word = _noun(question)
    return stem(word) if word else ""


def wants_several(question: str) -> bool:
    """Whether it asks "which plans", "what are the reasons", "list the members"."""
    return bool(_noun(question)) and not _HOW_MANY.search(question)


def _noun(question: str) -> str:
    """The plural among the first words after "which", "how many", "list all the", up to the next small word."""
    found = _NOUNS.search(question)
    for word in words(found["rest"]) if found else []:
        if word in STOP_WORDS:
            return ""
        if word.endswith(("s", "ia", "ae", "people", "children")) and not word.endswith(("ss", "us", "is")):
            return word
    return ""


def _about(question: str, rows: Table) -> bool:
    """Whether the table or list is about everything that the question names: names, and codes with digits."""
    held = set(terms(" ".join([rows[0].quote.title, *(lean.text for lean in rows[0].leans)])))
    held |= {term for row in rows for term in terms(row.read)}
    named = [term for name in names(question[:1].lower() + question[1:]) for term in terms(name)]
    return all(term in held for term in named)


def _outdone(question: str, rows: Table, told: Sequence[Statement]) -> bool:
    """Whether one sentence holds all the words of the question that the table holds, and more of them."""
    asked = set(terms(question))
    held = asked & set(terms(" ".join([rows[0].quote.title, *rows[0].labels, *(row.read for row in rows)])))
    own = (item for item in told if item.quote.document_id == rows[0].quote.document_id and item.kind == "heading")
    held |= asked & {term for item in own for term in terms(item.quote.text)}
    others = (item for item in told if item.kind not in ("row", "header", "heading"))
    return any(held < asked & set(terms(f"{item.quote.title} {item.read}")) for item in others)


def _from_list(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    noun = _noun(question)
    counting = bool(_HOW_MANY.search(question))
    if not noun or not (counting or _ALL.search(question) or _WHICH.match(question)):
        return ()
    named = [
        items
        for lead, items in lists(told)
        if stem(noun) in {stem(word) for word in words(lead)[-HEADED_BY:]} and _about(question, items)
    ]
    if not named:
        return ()
    asked = set(terms(question))
    items = max(named, key=lambda group: len(asked & set(_said(group))))
    shown = tuple(extract(item) for item in items[:MOST_SHOWN])
    return (_counted(items, f"{len(items)} {noun} are listed."), *shown) if counting else shown


HEADED_BY = 8
"""Words at the end of a lead-in among which what is listed is named: "... answered by the following members:"."""


def _counted(items: Sequence[Statement], claim: str) -> Extract:
    return Extract(tuple(item.quote for item in items[:MOST_CITED]), claim=claim)


def _said(items: Sequence[Statement]) -> list[str]:
    return terms(" ".join([items[0].quote.title, *(lean.text for lean in items[0].leans), items[0].quote.text]))


def _from_table(question: str, rows: Table) -> tuple[Extract, ...]:
    column = _column(question, rows)
    numbers = _numbers(rows, column) if column >= 0 else {}
    if (_HIGHEST.search(question) or _LOWEST.search(question)) and numbers:
        pick = min if _LOWEST.search(question) or "least" in question.lower() else max
        value = pick(number.value for number in numbers.values())
        return tuple(_at(rows[at], column) for at, number in numbers.items() if number.value == value)[:MOST_SHOWN]
    if (_SUM.search(question) or _MEAN.search(question)) and len(numbers) == len(rows) > 1:
        return _summed(question, rows, column, [number.value for number in numbers.values()])
    if _WHICH.search(question):
        return _filtered(question, rows, column, numbers)
    return ()


def _summed(question: str, rows: Table, column: int, values: Sequence[float]) -> tuple[Extract, ...]:
    mean = bool(_MEAN.search(question))
    total = sum(values) / len(values) if mean else sum(values)
    places = max(len(row.cell(column).partition(".")[2].rstrip("0")) if "." in row.cell(column) else 0 for row in rows)
    kind = "Average" if mean else "Sum"
    claim = (
        f"{kind} of {rows[0].labels[column]} over {len(rows)} rows: {total:,.{max(places, 2) if mean else places}f}."
    )
    return (_counted(rows, claim),)


def _filtered(question: str, rows: Table, column: int, numbers: dict[int, Quantity]) -> tuple[Extract, ...]:
    kept = _kept(question, rows, column, numbers)
    if not kept or len(kept) == len(rows):
        return ()
    shown = tuple(_at(row, column) if column >= 0 else extract(row) for row in kept[:MOST_SHOWN])
    if not _HOW_MANY.search(question):
        return shown
    noun = _noun(question) or "rows"
    return (_counted(kept, f"{len(kept)} of {len(rows)} {noun} in the table."), *shown)


def _kept(question: str, rows: Table, column: int, numbers: dict[int, Quantity]) -> list[Statement]:
    """The rows that the question describes: by yes or no in the column that it names, by a bound, by another value."""
    if column >= 0:
        said = [_answer(row.cell(column)) for row in rows]
        if sum(item is not None for item in said) > len(rows) / 2:
            wanted = not _NOT.search(question)
            return [row for row, item in zip(rows, said, strict=True) if item is wanted]
        bound = next((number for number in quantities(question) if number.bound in ("over", "under")), None)
        if bound and numbers:
            sign = 1 if bound.bound == "over" else -1
            return [rows[at] for at, number in numbers.items() if sign * (number.value - bound.value) > 0]
    if not _noun(question) or _NOT.search(question):
        return []
    asked = set(terms(question))
    holds = [
        [cell for cell in range(1, len(row.cells)) if (held := set(terms(row.cell(cell)))) and held <= asked]
        for row in rows
    ]
    return [row for row, cells in zip(rows, holds, strict=True) if cells]


def _answer(cell: str) -> bool | None:
    word = cell.strip().lower().rstrip(".!")
    return True if word in _YES else False if word in _NO else None


def _column(question: str, rows: Table) -> int:
    """The column whose name shares most with the question, beside the first, which names the rows; -1 for none."""
    labels = rows[0].labels
    asked = set(terms(question))
    if _PRICED.search(question):
        asked |= {stem(word) for label in labels if _PRICE.search(label) for word in words(label)}
    shares = [len(asked & (held := set(terms(label)))) / len(held) if terms(label) else 0.0 for label in labels]
    best = max(range(len(labels)), key=lambda at: (shares[at], at > 0), default=-1)
    return best if best >= 0 and shares[best] > 0 and (best > 0 or max(shares[1:], default=0) > 0) else -1


def _numbers(rows: Table, column: int) -> dict[int, Quantity]:
    """Row number -> the number in its cell, where most cells hold one."""
    found = {at: numbers[0] for at, row in enumerate(rows) if (numbers := quantities(row.cell(column)))}
    return found if len(found) > len(rows) / 2 else {}


def _at(row: Statement, column: int) -> Extract:
    """The row with one of its cells in focus."""
    if column >= len(row.cells) or row.cells[column][0] == row.cells[column][1]:
        return extract(row)
    start, end = row.cells[column]
    return extract(row, row.quote.start + start, row.quote.start + end)
