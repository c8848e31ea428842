"""A question over the rows of one table: which rows it means, which column, and what is wanted of them.

The question's words must stand in the table: as labels, as cells, or as what is wanted. Where more of them are left
over than are found, the table does not answer.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.text.dates import dates
from index.text.degrees import Extreme, superlative
from index.text.language import without_function_words
from index.text.words import HOW_MANY, joined_terms, terms
from rag.read.rendering import Statement
from rag.write.bounds import Limit, limits, without_limits
from rag.write.cells import Column, Value, column_of
from rag.write.extract import Extract, in_cell
from rag.write.limited import Versus, compared, within
from rag.write.lists import Table
from rag.write.mentions import Meant, described
from rag.write.wanted import BY_NAME, HOW, MEAN, SUM, WHICH, asks_for, gives, is_end, scale_of, sums, takes_least

MOST_SHOWN = 40
"""Rows that are shown; all are counted."""
MOST_CITED = 60
"""Slices that one worked-out sentence cites."""

_TOTAL = re.compile(
    r"(?:grand |sub-?|overall )?totals?(?:\s*[:(\d].*| of .*| for .*)?|sum:?|(?:zwischen)?summe|gesamt|insgesamt"
    r"|average|mean|durchschnitt|promedio|suma|总计|合计|小计|平均",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\b(?:next|penultimate|last but one)[\s-]+$", re.IGNORECASE)
_MEANING = re.compile(r"\bwhat\s+(?:does|do|did)\b.*\bmean\W*$|\bmeaning of\b|\bstands? for\b", re.IGNORECASE)
"""What asks about a word, which a table uses but does not explain."""
_SETS_APART = re.compile(
    r"\b(?:except|excepting|excluding|besides|barring|apart|aside|neither|nor|never)\b", re.IGNORECASE
)


def from_table(question: str, table: Table) -> tuple[Extract, ...]:
    """The extreme, the sum, the count, the rows or the cell that is asked for; () where the table does not give it."""
    table = tuple(row for row in table if not _TOTAL.fullmatch(row.cell(0).strip("*_ "))) or table
    bounds = limits(question)
    found = None if bounds is None or _MEANING.search(question) else compared(without_limits(question, bounds), table)
    meant = described(found[0], table) if found else None
    if bounds is None or found is None or meant is None:
        return ()
    asked, versus = found
    if versus and 0 in meant.columns:
        return ()
    return _given(question, asked, table, meant, (*bounds, versus) if versus else bounds)


def _given(
    question: str, asked: str, table: Table, meant: Meant, bounds: Sequence[Limit | Versus]
) -> tuple[Extract, ...]:
    """What the table gives for what is `asked`: the question with blanks for its bounds."""
    columns = [column_of(table, at) for at in range(len(table[0].labels))]
    extreme = superlative(asked)
    graded = set(terms(asked[extreme.end :])[:1]) if extreme else set[str]()  # "most seats"
    ranks = extreme is not None or any(sums(asked, table[0].labels, pattern) for pattern in (SUM, MEAN))
    column = _column(asked, columns, meant, extreme, graded, ranks=ranks)
    inside = within(question, table, columns, meant, bounds, column)
    if inside is None or (extreme and _NEXT.search(asked[: extreme.start])):
        return ()
    if ranks and column in inside.own and not graded & set(joined_terms(columns[column].label)):
        meant = replace(meant, columns=meant.columns | inside.own)
        column = _column(asked, columns, meant, extreme, graded, ranks=ranks)
    elif column < 0 and not ranks and inside.columns:
        column = inside.columns[0]
    if not _fits(asked, table, meant, column, extreme):
        return ()
    if ranks:
        return _ranked(asked, table, inside.meant, columns, column, extreme) if column >= 0 else ()
    if bounds and not (WHICH.search(question) or HOW_MANY.search(question)):
        return ()
    return _told(asked, table, inside.meant, column)


def counted(items: Sequence[Statement], claim: str) -> Extract:
    """A claim about several items or rows, which cites them."""
    return Extract(tuple(item.quote for item in items[:MOST_CITED]), claim=claim)


def _told(question: str, table: Table, meant: Meant, column: int) -> tuple[Extract, ...]:
    """The cell of a single row or the row, how many rows there are, or the rows."""
    if not meant.rows or not meant.columns or len(meant.rows) == len(table):
        return ()
    scale = scale_of(question)
    given = not scale or any(gives(label, scale) for label in table[0].labels)
    if len(meant.rows) == 1 and given and not HOW.search(question):
        named = 0 if BY_NAME.search(question) else -1
        return (in_cell(meant.rows[0], column if column >= 0 and meant.columns - {column} else named),)
    shown = tuple(in_cell(row, max(column, 0)) for row in meant.rows[:MOST_SHOWN])
    if HOW_MANY.search(question):
        return (counted(meant.rows, f"{len(meant.rows)} of {len(table)} rows in the table{_of(meant)}."), *shown)
    return shown if WHICH.search(question) else ()


def _column(
    question: str, columns: Sequence[Column], meant: Meant, extreme: Extreme | None, graded: set[str], *, ranks: bool
) -> int:
    """The column whose label shares most with the rest of the question, else the only one of the scale that is asked
    for, else for an extreme the only one of numbers; -1 for none.
    """
    labels = [column.label for column in columns]
    left = set(terms(question)) - meant.stems
    free = [at for at in range(len(labels)) if at not in meant.columns and joined_terms(labels[at])]
    shares = {at: sum(term in left for term in joined_terms(labels[at])) / len(joined_terms(labels[at])) for at in free}
    shares |= {at: shares[at] + 1 for at in free if graded & set(joined_terms(labels[at]))}
    free = [at for at in free if at > 0 or not ranks]  # the first column names the rows
    best = max(free, key=lambda at: (shares[at], at > 0), default=-1)
    if best >= 0 and shares[best] > 0 and (not ranks or columns[best].values):
        return best
    scale = (extreme.scale if extreme else "") or scale_of(question)
    numbers = [at for at in free if (scale or extreme) and columns[at].values]
    if scale:
        numbers = [at for at in numbers if gives(labels[at], scale)]
        numbers = [at for at in numbers if extreme and is_end(labels[at], extreme)] or numbers
    return numbers[0] if len(numbers) == 1 else -1


def _fits(question: str, table: Table, meant: Meant, column: int, extreme: Extreme | None) -> bool:
    """Whether the table accounts for as many of the question's words as it leaves over, and for all its numbers
    and dates.
    """
    wanted = without_function_words(
        question if extreme is None else f"{question[: extreme.start]} {question[extreme.end :]}"
    )
    scales = asks_for(table[0].labels[column]) if column >= 0 else []
    for pattern in (HOW_MANY, SUM, MEAN, WHICH, _SETS_APART, *scales):
        wanted = pattern.sub(" ", wanted)
    first = table[0]
    known = joined_terms(
        " ".join([first.quote.title, first.quote.uri, *first.labels, *(lean.text for lean in first.leans)])
    )
    asked = set(terms(wanted))
    left = asked - meant.stems - set(known)
    if left & {term for day in dates(question) for term in terms(day.text)}:
        return False
    if any(char.isdigit() for term in left for char in term):
        return False
    return len(left) <= len(asked) - len(left) + (extreme is not None)


def _of_rows(column: Column, table: Table, rows: Table) -> dict[int, Value]:
    """Number among the rows that are meant -> value."""
    at = {row: number for number, row in enumerate(table)}
    return {number: column.values[at[row]] for number, row in enumerate(rows) if at[row] in column.values}


def _ranked(
    question: str, table: Table, meant: Meant, columns: Sequence[Column], column: int, extreme: Extreme | None
) -> tuple[Extract, ...]:
    """The rows at one end of a column, or its sum or mean."""
    values = _of_rows(columns[column], table, meant.rows)
    if not values:
        return ()
    if extreme is None:
        mean = sums(question, table[0].labels, MEAN)
        return _summed(meant, replace(columns[column], values=values), mean=mean)
    least = takes_least(extreme, columns[column])
    shown = 0 if BY_NAME.search(question) else column
    found = () if least is None else _at_the_end(meant.rows, values, extreme, least=least)
    return tuple(in_cell(row, shown) for row in found)


def _at_the_end(rows: Table, values: dict[int, Value], extreme: Extreme, *, least: bool) -> Table:
    """The rows at the places that are asked for, counted from the least or the largest value; all with the same value
    at the first place, none where equal values leave other places open.
    """
    order = sorted(values, key=lambda at: values[at].value, reverse=not least)
    sizes = [values[at].value for at in order]
    if extreme.last == 1:
        return tuple(rows[at] for at, size in zip(order, sizes, strict=True) if size == sizes[0])[:MOST_SHOWN]
    first, last = extreme.first - 1, extreme.last
    if last > len(order) or sizes[last - 1 : last] == sizes[last : last + 1]:
        return ()
    if first and len(set(sizes[:last])) < last:
        return ()
    return tuple(rows[at] for at in order[first:last])[:MOST_SHOWN]


def _summed(meant: Meant, column: Column, *, mean: bool) -> tuple[Extract, ...]:
    if not len(column.values) == len(meant.rows) > 1 or not column.adds(mean=mean):
        return ()
    total = sum(value.value for value in column.values.values()) / (len(column.values) if mean else 1)
    what = f"{'Average' if mean else 'Sum'} of {column.label}"
    figure = column.figure(total, mean=mean)
    return (counted(meant.rows, f"{what} over {len(meant.rows)} rows{_of(meant)}: {figure}."),)


def _of(meant: Meant) -> str:
    return f" ({'; '.join(meant.said)})" if meant.said else ""
