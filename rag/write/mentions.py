"""The rows of a table that a question describes by what stands in their cells, those that it denies or leaves out set
apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.text.dates import agree, dates
from index.text.words import STOP_WORDS, WORD, joined_terms, stem, words
from rag.write.cells import blank
from rag.write.lists import Table

_NOT = re.compile(
    r"not|no|never|without|neither|nor|none|lacks?|lacking|cannot|nicht|kein\w*|ohne|sin|nunca|\w+n['’]t|[不没无].?",
    re.IGNORECASE,
)
_BUT = re.compile(r"except|excepting|excluding|besides|barring|außer|excepto|salvo|除.?", re.IGNORECASE)
_PAIRS = frozenset([("other", "than"), ("apart", "from"), ("aside", "from"), ("rather", "than"), ("but", "for")])
_NO = frozenset("no kein keine keinen keiner".split())
_LINKS = frozenset("and or und oder y o".split())
_ENDS = frozenset("and or but which what who that und oder pero".split())
_REACH = 5
"""Words over which a negation reaches the value that it denies."""
_YES = frozenset("yes y true x ✓ ✔ ja oui sí si included 是 有".split())
_NO_MARKS = frozenset("no n false - – — ✗ ✘ nein non none not 否 无".split())


@dataclass(frozen=True, slots=True)
class Meant:
    """The rows that a question describes, the stems that say so, the columns it does so by, and the words for it.

    `denying`: places in the question of the negations that deny no value of the table.
    """

    rows: Table
    stems: frozenset[str]
    columns: frozenset[int]
    said: tuple[str, ...]
    denying: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    stem: str
    start: int


@dataclass(frozen=True, slots=True)
class _Mention:
    """A cell's words, or with no cell the label of a yes/no column, at the words [start, end) of a question."""

    column: int
    cell: str | None
    stems: frozenset[str]
    start: int
    end: int


def described(question: str, table: Table) -> Meant | None:
    """The rows that hold the values which the question names and none that it denies: of one column any of them, of
    several columns all; None where it cannot be told which are denied.
    """
    asked = _words(question)
    found = [one for column in range(len(table[0].labels)) for one in _mentions(table, column, question, asked)]
    denied, left = _denied(asked, found)
    if denied is None:
        return None
    rows, said = list(table), list[str]()
    for column in sorted({one.column for one in found}):
        own = [one for one in found if one.column == column]
        if len({one in denied for one in own}) > 1:
            return None
        no = own[0] in denied
        if own[0].cell is None:
            rows = [row for row in rows if mark(row.cell(column)) is not no]
            said.append(f"{table[0].labels[column]}: {'no' if no else 'yes'}")
            continue
        named = {one.cell for one in own}
        others = [row.cell(column) for row in table if row.cell(column) not in named]
        if no and any(blank(cell) or any(one.stems <= set(_stems(cell)) for one in own) for cell in others):
            return None
        rows = [row for row in rows if (row.cell(column) in named) is not no]
        said.append(("not " if no else "") + " or ".join(str(one.cell) for one in own))
    stems = frozenset[str]().union(*(one.stems for one in found))
    return Meant(tuple(rows), stems, frozenset(one.column for one in found), tuple(said), left)


def named_row(words_for_it: str, table: Table) -> int | None:
    """The one row whose first cell the words name; None for none and for several."""
    found = {one.cell for one in _mentions(table, 0, words_for_it, _words(words_for_it)) if one.cell is not None}
    at = [number for number, row in enumerate(table) if row.cell(0) in found]
    return at[0] if len(at) == 1 else None


def mark(cell: str) -> bool | None:
    """What a cell of a yes/no column says; None for any other cell."""
    word = cell.strip().lower().rstrip(".!")
    return True if word in _YES else False if word in _NO_MARKS else None


def _mentions(table: Table, column: int, question: str, asked: Sequence[_Word]) -> list[_Mention]:
    """Where the question names cells of a column, in the order of the rows; none where it names all of them."""
    label = table[0].labels[column]
    terms = frozenset(joined_terms(label))
    marks = [mark(row.cell(column)) for row in table]
    if sum(one is not None for one in marks) > len(table) / 2:
        places = [at for at, word in enumerate(asked) if word.stem in terms]
        whole = terms and terms <= {word.stem for word in asked}
        return [_Mention(column, None, terms, places[0], places[-1] + 1)] if whole else []
    cells = dict.fromkeys(row.cell(column) for row in table)
    found = [one for cell in cells if (one := _named(column, cell, label, question, asked))]
    found = [one for one in found if not any(one.stems < other.stems for other in found)]
    return found if len(found) < len(cells) else []


def _named(column: int, cell: str, label: str, question: str, asked: Sequence[_Word]) -> _Mention | None:
    """Where a question names a cell's value: all of its words side by side, a number beside its label, a day in any
    notation, or the last word of a name. A cell such as "A" or "IT" is named in its own case or beside its label.
    """
    held = _stems(cell)
    if not held or mark(cell) is not None:
        return None
    if days := dates(cell):
        same = [one for one in dates(question) if one.month and agree(one, days[0])]
        said = [at for at, word in enumerate(asked) if any(one.start <= word.start < one.end for one in same)]
        return _Mention(column, cell, frozenset(asked[at].stem for at in said), said[0], said[-1] + 1) if said else None
    of_label = joined_terms(label)
    size = len(held)
    number = "".join(held).isdigit()
    small = size == 1 and (cell.strip().lower() in STOP_WORDS or (len(cell.strip()) == 1 and cell.isascii()))
    for at in range(len(asked) - size + 1):
        if [word.stem for word in asked[at : at + size]] != held:
            continue
        beside = at > 0 and asked[at - 1].stem in of_label
        own_case = at > 0 and cell.strip() != "I" and question.startswith(cell.strip(), asked[at].start)
        if beside or not (number or small) or (small and not number and own_case):
            return _Mention(column, cell, frozenset([*held, *(of_label if number else ())]), at, at + size)
    last = cell.rsplit(maxsplit=1)[-1]
    surname = size in (2, 3) and last[:1].isupper() and re.search(rf"\b{re.escape(last)}\b", question)
    if not surname:
        return None
    at = next((at for at, word in enumerate(asked) if word.start == surname.start()), -1)
    return _Mention(column, cell, frozenset(held[-1:]), at, at + 1) if at >= 0 else None


def _denied(asked: Sequence[_Word], found: Sequence[_Mention]) -> tuple[frozenset[_Mention] | None, tuple[int, ...]]:
    """What of the found is denied or left out, and the places of the negations that deny nothing of it; (None, ...)
    where "not A or B" leaves open how far a negation goes, or "no A" says something about another column.
    """
    denied = set[_Mention]()
    left = list[int]()
    for at, word in enumerate(asked):
        excepts = bool(_BUT.fullmatch(word.text)) or (word.text, _text(asked, at + 1)) in _PAIRS
        cue = excepts or (_NOT.fullmatch(word.text) and not (word.text == "no" and _text(asked, at + 1).isdigit()))
        if not cue or any(one.start <= at < one.end for one in found if one.cell is not None):
            continue
        after = sorted((one for one in found if one.start > at), key=lambda one: one.start)
        between = {asked[k].text for k in range(at + 1, after[0].start)} if after else set[str]()
        if not after or after[0].start - at > _REACH or between & _ENDS:
            left.append(word.start)
            continue
        first = after[0]
        chain = [first]
        for one in after[1:]:
            linked = {asked[k].text for k in range(chain[-1].end, one.start)}
            if one.column == first.column and one.start >= chain[-1].end and linked <= _LINKS:
                chain.append(one)
        if (len(chain) > 1 and not excepts) or (word.text in _NO and first.cell is not None):
            return None, ()
        denied.update(one for one in found if one in chain or (one.column, one.start) == (first.column, first.start))
    return frozenset(denied), tuple(left)


def _words(text: str) -> list[_Word]:
    """The words of a text as `words` gives them, with their places."""
    found: list[_Word] = []
    for match in WORD.finditer(text):
        pieces = words(match.group())
        found.extend(_Word(word, stem(word), match.start() + at) for at, word in enumerate(pieces))
    return found


def _text(asked: Sequence[_Word], at: int) -> str:
    return asked[at].text if at < len(asked) else ""


def _stems(cell: str) -> list[str]:
    return [stem(word) for word in words(cell)]
