"""Rows from small documents of many trades, written for training with their questions, near misses and claims.

A file holds one document a line: {"title", "text", "qa": [[question, answer, sentence]], "none": [question], "would":
[[question, answer, sentence]], "claims": [[true, false, evidence]]}. Answers, sentences and evidence are slices of the
text; "would" gives for near misses of "none" a sentence that is not in the text and would answer them.

The wording of a question must not tell whether it is answered: a bag of words knows the near misses from the other
questions with AUROC .90, and an encoder that was taught both as they are learnt just that. So each question comes
twice, over a passage and over the same passage without the one sentence.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
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

_MARKS = re.compile(r"^[^\w\n]+$\n?", re.MULTILINE)
"""A line of marks alone: what is left of an item whose words were taken out."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A document with its questions, those that one more sentence would answer, and its claims."""

    text: str
    asked: tuple[tuple[str, str, str], ...]
    wanting: tuple[tuple[str, str, str], ...]
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
    """Each question over a passage that answers it, and over the same one without the sentence that does; some over
    another document.
    """
    random_ = random.Random(seed)
    for document in documents:
        asked = [(document.text, *one) for one in document.asked]
        asked += [(enriched(document.text, one[2], random_), *one) for one in document.wanting]
        for text, question, answer, sentence in asked:
            if text.count(sentence) == 1:
                yield from _with_and_without(text, question, answer, sentence, random_)
            other = random_.choice(documents)
            if random_.random() < FOREIGN_SHARE and other is not document:
                yield Question(question, read(other.text), -1, -1, "taught none")


def _with_and_without(
    text: str, question: str, answer: str, sentence: str, random_: random.Random
) -> Iterator[Question]:
    shown = read(text)
    start = _start(shown, answer, sentence)
    if start < 0:
        return
    begin, end = cropped(shown, start, start + len(answer), random_)
    passage = shown[begin:end]
    before, found, after = passage.partition(sentence)
    # A row of a table is read in other words than it is written in: then the whole document is read without it.
    bare = _MARKS.sub("", f"{before.rstrip(' ')} {after.lstrip(' ')}") if found else read(text.replace(sentence, " "))
    if bare.strip():
        yield Question(question, passage, start - begin, start - begin + len(answer), "taught")
        yield Question(question, bare, -1, -1, "taught none")


def enriched(text: str, sentence: str, random_: random.Random) -> str:
    """The text with a sentence more, behind one of its paragraphs or as one of its own."""
    parts = text.split("\n\n")
    at = random_.randrange(len(parts))
    joint = " " if parts[at].endswith((".", "!", "?")) else "\n\n"
    parts[at] += f"{joint}{sentence}"
    return "\n\n".join(parts)


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
            over = read(document.text if random_.random() < 0.5 else evidence)
            yield (Claim(true, over, 1, "taught"), Claim(false, over, 0, "taught"))
            if random_.random() < DROPPED_SHARE and document.text.count(evidence) == 1:
                yield (Claim(true, read(document.text.replace(evidence, " ")), 0, "taught dropped"),)


def read(text: str) -> str:
    """A text as the pipeline gives it to its readers."""
    found = blocks(text)
    return render(Chunk("d:0", "d", 0, len(text), None, "", text), found, range(len(found))).text


def _taught(row: dict[str, Any]) -> Taught:
    text = str(row["text"])
    asked = [(q, a, s) for q, a, s in row["qa"] if s in text and a in s]
    wanting = [(q, a, s) for q, a, s in row.get("would", ()) if s not in text and a in s]
    claims = [(t, f, e) for t, f, e in row["claims"] if e in text]
    return Taught(text, tuple(asked), tuple(wanting), tuple(claims))


def _start(shown: str, answer: str, sentence: str) -> int:
    """Where the answer begins in the text as it is read; -1 where its sentence is read in other words and it is not
    the only place of the answer.
    """
    at = shown.find(sentence)
    return shown.find(answer, max(0, at)) if at >= 0 or shown.count(answer) == 1 else -1
