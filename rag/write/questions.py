"""Questions asked back from a text by rule: what a sentence, a line or a cell says, turned into what one would ask.

The rules are simple on purpose. Whoever shows or keeps such a question has it answered or read first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.text.quantities import Quantity, quantities
from index.text.sentences import sentence_spans

Rule = Literal["table", "number", "definition", "statement", "label", "question"]
LONGEST_SENTENCE, SHORTEST_SENTENCE = 220, 30
LONGEST_CELL = 60
FEWEST_BEFORE = 3
"""Words before a number that make clear of what it is said."""

_ROW = re.compile(r"^\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:\-]+$")
_LABEL = re.compile(r"^[-*]?\s*\**([A-Z][\w /-]{2,40}?)\**:\**\s+(\S.{1,80})$")
_IS = re.compile(r"^((?:The |An? )?[A-Z][^,.;:()]{2,50}?) (is|are|was|were) ([^.;]{4,120})\.$")
_DEFINES = re.compile(r"(?:an?|the|one of)\s", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:It|This|That|They|These|He|She|We|There|But|And|However|Also|At|In|On|By|For|With|From|After|Before|During"
    r"|If|Whether|While|When|Where|What|Who|How|Why|Because|Since|As|Although|Though|Unless|Until|Once|Each|Every|One|Just|Note)\b"
)
_EMPHASIS = re.compile(r"(\*{1,3}|`+)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\W\d][^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_ONLY_LINK = re.compile(r"!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_WAY_ABOUT = re.compile(r"(?:next|previous|see also|up|top|copyright|table of contents)\b", re.IGNORECASE)
_LABELLED = re.compile(r"\w:\s")
_PLURAL = re.compile(r"[^siu]s$")
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


def asked_back(text: str, title: str) -> Iterator[AskedBack]:
    """Cells of tables first, then sentences, then labels and questions that stand on a line of their own."""
    for one in _asked_back(text, " ".join(title.split())):
        yield replace(one, question=plain(one.question))


def plain(text: str) -> str:
    """The text without marks of emphasis, and with links as their words."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text))


def _asked_back(text: str, title: str) -> Iterator[AskedBack]:
    yield from _tables(text)
    for start, end in sentence_spans(text):
        sentence = " ".join(text[start:end].split())
        fitting = SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE
        fitting = fitting and sentence[:1].isalnum() and not sentence[:1].islower()
        if fitting and "|" not in sentence and not _OPENING.match(sentence):
            for rule, question, answer in _of_sentence(sentence):
                yield AskedBack(rule, question, answer, sentence, start, end)
    for start, line in _lines(text):
        if (match := _LABEL.match(line)) and not _leads(match[1], match[2]):
            question = f"{_what(match[1])} the {_inside(match[1])} in “{title}”?"
            yield AskedBack("label", question, match[2].strip(), line, start, start + len(line))
        elif match := _QUESTION.match(line):
            yield AskedBack("question", match[1], "", line, start, start + len(line))


def _leads(label: str, said: str) -> bool:
    """Whether a line leads to other pages, says whose it is or asks instead of telling; or holds many labels.

    A label that begins like a clause ("When to come") or, where nothing is counted, reads like a name ("Dr Ada Hill")
    is nothing to ask the value of.
    """
    named = " " in label and all(word[:1].isupper() for word in label.split()) and not any(map(str.isdigit, said))
    return (
        bool(_WAY_ABOUT.match(label) or _OPENING.match(label) or _LABELLED.search(said)) or named or said.endswith("?")
    )


def _what(label: str) -> str:
    return "What are" if _PLURAL.search(label) else "What is"


def _inside(label: str) -> str:
    """A label as it stands inside a sentence: capitals of an abbreviation stay."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def _of_sentence(sentence: str) -> Iterator[tuple[Rule, str, str]]:
    numbers = [one for one in quantities(sentence) if not one.counted and not one.vague]
    told = len(numbers) == 1 and numbers[0].unit and len(sentence[: numbers[0].start].split()) >= FEWEST_BEFORE
    match = _IS.match(sentence)
    if told:
        yield "number", _number_question(sentence, numbers[0]), numbers[0].text
    elif match:
        rule: Rule = "definition" if _DEFINES.match(match[3]) else "statement"
        yield rule, f"What {match[2]} {_lower_article(match[1])}?", match[3]


def _number_question(sentence: str, number: Quantity) -> str:
    """The sentence with its number asked for: "The crane lifts how much (tonnes)?" is for an editor to smooth."""
    before, after = sentence[: number.start].rstrip(), sentence[number.end :].rstrip(" .")
    opening = "how much" if number.unit else "how many"
    return f"{before} {opening} {after.strip()}".strip(" ,") + "?"


def _lower_article(subject: str) -> str:
    return re.sub(r"^(The|An?)\b", lambda match: match[0].lower(), subject)


def _tables(text: str) -> Iterator[AskedBack]:
    """Cells of tables with a header: what is the COLUMN of ROW?"""
    header: list[str] = []
    for start, line in _lines(text):
        match = _ROW.match(line)
        if match is None:
            header = []
            continue
        cells = [cell.strip() for cell in match[1].split("|")]
        if not header:
            header = cells
        elif not _RULE.match(line) and len(cells) == len(header):
            yield from _cells(header, cells, line, start)


def _cells(header: Sequence[str], cells: Sequence[str], row: str, start: int) -> Iterator[AskedBack]:
    for column, cell in list(zip(header, cells, strict=True))[1:]:
        tells = any(map(str.isalnum, cell)) and not _ONLY_LINK.fullmatch(cell)
        if column and not _OPENING.match(column) and tells and len(cell) <= LONGEST_CELL and cells[0]:
            yield AskedBack("table", f"What is the {column} of {cells[0]}?", cell, row, start, start + len(row))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines without the blanks around them, each with where it begins."""
    at = 0
    for line in text.splitlines(keepends=True):
        yield at + len(line) - len(line.lstrip()), line.strip()
        at += len(line)
