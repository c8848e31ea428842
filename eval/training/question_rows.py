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
from index.text.words import terms

Record = Mapping[str, Any]
LONGEST_PASSAGE = 620
"""Characters to which a passage is cut, at sentences, around its answer."""
ROWS_PER_EPOCH: Mapping[str, int] = MappingProxyType(
    {
        "squad1": 1800, "squad2": 2774, "squad2 none": 2900, "covidqa": 400, "squadshifts_new_wiki": 1800,
        "squadshifts_new_wiki none": 1000, "tydiqa_train_en": 3439, "tydiqa_train_en none": 1800, "mlqa_dev_en": 900,
        "mlqa_dev_en none": 500, "qed_dev": 1305, "qed_dev none": 600, "qamr": 500, "qamr none": 200,
        "squad1 synthetic none": 500, "tables": 1200, "boolq": 800, "selqa": 2000,
    }
)  # fmt: skip
"""Rows of each kind that an epoch takes, at most. Left out for their texts' licence: Reddit and Amazon reviews."""
ROBBED_SHARE, LEFT = 0.2, 2
"""Share of the answered questions that are asked again of their passage without the answering sentence, and sentences
that must be left of it."""
ALWAYS_ROBBED = frozenset(("boolq", "selqa"))
"""Kinds that come without unanswerable questions: each of theirs is asked again so."""
CLEAR = 0.5
"""Share of a statement's words that the sentence must hold which is taken for the one that bears it out."""
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
    rows["boolq"] = list(_of_statements(data / "boolq_statements" / "pairs.jsonl.gz"))
    rows["selqa"] = list(_of_sentences(data / "selqa" / "ranking.jsonl.gz"))
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
        share = 1.0 if row.source in ALWAYS_ROBBED else ROBBED_SHARE
        bare = without(kept) if random_.random() < share else ""
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


def _of_statements(path: Path) -> Iterator[Question]:
    """Questions for yes or no; what answers is the sentence most like the statement made of the question, where one
    clearly is.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        asked = {str(row["question"]): row for row in map(json.loads, lines) if row["binary"]}
    for question, row in asked.items():
        passage = str(row["premise"]).split(" -- ", 1)[-1]
        bounds, wanted = sentence_spans(passage), set(terms(str(row["hypothesis"])))
        held = sorted((len(wanted & set(terms(passage[a:b]))), -at) for at, (a, b) in enumerate(bounds))
        if len(held) > 1 and held[-1][0] > held[-2][0] and held[-1][0] >= CLEAR * len(wanted):
            yield Question(question, passage, *bounds[-held[-1][1]], "boolq")


def _of_sentences(path: Path) -> Iterator[Question]:
    """Questions whose answer is one sentence of a section, marked by people."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        sentences, relevant = [str(one) for one in row["candidates"]], row["relevant"]
        if len(relevant) == 1 and sentences[relevant[0]]:
            start = sum(len(one) + 1 for one in sentences[: relevant[0]])
            end = start + len(sentences[relevant[0]])
            yield Question(str(row["question"]), " ".join(sentences), start, end, "selqa")


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
