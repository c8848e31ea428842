"""A small world to evaluate: three documents, a store of them and a pipeline that finds and quotes sentences."""

import re
from collections.abc import Collection, Sequence

import pytest

from index.records import Chunk, Document, DocumentEntry, Hit, Quote
from rag.answer import Answer, Citation, Sentence
from rag.protocols import Span

TEXTS = {
    "v3.md": "DeepSeek V3 was trained in two months. The GPUs cost $5.5 million.",
    "kimi.md": "Moonshot AI made Kimi K2. It moves to Singapore.",
    "empty-talk.md": "Nobody knows the future. The market may rise.",
}


class WordReader:
    """Entails when every word of the sentence stands in the passage; ranks by shared words."""

    name = "words"

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        asked = words(question)
        return [float(len(asked & words(passage))) for passage in passages]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        return [Span("", 0, 0, 0.0, min(1.0, score / 3)) for score in self.rank(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [float(words(sentence) <= words(passage)) for passage, sentence in pairs]


def words(text: str) -> set[str]:
    return {word.strip(".,?").casefold() for word in text.split()}


class ListStore:
    """Documents in memory, one chunk per sentence, searched by shared words."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._documents = {
            name: Document(f"id-{name}", name, name.upper(), text) for name, text in texts.items() if text.strip()
        }

    def documents(self) -> tuple[DocumentEntry, ...]:
        return tuple(
            DocumentEntry(d.id, d.uri, d.title, len(d.text), len(self.chunks(d))) for d in self._documents.values()
        )

    def document(self, document_id: str) -> Document:
        return next(d for d in self._documents.values() if d.id == document_id)

    def chunks(self, document: Document) -> list[Chunk]:
        ends = [match.end() for match in re.finditer(r"[.!?](?=\s)|\n\n|$", document.text) if match.end()]
        spans = [(start, end) for start, end in zip([0, *ends], ends, strict=False) if document.text[start:end].strip()]
        return [
            Chunk(f"{document.id}:{n}", document.id, start, end, None, "", document.text[start:end])
            for n, (start, end) in enumerate(spans)
        ]

    def all_chunks(self) -> list[Chunk]:
        return [chunk for document in self._documents.values() for chunk in self.chunks(document)]

    def count(self) -> int:
        return len(self.all_chunks())

    def search_lexical(self, text: str, k: int, only: Collection[str] | None = None) -> list[Hit]:
        """By shared words; nothing that shares none."""
        scores = {chunk.id: len(words(text) & words(chunk.text)) for chunk in self.all_chunks()}
        chunks = sorted(self.all_chunks(), key=lambda chunk: (-scores[chunk.id], chunk.id))
        wanted = [c for c in chunks if scores[c.id] and (only is None or c.document_id in only)]
        return [
            Hit(chunk, chunk.document_id, chunk.document_id, float(scores[chunk.id]), rank, "lexical")
            for rank, chunk in enumerate(wanted[:k], start=1)
        ]

    def search_dense(self, vectors: Sequence[object], k: int, only: Collection[str] | None = None) -> list[list[Hit]]:
        """In the order of the store, whatever is asked."""
        hits = [
            Hit(chunk, chunk.document_id, chunk.document_id, 1 / rank, rank, "dense")
            for rank, chunk in enumerate(self.all_chunks()[:k], start=1)
        ]
        return [hits for _ in vectors]

    def close(self) -> None: ...


class NoEmbedder:
    """Known by name only."""

    name = "none"
    fingerprint = "0" * 64

    def embed_queries(self, texts: Sequence[str]) -> Sequence[str]:
        return texts


class QuotingPipeline:
    """Quotes the best sentence, or keeps silent when fewer than three of its words were asked for."""

    model = "quotes"
    threshold = 0.5

    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.store = ListStore(TEXTS if texts is None else texts)
        self.embedder = NoEmbedder()
        self.reader = self.judge = WordReader()
        self.asked: list[str] = []

    def __enter__(self) -> "QuotingPipeline":
        return self

    def __exit__(self, *_: object) -> None: ...

    def retrieve(self, query: str, k: int, only: Collection[str] | None = None) -> tuple[Hit, ...]:
        chunks = [chunk for chunk in self.store.all_chunks() if only is None or chunk.document_id in only]
        return tuple(
            Hit(chunk, chunk.document_id, chunk.document_id, 1 / rank, rank, "fused")
            for rank, chunk in enumerate(chunks[:k], start=1)
        )

    def rerank(self, query: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        scores = self.reader.rank(query, [hit.chunk.text for hit in hits])
        order = sorted(range(len(hits)), key=lambda i: (-scores[i], hits[i].chunk.id))
        return tuple(
            Hit(hits[i].chunk, hits[i].title, hits[i].uri, scores[i], rank, "reranked")
            for rank, i in enumerate(order, start=1)
        )

    def standalone(self, question: str, history: Sequence[tuple[str, str]]) -> str:
        return " ".join([question, *(old for old, _ in history)])

    def ask(
        self, question: str, history: Sequence[tuple[str, str]] = (), *, only: Collection[str] | None = None
    ) -> Answer:
        self.asked.append(question)
        searched = self.standalone(question, history)
        hits = self.rerank(searched, self.retrieve(searched, 10, only))
        best = hits[0]
        confidence = min(1.0, best.score / 6)
        if best.score < 3:
            return Answer(question, searched, (), (), hits, True, "The documents do not say.", confidence)
        return quoting(question, searched, hits, confidence)


def quoting(question: str, searched: str, hits: tuple[Hit, ...], confidence: float) -> Answer:
    hit, chunk = hits[0], hits[0].chunk
    citation = Citation(1, Quote(chunk.document_id, hit.title, hit.uri, None, chunk.start, chunk.end, chunk.text))
    sentence = Sentence(chunk.text, "quoted", 1.0, (1,))
    return Answer(question, searched, (sentence,), (citation,), hits, False, "", confidence, seconds={"write": 0.1})


@pytest.fixture
def pipeline() -> QuotingPipeline:
    return QuotingPipeline()


@pytest.fixture
def case_lines() -> list[str]:
    """Four cases of the small world: two that the pipeline gets right, a wrong one, and a refusal."""
    return [
        '{"id": "cost", "question": "how much did the GPUs cost?", "answerable": true,'
        ' "answers": ["5.5 million dollars"], "tags": ["single-fact", "number"],'
        ' "evidence": [{"document": "v3.md", "quote": "The GPUs cost $5.5 million."}]}',
        '{"id": "where", "question": "it moves to where?", "history": [["what of Moonshot AI?", "It made Kimi."]],'
        ' "answers": ["Singapore"], "answerable": true, "tags": ["single-fact", "follow-up"],'
        ' "evidence": [{"document": "kimi.md", "quote": "It moves to Singapore."}]}',
        '{"id": "staff", "question": "how many people?", "answerable": false, "tags": ["near-miss"]}',
        '{"id": "knows", "question": "who knows the market future?", "answerable": false, "tags": ["near-miss"]}',
    ]
