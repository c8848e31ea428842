"""Which sentences state something that documents could bear out; the others are passed on as unchecked."""

import re

from rag.check.compare import facts
from rag.check.split import Draft

_META = re.compile(
    r"^\W*(?:(?:sure|certainly|of course|okay|hello|hi|dear|thanks?|thank you)\b[^.]{0,40}$"
    r"|here (?:is|are|’s|'s)\b|below (?:is|are)\b|the following (?:is|are|list|table|points?)\b|let(?: me| us|'s)\b"
    r"|i hope\b|i(?:'| a)m sorry\b|please\b|in (?:summary|conclusion|short)\W*$|to (?:summari[sz]e|conclude|sum up)\W*$"
    r"|(?:based on|according to) (?:the|these|your) (?:\w+ )?(?:documents?|passages?|sources?|context)\W*$)",
    re.IGNORECASE,
)
_ABOUT_DOCUMENTS = re.compile(
    r"^\W*(?:(?:the|these|your) (?:\w+ )?(?:documents?|passages?|sources?|context)\b[^.]{0,30}\b(?:not|no)\b[^.]{0,20}"
    r"\b(?:say|mention|state|contain|provide|specify|give|tell|information|answer)"
    r"|i (?:do not|don't|cannot|can't|could not|couldn't) (?:know|find|answer|tell|determine)\b"
    r"|以下是|总之|根据(?:文档|资料)[，,]?$|文档(?:中)?没有)",
    re.IGNORECASE,
)
_AND_YET = re.compile(r"[;；]|\b(?:but|however|although|though|while|whereas|yet)\b|但", re.IGNORECASE)
_LONGEST_LEAD_IN = 14


def is_claim(draft: Draft) -> bool:
    """Whether a draft states something checkable.

    Not claims: code, questions, headings and lead-ins ("The models are:") without a number or date, courtesies, remarks
    on the documents themselves ("the passages do not say ..."), and fragments of one or two words outside lists.
    """
    text = draft.text.strip().rstrip("*_ ")
    if draft.kind == "code" or text.endswith(("?", "？")) or not any(char.isalpha() for char in text):
        return False
    if _ABOUT_DOCUMENTS.match(text) and not _AND_YET.search(text):
        return False
    found = facts(text)
    exact = any(not quantity.counted for quantity in found.quantities) or bool(found.dates)
    if draft.kind == "heading":
        return exact
    if exact:
        return True
    words = text.split()
    if text.endswith((":", "：")) and len(words) <= _LONGEST_LEAD_IN:
        return False
    short = len(words) <= 2 and draft.kind not in ("item", "table") and text.isascii()
    tells = len(re.split(r"[:：]", text, maxsplit=1)[-1].split()) >= 3 if re.search("[:：]", text) else False
    named = any(name.sure for name in found.names())
    courtesy = len(words) <= _LONGEST_LEAD_IN and _META.match(text) and not (named or tells)
    return not (short or courtesy)
