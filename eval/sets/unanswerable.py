"""Small folders as people have them, each question asked twice: where the documents answer it, and where they do not.

From the documents of a question for one fact its sentence is taken out; those of a near miss are told the sentence that
would answer it, where one was written. The shares of both belong together: who refuses everything is right about half.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.figures import Figure, area, share
from eval.metrics.citations import refused
from eval.sets.answering import by_folder, case_right, folder_cases
from eval.speed.workbench import Row, Workbench, counted
from eval.withheld import LINES, PLAIN, matching, told, withheld
from rag.answer import Answer

ELSEWHERE = re.compile(
    r"yes/no|version|lowest|condition|meet|count|sum\b|summary|comparison|conflict|disagree|two |places|list|steps?\b"
    r"|\bnot\b|negat|about|talk|same|several",
    re.IGNORECASE,
)
"""Kinds of cases that have an answer, another one, without a sentence or row: the next cheapest, the older rule, no."""


def one_fact(row: Mapping[str, Any]) -> bool:
    """Whether a case wants one fact that stands in one place, so that it has no answer where that is missing."""
    return not row.get("refuse") and len(row["must"]) == 1 and not ELSEWHERE.search(row["kind"])


def unanswerable(bench: Workbench) -> Iterator[Figure]:
    """Questions over small folders, each with and without the sentence that answers it: answered, refused."""
    rows = [row for row in folder_cases(bench.data) if one_fact(row) or row.get("would")]
    folders = by_folder(bench.some(rows))
    asked: list[tuple[Row, Answer, Answer]] = []
    for name, members in counted(folders.items(), len(folders), "folders"):
        asked += _both_ways(bench, bench.data / "docs" / name, members)
    yield from pair_figures(asked, bench.seed)


def _both_ways(bench: Workbench, docs: Path, rows: Sequence[Row]) -> Iterator[tuple[Row, Answer, Answer]]:
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(docs, Path(place) / docs.name))
        with bench.open_over(copy, Path(place) / "index") as pipeline:
            for row in rows:
                history = [(q, a) for q, a in row["history"]]
                answer = pipeline.ask(row["question"], history)
                if file := would_file(row, copy.parent):
                    with told(pipeline, file, row["would"]):
                        yield row, pipeline.ask(row["question"], history), answer
                    continue
                with withheld(pipeline, copy, matching(row["must"])) as gone:
                    if gone:
                        yield row, answer, pipeline.ask(row["question"], history)


def would_file(row: Mapping[str, Any], docs: Path) -> Path | None:
    """The plain file that would hold a near miss's answer; None where no sentence for it was written."""
    files = [docs / name for name in row["files"] if Path(name).suffix in PLAIN - LINES]
    return files[0] if row.get("would") and files else None


def pair_figures(asked: Sequence[tuple[Row, Answer, Answer]], seed: int = 0) -> Iterator[Figure]:
    """Denominators: the questions whose answer could be taken out or told, for "right" those with one to look for.

    AUROC of the confidences of both halves.
    """
    group = "one question, with and without its answer"
    wanted = ((case_right(row, a), 1.0) for row, a, _ in asked if row["must"])
    yield share("right", group, "right", wanted, seed=seed)
    yield share("answered", group, "answered", ((not refused(a), 1.0) for _, a, _ in asked), seed=seed)
    yield share("refused", group, "refused without it", ((refused(b), 1.0) for _, _, b in asked), seed=seed)
    marked = [(a.confidence, True) for _, a, _ in asked] + [(b.confidence, False) for _, _, b in asked]
    yield area("auroc", group, "AUROC of confidence", marked, seed=seed)
