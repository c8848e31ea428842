"""Claims with evidence and a label: twins over the bundled corpus, what small models wrote, strange sentences."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from eval.sets.written import load_written
from index.records import Chunk, Hit
from index.text.sentences import sentence_spans
from rag.check.claims import is_claim
from rag.check.split import Draft, drafts

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

TWINS = Path(__file__).parent.parent / "data" / "twins.jsonl"
STRANGE = 220
"""Sentences of the corpus that are held against the rest of their document, which does not say them."""
Part = Literal["tune", "report"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim, the passages that it is held against, and whether they bear it out; only "tune" may be fitted on."""

    id: str
    source: str
    part: Part
    draft: Draft
    hits: tuple[Hit, ...]
    true: bool
    question: str = ""


def judged_claims(pipeline: Pipeline, data: Path) -> Iterator[Judged]:
    """All of them; `pipeline` is over the bundled corpus, `data` holds `written_sentences`."""
    yield from twins(pipeline)
    yield from strange(pipeline)
    yield from recorded()
    yield from written(data / "written_sentences" / "sentences.jsonl.gz")


def twins(pipeline: Pipeline) -> Iterator[Judged]:
    """A true statement in other words than the corpus, and its twin with one thing changed."""
    from rag.find.found import SHOWN

    for line in TWINS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for true in (True, False):
            draft = drafts(row["true" if true else "false"])[-1]
            hits = pipeline.retrieve(row["true" if true else "false"], SHOWN)
            yield Judged(f"{row['id']}-{true}", "twins", row["part"], draft, hits, true)


def strange(pipeline: Pipeline) -> Iterator[Judged]:
    """True sentences of the corpus against the rest of their own document: none of it says them."""
    found = []
    for entry in pipeline.store.documents():
        document = pipeline.store.document(entry.id)
        spans = sentence_spans(document.text)
        for start, end in spans:
            text = document.text[start:end]
            if text.startswith(("#", "Source:")) or "\n" in text or not is_claim(Draft(text)):
                continue
            rest = [document.text[a:b] for a, b in spans if (a, b) != (start, end)]
            found.append((hashlib.sha256(text.encode()).hexdigest(), text, document.title, rest))
    for digest, text, title, rest in sorted(found)[:STRANGE]:
        hit = _hit(digest[:8], title, "\n".join(rest), 1)
        yield Judged(digest[:8], "strange", _part(title), Draft(text), (hit,), False)


def recorded() -> Iterator[Judged]:
    """What two small models wrote over the bundled corpus; "partial" counts as not true: it may not be shown so."""
    for row in load_written():
        if is_claim(row.draft):
            yield Judged(row.id, "recorded", row.half, row.draft, row.passages, row.label == "true", row.question)


def written(path: Path) -> Iterator[Judged]:
    """The same of an earlier day, over other articles too; outside the project."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["label"] == "not-a-claim":
                continue
            draft = drafts(row["sentence"])[0]
            if is_claim(draft):
                hits = tuple(_hit(p["document"], p["document"], p["text"], n) for n, p in enumerate(row["passages"], 1))
                part: Part = _part(row["qid"])
                true = row["label"] == "supported"
                yield Judged(row["id"], "written", part, draft, hits, true, row["question"])


def _hit(name: str, title: str, text: str, rank: int) -> Hit:
    return Hit(Chunk(f"{name}:{rank}", f"{name}:{rank}", 0, len(text), None, "", text), title, name, 1.0, rank, "fused")


def _part(key: str) -> Part:
    return "tune" if hashlib.sha256(key.encode()).digest()[0] % 2 else "report"
