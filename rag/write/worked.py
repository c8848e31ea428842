"""Answers that are worked out from lists and tables: all items, how many, which rows, the highest, the sum.

Everything is read from the cells and items themselves and cites them; nothing here decides by a score.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from index.records import Quote
from index.text.dates import undated
from index.text.language import without_function_words
from index.text.words import HOW_MANY, STOP_WORDS, joined_terms, names, stem, terms, words
from rag.read.rendering import Statement
from rag.write.denials import denying, excepts
from rag.write.extract import Extract, extract
from rag.write.lists import Table, headings, lists, tables
from rag.write.looked_up import held, looked_up
from rag.write.tabular import MOST_SHOWN, counted, from_table

INDENT = 2
"""Characters by which an item of an item is set in at least."""
DEEPEST = 8
"""A level below those of all headings."""
HEADED_BY = 8
"""Words at the end of a lead-in among which what is listed is named: "... answered by the following members:"."""

_STEPS = re.compile(r"\bhow (?:do|does|can|should|to)\b|\bsteps?\b|\bprocedure\b", re.IGNORECASE)
_ONE_STEP = re.compile(r"\b(?:after|before|when|once|first|next|last)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\(?\d{1,3}[.)]\s")
_NOUNS = re.compile(
    r"\b(?:what|which|who|list|name|all|many|number of|me)\s+"
    r"(?:(?:all|of|the|are|were|some|other|more|main|different|your|these|those)\s+)*"
    r"(?P<rest>[^?.!]+)",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:list|name|give me|show me|what are|what were|who are|who were|which are|all)\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|what|who|how many|list|name)\b", re.IGNORECASE)
_LISTING = re.compile(
    r"^\W*(?:please\s+)?(?:which|what|who|list|name)\b|\b(?:in total|altogether|in all)\b", re.IGNORECASE
)


def worked(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    """What lists and tables give for the question; () where it asks for nothing of the kind, or they do not hold it."""
    if found := looked_up(question, told):
        return found
    for table in tables(told):
        if _about(question, table) and not _outdone(question, table, told) and (found := from_table(question, table)):
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


def wants_several(question: str) -> bool:
    """Whether it asks "which plans", "what are the reasons", "list the members"."""
    return bool(asked_for(question)) and not HOW_MANY.search(question)


def asked_for(question: str) -> str:
    """The plural noun that the question asks for ("all members of the board": members), or "": the first one among
    the words after "which", "how many", "list all the", up to the next small word.
    """
    found = _NOUNS.search(question)
    for word in words(found["rest"]) if found else []:
        if word in STOP_WORDS:
            return ""
        if word.endswith(("s", "ia", "ae", "people", "children")) and not word.endswith(("ss", "us", "is")):
            return word
    return ""


def _about(question: str, rows: Table) -> bool:
    """Whether the table or list is about everything that the question names."""
    held = [rows[0].quote.title, *(lean.text for lean in rows[0].leans), *(row.read for row in rows)]
    asked = re.sub(r"[^\W\d_]", lambda first: first.group().lower(), undated(question), count=1)
    return {term for name in names(asked) for term in joined_terms(name)} <= set(joined_terms(" ".join(held)))


def _outdone(question: str, rows: Table, told: Sequence[Statement]) -> bool:
    """Whether one sentence holds all the words of the question that the table holds, and more of them."""
    asked = set(terms(question))
    held = asked & set(terms(" ".join([rows[0].quote.title, *rows[0].labels, *(row.read for row in rows)])))
    held |= asked & {term for one in headings(rows[0].quote.document_id, told) for term in terms(one.text)}
    others = (item for item in told if item.kind not in ("row", "header", "heading"))
    return any(held < asked & set(terms(f"{item.quote.title} {item.read}")) for item in others)


def _from_list(question: str, told: Sequence[Statement]) -> tuple[Extract, ...]:
    noun = asked_for(question)
    counting = bool(HOW_MANY.search(question))
    asks = counting or _ALL.search(question) or _WHICH.match(question)
    if not noun or not asks or excepts(question) or denying(question).cues:
        return ()
    named = [
        items
        for lead, items in lists(told)
        if stem(noun) in {stem(word) for word in words(lead)[-HEADED_BY:]}
        and _about(question, items)
        and not _left_over(question, items, told)
    ]
    if not named:
        return ()
    asked = set(terms(question))
    shares = [len(asked & set(_said(items))) for items in named]
    items = named[shares.index(max(shares))]
    shown = tuple(extract(item) for item in items[:MOST_SHOWN])
    if not counting:
        return shown
    sure = shares.count(max(shares)) == 1 and _level(items, told)
    return (counted(items, f"{len(items)} {noun} are listed."), *shown) if sure else ()


def _left_over(question: str, items: Sequence[Statement], told: Sequence[Statement]) -> bool:
    """Whether the question says more of what is listed than holds for all of it: "members who resigned".

    What only some of the items say would pick those.
    """
    wanted = without_function_words(question)
    for pattern in (HOW_MANY, _ALL, _LISTING):
        wanted = pattern.sub(" ", wanted)
    first = items[0].quote
    above = [first.title, first.uri, *(lean.text for lean in items[0].leans), *_headings(items, told)]
    common = set(joined_terms(" ".join(above)))
    common |= set.intersection(*(set(terms(item.quote.text)) for item in items))
    return not all(held(term, common) for term in joined_terms(wanted))


def _headings(items: Sequence[Statement], told: Sequence[Statement]) -> list[str]:
    """The headings that the list stands under: the last one before it, and those of a higher level before that."""
    first = items[0].quote
    found: list[str] = []
    level = DEEPEST
    for heading in reversed(headings(first.document_id, told)):
        depth = len(heading.text) - len(heading.text.lstrip("#")) or DEEPEST - 1
        if heading.start <= first.start and depth < level:
            found.append(heading.text)
            level = depth
    return found


def _level(items: Sequence[Statement], told: Sequence[Statement]) -> bool:
    """Whether all items stand equally far in, as far as it is known: what parts each from the words before it is as
    wide. Where it is not, some may belong to others.
    """
    ends = sorted(item.quote.end for item in told if item.quote.document_id == items[0].quote.document_id)
    gaps = [item.quote.start - ends[bisect_right(ends, item.quote.start) - 1] for item in items[1:]]
    return max(gaps) - min(gaps) < INDENT


def _said(items: Sequence[Statement]) -> list[str]:
    return terms(" ".join([items[0].quote.title, *(lean.text for lean in items[0].leans), items[0].quote.text]))
