"""Brings text into the one form in which documents are stored."""

from __future__ import annotations

import re
from unicodedata import is_normalized, normalize

_NEWLINE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# Control characters, lone surrogates, byte order marks, soft hyphens, zero-width spaces and noncharacters: invisible,
# and each would split a word for search. Joiners and direction marks stay, because scripts and emoji need them.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    r"""NFC, newlines as \n, without characters that cannot be seen. Idempotent."""
    text = _INVISIBLE.sub("", _NEWLINE.sub("\n", text))
    return text if is_normalized("NFC", text) else normalize("NFC", text)
