"""What a reviewer has decided, on disk as soon as it is said: accepted, edited and rejected proposals."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from eval.cases import BadCases, Case, case_from_row
from eval.gold import locate
from eval.proposals.propose import Proposal, row_of

Verdict = Literal["accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said of one proposal, and the case as the reviewer left it."""

    verdict: Verdict
    case: Case


class Desk:
    """The proposals of one file, and the decisions beside it. `cases` is the file that `rag eval --cases` reads.

    Decisions are appended to `NAME.decisions.jsonl`; the last one on a proposal counts. The cases are written anew
    after each, so that a crash loses nothing.
    """

    def __init__(self, proposals: list[Proposal], cases: Path) -> None:
        self.proposals, self.cases = proposals, cases
        self._log = cases.with_suffix(".decisions.jsonl")
        self.decisions: dict[str, Decision] = dict(self._read())

    def decide(self, number: int, verdict: Verdict, case: Case) -> None:
        """Keeps a decision. Raises `BadCases` where the case cannot be right, and keeps nothing then."""
        proposal = self.proposals[number]
        if verdict == "accepted":
            case = _sound(case, proposal)
        self.decisions[proposal.case.id] = Decision(verdict, case)
        row = {"id": proposal.case.id, "verdict": verdict, "case": row_of(case)}
        try:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            part = self.cases.with_suffix(".part")
            rows = (json.dumps(row_of(one), ensure_ascii=False) + "\n" for one in self.accepted())
            part.write_text("".join(rows), encoding="utf-8")
            part.replace(self.cases)
        except OSError as error:
            raise BadCases(f"The decision cannot be saved beside {self.cases} ({error.strerror}).") from error

    def accepted(self) -> list[Case]:
        """The cases that somebody vouched for, in the order of the proposals."""
        kept = (self.decisions.get(proposal.case.id) for proposal in self.proposals)
        return [one.case for one in kept if one is not None and one.verdict == "accepted"]

    def next_open(self, after: int = -1) -> int | None:
        """The first undecided proposal behind this one, else the first of all, else None."""
        undecided = [n for n, one in enumerate(self.proposals) if one.case.id not in self.decisions]
        return next((n for n in undecided if n > after), undecided[0] if undecided else None)

    def _read(self) -> list[tuple[str, Decision]]:
        if not self._log.is_file():
            return []
        found = []
        for number, line in enumerate(self._log.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                row = json.loads(line)
                case = case_from_row(row["case"], f"{self._log.name} line {number}")
                found.append((str(row["id"]), Decision(row["verdict"], case)))
            except (ValueError, KeyError, TypeError, BadCases):
                continue  # a line cut off by a crash
        return found


def _sound(case: Case, proposal: Proposal) -> Case:
    """The case, checked as the loader will check it, its quotes against the proposal's context."""
    row = row_of(case)
    checked = case_from_row(row, "The case")
    if checked.answers and not checked.evidence:
        raise BadCases("There is an answer and no quote that holds it; clear the answers, or reject the proposal.")
    for gold in checked.evidence:
        if locate(gold.quote, proposal.context) is None:
            raise BadCases(f"The document does not hold {gold.quote!r} near this place; copy it from the text shown.")
    held = "\n".join(gold.quote for gold in checked.evidence).casefold()
    if checked.evidence and not any(answer.casefold() in held for answer in checked.answers):
        raise BadCases("No accepted answer stands in the quote; shorten the answer to words that the quote holds.")
    return replace(checked)
