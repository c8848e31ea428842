"""Chooses a title that tells a reader which document this is."""

from __future__ import annotations

import re

from index.text.sentences import sentence_spans

LONGEST = 100
"""Characters of a line that can still be a title."""

_HEADING = re.compile(r"^#{1,6}[^\S\n]+(\S.*)$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_FULL_STOP = (".", "。", "!", "！", ":", "：", ",", ";")
_MACHINE_MADE = re.compile(
    r"\W*untitled\W*\d*|\W*(?:anonymous|unknown|unspecified|no title|none|null)\W*|about:\w+|(?:https?|file)://.*"
    r"|(?:cam)?scan(?:ner|ned)?[\W\d]*|(?:new )?document\d*|microsoft (?:word|powerpoint|excel)\b.*"
    r"|.*\.(?:docx?|pptx?|xlsx?|pdf|indd|tex|dvi)|slide \d+|powerpoint presentation|index|home|title",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{8,}", re.IGNORECASE)
_HEAD = 20_000
"""Characters at the start of a document that are looked at."""


def choose_title(declared: str, text: str, stem: str) -> str:
    """The declared title if a person wrote it, else the first heading, else the first line that looks like a title.

    Else the file's `stem`, or the opening words when the stem says nothing (a hash, a number).
    """
    declared = " ".join(declared.split())
    if _says_something(declared) and len(declared) <= 2 * LONGEST and not _MACHINE_MADE.fullmatch(declared):
        return declared
    head = text[:_HEAD]
    heading = _HEADING.search(head)
    if heading and _says_something(heading[1]):
        return heading[1].rstrip("# \t")[: 2 * LONGEST]
    return _title_line(head) or _from_stem(stem, head)


def _says_something(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _title_line(head: str) -> str:
    """Of the short sentences before the first one of prose, the first about the document; else the first one.

    A line that a sentence only begins on is no title: read as lines, wrapped prose would give half a sentence. One is
    about the document when at least half of its words occur again below, which a byline's do not.
    """
    candidates: list[str] = []
    for start, end in sentence_spans(head):
        words = " ".join(head[start:end].split())
        if len(words) > LONGEST or words.endswith(_FULL_STOP):
            break
        if _says_something(words):
            candidates.append(words)
    about = (words for words in candidates[:20] if _recurs(words, head))
    return next(about, candidates[0] if candidates else "")


def _recurs(line: str, head: str) -> bool:
    words = [word.lower() for word in _WORD.findall(line)]
    below = " ".join(head.lower().split()).replace(line.lower(), " ")
    return bool(words) and sum(word in below for word in words) * 2 >= len(words)


def _from_stem(stem: str, head: str) -> str:
    if _WORD.search(_OPAQUE.sub("", stem)):
        return stem
    opening = next((line.strip() for line in head.splitlines() if _says_something(line)), "")
    if len(opening) <= LONGEST:
        return opening.rstrip(".。 ") or stem
    return opening[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:—–- ") + "…"
