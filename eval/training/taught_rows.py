"""Rows from small documents of many trades, written for training with their questions, near misses and claims.

A file holds one document a line: {"title", "text", "qa": [[question, answer, sentence]], "none": [question],
"claims": [[true, false, evidence]]}; answers, sentences and evidence are slices of the text.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import default_corpus
from eval.training.judge_rows import Claim, Unit
from eval.training.question_rows import Question
from index.records import Chunk
from index.text.blocks import blocks
from index.text.sentences import sentence_spans
from rag.read.rendering import render

HELD_OUT_SHARE = 0.1
FOREIGN_SHARE = 0.1
"""Share of the questions that are asked again of another document."""
CROPPED_SHARE, CROPPED_WORDS = 0.75, 70
"""Share of the questions that see only some sentences of their document, of about so many words: passages are no longer
either, and it makes two rows for the price of one."""
DROPPED_SHARE = 0.3
"""Share of the true claims that are held against the text without their evidence."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A document as it is read, with its questions, the questions it does not answer, and its claims."""

    text: str
    read: str
    asked: tuple[tuple[str, str, str], ...]
    unanswered: tuple[str, ...]
    claims: tuple[tuple[str, str, str], ...]

    @property
    def held_out(self) -> bool:
        """Whether it is kept for measuring."""
        return hashlib.sha256(self.text.encode()).digest()[0] < 256 * HELD_OUT_SHARE


def committed() -> list[Path]:
    """The files that were taught, in order; `unseen.jsonl` beside them was not."""
    folder = default_corpus().with_name("taught")
    return [path for path in sorted(folder.glob("*.jsonl")) if path.stem != "unseen"]


def taught_documents(paths: Sequence[Path]) -> list[Taught]:
    """The documents of the files, in order."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [_taught(json.loads(line)) for line in lines]


def taught_questions(documents: Sequence[Taught], seed: int) -> Iterator[Question]:
    """Each question over its document, and again over the document without the answering sentence.

    The near misses are left out: a bag of words tells them from the questions that are answered without any document
    (AUROC .90 over all, .69 on strangers' questions), and an encoder that was taught both learnt just that.
    """
    random_ = random.Random(seed)
    for document in documents:
        for question, answer, sentence in document.asked:
            if (start := _start(document.read, answer, sentence)) < 0:
                continue
            begin, end = cropped(document.read, start, start + len(answer), random_)
            passage, start = document.read[begin:end], start - begin
            yield Question(question, passage, start, start + len(answer), "taught")
            if document.text.count(sentence) == 1 and document.text.count(answer) == 1:
                lacking = read(document.text.replace(sentence, " "))
                at = random_.randrange(max(1, len(lacking)))
                yield _unanswered(question, lacking[slice(*cropped(lacking, at, at + 1, random_))])
            other = random_.choice(documents)
            if random_.random() < FOREIGN_SHARE and other is not document:
                yield _unanswered(question, other.read)


def near_misses(documents: Sequence[Taught]) -> Iterator[Question]:
    """Questions that their document does not answer; for measuring what was not taught with them."""
    for document in documents:
        for question in document.unanswered:
            yield _unanswered(question, document.read)


def cropped(text: str, start: int, end: int, random_: random.Random) -> tuple[int, int]:
    """Where sentences of a text begin and end that hold [start, end) and are CROPPED_WORDS long; or the whole text."""
    spans = sentence_spans(text)
    within = [at for at, span in enumerate(spans) if span[0] < end and start < span[1]]
    if not within or random_.random() >= CROPPED_SHARE:
        return 0, len(text)
    first, last = within[0], within[-1]
    while len(text[spans[first][0] : spans[last][1]].split()) < CROPPED_WORDS and last - first < len(spans) - 1:
        before = last == len(spans) - 1 or (first > 0 and random_.random() < 0.5)
        first, last = (first - 1, last) if before else (first, last + 1)
    return spans[first][0], spans[last][1]


def taught_units(documents: Sequence[Taught], seed: int) -> Iterator[Unit]:
    """Each pair of a true and a false claim, over its evidence or the whole document; some true ones without it."""
    random_ = random.Random(seed)
    for document in documents:
        for true, false, evidence in document.claims:
            over = document.read if random_.random() < 0.5 else read(evidence)
            yield (Claim(true, over, 1, "taught"), Claim(false, over, 0, "taught"))
            if random_.random() < DROPPED_SHARE and document.text.count(evidence) == 1:
                yield (Claim(true, read(document.text.replace(evidence, " ")), 0, "taught dropped"),)


def read(text: str) -> str:
    """A text as the pipeline gives it to its readers."""
    found = blocks(text)
    return render(Chunk("d:0", "d", 0, len(text), None, "", text), found, range(len(found))).text


def _taught(row: dict[str, Any]) -> Taught:
    text = str(row["text"])
    kept = [(q, a, s) for q, a, s in row["qa"] if s in text and a in s]
    claims = [(t, f, e) for t, f, e in row["claims"] if e in text]
    return Taught(text, read(text), tuple(kept), tuple(row["none"]), tuple(claims))


def _start(shown: str, answer: str, sentence: str) -> int:
    """Where the answer begins in the text as it is read; -1 where its sentence is read in other words and it is not
    the only place of the answer.
    """
    at = shown.find(sentence)
    return shown.find(answer, max(0, at)) if at >= 0 or shown.count(answer) == 1 else -1


def _unanswered(question: str, passage: str) -> Question:
    return Question(question, passage, -1, -1, "taught none")
