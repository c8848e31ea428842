"""What a sentence claims: whether anything, of whom, in how many clauses, or only something about the documents."""

import re

from index.text.look import look
from rag.check.split import Draft

_META = re.compile(
    r"^\W*(?:(?:sure|certainly|of course|okay|hello|hi|dear|thanks?|thank you)\b[^.]{0,40}$"
    r"|here (?:is|are|’s|'s)\b|below (?:is|are)\b|the following (?:is|are|list|table|points?)\b|let(?: me| us|'s)\b"
    r"|i hope\b|i(?:'| a)m sorry\b|please\b|in (?:summary|conclusion|short)\W*$|to (?:summari[sz]e|conclude|sum up)\W*$"
    r"|(?:based on|according to) (?:the|these|your) (?:\w+ )?(?:documents?|passages?|sources?|context)\W*$)",
    re.IGNORECASE,
)
_DOCUMENTS = r"(?:the|these|your) (?:\w+ )?(?:documents?|articles?|passages?|sources?|texts?|context)"
_REMARK = re.compile(
    rf"^\W*(?:{_DOCUMENTS}\b[^.]{{0,30}}\b(?:not|no|never|neither)\b[^.]{{0,20}}\b(?:say|mention|state|contain|provide"
    r"|specify|give|tell|discuss|address|information|answer)\w*"
    rf"|there (?:is|are) no (?:\w+ )?(?:information|mention|answer|details?)\b"
    r"|i (?:do not|don't|cannot|can't|could not|couldn't) (?:know|find|answer|tell|determine)\b"
    r"|以下是|总之|根据(?:文档|资料)[，,]?$|文档(?:中)?没有)\s*(?P<subject>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT = re.compile(
    rf"^(?:about|on|of|whether|that|how|what|who|when|where|why|which|any|an?|the|in|{_DOCUMENTS})\b\s*"
)
_AND_YET = re.compile(r"[;；]|\b(?:but|however|although|though|while|whereas|yet)\b|但", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(?:sources?|references?|citations?|title|documents?|passages?)\s*(?:\d+\s*)?[:：]", re.IGNORECASE
)
_JOINT = re.compile(r"\s*;\s+|,\s+(?:and|but|while|whereas|yet)\s+|\s+(?:while|whereas)\s+")
_SUBJECT_FIRST = re.compile(r"(?:(?:the|an?|it|they|he|she|this|these|its|their|his|her)\b|[A-Z0-9])")
_PRONOUN = re.compile(r"^(?P<pronoun>it|they|he|she|this model|the model|the company)\b(?!['’])", re.IGNORECASE)
_LONGEST_LEAD_IN = 14
_LEAST_WORDS = 4


def is_claim(draft: Draft) -> bool:
    """Whether a draft states something checkable.

    Not claims: code, questions, headings and lead-ins ("The models are:") without a number or date, courtesies, lines
    that only name a source, and fragments of one or two words outside lists.
    """
    text = draft.text.strip().rstrip("*_ ")
    if draft.kind == "code" or text.endswith(("?", "？")) or not any(char.isalpha() for char in text):
        return False
    if _LABEL.match(text):
        return False
    if _REMARK.match(text) and not _AND_YET.search(text):
        return False
    found = look(text)
    exact = any(not quantity.counted for quantity in found.quantities) or bool(found.dates)
    if draft.kind == "heading" or exact:
        return exact
    words = text.split()
    if text.endswith((":", "：")) and len(words) <= _LONGEST_LEAD_IN:
        return False
    short = len(words) <= 2 and draft.kind not in ("item", "table") and text.isascii()
    tells = len(re.split(r"[:：]", text, maxsplit=1)[-1].split()) >= 3 if re.search("[:：]", text) else False
    named = any(name.sure for name in found.names())
    courtesy = len(words) <= _LONGEST_LEAD_IN and _META.match(text) and not (named or tells)
    return not (short or courtesy)


def remarked(text: str) -> str:
    """The subject that a remark says the documents do not speak of, or "" where it is no such remark."""
    found = _REMARK.match(text)
    if found is None or _AND_YET.search(text):
        return ""
    subject, before = found["subject"].strip(" .:，。"), None
    while subject != before:
        subject, before = _SUBJECT.sub("", subject), subject
    return subject


def claimed(draft: Draft) -> str:
    """What a draft says, read alone: an item with its lead-in, a pronoun at its head with the name before it."""
    text = draft.text.strip()
    if draft.lead_in:
        return f"{draft.lead_in.rstrip(' :：')}: {text}"
    owner = _owner(draft.before)
    return _PRONOUN.sub(lambda _: owner, text, count=1) if owner else text


def clauses(text: str) -> list[str]:
    """The clauses of a claim that can each be checked, or the claim alone where it cannot be told apart safely."""
    parts = [part.strip() for part in _JOINT.split(text.strip().rstrip("."))]
    whole = all(len(part.split()) >= _LEAST_WORDS for part in parts)
    if len(parts) < 2 or not whole or not all(_SUBJECT_FIRST.match(part) for part in parts[1:]):
        return [text]
    owner = _owner(parts[0])
    led = [parts[0], *(_PRONOUN.sub(lambda _: owner, part, count=1) if owner else part for part in parts[1:])]
    return [f"{part[:1].upper()}{part[1:]}." for part in led]


def _owner(before: str) -> str:
    """The name that a sentence is about, as far as words show it: the first sure one in its first half."""
    if not before:
        return ""
    names = [name for name in look(before).names() if name.sure or before.startswith(name.text)]
    return names[0].text if names and before.find(names[0].text) <= len(before) / 2 else ""
