"""Questions just beside what the documents say, which must be refused: nobody can answer them from these documents.

What is changed stays of its kind: another year, month or code, the opposite word, a thing that stands in the same
column elsewhere, a label that documents of the same form have. A person reads each before it counts.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import count

from eval.cases import Case
from eval.proposals.proposal import Proposal
from index.text.dates import MONTHS
from index.text.polarity import opposite_words
from index.text.words import WORD
from rag.write.questions import TableCell, names_something

_TITLE = re.compile("“([^”]*)”")
_LABEL = re.compile(r"(?:What|Who) (?:is|are) the (?P<label>.+) in “(?P<title>.*)”\?")
_PART = re.compile(r"[^\W_]+")
_SET_PHRASE = r"(?<!\bat )(?<!\bhow )"
"""Before a word that has no opposite there: "at least", "how many"."""
_CHANGING = re.compile(rf"\b(?:(?:19|20)\d\d|[A-Z]{{1,4}}-?\d{{2,5}}|{'|'.join(MONTHS)}|{_SET_PHRASE}[a-z]+)\b")


def unanswerable(proposal: Proposal, question: str) -> Proposal:
    """A near miss beside the proposal, with its source and context."""
    case = Case("", question, (), (), (), False, ("near-miss", "unanswerable"))
    return replace(proposal, case=case, rule="near-miss")


def held_words(texts: Iterable[str]) -> set[str]:
    """Every word and number of the texts, in lower case; what is joined ("CV-40"), whole and in parts."""
    return {word for text in texts for pattern in (WORD, _PART) for word in pattern.findall(text.casefold())}


def changed(proposal: Proposal, held: Set[str]) -> Iterator[Proposal]:
    """The question with a year, month, code or word changed to another of its kind that no document holds.

    `held` are the words of all documents (`held_words`). Titles stay: another title is another document, not another
    question.
    """
    question = proposal.case.question
    titles = [title.span() for title in _TITLE.finditer(question)]
    for match in _CHANGING.finditer(question):
        if not any(start <= match.start() < end for start, end in titles):
            other = next((other for other in _others(match[0]) if other.casefold() not in held), None)
            if other:
                yield unanswerable(proposal, question[: match.start()] + other + question[match.end() :])


def _others(word: str) -> Iterable[str]:
    """The months after it, the numbers above it, or its opposites: the nearest first."""
    if word in MONTHS:
        at = MONTHS.index(word)
        return MONTHS[at + 1 :] + MONTHS[:at]
    digits = "".join(filter(str.isdigit, word))
    if digits:
        return (word.replace(digits, f"{number:0{len(digits)}}") for number in count(int(digits) + 1))
    return opposite_words(word)


class Shelf:
    """The cells of all tables by what they are of: which things stand in which column, and of which a cell tells."""

    def __init__(self, cells: Iterable[TableCell]) -> None:
        self._told: set[str] = set()
        self._kinds: dict[tuple[str, str], str] = {}  # (row, column) -> the heading over the rows
        self._columns: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)  # (kind, row) -> its columns
        self._rows: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)  # (kind, column) -> rows
        self._named: defaultdict[str, dict[str, str]] = defaultdict(dict)  # column -> what stands in it
        self._missing: dict[tuple[str, frozenset[str], bool, str], list[str]] = {}
        for cell in cells:
            kind, row, column = (part.casefold() for part in (cell.kind, cell.row, cell.column))
            self._kinds[row, column] = kind
            self._columns[kind, row][column] = None
            self._rows[kind, column][row] = cell.row
            if cell.value:
                self._told.add(cell.question.casefold())
                self._named[column][cell.value.casefold()] = cell.value

    def missing(self, row: str, column: str) -> Sequence[str]:
        """Things of the row's kind of which no cell tells this column.

        Of one kind are rows of tables with the same heading over them and a further column in common, and what stands
        with them under that heading in any column. A column of the row itself that is empty is missing, too.
        """
        name = row.casefold()
        kind = self._kinds.get((name, column.casefold()), "")
        if not kind:  # no cell, or one in a table whose corner is empty: nothing says of what kind its rows are
            return ()
        beside = name in self._named.get(kind, {})
        key = kind, frozenset(self._columns[kind, name]), beside, column
        if key not in self._missing:
            things = dict(self._named[kind]) if beside else {}
            for shared in sorted(key[1]):
                things |= self._rows[kind, shared]
            asked = {thing: TableCell(kind, thing, column, "").question.casefold() for thing in things.values()}
            self._missing[key] = [
                thing
                for thing, question in asked.items()
                if question not in self._told and names_something(thing) and thing.casefold() != column.casefold()
            ]
        return self._missing[key]


def of_the_same_column(proposal: Proposal, row: str, column: str, shelf: Shelf) -> Iterator[Proposal]:
    """The column asked of another thing of the row's kind, where no table has that cell."""
    found = shelf.missing(row, column)
    if found:
        thing = random.Random(proposal.case.question).choice(found)
        yield unanswerable(proposal, TableCell("", thing, column, "").question)


class Forms:
    """Documents with lines "Label: value", by their titles (`texts`: title -> text). Those are of one form that have a
    label in common.
    """

    def __init__(self, facts: Iterable[Proposal], texts: Mapping[str, str]) -> None:
        self._texts = {" ".join(title.split()): text for title, text in texts.items()}
        self._labels: defaultdict[str, dict[str, Proposal]] = defaultdict(dict)
        self._having: defaultdict[str, list[str]] = defaultdict(list)
        for one in facts:
            if match := _LABEL.fullmatch(one.case.question):
                self._labels[match["title"]][match["label"]] = one
                self._having[match["label"]].append(match["title"])

    def lacking(self, proposal: Proposal) -> Iterator[Proposal]:
        """The label of this proposal asked of a document of the same form whose text does not hold it."""
        if not (match := _LABEL.fullmatch(proposal.case.question)):
            return
        label, title = match["label"], match["title"]
        own = self._labels[title]
        for other in dict.fromkeys(other for shared in own if shared != label for other in self._having[shared]):
            beside = self._labels[other]
            if other != title and label not in beside and label.casefold() not in self._texts[other].casefold():
                start, end = match.span("title")
                question = proposal.case.question[:start] + other + proposal.case.question[end:]
                yield unanswerable(next(one for shared, one in beside.items() if shared in own), question)
                return
