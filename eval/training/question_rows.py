"""Rows for reading: questions with a passage that answers them, or does not; also over the rows of small tables."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from index.text.sentences import sentence_at, sentence_spans

Record = Mapping[str, Any]
LONGEST_PASSAGE = 620
"""Characters to which a passage is cut, at sentences, around its answer."""
ROWS_PER_EPOCH: Mapping[str, int] = MappingProxyType(
    {
        "squad1": 7500, "squad2": 2700, "squad2 none": 2900, "covidqa": 1200, "squadshifts_new_wiki": 6000,
        "squadshifts_new_wiki none": 1500, "tydiqa_train_en": 3400, "tydiqa_train_en none": 1500, "mlqa_dev_en": 1000,
        "mlqa_dev_en none": 500, "qed_dev": 1300, "qed_dev none": 500, "qamr": 2500, "qamr none": 800,
        "squad2 synthetic none": 1200, "squad1 synthetic none": 1200, "tables": 2200,
    }
)  # fmt: skip
"""Rows of each kind that an epoch takes, at most. Left out for their texts' licence: Reddit and Amazon reviews."""
ROBBED_SHARE, LEFT = 0.2, 2
"""Share of the answered questions that are asked again of their passage without the answering sentence, and sentences
that must be left of it."""
_FOLDERS = ("reader", "squadshifts", "tydiqa_goldp", "mlqa", "qed_nq", "qamr")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and a passage; `passage[start:end]` answers it, or start == end == -1: then nothing in it does. Where
    that is the whole passage, no place in it is learnt, only that it answers.
    """

    question: str
    passage: str
    start: int
    end: int
    source: str


def question_rows(data: Path) -> dict[str, list[Question]]:
    """All rows of the folders under `data`, by kind."""
    rows: dict[str, list[Question]] = {kind: [] for kind in ROWS_PER_EPOCH}
    for folder in _FOLDERS:
        for path in sorted((data / folder).glob("reader*.gz")):
            if path.name.endswith(("_ko_sw.jsonl.gz", "_cross.jsonl.gz")):
                continue
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for row in map(_row, map(json.loads, lines)):
                    if row.source in rows:
                        rows[row.source].append(row)
    rows["tables"] = list(_of_tables(data / "tabfact" / "pairs.jsonl.gz"))
    return rows


def epoch_rows(rows: Mapping[str, Sequence[Question]], seed: int) -> Iterator[Question]:
    """The rows of one epoch in random order, long passages cut."""
    random_ = random.Random(seed)
    chosen = [
        row
        for kind, most in ROWS_PER_EPOCH.items()
        for row in random_.sample(list(rows[kind]), min(most, len(rows[kind])))
    ]
    random_.shuffle(chosen)
    for row in chosen:
        kept = cut(row, random_)
        yield kept
        bare = without(kept) if random_.random() < ROBBED_SHARE else ""
        if bare:
            yield Question(row.question, bare, -1, -1, f"{row.source} robbed")


def without(row: Question) -> str:
    """The passage without the sentence that answers; "" where little is left, or the answer stands there again."""
    if row.end <= 0 or row.source == "tables":
        return ""
    bounds = sentence_spans(row.passage)
    first, last = sentence_at(bounds, row.start), sentence_at(bounds, row.end - 1)
    bare = row.passage[: bounds[first][0]] + row.passage[bounds[last][1] :].lstrip()
    again = row.passage[row.start : row.end].lower() in bare.lower()
    return "" if again or len(bounds) - (last + 1 - first) < LEFT else bare.strip()


def cut(row: Question, random_: random.Random) -> Question:
    """The row with as many whole sentences around the answer as fit; without an answer, any that stand together."""
    if len(row.passage) <= LONGEST_PASSAGE:
        return row
    bounds = sentence_spans(row.passage)
    at = sentence_at(bounds, row.start) if row.end > 0 else random_.randrange(len(bounds))
    first = last = at
    if row.end > 0:
        last = max(last, sentence_at(bounds, row.end - 1))
    while True:
        sides = [side for side in (first - 1, last + 1) if 0 <= side < len(bounds)]
        random_.shuffle(sides)
        fits = [s for s in sides if max(bounds[last][1], bounds[s][1]) - bounds[min(first, s)][0] <= LONGEST_PASSAGE]
        if not fits:
            break
        first, last = min(first, fits[0]), max(last, fits[0])
    begin, end = bounds[first][0], bounds[last][1]
    moved = (row.start - begin, min(row.end, end) - begin) if row.end > 0 else (-1, -1)
    return Question(row.question, row.passage[begin:end], *moved, row.source)


def _row(record: Record) -> Question:
    source = str(record["source"])
    if record["is_impossible"]:
        made = record["synthetic_negative"] and source in ("squad1", "squad2")
        kind = f"{source} synthetic none" if made else f"{source} none"
        return Question(str(record["question"]), str(record["context"]), -1, -1, kind)
    start = int(record["answer_start"])
    return Question(
        str(record["question"]), str(record["context"]), start, start + len(str(record["answers"][0])), source
    )


def _of_tables(path: Path) -> Iterator[Question]:
    """A cell asked for by its row and column, and the same question about a row that the table lacks."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = dict.fromkeys(str(json.loads(line)["premise"]) for line in lines)
    for text in texts:
        random_ = random.Random(hashlib.sha256(text.encode()).digest())
        title, *lines_ = text.split("\n")
        table = [[cell.split(": ", 1) for cell in line.split("; ")] for line in lines_]
        table = [row for row in table if len(row) > 1 and all(len(cell) == 2 and cell[1].strip() for cell in row)]
        if len(table) < 3 or len({len(row) for row in table}) > 1:
            continue
        yield from _asked(title, table, random_)


def _asked(title: str, table: list[list[list[str]]], random_: random.Random) -> Iterator[Question]:
    columns = [column for column in range(1, len(table[0])) if len({row[column][1] for row in table}) > 1]
    owners = [row[0][1] for row in table]
    if not columns or len(set(owners)) < len(owners):
        return
    random_.shuffle(table)
    table = table[: random_.randint(2, 5)]
    row, column = random_.choice(table), random_.choice(columns)
    name, (header, value), owner = row[0][0], row[column], row[0][1]
    lines = ["; ".join(f"{_cased(key)}: {cell}" for key, cell in each) for each in table]
    passage = "\n".join([_cased(title), *lines])
    asking = random_.choice(
        (f"what is the {header} of {owner}?", f"what is the {header} for {name} {owner}?", f"{header} of {owner}",
         f"which {header} does {owner} have?", f"what {header} is given for {owner}?")
    )  # fmt: skip
    start = sum(len(line) + 1 for line in [title, *lines[: table.index(row)]])
    start += sum(len(f"{key}: {cell}; ") for key, cell in row[:column]) + len(f"{header}: ")
    yield Question(_cased(asking), passage, start, start + len(value), "tables")
    absent = [other for other in owners if other.lower() not in passage.lower()]
    if absent and random_.random() < 0.7:
        yield Question(_cased(asking.replace(owner, random_.choice(absent))), passage, -1, -1, "tables")


def _cased(text: str) -> str:
    return text[:1].upper() + text[1:]
