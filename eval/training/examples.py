"""One epoch of training rows from the data folder, for the tasks a run trains, and their digest."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from eval.training.claim_rows import claim_rows
from eval.training.passage_rows import UNKNOWN, Record, Row, read_records, reading_rows
from eval.training.synthesis import sentence_rows, statement_rows

READING = Path("train/reader/reader_train.jsonl.gz")
PAIRS = Path("train/nli_verifier/pairs.jsonl.gz")
STATEMENT_SHARE = 0.6
SENTENCES_PER_PASSAGE = 0.7


RANKED_CLAIM_SHARE = 0.15
"""Of the ranked claims, how many a reading epoch takes: enough to go on ranking passages for statements."""


class Task(StrEnum):
    """What a run trains: everything in one encoder, or one encoder's half of it."""

    BOTH = "both"
    READING = "reading"
    JUDGING = "judging"


@dataclass(frozen=True, slots=True)
class Sources:
    """The records rows are made from, and the SHA-256 of each file they were read from."""

    reading: Sequence[Record]
    pairs: Sequence[Record]
    digests: dict[str, str]


def read_sources(data: Path) -> Sources:
    """The training records under a data folder."""
    digests = {str(path): hashlib.sha256((data / path).read_bytes()).hexdigest() for path in (READING, PAIRS)}
    return Sources(read_records(data / READING), read_records(data / PAIRS), digests)


def epoch_rows(sources: Sources, seed: int, epoch: int, task: Task = Task.BOTH) -> list[Row]:
    """The rows of one epoch, shuffled; the same for the same seed, epoch and task."""
    random_ = random.Random(f"{seed}/{epoch}")
    rows: list[Row] = []
    if task != Task.JUDGING:
        rows += reading_rows(sources.reading, random_)
    claims = list(claim_rows(sources.pairs, random_))
    if task == Task.READING:
        ranked = [replace(row, entail=UNKNOWN, wrong=None) for row in claims if row.rank != UNKNOWN]
        rows += [row for row in ranked if row.kind == "scifact_train" or random_.random() < RANKED_CLAIM_SHARE]
    else:
        passages = list(dict.fromkeys(str(record["context"]) for record in sources.reading))
        rows += statement_rows(sources.reading, random_, STATEMENT_SHARE)
        rows += sentence_rows(passages, random_, SENTENCES_PER_PASSAGE)
        rows += claims
    random_.shuffle(rows)
    return rows
