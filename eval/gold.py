"""Where the gold evidence of the cases stands in the stored documents, as slices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from eval.cases import BadCases, Case, Gold
from index.protocols import Store
from index.records import DocumentEntry, Hit

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Slice:
    """Half-open character offsets into the text of a stored document."""

    document_id: str
    start: int
    end: int


def slice_of(hit: Hit) -> Slice:
    """The part of the document that a hit shows."""
    return Slice(hit.chunk.document_id, hit.chunk.start, hit.chunk.end)


def place(cases: Sequence[Case], store: Store) -> dict[str, tuple[Slice, ...]]:
    """Case id -> the slices of its evidence, in the order of `Case.evidence`; of several documents of one name that
    which holds the quote counts.

    Raises `BadCases` when a document is not stored or does not hold the quote.
    """
    entries = store.documents()
    texts: dict[str, str] = {}

    def slice_for(case: Case, gold: Gold) -> Slice:
        for document_id in _named(gold.document, entries, case):
            if document_id not in texts:
                texts[document_id] = store.document(document_id).text
            span = locate(gold.quote, texts[document_id])
            if span is not None:
                return Slice(document_id, *span)
        raise BadCases(f"Case {case.id}: {gold.document} does not hold the quote {gold.quote!r}; correct the case.")

    return {case.id: tuple(slice_for(case, gold) for gold in case.evidence) for case in cases}


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Half-open offsets of the first place where the words of the quote stand in the text, or None.

    Case, white space, punctuation and markup between words do not matter, so that a quote copied from a source file is
    found in its loaded text.
    """
    exact = text.find(quote)
    if quote and exact >= 0:
        return exact, exact + len(quote)
    wanted = [word.casefold() for word in _WORD.findall(quote)]
    places = [(match.start(), match.end(), match[0].casefold()) for match in _WORD.finditer(text)]
    words = [word for _, _, word in places]
    for i in range(len(words) - len(wanted) + 1 if wanted else 0):
        if words[i] == wanted[0] and words[i : i + len(wanted)] == wanted:
            return places[i][0], places[i + len(wanted) - 1][1]
    return None


def _named(name: str, entries: Sequence[DocumentEntry], case: Case) -> list[str]:
    """Ids of the documents that a case may mean: by id or whole uri, then by the end of the path (with its suffix or
    without), else by title.
    """
    wanted = name.replace("\\", "/").casefold()
    whole = [entry.id for entry in entries if wanted in (entry.id, _path(entry))]
    ends = [entry.id for entry in entries if _ends_in(_path(entry), wanted)]
    titled = [entry.id for entry in entries if name.casefold() == entry.title.casefold()]
    found = list(dict.fromkeys([*whole, *ends])) or titled
    if not found:
        raise BadCases(
            f"Case {case.id}: no stored document is named {name!r} (there are {len(entries)}); "
            "point --docs at the documents that the cases are about."
        )
    return found


def _path(entry: DocumentEntry) -> str:
    return entry.uri.replace("\\", "/").casefold()


def _ends_in(path: str, wanted: str) -> bool:
    path = path.rstrip("/")
    return any(f"/{one}".endswith(f"/{wanted}") for one in (path, path.removesuffix(PurePosixPath(path).suffix)))
