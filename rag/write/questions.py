"""Questions asked back from a text by rule: what a sentence, a line or a cell says, turned into what one would ask.

The rules are simple on purpose. Whoever shows or keeps such a question has it answered or read first.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from index.text.dates import dates
from index.text.language import language
from index.text.quantities import Quantity, quantities
from index.text.sentences import sentence_spans
from index.text.units import dimension
from index.text.words import WORD
from rag.write.subjects import inside, label_question, leans, what_or_who

Rule = Literal["table", "date", "number", "definition", "statement", "label", "question"]
LONGEST_SENTENCE, SHORTEST_SENTENCE = 220, 30
LONGEST_CELL = 60
FEWEST_BEFORE = 3
"""Words before a number that make clear of what it is said."""

_ROW = re.compile(r"^\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:\-]+$")
_LABEL = re.compile(r"^[-*]?\s*\**([A-Z][\w /-]{2,40}?)\**:\**\s+(\S.{1,80})$")
_IS = re.compile(r"^((?:The |An? )?[A-Z][^,.;:()]{2,50}?) (is|are|was|were) ([^.;]{4,120})\.$")
_DATED = re.compile(
    r"^((?:The |An? )?[A-Z][^,.;:()]{2,50}?) (is|are|was|were|will)( be)? (?!an? |the |not )([a-z]+(?: [a-z]+){0,2}?)"
    r" (?:in|on) $"
)
"""What stands before the day or year of a sentence that says when: "The station was founded in "."""
_DEFINES = re.compile(r"(?:an?|the|one of)\s", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:It|Its|This|That|They|Their|These|He|His|She|Her|We|Our|There|But|And|However|Also|At|In|On|By|For|With|From|To|Of|After|Before|During"
    r"|If|Whether|While|When|Where|What|Who|How|Why|Because|Since|As|Although|Though|Unless|Until|Once|Each|Every|One|Just|Note"
    r"|Both|All|Some|Many|Most|Other|Another|Such|Sadly|Conversely)\b"
)
_ASKED_OF = re.compile(r"[^\W\d_]|\d{3}")
"""What the name of a row or a column holds: a word, a year or a code; 7.4 names nothing."""
_DETERMINED = re.compile(r"\b(?:the|an?|last|next|first|every|each|this|these)\s$", re.IGNORECASE)
"""What before a number keeps "how much" from taking its place: "in the 1990s", "every 10 seconds"."""
_EMPHASIS = re.compile(r"(\*{1,3}|`+)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\W\d][^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_MARKED = re.compile(r"[*`\[]")
"""Without one of these, text holds no emphasis, link or note: most cells of large tables."""
_NOTE = re.compile(r"\[\^\w+\]")
_ONLY_LINK = re.compile(r"!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_WAY_ABOUT = re.compile(r"(?:next|previous|see|up|top|copyright|table of contents|important)\b", re.IGNORECASE)
_NOT_TOLD = re.compile(r"\w:\s|\s{2}|^<?\w+://\S+$|\?$|,$")
"""Behind a label: further labels, columns, an address alone, a question, or what goes on in the next line."""
LONGEST_LABEL = 4
"""Words of a label that names something: "avoid unnecessary frequent bar refreshing" is advice."""
_POINTS = re.compile(r"\b(?:they|them|their|it|its|this|that|these|those|he|she|his|her)\b")
"""What in a question of a text only the text before it explains: "How serious are they?"."""
_PARTS = re.compile(
    r"half|halves|thirds?|quarters?|(?:four|fif|six|seven|eigh|nin|ten|hundred|thousand)ths?", re.IGNORECASE
)
_SHORT_UNIT = 3
"""Letters of a unit that is no word: "kg", "min"."""
_QUESTION = re.compile(
    r"^(?:#{1,6}\s+)?\**((?:Who|What|When|Where|Which|Why|How|Is|Are|Does|Do|Can)\b[^?|]{8,110}\?)\**$"
)


@dataclass(frozen=True, slots=True)
class AskedBack:
    """A question and the words that answer it: `quote` stands, in one line, for text[start:end]; `answer` is in it.

    A question that the text itself asks has no answer yet (""), and [start, end) is the question's own place.
    """

    rule: Rule
    question: str
    answer: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: what it says, what its row and its column are called, and the heading over the names of the rows."""

    kind: str
    row: str
    column: str
    value: str

    @property
    def question(self) -> str:
        """What the cell answers; whoever has row or column can take the other from it."""
        return f"What is the {self.column} of {self.row}?"


def asked_back(text: str, title: str, header: Sequence[str] = ()) -> Iterator[AskedBack]:
    """Cells of tables first, then sentences, then labels and questions that stand on a line of their own.

    `header` names the columns where the text begins within a table.
    """
    for one in _asked_back(text, " ".join(title.split()), header):
        yield replace(one, question=plain(one.question))


def plain(text: str) -> str:
    """The text without marks of emphasis and of notes, and with links as their words."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", _NOTE.sub("", text))) if _MARKED.search(text) else text


def _asked_back(text: str, title: str, header: Sequence[str]) -> Iterator[AskedBack]:
    yield from _tables(text, header)
    if language(text) not in ("English", ""):  # a question in two languages is nobody's
        return
    lower = frozenset(word for word in WORD.findall(text) if word.islower())
    for start, end in sentence_spans(text):
        sentence = " ".join(text[start:end].split())
        fitting = SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE
        fitting = fitting and sentence[:1].isalnum() and not sentence[:1].islower()
        if fitting and "|" not in sentence and not _OPENING.match(sentence):
            for rule, question, answer in _of_sentence(sentence, lower):
                yield AskedBack(rule, question, answer, sentence, start, end)
    yield from _of_lines(list(_lines(text)), len(text), title)


def _of_lines(lines: Sequence[tuple[int, str]], length: int, title: str) -> Iterator[AskedBack]:
    """Labels and questions that stand on a line of their own; a label that several lines have asks nothing certain."""
    labels = Counter(match[1].casefold() for _, line in lines if (match := _LABEL.match(line)))
    for (start, line), (_, following) in pairwise([*lines, (length, "")]):
        match = _LABEL.match(line)
        if match and labels[match[1].casefold()] == 1 and not _leads(match[1], match[2]) and not _goes_on(following):
            if question := label_question(match[1], match[2], title):
                yield AskedBack("label", question, match[2].strip(), line, start, start + len(line))
        elif (match := _QUESTION.match(line)) and not _POINTS.search(match[1]):
            yield AskedBack("question", match[1], "", line, start, start + len(line))


def _leads(label: str, said: str) -> bool:
    """Whether a line leads to other pages, says whose it is, advises or asks instead of telling.

    A label that begins like a clause ("When to come") or, where nothing is counted, reads like a name ("Dr Ada Hill")
    is nothing to ask the value of.
    """
    words = label.split()
    named = len(words) > 1 and all(word[:1].isupper() for word in words) and not any(map(str.isdigit, said))
    away = _WAY_ABOUT.match(label) or _OPENING.match(label) or _ONLY_LINK.fullmatch(said) or _NOT_TOLD.search(said)
    return bool(away) or named or len(words) > LONGEST_LABEL


def _goes_on(following: str) -> bool:
    """Whether the line behind a label's goes on with what that began: its value would be cut off."""
    return following[:1].islower() or following.startswith(("`", "(", '"', "“"))


def _of_sentence(sentence: str, lower: Collection[str]) -> Iterator[tuple[Rule, str, str]]:
    numbers = [one for one in quantities(sentence) if not one.counted and not one.vague]
    match = _IS.match(sentence)
    days = dates(sentence)
    dated = _DATED.match(sentence[: days[0].start]) if days else None
    if dated and not leans(dated[1]):
        yield "date", f"When {dated[2]} {inside(dated[1], lower)}{dated[3] or ''} {dated[4]}?", days[0].text
    if len(numbers) == 1 and numbers[0].unit and _stands_free(sentence, numbers[0]):
        yield "number", _number_question(sentence, numbers[0]), numbers[0].text
    elif match and not leans(match[1]) and (asks := what_or_who(match[1], match[3])):
        rule: Rule = "definition" if _DEFINES.match(match[3]) else "statement"
        yield rule, f"{asks} {match[2]} {inside(match[1], lower)}?", match[3]


def _stands_free(sentence: str, number: Quantity) -> bool:
    """Whether "how much" can take the number's place: enough words before it, no sign that touches it, no label or
    list in front of it, and a unit of which there can be many.
    """
    before, after = sentence[: number.start], sentence[number.end :]
    apart = before.endswith(" ") and after[:1] in ("", " ", ".", ",", ";") and before.rstrip()[-1:] not in ",;:"
    unit = number.text.split()[-1]
    many = not unit.isalpha() or unit.endswith("s") or len(unit) <= _SHORT_UNIT or _is_money(number)
    several = many and not _PARTS.fullmatch(unit) and ":" not in before
    return apart and several and len(before.split()) >= FEWEST_BEFORE and not _DETERMINED.search(before)


def _is_money(number: Quantity) -> bool:
    return dimension(number.unit)[0].startswith("money")


def _number_question(sentence: str, number: Quantity) -> str:
    """The sentence with its number asked for: "The crane lifts how many tonnes?" is for an editor to smooth."""
    before, after = sentence[: number.start].rstrip(), sentence[number.end :].rstrip(" .")
    unit = number.text.split()[-1]
    opening = "how much" if _is_money(number) or not unit.isalpha() else f"how many {unit}"
    return f"{before} {opening}{after}".strip(" ,") + "?"


def _tables(text: str, header: Sequence[str]) -> Iterator[AskedBack]:
    """Cells of tables with a header: what is the COLUMN of ROW?"""
    for names, cells, row, start in _rows(text, header):
        for column, cell in list(zip(names, cells, strict=True))[1:]:
            tells = any(map(str.isalnum, cell)) and not _ONLY_LINK.fullmatch(cell) and len(cell) <= LONGEST_CELL
            if tells and not _OPENING.match(column) and _ASKED_OF.search(column) and _ASKED_OF.search(cells[0]):
                asks = TableCell(names[0], cells[0], column, cell).question
                yield AskedBack("table", asks, cell, row, start, start + len(row))


def table_cells(text: str) -> Iterator[TableCell]:
    """The cells of all rows below a header, also the empty ones and those that `asked_back` would not ask for."""
    for header, cells, _, _ in _rows(text):
        for column, cell in list(zip(header, cells, strict=True))[1:]:
            yield TableCell(*map(plain, (header[0], cells[0], column, cell)))


def names_something(text: str) -> bool:
    """Whether the words can name a row or a column: short, and not a bare number such as 7.4."""
    return len(text) <= LONGEST_CELL and not _OPENING.match(text) and _ASKED_OF.search(text) is not None


def _rows(text: str, header: Sequence[str] = ()) -> Iterator[tuple[Sequence[str], list[str], str, int]]:
    """Rows below the header of their table: header, cells, the line, and where it begins."""
    for start, line in _lines(text):
        match = _ROW.match(line)
        if match is None:
            header = ()
            continue
        cells = [cell.strip() for cell in match[1].split("|")]
        if not header:
            header = cells
        elif not _RULE.match(line) and len(cells) == len(header):
            yield header, cells, line, start


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines without the blanks around them, each with where it begins."""
    at = 0
    for line in text.splitlines(keepends=True):
        yield at + len(line) - len(line.lstrip()), line.strip()
        at += len(line)
