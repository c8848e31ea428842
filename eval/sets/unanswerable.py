"""Small folders as people have them, each question asked twice: of the documents, and of them without what answers it.

The shares of both belong together: who refuses everything is right about the second half.
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
from eval.withheld import matching, withheld
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
    """Questions for one fact over small folders, each with and without the sentence that answers: answered, refused."""
    folders = by_folder(bench.some([row for row in folder_cases(bench.data) if one_fact(row)]))
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
                with withheld(pipeline, copy, matching(row["must"])) as gone:
                    if gone:
                        yield row, answer, pipeline.ask(row["question"], history)


def pair_figures(asked: Sequence[tuple[Row, Answer, Answer]], seed: int = 0) -> Iterator[Figure]:
    """Denominator: the questions whose answer could be taken out. AUROC of the confidences of both halves."""
    group = "one question, with and without its answer"
    yield share("right", group, "right", ((case_right(row, a), 1.0) for row, a, _ in asked), seed=seed)
    yield share("answered", group, "answered", ((not refused(a), 1.0) for _, a, _ in asked), seed=seed)
    yield share("refused", group, "refused without it", ((refused(b), 1.0) for _, _, b in asked), seed=seed)
    marked = [(a.confidence, True) for _, a, _ in asked] + [(b.confidence, False) for _, _, b in asked]
    yield area("auroc", group, "AUROC of confidence", marked, seed=seed)
