"""Which documents a question names: by file name, by title, or as "this document" where there is only one."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from index.records import DocumentEntry
from index.text.words import terms

LONGEST_TITLE = 8
"""Words of a title by which a document can be named."""

_THIS = re.compile(
    r"\b(?:this|the|that|das|dieses|dem|diesem|diese|die|der|den|ce|le|la|el|este|il|questo|este)\s+"
    r"(?:document|file|text|pdf|paper|report|article|page|book|dokument|datei|bericht|artikel|fichier|texte|rapport"
    r"|documento|archivo|informe)\b|文件|文档|文書|\b(?:it|this)\b",
    re.IGNORECASE,
)
_KINDS_OF_TEXT = frozenset(
    terms("document file text pdf paper report article page book the dokument datei bericht docx md txt html csv")
)
"""Words for any document: they name none."""


def named_documents(question: str, entries: Sequence[DocumentEntry]) -> tuple[DocumentEntry, ...]:
    """The documents that the question names; none where it names none, several where they share the name.

    A file's whole name counts before titles. A title counts where the question holds all of its words, or at least two
    of them and half, numbers apart; the same holds for the words of the file's name.
    """
    lowered = question.casefold()
    by_file = [entry for entry in entries if _file(entry) in lowered]
    if by_file:
        longest = max(len(_file(entry)) for entry in by_file)
        return tuple(entry for entry in by_file if len(_file(entry)) == longest)
    asked = set(terms(question))
    shares = [(max(_share(name, asked) for name in _names(entry)), entry) for entry in entries]
    best = max((share for share, _ in shares), default=0.0)
    if best > 0:
        return tuple(entry for share, entry in shares if share == best)
    return tuple(entries) if len(entries) == 1 and _THIS.search(question) else ()


def without_names(question: str, named: Sequence[DocumentEntry]) -> str:
    """The question with the words between the first and the last one of a document's name as "document"."""
    own = {term for entry in named for name in _names(entry) for term in terms(name)}
    for entry in named:
        question = re.sub(re.escape(_file(entry)), "document.txt", question, flags=re.IGNORECASE)
    held = [match for match in re.finditer(r"\w+", question) if set(terms(match.group())) & own]
    if not held:
        return question
    return f"{question[: held[0].start()]}document{question[held[-1].end() :]}"


def _file(entry: DocumentEntry) -> str:
    return PurePosixPath(entry.uri).name.casefold()


def _names(entry: DocumentEntry) -> tuple[str, str]:
    """Its title, unless that is a whole sentence (the first of a text without a heading), and its file's name."""
    title = entry.title if len(entry.title.split()) <= LONGEST_TITLE else ""
    return title, PurePosixPath(entry.uri).stem.replace("-", " ").replace("_", " ")


def _share(name: str, asked: set[str]) -> float:
    """The share of a name's words that are asked for; 0 where they are too few to be meant."""
    own = [term for term in terms(name) if not term.isdigit()]
    held = [term for term in own if term in asked]
    telling = [term for term in held if term not in _KINDS_OF_TEXT]
    if not telling or (len(held) < len(own) and (len(telling) < 2 or 2 * len(held) < len(own))):
        return 0.0
    return len(held) / len(own) + len(telling) / 100
