"""The two collections of an index in Milvus, and records in and out of their rows. Imports pymilvus where it is used.

`NAME` has a row for each chunk, `NAME_documents` one for each document (part 0) and one for each piece of what is too
long for a field: a document's text, seldom a chunk (parts from 1 on). Whoever reads joins the parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from index.errors import UnreadableDocument
from index.protocols import Vectors
from index.records import Chunk, Context, Document, DocumentEntry, Origin
from index.store.lexical import german_terms, terms
from index.store.rows import HALF
from index.text.compounds import german_words

if TYPE_CHECKING:
    from pymilvus import CollectionSchema

Row = dict[str, Any]

LONGEST = 65_535
"""Bytes of a string that Milvus takes."""
PART = 16_000  # characters, of at most four bytes
BATCH_ROWS = 500
BATCH_BYTES = 16_000_000  # a server refuses messages of 64 MB
LISTED = ["id", "uri", "title", "characters", "chunks", "planned"]
SHOWN = ["document_id", "uri", "title", "record"]
K1, B = 1.2, 0.75  # as tantivy has them


def chunk_schema(dim: int) -> CollectionSchema:
    """A row for each chunk: the vector, and words from which the server makes its BM25 vectors."""
    from pymilvus import DataType, Function, FunctionType

    schema = _schema()
    schema.add_field("ordinal", DataType.INT64)
    schema.add_field("record", DataType.VARCHAR, max_length=LONGEST)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
    for field in ("words", "german"):
        analyzer = {"tokenizer": "standard"}
        schema.add_field(field, DataType.VARCHAR, max_length=LONGEST, enable_analyzer=True, analyzer_params=analyzer)
        schema.add_field(f"{field}_bm25", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(Function(f"{field}_to_bm25", FunctionType.BM25, [field], [f"{field}_bm25"]))
    return schema


def document_schema() -> CollectionSchema:
    """A row for each document and for each part of a long string."""
    from pymilvus import DataType

    schema = _schema()
    for field in ("part", "characters", "chunks", "planned"):
        schema.add_field(field, DataType.INT64)
    schema.add_field("body", DataType.VARCHAR, max_length=LONGEST)
    schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)  # Milvus has no collection without vectors
    return schema


def _schema() -> CollectionSchema:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=200)
    schema.add_field("document_id", DataType.VARCHAR, max_length=200)
    for field in ("uri", "title"):
        schema.add_field(field, DataType.VARCHAR, max_length=LONGEST)
    return schema


def check(document: Document, chunks: Sequence[Chunk]) -> None:
    """Raises UnreadableDocument for strings that Milvus cannot hold."""
    strings = [document.uri, document.title, document.text, *(f"{chunk.heading}{chunk.text}" for chunk in chunks)]
    try:
        sizes = [len(text.encode()) for text in strings]
    except UnicodeEncodeError as error:
        raise UnreadableDocument(
            f"{document.uri!a} holds half of a character (a lone surrogate): save it as UTF-8 and try again."
        ) from error
    if max(sizes[:2]) > LONGEST:
        raise UnreadableDocument(
            f"{document.uri[:80]} has a name or title of more than {LONGEST} bytes: shorten it and try again."
        )


def head(document: Document, chunks: int, planned: int, summary: str = "") -> Row:
    """The row that lists the document; with fewer chunks than planned it is incomplete."""
    return {
        "id": document.id,
        "document_id": document.id,
        "uri": document.uri,
        "title": document.title,
        "part": 0,
        "characters": len(document.text),
        "chunks": chunks,
        "planned": planned,
        "body": summary,
        "unused": [0.0, 0.0],
    }


def parts(owner: str, document_id: str, text: str) -> Iterator[Row]:
    """The text in rows of its own."""
    blank = head(Document(document_id, "", "", ""), 0, 0)
    for number, start in enumerate(range(0, len(text), PART), start=1):
        yield blank | {"id": f"{owner}#{number}", "part": number, "body": text[start : start + PART]}


def document_parts(document: Document) -> Iterator[Row]:
    """What the head of a document does not hold."""
    rest = {"text": document.text, "page_starts": document.page_starts, "meta": asdict(document.meta)}
    return parts(document.id, document.id, json.dumps(rest, ensure_ascii=False))


def document_of(rows: Iterable[Row]) -> Document:
    """The document from its head and its parts, in any order."""
    first, *others = sorted(rows, key=lambda row: row["part"])
    rest = json.loads("".join(row["body"] for row in others))
    starts, meta = tuple(rest["page_starts"]), Origin(**rest["meta"])
    return Document(first["id"], first["uri"], first["title"], rest["text"], starts, meta)


def entry(row: Row) -> DocumentEntry:
    """The listing's entry from a head."""
    sizes = (row["characters"], row["chunks"], row["chunks"] >= row["planned"])
    return DocumentEntry(row["id"], row["uri"], row["title"], *sizes)


def chunk_rows(
    document: Document, chunks: Sequence[Chunk], vectors: Vectors, first: int
) -> tuple[list[Row], list[Row]]:
    """Rows for the chunks, the first of them at place `first` in the document, and for parts of those too long."""
    rows: list[Row] = []
    long: list[Row] = []
    halves = vectors.astype(HALF).astype("float32")  # as every store keeps them
    for ordinal, (chunk, vector) in enumerate(zip(chunks, halves, strict=True), start=first):
        record = json.dumps({**asdict(chunk), "id": None, "document_id": None}, ensure_ascii=False)
        if len(record.encode()) > LONGEST:
            long += parts(chunk.id, document.id, record)
            record = ""
        searched = f"{document.title}\n{chunk.heading}\n{chunk.text}"
        rows.append(
            {
                "id": chunk.id,
                "document_id": document.id,
                "uri": document.uri,
                "title": document.title,
                "ordinal": ordinal,
                "record": record,
                "vector": vector,
                "words": words(terms(searched)),
                "german": words(german_terms(" ".join(german_words(searched)))),
            }
        )
    return rows, long


def chunk_of(row: Row, record: str) -> Chunk:
    """The chunk from its row and its record, which can have come from parts."""
    fields = json.loads(record)
    context = Context.from_dict(fields["context"])
    return Chunk(**{**fields, "id": row["id"], "document_id": row["document_id"], "context": context})


def words(found: Iterable[str]) -> str:
    """Terms as one string that every server's standard tokenizer takes apart again.

    Terms of other than ASCII letters go as hexadecimal digits: tokenizers differ in what they take for a letter.
    """
    text = " ".join(term if term.isascii() and term.isalnum() else f"0x{term.encode().hex()}" for term in found)
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in pieces that fit into a message."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        long = sum(len(value) for value in row.values() if isinstance(value, str))
        if batch and (len(batch) >= BATCH_ROWS or size + long > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += long
    if batch:
        yield batch
