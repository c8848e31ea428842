"""What is said without the documents: a line for small talk, and what the store knows about the collection."""

from collections.abc import Sequence

from index.protocols import Store
from index.records import Document, DocumentEntry
from rag.find.intent import Kind

LISTED = 12
"""Documents that are named where all are asked for."""


def reply(kind: Kind, documents: int) -> str:
    """The one line that answers small talk."""
    held = f"the {documents:,} documents" if documents != 1 else "the one document"
    lines: dict[str, str] = {
        "greeting": f"Hello! Ask me anything that {held} here may say.",
        "bye": "Goodbye!",
        "thanks": "You are welcome.",
        "reaction": "All right. Ask your next question whenever you like.",
        "who": f"I am Footnote, a program that answers from {held} here; every sentence shows the words it rests on.",
        "help": f"Ask a question that {held} here may answer, which documents there are, or for a summary; "
        "every sentence shows the words it rests on, and what they do not say I do not answer.",
        "doubt": "Each sentence was checked against the words it cites: open its number and read them yourself.",
    }
    return lines[kind]


def describe(kind: Kind, named: Sequence[DocumentEntry], store: Store, entries: Sequence[DocumentEntry]) -> str:
    """What the store knows of the collection or of the named documents; "" where it does not know it."""
    if not entries:
        return "There are no documents yet: add some first."
    if kind == "documents":
        return _listing(entries)
    told = [_fact(kind, store.document(entry.id)) for entry in named[:LISTED]]
    return " ".join(told) if all(told) else ""


def _listing(entries: Sequence[DocumentEntry]) -> str:
    listed = "; ".join(_called(entry) for entry in entries[:LISTED])
    if len(entries) == 1:
        return f"There is 1 document: {listed}."
    more = f"; and {len(entries) - LISTED:,} more" if len(entries) > LISTED else ""
    return f"There are {len(entries):,} documents: {listed}{more}."


def _fact(kind: Kind, document: Document) -> str:
    name = _called(document)
    if kind == "title":
        return f"{document.uri} has the title “{document.title}”."
    if kind == "length":
        words, pages = len(document.text.split()), len(document.page_starts)
        about = f"{words:,} words" if words < 100 else f"about {round(words, -1):,} words"
        return (
            f"{name} has {pages:,} {'page' if pages == 1 else 'pages'} and {about}."
            if pages
            else (f"{name} has {about}; a file of its kind has no pages.")
        )
    if kind == "author":
        return f"{name} was written by {document.meta.author}, as the file itself says." if document.meta.author else ""
    dates = [
        f"{verb} on {day}"
        for verb, day in (("made", document.meta.created), ("last changed", document.meta.modified))
        if day
    ]
    return f"{name} was {' and '.join(dates)}, as the file itself says." if dates else ""


def _called(item: Document | DocumentEntry) -> str:
    return f"“{item.title}” ({item.uri})" if item.title and item.title != item.uri else item.uri
