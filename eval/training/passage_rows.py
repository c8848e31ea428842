"""Training rows for ranking, reading and answerability, made from question-and-passage records."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.training.mining import Bm25
from eval.training.perturb import change
from index.text.sentences import sentence_at, sentence_spans

UNKNOWN = -1
HARD_NEGATIVES = 8
SYNTHETIC_SHARE, AGAIN_SHARE, PAIR_SHARE, CHANGED_SHARE = 0.2, 0.5, 0.3, 0.5
"""Of the rows each could make, how many an epoch takes."""
Record = Mapping[str, Any]
_NEGATED = re.compile(r"\b(did|does|do|is|are|was|were|has|have|had|could|would|should) not\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One training example; a label of UNKNOWN (-1) leaves that head untrained.

    Rows of one `pair` are one question with a passage that answers it and one that does not: they train as a pair too.
    `start` and `end` are character offsets of the answer in `passage`; `wrong` holds the character spans of `query`
    that the passage does not support: empty when all of it is supported, None when nobody knows.
    """

    kind: str
    query: str
    passage: str
    rank: int = UNKNOWN
    answerable: int = UNKNOWN
    start: int = UNKNOWN
    end: int = UNKNOWN
    entail: int = UNKNOWN
    wrong: tuple[tuple[int, int], ...] | None = None
    pair: int = UNKNOWN


def read_records(path: Path) -> list[Record]:
    """Records of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def reading_rows(records: Sequence[Record], random_: random.Random) -> Iterator[Row]:
    """Each question with its passage, whole, cropped or among distractors; some also with a mined or emptied passage.

    Some are asked again with another crop, and some with one fact changed, so that the passage no longer answers.
    """
    passages = list(dict.fromkeys(str(record["context"]) for record in records))
    search = Bm25(passages)
    for number, record in enumerate(records):
        if record["synthetic_negative"] and random_.random() >= SYNTHETIC_SHARE:
            continue
        near = [passages[index] for index in search.top(str(record["question"]), HARD_NEGATIVES + 1)]
        near = [passage for passage in near if passage != record["context"] and not _answers_in(record, passage)]
        own = _own_row(record)
        if own.answerable and random_.random() < AGAIN_SHARE:
            yield vary(own, near, random_)
        if own.answerable and near and random_.random() < PAIR_SHARE:
            mined = Row("mined", own.query, random_.choice(near), rank=0, answerable=0, pair=number)
            yield replace(vary(own, [], random_), pair=number)
            yield crop(mined, random_) if random_.random() < 0.65 else mined
        else:
            yield vary(own, near, random_)
        if own.answerable and random_.random() < CHANGED_SHARE:
            yield from _changed_question(own, near, random_)
        if own.answerable and random_.random() < 0.12:
            yield from _without_evidence(record, own)


def _own_row(record: Record) -> Row:
    query, passage = str(record["question"]).strip(), str(record["context"])
    if record["is_impossible"]:
        mined = bool(record["synthetic_negative"])
        return Row(
            "synthetic negative" if mined else "impossible", query, passage, rank=0 if mined else 1, answerable=0
        )
    start = int(record["answer_start"])
    end = start + len(record["answers"][0])
    return Row("answerable", query, passage, rank=1, answerable=1, start=start, end=end)


def _answers_in(record: Record, passage: str) -> bool:
    lowered = passage.lower()
    return any(str(answer).lower() in lowered for answer in record["answers"])


def vary(row: Row, near: Sequence[str], random_: random.Random) -> Row:
    """The row with its passage whole (45 %), cropped to a few sentences, or beside sentences of another passage."""
    chance = random_.random()
    if chance < 0.45 or (row.kind == "impossible" and chance < 0.8):
        return row
    if chance < 0.85 or not near:
        return crop(row, random_)
    return beside(
        crop(row, random_), crop(replace(row, passage=random_.choice(near), start=-1), random_).passage, random_
    )


def crop(row: Row, random_: random.Random) -> Row:
    """A run of one to five sentences of the passage, around the answer where there is one."""
    bounds = sentence_spans(row.passage)
    if len(bounds) < 2:
        return row
    first = last = random_.randrange(len(bounds))
    if row.start >= 0:
        first, last = sentence_at(bounds, row.start), sentence_at(bounds, max(row.start, row.end - 1))
    first = max(0, first - random_.randrange(3))
    last = min(len(bounds) - 1, last + random_.randrange(3))
    begin, stop = bounds[first][0], bounds[last][1]
    if row.start < 0:
        return replace(row, passage=row.passage[begin:stop])
    if row.end > stop or row.start < begin:
        return row
    return replace(row, passage=row.passage[begin:stop], start=row.start - begin, end=row.end - begin)


def beside(row: Row, other: str, random_: random.Random) -> Row:
    """The passage with the text of another before or after it."""
    if random_.random() < 0.5:
        return replace(row, passage=row.passage + " " + other)
    shift = len(other) + 1
    moved = replace(row, passage=other + " " + row.passage)
    return moved if row.start < 0 else replace(moved, start=row.start + shift, end=row.end + shift)


def _changed_question(row: Row, near: Sequence[str], random_: random.Random) -> Iterator[Row]:
    """The question with a number, name, direction or negation changed: what people do to make SQuAD's unanswerable."""
    pool = random_.choice([row.passage, random_.choice(near) if near else row.passage])
    changed = change(row.query, pool, random_)
    if changed is not None:
        asked = _NEGATED.sub(r"\1n't", changed.text)
        yield vary(Row("changed question", asked, row.passage, answerable=0), [], random_)


def _without_evidence(record: Record, row: Row) -> Iterator[Row]:
    """The same passage less the sentences that hold an answer."""
    answers = [str(answer).lower() for answer in record["answers"]]
    kept = [row.passage[start:end] for start, end in sentence_spans(row.passage)]
    kept = [sentence for sentence in kept if not any(answer in sentence.lower() for answer in answers)]
    passage = " ".join(kept)
    if kept and not _answers_in(record, passage):
        yield Row("evidence dropped", row.query, passage, answerable=0)
