"""Rows within the bounds that a question sets, and rows that it compares with another row: "cheaper than Oak"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.text.degrees import Scale, comparative
from index.text.units import dimension
from index.text.words import blanked, joined_terms, terms
from rag.write.bounds import REACH, Limit
from rag.write.cells import Column, Value
from rag.write.lists import Table
from rag.write.mentions import Meant, named_row
from rag.write.wanted import gives, scale_of

_THAN = re.compile(r"(?<!other )(?<!rather )\bthan\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Versus:
    """The rows under (`least`) or over the row of number `row`, in what the words `measure` name."""

    least: bool
    scale: Scale
    row: int
    measure: str
    start: int


@dataclass(frozen=True, slots=True)
class Within:
    """What is meant within all bounds, the columns that these compare, and those of them that they name themselves."""

    meant: Meant
    columns: tuple[int, ...]
    own: frozenset[int]


def compared(question: str, table: Table) -> tuple[str, Versus | None] | None:
    """The question with blanks for a comparison with a row, and the comparison; None where it is not understood."""
    than = _THAN.search(question)
    if than is None:
        return question, None
    begin = max(0, than.start() - REACH)
    graded, after = comparative(question[begin : than.start()]), question[than.end() :]
    row = named_row(after, table)
    if graded is None or row is None:
        return None
    if set(terms(after)) - set(joined_terms(f"{table[row].cell(0)} {table[0].labels[0]}")):
        return None
    start, end = begin + graded.start, begin + graded.end
    rest = blanked(question[: than.start()], [(start, end)])
    return f"{rest}?", Versus(graded.least, graded.scale, row, question[end : than.start()], start)


def within(
    question: str, table: Table, columns: Sequence[Column], meant: Meant, bounds: Sequence[Limit | Versus], asked: int
) -> Within | None:
    """The rows within all bounds; None where one of them has no column of its kind, or a negation no bound to turn.

    `asked` is the column that the question is about, or -1.
    """
    turned = bool(meant.denying)
    if turned and (len(bounds) != 1 or len(meant.denying) != 1 or meant.denying[0] > bounds[0].start):
        return None
    places, own = list[int](), set[int]()
    rows, said = meant.rows, list(meant.said)
    for bound in bounds:
        at, named = _column(question, columns, bound, asked)
        limit = _limit(columns[at], bound) if at >= 0 else None
        if limit is None:
            return None
        limit = limit.turned if turned else limit
        values = {table[row]: value.value for row, value in columns[at].values.items()}
        rows = tuple(row for row in rows if row in values and limit.holds(values[row], limit.value.value))
        places.append(at)
        own |= {at} if named else set()
        said.append(_said(question, limit, bound, table))
    described = meant.columns | set(places)
    return Within(replace(meant, rows=rows, columns=described, said=tuple(said)), tuple(places), frozenset(own))


def _column(question: str, columns: Sequence[Column], bound: Limit | Versus, asked: int) -> tuple[int, bool]:
    """The one column that a bound compares, and whether it names that itself: by the words after it, its unit or its
    scale; else by the words before it, else the one that is asked for; -1 for none.
    """
    free = [at for at, column in enumerate(columns) if column.values]
    if isinstance(bound, Versus):
        after, unit, begun = bound.measure, "", bound.start
    else:
        end = bound.place[1]
        after, unit, begun = " ".join(question[end : end + REACH].split()[:2]), bound.value.unit, bound.start
    scale = bound.scale or scale_of(question)
    before = " ".join(terms(question[max(0, begun - REACH) : begun])[-2:])
    tries = (
        (True, [at for at in free if _names(columns[at].label, after)]),
        (True, [at for at in free if unit and isinstance(bound, Limit) and columns[at].kind == bound.value.kind]),
        (False, [at for at in free if gives(columns[at].label, scale)]),
        (False, [at for at in free if _names(columns[at].label, before)]),
        (False, [asked] if asked in free else []),
    )
    for named, found in tries:
        if found:
            return (asked if asked in found else found[0], named) if asked in found or len(found) == 1 else (-1, False)
    return -1, False


def _names(label: str, said: str) -> bool:
    return bool(set(joined_terms(label)) & set(terms(said)))


def _limit(column: Column, bound: Limit | Versus) -> Limit | None:
    """The bound in the base unit of a column; None where the two are not of one kind."""
    if isinstance(bound, Versus):
        value = column.values.get(bound.row)
        if not (value and column.exact):
            return None
        return Limit(bound.least, False, bound.start, bound.start, value=value, place=(0, 0))
    size = _size(column, bound.value) if column.exact else None
    return None if size is None else replace(bound, value=replace(bound.value, value=size))


def _size(column: Column, value: Value) -> float | None:
    if (
        value.kind == column.kind
        or {value.kind, column.kind} <= {"", "year"}
        or (not value.kind and column.kind.startswith(" "))
    ):
        return value.value
    return None if value.kind or not column.unit else value.value * dimension(column.unit)[1]


def _said(question: str, limit: Limit, bound: Limit | Versus, table: Table) -> str:
    word = ("at most" if limit.least else "at least") if limit.inclusive else ("under" if limit.least else "over")
    what = table[bound.row].cell(0) if isinstance(bound, Versus) else question[slice(*bound.place)]
    return f"{word} {what}"
