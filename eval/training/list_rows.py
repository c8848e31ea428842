"""Rows from small folders with lists: which list a question wants, and that none is what it wants.

The rows are those of `eval/data/lists.jsonl` (`eval.sets.listed`). A question that wants a list whole is answered by
that list as a whole, one that wants a line by the line; the other lists of the folder answer neither.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eval.sets.listed import ROWS, taught
from eval.training.list_runs import list_text, runs
from eval.training.question_rows import Question
from index.text.blocks import blocks

OTHERS = 3
"""Lists of the folder that do not answer, for each question."""


def list_questions(seed: int, chosen: Callable[[str], bool] = taught) -> Iterator[Question]:
    """Each question of the folders so named over its list and over OTHERS of its folder."""
    folders = defaultdict[str, list[dict[str, Any]]](list)
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if chosen(row["folder"]):
            folders[row["folder"]].append(row)
    random_ = random.Random(seed)
    made = [one for rows in folders.values() for one in _of_folder(rows, random_)]
    random_.shuffle(made)
    yield from made


def _of_folder(rows: Sequence[dict[str, Any]], random_: random.Random) -> Iterator[Question]:
    passages = [
        (row["title"], list_text(row["title"], row["text"], run))
        for row in rows
        for run in runs(row["text"], blocks(row["text"]))
    ]
    texts = [passage for _, passage in passages]
    for row in rows:
        own = [passage for title, passage in passages if title == row["title"]]
        for question, first, last in row["whole"]:
            right = [passage for passage in own if first in passage and last in passage]
            if len(right) == 1:
                yield Question(question, right[0], 0, len(right[0]), "list whole")
                yield from _none(question, [text for text in texts if text != right[0]], random_)
        for question, line in row["one"]:
            right = [passage for passage in own if line in passage]
            if len(right) == 1:
                start = right[0].index(line)
                yield Question(question, right[0], start, start + len(line), "list line")
                yield from _none(question, [text for text in texts if text != right[0]], random_)
        for question in row["none"]:
            yield from _none(question, texts, random_)


def _none(question: str, texts: Sequence[str], random_: random.Random) -> Iterator[Question]:
    for text in random_.sample(list(texts), min(OTHERS, len(texts))):
        yield Question(question, text, -1, -1, "list none")
