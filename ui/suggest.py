"""Questions to go on with, taken from the passages found; only those that the built-in answer answers from them."""

from collections.abc import Callable, Iterable, Iterator

from index.records import Hit
from rag.answer import Answer
from rag.write.questions import AskedBack, asked_back
from ui.turn import Turn

MOST = 3
MOST_OF_A_DOCUMENT = 2
TRIED = 8
"""Questions that are answered to see whether they can be; each takes as long as an answer of the built-in writer."""
WORTH = ("question", "definition", "date", "table", "label")
"""The rules whose questions read as somebody would ask, best first."""

Candidate = tuple[Hit, AskedBack]


def suggestions(turn: Turn, earlier: Iterator[str], ask: Callable[[str], Answer | None]) -> Iterator[str]:
    """At most MOST questions. `ask` answers one with quotes, and gives None when there is no more time."""
    asked = {_key(question) for question in (*earlier, turn.question, turn.searched_for)}
    new = ((hit, one) for hit, one in candidates(turn.hits, asked) if not _told(turn, hit, one))
    for _, one in tried(new, ask, MOST_OF_A_DOCUMENT):
        yield one.question


def tried(
    found: Iterator[Candidate], ask: Callable[[str], Answer | None], most_of_a_document: int
) -> Iterator[Candidate]:
    """At most MOST of them, whose answer cites the words that they were made from; at most TRIED are asked."""
    documents: dict[str, int] = {}
    left = TRIED
    for hit, one in found:
        if left == 0 or sum(documents.values()) == MOST:
            return
        if documents.get(hit.chunk.document_id, 0) == most_of_a_document:
            continue
        left -= 1
        answer = ask(one.question)
        if answer is None:
            return
        if _answers(answer, hit, one):
            documents[hit.chunk.document_id] = documents.get(hit.chunk.document_id, 0) + 1
            yield hit, one


def candidates(hits: Iterable[Hit], asked: set[str]) -> Iterator[Candidate]:
    """What the passages let ask, the best rule first and the passages in turn, none of those asked."""
    by_rule: dict[str, list[list[Candidate]]] = {rule: [] for rule in WORTH}
    for hit in hits:
        found = list(asked_back(hit.chunk.text, hit.title, [cell.text for cell in hit.chunk.context.header]))
        for rule in WORTH:
            by_rule[rule].append([(hit, one) for one in found if one.rule == rule])
    for lists in by_rule.values():
        for place in range(max(map(len, lists), default=0)):
            for hit, one in (found[place] for found in lists if place < len(found)):
                if _key(one.question) not in asked:
                    asked.add(_key(one.question))
                    yield hit, one


def _told(turn: Turn, hit: Hit, one: AskedBack) -> bool:
    start, end = hit.chunk.start + one.start, hit.chunk.start + one.end
    return any(
        cited.document_id == hit.chunk.document_id and cited.start < end and start < cited.end
        for cited in turn.citations
    )


def _answers(answer: Answer, hit: Hit, one: AskedBack) -> bool:
    """Whether the answer cites the very words that the question was made from, or those below its heading."""
    if answer.abstained:
        return False
    chunk = hit.chunk
    first, last = (0, len(chunk.text)) if one.rule == "question" else (one.start, one.end)
    return any(
        cited.document_id == chunk.document_id and cited.start < chunk.start + last and chunk.start + first < cited.end
        for cited in answer.citations
    )


def _key(question: str) -> str:
    return " ".join(question.casefold().strip(" ?#*").split())
