"""Small folders with lists: questions that want a list whole, one line of it, or a list that is not there.

`eval/data/lists.jsonl`: four documents a folder, whose lists are made to be confused (opening and closing, the machine
upstairs and the one downstairs), asked by somebody who has not seen them.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from eval.cases import Half, default_corpus
from eval.figures import Figure, share
from eval.metrics.citations import refused
from eval.speed.workbench import Library, Workbench, counted
from rag.answer import Answer

ROWS = default_corpus().with_name("lists.jsonl")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a folder. `lines` are the first and last line of the list, the one line, or nothing."""

    folder: str
    question: str
    kind: Literal["whole", "one", "none"]
    lines: tuple[str, ...] = ()


def half_of(folder: str) -> Half:
    """Nothing is fitted or taught on the half "report"; which half a folder belongs to follows from its name alone."""
    return "tune" if hashlib.sha256(folder.encode()).digest()[0] % 2 else "report"


def taught(folder: str) -> bool:
    """Whether a folder of the half "tune" is taught to the large encoder; the others of it are left to fit on what that
    encoder says of lists that it has not seen.
    """
    return half_of(folder) == "tune" and hashlib.sha256(folder.encode()).digest()[1] % 4 in (1, 2)


def lists(bench: Workbench) -> Iterator[Figure]:
    """Questions that want a list whole, one line of one, or a list that is not there, over small folders."""
    documents = defaultdict[str, dict[str, str]](dict)
    asked = list[Asked]()
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if half_of(row["folder"]) == "report":
            documents[row["folder"]][row["title"]] = row["text"]
            asked += questions_of(row)
    chosen = bench.some(asked)
    libraries = {
        name: bench.library(f"lists-{name}", documents[name]) for name in dict.fromkeys(a.folder for a in chosen)
    }
    answers = [_ask(libraries, one) for one in counted(chosen, len(chosen), "questions")]
    for library in libraries.values():
        library.pipeline.close()
    yield from list_figures(chosen, answers, bench.seed)


def questions_of(row: dict[str, Any]) -> Iterator[Asked]:
    """The questions of one document."""
    made = partial(Asked, row["folder"])
    yield from (made(question, "whole", (first, last)) for question, first, last in row["whole"])
    yield from (made(question, "one", (line,)) for question, line in row["one"])
    yield from (made(question, "none") for question in row["none"])


def _ask(libraries: dict[str, Library], one: Asked) -> Answer:
    return libraries[one.folder].pipeline.ask(one.question)


def list_figures(asked: Sequence[Asked], answers: Sequence[Answer], seed: int = 0) -> Iterator[Figure]:
    """Denominators: the questions of each kind. A list is told whole where its first and its last line are shown."""
    for kind, wanted in (("whole", "first and last line shown"), ("one", "line shown")):
        own = [(one, answer) for one, answer in zip(asked, answers, strict=True) if one.kind == kind]
        yield share(f"{kind}_answered", kind, "answered", ((not refused(answer), 1.0) for _, answer in own), seed=seed)
        yield share(f"{kind}_right", kind, wanted, ((shows(answer, one.lines), 1.0) for one, answer in own), seed=seed)
    gone = ((refused(answer), 1.0) for one, answer in zip(asked, answers, strict=True) if one.kind == "none")
    yield share("none_refused", "none", "refused", gone, seed=seed)


def shows(answer: Answer, lines: Sequence[str]) -> bool:
    """Whether an answer shows each of these lines, in its sentences or in what they cite."""
    told = " ".join([answer.text, *(citation.quote for citation in answer.citations)])
    flat = " ".join(told.split())
    return not refused(answer) and all(" ".join(line.split()) in flat for line in lines)
