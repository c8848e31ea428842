"""A pipeline whose answers are written down beforehand, with the face of the real one."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from index.corpus import Skipped
from index.errors import UnknownDocument
from index.progress import SyncReport
from index.records import Chunk, Document, DocumentEntry, Hit, Quote
from rag.answer import Answer, Citation, Conflict, Event, Evidence, Final, Sentence
from rag.check.checked import CheckedText, Finding
from rag.errors import BadQuestion
from rag.protocols import Between, never

V3 = Document(
    "v3",
    "corpus/deepseek-v3.md",
    "DeepSeek V3: a strong model on a small budget",
    "# DeepSeek V3\n\n"
    + "The comparison covers four rivals. It says little about any of them. " * 40
    + "\n\n## Time and money\n\nTraining took the lab two months. The GPUs it used for this cost $5.5 million. "
    "American rivals have spent hundreds of millions of dollars on the same kind of job.\n\n"
    + "The design is a mixed-model architecture. It answers sooner because latency falls. "
    * 40,
)
NASTY_QUOTE = (
    "<b onclick=alert(1)>Costs</b> rose to \u202e005 $\u202c in [2024](javascript:alert(1)) & ${1+1} {{x}} `y`."
)
NASTY = Document(
    "nasty",
    'corpus/<img src=x onerror="alert(1)">.pdf',
    '<script>alert("title")</script> \u202egnp.exe',
    f"First page.\n\nA line before. {NASTY_QUOTE} A line after.\r\n\x00</mark></div><script>alert(2)</script>",
    (0, 13),
)
CLAIMS = Document(
    "claims",
    "corpus/training-cost-claims.md",
    "What DeepSeek spent: the claims side by side",
    "The sum covers the GPUs. DeepSeek manages everything with roughly 2% of what OpenAI has at its disposal. "
    "The overview of the ecosystem names no number at all.",
)
DOCUMENTS = (V3, NASTY, CLAIMS)


def cite(marker: int, document: Document, quote: str, page: int | None = None) -> Citation:
    """A citation of the first place where the document says `quote`."""
    start = document.text.index(quote)
    return Citation(marker, Quote(document.id, document.title, document.uri, page, start, start + len(quote), quote))


def hits(*documents: Document) -> tuple[Hit, ...]:
    """One hit for each document: its first 400 characters."""
    return tuple(
        Hit(
            Chunk(f"{document.id}:0", document.id, 0, len(document.text[:400]), None, "", document.text[:400]),
            document.title,
            document.uri,
            1.0 / rank,
            rank,
            "reranked",
        )
        for rank, document in enumerate(documents, start=1)
    )


def answered(question: str, sentences: Sequence[Sentence], citations: Sequence[Citation], **more: object) -> Answer:
    """An answer that rests on all the documents."""
    found, seconds = hits(*DOCUMENTS), {"total": 0.12}
    plain = Answer(question, question, tuple(sentences), tuple(citations), found, False, "", 0.9, seconds=seconds)
    return replace(plain, **more)  # type: ignore[arg-type]


COST = "The GPUs it used for this cost $5.5 million."
MONTHS = "Training took the lab two months."
LINES = "Time and money\n\nTraining took the lab"
"""Words of the document that run over lines, as those of a listing do."""
SHARE = "DeepSeek manages everything with roughly 2% of what OpenAI has at its disposal."


def scripts() -> dict[str, Answer]:
    """From a word of the question to the answer."""
    cost, months, share = cite(1, V3, COST), cite(2, V3, MONTHS), cite(2, CLAIMS, SHARE)
    return {
        "cost": answered(
            "cost",
            [
                Sentence(COST, "quoted", 0.99, (1,), (31, 43)),
                Sentence("The lab needed two months to train it.", "supported", 0.93, (2,)),
                Sentence("That is a third of the usual time.", "partial", 0.5, (2,)),
                Sentence("Everybody was surprised.", "unsupported", 0.1),
            ],
            [cost, months],
        ),
        "disagree": answered(
            "disagree",
            [Sentence(COST, "quoted", 0.99, (1,)), Sentence(SHARE, "quoted", 0.99, (2,))],
            [cost, share],
            conflicts=(Conflict(1, 2, ("$5.5 million", "roughly 2%")),),
        ),
        "long": answered(
            "long",
            [Sentence(MONTHS, "quoted", 0.99, (1,))],
            [cite(1, V3, MONTHS)],
            searched_for="How long did the training of DeepSeek V3 take?",
        ),
        "listing": answered(
            "listing",
            [
                Sentence(COST, "quoted", 0.99, (1,)),
                Sentence(LINES, "quoted", 0.99, (2,), (0, 4), listing=True),
                Sentence(MONTHS, "quoted", 0.99, (3,)),
            ],
            [cost, cite(2, V3, LINES), cite(3, V3, MONTHS)],
        ),
        "nasty": answered("nasty", [Sentence(NASTY_QUOTE, "quoted", 0.9, (1,))], [cite(1, NASTY, NASTY_QUOTE, 2)]),
        "ceo": answered(
            "ceo", [], [], abstained=True, reason="The documents do not say who the chief executive of DeepSeek is."
        ),
    }


class ScriptedStore:
    def __init__(self, documents: Sequence[Document]) -> None:
        self.held = {document.id: document for document in documents}

    def documents(self) -> tuple[DocumentEntry, ...]:
        entries = (DocumentEntry(d.id, d.uri, d.title, len(d.text), 1) for d in self.held.values())
        return tuple(sorted(entries, key=lambda entry: (entry.uri, entry.id)))

    def document(self, document_id: str) -> Document:
        if document_id not in self.held:
            raise UnknownDocument(f"There is no document {document_id}.")
        return self.held[document_id]

    def chunks(self, document_id: str) -> tuple[Chunk, ...]:
        text = self.held[document_id].text
        ends = (0, len(text) // 2, len(text))
        return tuple(
            Chunk(f"{document_id}:{n}", document_id, start, end, None, "", text[start:end])
            for n, (start, end) in enumerate(pairwise(ends))
        )

    def remove(self, document_id: str) -> None:
        del self.held[document_id]


class ScriptedPipeline:
    """Answers by the first script whose word is in the question; "slow" questions wait before each sentence."""

    notices: tuple[str, ...] = ()
    threshold = 0.5

    def __init__(self, documents: Sequence[Document] = DOCUMENTS, model: str = "quotes", pause: float = 0.0) -> None:
        self.store = ScriptedStore(documents)
        self.model = model
        self.pause = pause
        self.asked: list[tuple[str, tuple[tuple[str, str], ...], bool]] = []
        self.thinking, self.closed = threading.Event(), threading.Event()
        self.only: Collection[str] | None = None

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        only: Collection[str] | None = None,
        rewrite: bool = True,
        quotes_first: bool = False,
        between: Between = never,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history), rewrite))
        self.only = only
        if len(question) > 4000:
            raise BadQuestion(f"The question has {len(question):,} characters; ask one of at most 4,000.")
        if "crash" in question:
            raise RuntimeError("a bug")
        if "silent" in question:
            self._think(between)
        pause = 0.4 if "slow" in question else self.pause
        script = next((a for word, a in scripts().items() if word in question.lower()), scripts()["ceo"])
        searched = script.searched_for if rewrite and script.searched_for != script.question else question
        answer = replace(script, question=question, searched_for=searched, model=self.model)
        if "slow" in question:
            answer = replace(answer, sentences=answer.sentences * 100)
        try:
            yield from _events(answer, pause)
        except GeneratorExit:
            self.closed.set()
            raise

    def _think(self, between: Between) -> None:
        """As a model that writes nothing for half a minute."""
        self.thinking.set()
        try:
            for _ in range(600):
                time.sleep(0.05)
                between()
        finally:
            self.closed.set()

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        only: Collection[str] | None = None,
        between: Between = never,
    ) -> Answer:
        *_, final = self.stream(question, history, only=only, between=between)
        assert isinstance(final, Final)
        return final.answer

    def retrieve(self, query: str, k: int, only: Collection[str] | None = None) -> tuple[Hit, ...]:
        held = self.store.held.values()
        return hits(*(document for document in held if only is None or document.id in only))[:k]

    def rerank(self, query: str, found: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(found)

    def gist(self, document_id: str) -> tuple[Quote, ...]:
        document = self.store.document(document_id)
        first = document.text.index(".") + 1
        return (Quote(document.id, document.title, document.uri, None, 0, first, document.text[:first]),)

    def check(self, text: str, between: Between = never) -> CheckedText:
        if "silent" in text:
            self._think(between)
        sentence = Sentence(text, "unsupported", 0.1)
        return CheckedText((Finding(sentence, True, ("says 6, the source says 5.5",), (1,)),), (cite(1, V3, COST),))

    def with_model(self, model: str, tell: Callable[[str], None] | None = None) -> "ScriptedPipeline":
        return ScriptedPipeline(tuple(self.store.held.values()), model, self.pause)

    def sync(self, paths: Sequence[Path], progress: Callable[[str], None] | None = None) -> SyncReport:
        failed, added = [], []
        for path in sorted(file for folder in paths for file in folder.rglob("*") if file.is_file()):
            uri = f"added/{path.name}"
            if progress:
                progress(f"1/1 files  {uri}")
            if path.suffix == ".bad":
                failed.append(Skipped(uri, "is not a document Footnote can read."))
            elif path.stem not in self.store.held:
                self.store.held[path.stem] = Document(path.stem, uri, path.stem, path.read_text())
                added.append(uri)
        return SyncReport(added=tuple(added), failed=tuple(failed))

    def close(self) -> None:
        """Nothing is held."""


def _events(answer: Answer, pause: float) -> Iterator[Event]:
    yield Evidence(answer.evidence, answer.searched_for)
    shown: set[int] = set()
    for sentence in answer.sentences:
        time.sleep(pause)
        for citation in answer.citations:
            if citation.marker in sentence.markers and citation.marker not in shown:
                shown.add(citation.marker)
                yield citation
        yield sentence
    yield Final(answer)
