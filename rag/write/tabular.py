"""A question over the rows of one table: which rows it means, which column, and what is wanted of them.

The question's words must stand in the table: as labels, as cells, or as what is wanted. Where more of them are left
over than are found, the table does not answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from index.text.dates import agree, dates
from index.text.degrees import Extreme, Scale, superlative
from index.text.quantities import quantities
from index.text.words import HOW_MANY, joined_terms, stem, terms, words
from rag.find.language import content
from rag.read.rendering import Statement
from rag.write.extract import Extract, extract
from rag.write.lists import Table

MOST_SHOWN = 40
"""Rows that are shown; all are counted."""
MOST_CITED = 60
"""Slices that one worked-out sentence cites."""

_BY_NAME = re.compile(r"\b(?:which|who|whose|welche[rsn]?|wer|cuál(?:es)?|quién(?:es)?)\b|哪|谁", re.IGNORECASE)
_WHICH = re.compile(rf"{_BY_NAME.pattern}|\b(?:what|list|name|qué)\b", re.IGNORECASE)
_HOW = re.compile(
    r"\bwhy\b|\bhow (?:do|does|did|can|could|should|to|is|are|was|were)\b|warum|为什么|怎么", re.IGNORECASE
)
"""What asks for reasons and ways, which no cell holds."""
_SUM = re.compile(
    r"\b(?:total|sum|altogether|combined|together|in all|insgesamt|summe|en total)\b|总共|一共|合计", re.IGNORECASE
)
_MEAN = re.compile(r"\b(?:average|mean|durchschnitt\w*|promedio|media)\b|平均", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|without|lack|lacks|nicht|kein\w*|ohne|sin)\b|n't\b|不|没", re.IGNORECASE)
_YES = frozenset("yes y true x ✓ ✔ ja oui sí si included 是 有".split())
_NO = frozenset("no n false - – — ✗ ✘ nein non none not 否 无".split())
_WORDS: tuple[tuple[Scale, str, str], ...] = (
    (
        "money",
        r"\b(?:costs?|prices?|pay|paid|spen[dt]|charged?|fees?|come to|how much (?:is|are|for)|kostet|cuesta)\b"
        r"|多少钱",
        r"price|cost|fee|rent|amount|charge|preis|kosten|gebühr|precio|cuota|价|元|[€$£¥]|\b(?:eur|usd|gbp)\b",
    ),
    ("temperature", r"\btemperature\b", r"temp|°|温"),
    ("mass", r"\b(?:weighs?|weight|mass)\b", r"weight|mass|gewicht|peso|重|\b(?:kg|g)\b"),
    ("time", r"\bwhen\b", r"date|day|time|year|dep|arr|start|begin|end|datum|zeit|fecha|hora|日|时"),
    ("age", r"\bage\b", r"age|year|born|built|since|date|alter|baujahr|edad|año|年"),
)
_SCALES: Mapping[Scale, tuple[re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {scale: (re.compile(asks, re.IGNORECASE), re.compile(gives, re.IGNORECASE)) for scale, asks, gives in _WORDS}
)
"""By scale: the words of a question that ask for it, and those of a label that give it."""
_PART = re.compile(r"\b(?P<max>max|maximum|highest|to)\b|\b(?P<min>min|minimum|lowest|from)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Meant:
    """The rows that a question describes, the stems that say so, the columns it does so by, and the words for it."""

    rows: Table
    stems: frozenset[str]
    columns: frozenset[int]
    said: tuple[str, ...]


def from_table(question: str, table: Table) -> tuple[Extract, ...]:
    """The extreme, the sum, the count, the rows or the cell that is asked for; () where the table does not give it."""
    meant = _described(question, table)
    extreme = superlative(question)
    column = _column(question, table, meant, extreme)
    if not _fits(question, table, meant, column, extreme):
        return ()
    values = _values(meant.rows, column) if column >= 0 else {}
    if extreme:
        shown = 0 if _BY_NAME.search(question) else column
        return tuple(_at(row, shown) for row in _at_the_end(meant.rows, values, extreme, _of_days(meant.rows, column)))
    if _SUM.search(question) or _MEAN.search(question):
        return _summed(question, meant, column, values)
    return _told(question, table, _bounded(question, meant, column, values), column)


def counted(items: Sequence[Statement], claim: str) -> Extract:
    """A claim about several items or rows, which cites them."""
    return Extract(tuple(item.quote for item in items[:MOST_CITED]), claim=claim)


def _told(question: str, table: Table, meant: _Meant, column: int) -> tuple[Extract, ...]:
    """The cell of a single row or the row, how many rows there are, or the rows."""
    if not meant.rows or not meant.columns or len(meant.rows) == len(table):
        return ()
    scale = _scale(question)
    given = not scale or any(_SCALES[scale][1].search(label) for label in table[0].labels)
    if len(meant.rows) == 1 and given and not _HOW.search(question):
        named = 0 if _BY_NAME.search(question) else -1
        return (_at(meant.rows[0], column if column >= 0 and meant.columns - {column} else named),)
    shown = tuple(_at(row, max(column, 0)) for row in meant.rows[:MOST_SHOWN])
    if HOW_MANY.search(question):
        return (counted(meant.rows, f"{len(meant.rows)} of {len(table)} rows in the table{_of(meant)}."), *shown)
    return shown if _WHICH.search(question) else ()


def _described(question: str, table: Table) -> _Meant:
    """The rows that hold the values which the question names: of one column any of them, of several columns all."""
    asked = [stem(word) for word in words(question)]
    rows, stems, columns, said = list(table), set[str](), set[int](), list[str]()
    for column, label in enumerate(table[0].labels):
        marks = [_mark(row.cell(column)) for row in table]
        if sum(mark is not None for mark in marks) > len(table) / 2:
            if joined_terms(label) and set(joined_terms(label)) <= set(asked):
                wanted = not _NOT.search(question)
                rows = [row for row in rows if _mark(row.cell(column)) is wanted]
                stems |= set(joined_terms(label))
                columns.add(column)
                said.append(f"{label}: {'yes' if wanted else 'no'}")
            continue
        cells = dict.fromkeys(row.cell(column) for row in table)
        named = {cell: found for cell in cells if (found := _named(cell, label, question, asked))}
        named = {cell: found for cell, found in named.items() if not any(found < other for other in named.values())}
        if named and len(named) < len(cells):
            rows = [row for row in rows if row.cell(column) in named]
            stems |= set().union(*named.values())
            columns.add(column)
            said.append(" or ".join(named))
    return _Meant(tuple(rows), frozenset(stems), frozenset(columns), tuple(said))


def _named(cell: str, label: str, question: str, asked: Sequence[str]) -> frozenset[str]:
    """The stems by which a question names a cell's value: all of its words side by side, a number beside its label, a
    day in any notation, or the last word of a name.
    """
    held = [stem(word) for word in words(cell)]
    if not held or _mark(cell) is not None:
        return frozenset()
    if days := dates(cell):
        same = [day for day in dates(question) if day.month and agree(day, days[0])]
        return frozenset(stem(word) for day in same for word in words(day.text))
    number = "".join(held).isdigit()
    places = [at for at in range(len(asked)) if asked[at : at + len(held)] == held]
    if any(not number or (at and asked[at - 1] in joined_terms(label)) for at in places):
        return frozenset([*held, *(joined_terms(label) if number else ())])
    last = cell.rsplit(maxsplit=1)[-1]
    surname = len(held) in (2, 3) and last[:1].isupper() and re.search(rf"\b{re.escape(last)}\b", question)
    return frozenset(held[-1:]) if surname else frozenset()


def _column(question: str, table: Table, meant: _Meant, extreme: Extreme | None) -> int:
    """The column whose label shares most with the rest of the question, else the only one of the scale that is asked
    for, else for an extreme or a sum the only one of numbers; -1 for none.
    """
    labels = table[0].labels
    left = set(terms(question)) - meant.stems
    free = [at for at in range(len(labels)) if at not in meant.columns and joined_terms(labels[at])]
    shares = {at: sum(term in left for term in joined_terms(labels[at])) / len(joined_terms(labels[at])) for at in free}
    ranks = extreme is not None or bool(_SUM.search(question) or _MEAN.search(question))
    free = [at for at in free if at > 0 or not ranks]  # the first column names the rows
    best = max(free, key=lambda at: (shares[at], at > 0), default=-1)
    if best >= 0 and shares[best] > 0 and (not ranks or _values(table, best)):
        return best
    scale = (extreme.scale if extreme else "") or _scale(question)
    numbers = [at for at in free if (scale or ranks) and _values(table, at)]
    if scale:
        numbers = [at for at in numbers if _SCALES[scale][1].search(labels[at])]
        numbers = [at for at in numbers if extreme and _is_end(labels[at], extreme)] or numbers
    return numbers[0] if len(numbers) == 1 else -1


def _scale(question: str) -> Scale:
    return next((scale for scale, (asks, _) in _SCALES.items() if asks.search(question)), "")


def _is_end(label: str, extreme: Extreme) -> bool:
    """Whether a label says that it holds the lower or the upper ends: "min_temp", "max_temp"."""
    part = _PART.search(label.replace("_", " "))
    return part is not None and bool(part["min"]) == extreme.least


def _fits(question: str, table: Table, meant: _Meant, column: int, extreme: Extreme | None) -> bool:
    """Whether the table accounts for as many of the question's words as it leaves over, and for all its numbers
    and dates.
    """
    wanted = content(question if extreme is None else f"{question[: extreme.start]} {question[extreme.end :]}")
    scales = (asks for asks, gives in _SCALES.values() if column >= 0 and gives.search(table[0].labels[column]))
    for pattern in (HOW_MANY, _SUM, _MEAN, _WHICH, *scales):
        wanted = pattern.sub(" ", wanted)
    first = table[0]
    known = joined_terms(
        " ".join([first.quote.title, first.quote.uri, *first.labels, *(lean.text for lean in first.leans)])
    )
    asked = set(terms(wanted))
    left = asked - meant.stems - set(known)
    if left & {term for day in dates(question) for term in terms(day.text)}:
        return False
    bounded = any(number.bound for number in quantities(question))
    if not bounded and any(char.isdigit() for term in left for char in term):
        return False
    return len(left) <= len(asked) - len(left) + (extreme is not None)


def _bounded(question: str, meant: _Meant, column: int, values: Mapping[int, float]) -> _Meant:
    """Of the rows those whose number is over or under the one that the question gives."""
    bound = next((number for number in quantities(question) if number.bound in ("over", "under")), None)
    if bound is None or not values:
        return meant
    sign = 1 if bound.bound == "over" else -1
    rows = tuple(meant.rows[at] for at, value in values.items() if sign * (value - bound.value) > 0)
    return _Meant(rows, meant.stems, meant.columns | {column}, (*meant.said, f"{bound.bound} {bound.text}"))


def _at_the_end(rows: Table, values: Mapping[int, float], extreme: Extreme, of_days: bool) -> Table:
    """The rows with the least or the largest value; what is oldest has the earliest day."""
    pick = min if extreme.least != (extreme.scale == "age" and of_days) else max
    end = pick(values.values(), default=0.0)
    return tuple(rows[at] for at, value in values.items() if value == end)[:MOST_SHOWN]


def _of_days(rows: Table, column: int) -> bool:
    return column >= 0 and any(dates(row.cell(column)) for row in rows)


def _summed(question: str, meant: _Meant, column: int, values: Mapping[int, float]) -> tuple[Extract, ...]:
    if not len(values) == len(meant.rows) > 1:
        return ()
    mean = bool(_MEAN.search(question))
    total = sum(values.values()) / (len(values) if mean else 1)
    cells = [row.cell(column) for row in meant.rows]
    places = max(len(re.sub(r"\D.*", "", cell.partition(".")[2])) for cell in cells)
    figure = f"{total:,.{max(places, 2) if mean else places}f}"
    what = f"{'Average' if mean else 'Sum'} of {meant.rows[0].labels[column]}"
    return (counted(meant.rows, f"{what} over {len(meant.rows)} rows{_of(meant)}: {figure}."),)


def _of(meant: _Meant) -> str:
    return f" ({'; '.join(meant.said)})" if meant.said else ""


def _mark(cell: str) -> bool | None:
    """What a cell of a yes/no column says; None for any other cell."""
    word = cell.strip().lower().rstrip(".!")
    return True if word in _YES else False if word in _NO else None


def _values(rows: Table, column: int) -> dict[int, float]:
    """Row number -> the number, the day or the time in its cell, where most cells hold one."""
    found: dict[int, float] = {}
    for at, row in enumerate(rows):
        cell = row.cell(column)
        if days := [day for day in dates(cell) if day.month and day.day]:
            found[at] = (days[0].year or 0) * 372 + (days[0].month or 0) * 31 + (days[0].day or 0)
        elif clock := re.match(r"(\d{1,2}):(\d\d)\b", cell):
            found[at] = int(clock[1]) * 60 + int(clock[2])
        elif numbers := quantities(cell):
            found[at] = numbers[0].value
    return found if len(found) > len(rows) / 2 else {}


def _at(row: Statement, column: int) -> Extract:
    """The row with one of its cells in focus."""
    if not 0 <= column < len(row.cells) or row.cells[column][0] == row.cells[column][1]:
        return extract(row)
    start, end = row.cells[column]
    return extract(row, row.quote.start + start, row.quote.start + end)
