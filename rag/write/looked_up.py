"""Answers that are looked up: a field by its label, a row or an entry by what it is known by, the step beside a step.

Everything has to fit: what is asked for by the words of a label, and the rest of the question by the document. Where
something is left over, nothing is looked up, and the reader's answer stands.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from index.text.codes import codes
from index.text.dates import dates
from index.text.names import inflected
from index.text.polarity import deny_alike, read
from index.text.quantities import quantities
from index.text.words import names, terms, words
from rag.read.rendering import Statement
from rag.write.bounds import limits
from rag.write.denials import denying, excepts, past, turned
from rag.write.extract import Extract, extract, in_cell
from rag.write.lists import headings, joined, lists, tables

_ASKS = re.compile(
    r"^\W*(?:and |but |so |at |in |on |from |to |since |until )?(?P<word>who|whom|whose|when|where)\b", re.IGNORECASE
)
_PICKS = re.compile(r"^\W*(?:and |but |so |at |in |on |from |to |with )?(?:who|whose|which|what)\b", re.IGNORECASE)
_OF_PEOPLE = re.compile(r"^\W*(?:and |but |so )?(?:to |with |from )?(?:who|whose)\b", re.IGNORECASE)
_WHOSE = re.compile(r"^\W*(?:who|whose)\b", re.IGNORECASE)
_OPENS = re.compile(r"^\W*(?:who|whose|which|what|when|where|how)\b", re.IGNORECASE)
_SUPPORTED = re.compile(
    r"\b(?:do|does|did|will|would|can|could|must|should|may)\s+(?:\S+\s+)+?(?P<verb>[^\W\d_]+)(?:\s+(?:in|on|at|up|to|for))?\W*$",
    re.IGNORECASE,
)
"""Where something is said to be done, the verb says little: "Caretaker: Jens Arup, flat 2B" tells where he lives."""
_KIND_WORDS = frozenset(terms("date time day name person place address"))
"""Words of a label that only say what kind of value it has: "Due date" tells when something is due."""
_PLACE = re.compile(
    r"\b(?:room|flat|floor|street|st|road|avenue|lane|square|house|hall|building|office|apartment|suite|gate|quay"
    r"|raum|zimmer|wohnung|stra(?:ß|ss)e|gasse|platz|haus)\b|\w+stra(?:ß|ss)e\b",
    re.IGNORECASE,
)
_WHICH_THINGS = re.compile(
    r"\W*(?:which|what)\s+(?P<things>(?:[^\W\d_]+\s+)+?)(?=(?:do|does|did|is|are|was|were|have|has|can|may)\b)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?P<side>after|before|once|following)\s+(?:i(?:'ve| have)?\s+|you(?:'ve| have)?\s+)?(?P<step>[^?.!,]+)",
    re.IGNORECASE,
)
_ACTS = re.compile(r"\bdo\b|\bdone\b|\bcomes?\b|\bhappens?\b|\bsteps?\b|\bnext\b|\bfollows?\b", re.IGNORECASE)
_RUN_IN = re.compile(r"(?:\*\*|__)(?P<name>.+?)[.:]?(?:\*\*|__)[.:]?")


def looked_up(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """What a field, a row, an entry or a list gives; () where the question does not point at exactly one.

    A field, a row and a step deny nothing, so that a question that denies something asks for another one.
    """
    if excepts(question):
        return ()
    if denying(question).cues:
        return _entry(question, told) or _headed(question, told) or _denied(question, told)
    return (
        _field(question, told)
        or _row(question, told)
        or _entry(question, told)
        or _beside(question, told)
        or _headed(question, told)
    )


def _field(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """The fields whose label the question uses, in any form, where their value is of the kind that it asks for.

    Nothing where fields with different labels would do.
    """
    asking = _ASKS.search(question)
    if asking is None:
        return ()
    word = asking["word"].lower()
    verb = _SUPPORTED.search(question) if word == "where" else None
    asked = [term for term in terms(question) if not verb or term not in terms(verb["verb"])]
    found: list[Statement] = []
    for item in told:
        label = [term for term in terms(item.cell(0)) if term not in _KIND_WORDS] if item.kind == "field" else []
        named = [term for term in asked if held(term, label)]
        if named and all(held(term, named) for term in label) and _gives(word, item.cell(1)):
            rest = [term for term in asked if term not in named]
            whole = all(held(term, _known(item, told)) for term in rest)
            if whole and _pointed(question, named) <= _heads(item, told) and not past(question, item.cell(1)):
                found.append(item)
    first = [item for item in found if _same_document(item, found[0])]
    return tuple(in_cell(item, 1) for item in first) if len({item.cell(0) for item in first}) == 1 else ()


def _gives(word: str, value: str) -> bool:
    """Whether a value can be what "who", "when" or "where" asks for."""
    if word.lower() == "when":
        return bool(dates(value)) or any(number.base[0] == "time" for number in quantities(value)) or ":" in value
    if word.lower() == "where":
        return bool(_PLACE.search(value))
    return bool(names(value))


def _pointed(question: str, named: Iterable[str]) -> set[str]:
    """Stems of the names and numbers of the question that are no words of the label."""
    head, _, tail = question.partition(" ")
    pointing = [word for name in names(f"{head.lower()} {tail}") for word in terms(name)]
    pointing += [term for term in terms(question) if any(map(str.isdigit, term))]
    return set(pointing) - set(named)


def _heads(item: Statement, told: Sequence[Statement]) -> set[str]:
    """Stems of a statement with its document's title and headings."""
    above = (one.text for one in headings(item.quote.document_id, told))
    return set(terms(" ".join([item.quote.title, *above, item.read, *(lean.text for lean in item.leans)])))


def _known(item: Statement, told: Sequence[Statement]) -> set[str]:
    """Stems of everything told of the statement's document."""
    return set(terms(" ".join([item.quote.title, *(other.read for other in told if _same_document(other, item))])))


def _same_document(one: Statement, other: Statement) -> bool:
    return one.quote.document_id == other.quote.document_id


def _row(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """The one row that holds a number, time or code of the question as a whole cell; its other cell is in focus."""
    keys = codes(question)
    if not keys or limits(question) != () or not _PICKS.match(question):
        return ()
    found = []
    for table in tables(told):
        held = [
            (row, at)
            for row in table
            for at in range(len(row.cells))
            if keys & codes(row.cell(at)) and _whole(row.cell(at), question) and not past(question, row.cell(at))
        ]
        if len(held) == 1 and _pointed(question, ()) <= _heads(held[0][0], told) | set(
            terms(" ".join(held[0][0].labels))
        ):
            found.append(held[0])
    if len(found) != 1:
        return ()
    row, at = found[0]
    column = _asked_column(question, row, at)
    return (in_cell(row, column),) if column >= 0 else ()


def _whole(cell: str, question: str) -> bool:
    """Whether the question gives all of the cell's words."""
    return set(words(cell)) <= set(words(question))


def _asked_column(question: str, row: Statement, key: int) -> int:
    """The column whose label the question uses first, of those that can hold a person where it asks for one, else the
    only one that can; -1 for none.
    """
    asked = terms(question)
    free = [at for at in range(len(row.labels)) if at != key and at < len(row.cells) and row.cell(at)]
    people = _OF_PEOPLE.match(question) is not None
    if people:
        free = [at for at in free if names(row.cell(at)) and not codes(row.cell(at))]
    places = {
        at: min((place for place in range(len(asked)) if held(asked[place], label)), default=len(asked))
        for at in free
        if (label := terms(row.labels[at]))
    }
    named = [at for at in free if places.get(at, len(asked)) < len(asked)]
    if named:
        return min(named, key=lambda at: (places[at], at))
    return free[0] if people and len(free) == 1 else -1


def _entry(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """The sentence of a paragraph that opens with its subject in bold, where both together are all that is asked."""
    if not _OPENS.match(question):
        return ()
    asked = terms(question)
    found: list[tuple[Statement, Statement]] = []
    for name, lines in _entries(told):
        own = terms(name.quote.text)
        for line in lines:
            said = terms(line.quote.text)
            left = [term for term in asked if not held(term, own)]
            away = past(question, name.quote.text) or turned(question, f"{name.quote.text} {line.quote.text}")
            if left and all(held(term, said) for term in left) and not away:
                found.append((name, line))
    if len(found) != 1:
        return ()
    name, line = found[0]
    of_whom = not any(held(term, terms(name.quote.text)) for term in asked)
    if of_whom and _WHOSE.match(question):
        start, end = _RUN_IN.match(name.quote.text).span("name")  # type: ignore[union-attr]
        return (extract(name, name.quote.start + start, name.quote.start + end), extract(line))
    return () if of_whom else (extract(line), extract(name))


def _entries(told: Sequence[Statement]) -> list[tuple[Statement, list[Statement]]]:
    """The subjects in bold that open a paragraph, each with the sentences of that paragraph."""
    found: list[tuple[Statement, list[Statement]]] = []
    ordered = sorted(told, key=lambda item: (item.quote.document_id, item.quote.start))
    for before, item in pairwise([None, *ordered]):
        if item is not None and _RUN_IN.fullmatch(item.quote.text):
            found.append((item, []))
        elif (
            before
            and item
            and found
            and (found[-1][1] or [found[-1][0]])[-1] is before
            and joined(before.quote, item.quote)
        ):
            found[-1][1].append(item)
    return found


def _beside(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """The step of a list that comes after or before the one that the question names."""
    asking = _BESIDE.search(question)
    if asking is None or not _ACTS.search(question):
        return ()
    named = terms(asking["step"])
    step = -1 if asking["side"].lower() == "before" else 1
    found = [
        items[at + step]
        for _, items in lists(told)
        for at, item in enumerate(items)
        if named and 0 <= at + step < len(items) and all(held(term, terms(item.quote.text)) for term in named)
    ]
    return (extract(found[0]),) if len(found) == 1 else ()


def _headed(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """A whole list whose heading stands in the question word by word: "what has to be done after work?"."""
    asked = words(question)
    for lead, items in lists(told):
        heading = words(lead)
        at = next((at for at in range(len(asked)) if heading and asked[at : at + len(heading)] == heading), -1)
        if (
            at < 0
            or len(heading) < 2
            or not _PICKS.match(question)
            or bool(denying(question).cues) != bool(denying(lead).cues)
        ):
            continue
        rest = terms(" ".join([*asked[:at], *asked[at + len(heading) :]]))
        if all(held(term, terms(items[0].quote.title)) for term in rest):
            return tuple(extract(item) for item in items)
    return ()


def _denied(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """All sentences that deny what "which plans do not ..." asks about, of the first document that has such."""
    asked = denying(question)
    asking = _WHICH_THINGS.match(question)
    if asking is None or not asked.cues:
        return ()
    found: list[Statement] = []
    for item in told:
        if item.kind in ("prose", "item") and (not found or _same_document(item, found[0])):
            spoken_of = all(held(term, _heads(item, told)) for term in terms(asking["things"]))
            if spoken_of and deny_alike(asked, read(item.quote.text)):
                found.append(item)
    return tuple(extract(item) for item in found)


def held(term: str, among: Iterable[str]) -> bool:
    """Whether a stem is among others, in the same or another form: arrive and arrival, attend and attendee."""
    return term in among or any(inflected(term, other) for other in among)
