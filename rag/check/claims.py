"""What a sentence claims: whether anything, of whom, in how many clauses, or only something about the documents."""

import re

from index.text.look import look
from index.text.polarity import base
from index.text.words import AUXILIARIES, stem
from rag.check.split import Draft

_OPENING = re.compile(
    r"^\W*(?:(?:please|also|but|and)\b\W*)*(?:(?:do )?(?:note|remember|be aware|be advised|bear in mind|keep in mind)"
    r"|(?:let (?:me|us)|let['’]s|i(?: would|['’]d)? (?:like|want|wish|have|need) to|i (?:should|must|may|can|will))"
    r"(?: also)? (?:note|add|mention|say|stress|point out|tell you|remind you|remark))(?:\s+also)?"
    r"(?:\s+that\b|:)\s*(?=\S)"
    r"|^\W*(?:总之|根据(?:文档|资料))[，,]\s*(?=\S)",
    re.IGNORECASE,
)
_META = re.compile(
    r"^\W*(?:(?:sure|certainly|of course|okay|hello|hi|dear|thanks?|thank you)\b[^.]{0,40}$"
    r"|here (?:is|are|’s|'s)\b|below (?:is|are)\b|the following (?:is|are|list|table|points?)\b|let(?: me| us|'s)\b"
    r"|i hope\b|i(?:'| a)m sorry\b|please(?:\W*$| (?:let me|feel free|ask|do not hesitate|don.t hesitate|rephrase)\b)"
    r"|in (?:summary|conclusion|short)\W*$|to (?:summari[sz]e|conclude|sum up)\W*$"
    r"|(?:based on|according to) (?:the|these|your) (?:\w+ )?(?:documents?|passages?|sources?|context)\W*$"
    r"|以下是[^:：，,。]*[:：]?\W*$)",
    re.IGNORECASE,
)
_DOCUMENTS = r"(?:the|these|your) (?:\w+ )?(?:documents?|articles?|passages?|sources?|texts?|context)"
_REMARK = re.compile(
    rf"^\W*(?:{_DOCUMENTS}\b[^.]{{0,30}}\b(?:not|no|never|neither)\b[^.]{{0,20}}\b(?:say|mention|state|contain|provide"
    r"|specify|give|tell|discuss|address|information|answer)\w*"
    rf"|there (?:is|are) no (?:\w+ )?(?:information|mention|answer|details?)\b"
    r"|i (?:do not|don't|cannot|can't|could not|couldn't) (?:know|find|answer|tell|determine)\b"
    r"|根据(?:文档|资料)$|文档(?:中)?没有)\s*(?P<subject>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT = re.compile(
    rf"^(?:about|on|of|whether|that|how|what|who|when|where|why|which|any|an?|the|in|{_DOCUMENTS})\b\s*"
)
_AND_YET = re.compile(r"[;；]|\b(?:but|however|although|though|while|whereas|yet)\b|但", re.IGNORECASE)
_PIECE = re.compile(r",\s+|[:(]\s*|\s[—–-]+\s|—|[，：]")
_AND = re.compile(r"\s(?=(?:and|because|so)\s)", re.IGNORECASE)
_NOR_THEY = re.compile(
    r"^they (?:also )?(?:do not|don['’]t|never) (?:also )?(?:say|mention|state|specify)\b", re.IGNORECASE
)
_JOINED = re.compile(r"^\W*(?:(?:and|but|or|so|yet|then|because)\b\W*)*", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:whether|if|that|which|who|whom|whose|what|when|where|why|how|nor|including|such as)\b", re.IGNORECASE
)
_I = re.compile(r"i\b", re.IGNORECASE)
_ALONE = re.compile(r"^(?:it|they|he|she|we|there)\s+\w", re.IGNORECASE)
_FINITE = re.compile(rf"^\S.*?\s(?:{AUXILIARIES}|isn['’]t|aren['’]t|cannot|might|shall)\b", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LABEL = re.compile(
    r"^\W*(?:(?P<cited>documents?|passages?)|sources?|references?|citations?|title)\s*(?:\d+\s*)?[:：]", re.IGNORECASE
)
_JOINT = re.compile(r"\s*;\s+|,\s+(?:and|but|while|whereas|yet)\s+|\s+(?:while|whereas)\s+")
_SUBJECT_FIRST = re.compile(r"(?:(?:the|an?|it|they|he|she|this|these|its|their|his|her)\b|[A-Z0-9])")
_PRONOUN = re.compile(r"^(?P<pronoun>it|they|he|she|this model|the model|the company)\b(?!['’])", re.IGNORECASE)
_LONGEST_LEAD_IN = 14
"""Words of a lead-in or a courtesy that states nothing; chosen by hand."""
_LEAST_WORDS = 4
"""Words of a clause that can be checked alone; chosen by hand."""


def is_claim(draft: Draft) -> bool:
    """Whether a draft states something checkable.

    Not claims: code, questions, headings and lead-ins ("The models are:") without a number or date, courtesies, lines
    that only name a source, and fragments of one or two words outside lists.
    """
    text = _OPENING.sub("", draft.text.strip().rstrip("*_ "))
    if draft.kind == "code" or text.endswith(("?", "？")) or not any(char.isalpha() for char in text):
        return False
    label = _LABEL.match(text)
    if label and not (label["cited"] and _states(text[label.end() :].strip())):
        return False
    if _REMARK.match(text) and not _goes_on(text):
        return False
    found = look(text)
    exact = any(not quantity.counted for quantity in found.quantities) or bool(found.dates)
    if draft.kind == "heading" or exact:
        return exact
    words = text.split()
    if text.endswith((":", "：")) and len(words) <= _LONGEST_LEAD_IN:
        return False
    short = len(words) <= 2 and draft.kind not in ("item", "table") and text.isascii()
    tells = bool(re.search(r"[:：]\s*\S", text)) or _goes_on(text)
    named = any(name.sure for name in found.names())
    courtesy = len(words) <= _LONGEST_LEAD_IN and _META.match(text) and not (named or tells)
    return not (short or courtesy)


def remarked(text: str) -> str:
    """The subject that a remark says the documents do not speak of, or "" where it is no such remark."""
    found = _REMARK.match(text)
    if found is None or _goes_on(text):
        return ""
    subject, before = found["subject"].strip(" .:，。"), None
    while subject != before:
        subject, before = _SUBJECT.sub("", subject), subject
    return subject


def _goes_on(text: str) -> bool:
    """Whether a remark or a courtesy is followed by a clause with a statement of its own."""
    if _AND_YET.search(text):
        return True
    pieces = [piece.strip() for piece in _PIECE.split(text) if piece.strip()]
    listed = len(pieces) > 2 or any(re.search(r"\bor\b", piece) for piece in pieces)
    if any(_states(piece, alone=not listed) for piece in pieces[1:]):
        return True
    joined = (_AND.split(piece) for piece in pieces)
    return any(_states(tail) for head, *tails in joined if not _OPEN.search(head) for tail in tails)


def _states(piece: str, *, alone: bool = False) -> bool:
    """Whether a piece of a sentence has a subject and a verb that say something about the world.

    `alone`: no list goes on here, so that a word that may be a plural ("fees") or a verb ("pays") is taken for a verb.
    """
    piece = _JOINED.sub("", piece).strip()
    if any(pattern.match(piece) for pattern in (_OPEN, _I, _NOR_THEY, _REMARK, _META)):
        return False
    if _ALONE.match(piece) or (len(_HAN.findall(piece)) >= 3 and not re.match(r"[也或和以还及]", piece)):
        return True
    finite = _FINITE.match(piece)
    if finite and not _OPEN.search(finite.group()):
        return True
    return alone and any(_may_be_verb(word) for word in piece.split()[1:])


def _may_be_verb(word: str) -> bool:
    lowered = word.lower().strip(".,;")
    irregular = base(lowered) != stem(lowered)
    return lowered.isalpha() and (
        irregular or (len(lowered) > 3 and lowered.endswith(("s", "ed")) and lowered[-2:] != "ss")
    )


def claimed(draft: Draft) -> str:
    """What a draft says, read alone: without "note that", an item with its lead-in, a pronoun as the name before it."""
    text = draft.text.strip()
    opening = _OPENING.match(text)
    if opening:
        text = text[opening.end() :]
        text = text[:1].upper() + text[1:]
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
