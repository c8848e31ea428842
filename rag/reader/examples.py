"""One epoch of training rows from the data folder, and their digest."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.reader.claims import claim_rows
from rag.reader.rows import Record, Row, read_records, reading_rows
from rag.reader.synthesis import sentence_rows, statement_rows

READING = Path("train/reader/reader_train.jsonl.gz")
PAIRS = Path("train/nli_verifier/pairs.jsonl.gz")
STATEMENT_SHARE = 0.6
SENTENCES_PER_PASSAGE = 0.7


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


def epoch_rows(sources: Sources, seed: int, epoch: int) -> list[Row]:
    """The rows of one epoch, shuffled; the same for the same seed and epoch."""
    random_ = random.Random(f"{seed}/{epoch}")
    rows = list(reading_rows(sources.reading, random_))
    passages = list(dict.fromkeys(str(record["context"]) for record in sources.reading))
    rows += statement_rows(sources.reading, random_, STATEMENT_SHARE)
    rows += sentence_rows(passages, random_, SENTENCES_PER_PASSAGE)
    rows += claim_rows(sources.pairs, random_)
    random_.shuffle(rows)
    return rows
