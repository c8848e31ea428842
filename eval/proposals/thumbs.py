"""Thumbs of the chat become proposals: what readers found good is kept as it was answered, the rest is to be mended.

So is an answer one of whose citations does not say what it is cited for; one that does proves nothing of the rest.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.cases import BadCases, Case, Gold, json_lines
from eval.metrics.answers import short_answer
from eval.proposals.proposal import Proposal
from eval.run import answer_from_row
from rag.answer import Answer

GOOD = "up"


def from_feedback(file: Path) -> list[Proposal]:
    """One proposal for each question with a thumb, the latest thumb counting. Raises `BadCases`."""
    found: dict[str, Proposal] = {}
    for number, row in _rows(file):
        try:
            if "citation" in row and row["verdict"] == GOOD:
                continue
            answer = answer_from_row(row["answer"])
            made = _proposal(f"feedback-{number:03}", str(row["verdict"]), answer, row.get("citation"))
        except (KeyError, TypeError, AttributeError) as error:
            raise BadCases(
                f"{file.name} line {number} is no thumb of the chat page ({error}); give its feedback.jsonl."
            ) from error
        found[answer.question] = made
    return list(found.values())


def _rows(file: Path) -> Iterator[tuple[int, Any]]:
    """The number of each line that is not empty, and what it holds."""
    try:
        for number, line in enumerate(json_lines(file), start=1):
            if line.strip():
                yield number, json.loads(line)
    except (OSError, ValueError) as error:
        raise BadCases(f"{file} cannot be read ({error}); give the feedback.jsonl that the chat page keeps.") from error


def _proposal(id_: str, verdict: str, answer: Answer, citation: dict[str, Any] | None = None) -> Proposal:
    good = verdict == GOOD
    tags = ("feedback", "praised" if good else "complained")
    evidence = tuple(Gold(one.uri.rsplit("/", 1)[-1], one.quote) for one in answer.citations)
    told = short_answer(answer)
    answerable = bool(told and evidence)
    gold = (told,) if answerable else (), evidence if answerable else ()
    case = Case(id_, answer.searched_for, (), *gold, answerable, tags)
    said = f"The reader's thumb: {verdict}."
    if citation is not None:
        said = f"The reader says that this does not say what the answer says: “{citation.get('quote', '')}”"
    quotes = dict.fromkeys(one.quote for one in answer.citations)
    return Proposal(case, "feedback", "\n\n".join([said, answer.text, *quotes]))
