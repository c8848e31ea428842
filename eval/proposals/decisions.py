"""What a reviewer has decided, on disk as soon as it is said: accepted, edited and rejected proposals."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from eval.cases import BadCases, Case, case_from_row
from eval.gold import locate
from eval.proposals.proposal import Proposal, row_of

Verdict = Literal["accepted", "rejected"]
Fields = tuple[str, str, str]
"""What a reviewer has typed: question, answers (one a line), quote."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said of one proposal, and the case as the reviewer left it."""

    verdict: Verdict
    case: Case


class Desk:
    """The proposals of one file, and the decisions beside it, by the keys of the proposals. `cases` is the file that
    `rag eval --cases` reads; it must be one that decisions made (else `BadCases`).

    Decisions are appended to `NAME.decisions.jsonl`; the last one on a proposal counts. The cases are written anew
    after each, so that a crash loses nothing. `drafts` are texts that nothing was decided on yet, in
    `NAME.drafts.json`.
    """

    def __init__(self, proposals: list[Proposal], cases: Path) -> None:
        refuse_strange(cases)
        self.proposals, self.cases = proposals, cases
        self._log = decisions_file(cases)
        self._drafts = cases.with_suffix(".drafts.json")
        self.decisions: dict[str, Decision] = dict(self._read())
        self.drafts: dict[str, Fields] = self._read_drafts()

    def decide(self, number: int, verdict: Verdict, case: Case) -> None:
        """Keeps a decision. Raises `BadCases` where the case cannot be right, and keeps nothing then."""
        proposal = self.proposals[number]
        if verdict == "accepted":
            case = _sound(case, proposal)
        self.decisions[proposal.key] = Decision(verdict, case)
        row = {"id": proposal.case.id, "key": proposal.key, "verdict": verdict, "case": row_of(case)}
        try:
            _append(self._log, json.dumps(row, ensure_ascii=False))
            rows = (json.dumps(row_of(one), ensure_ascii=False) + "\n" for one in self.accepted())
            _replace(self.cases, "".join(rows))
        except OSError as error:
            raise BadCases(f"The decision cannot be saved beside {self.cases} ({error.strerror}).") from error
        self.draft(number, None)

    def draft(self, number: int, fields: Fields | None) -> None:
        """Keeps what was typed for a proposal; None: there is nothing to keep. Raises `BadCases`."""
        key = self.proposals[number].key
        kept = {**self.drafts, key: fields} if fields else {k: v for k, v in self.drafts.items() if k != key}
        if kept == self.drafts:
            return
        self.drafts = kept
        try:
            _replace(self._drafts, json.dumps(kept, ensure_ascii=False))
        except OSError as error:
            raise BadCases(f"What is typed cannot be saved beside {self.cases} ({error.strerror}).") from error

    def accepted(self) -> list[Case]:
        """The cases that somebody vouched for, among these proposals and earlier ones, in the order of the decisions.

        An id that an earlier one has taken is followed by the key.
        """
        kept: dict[str, Case] = {}
        for key, one in self.decisions.items():
            if one.verdict == "accepted":
                id_ = f"{one.case.id}-{key}" if one.case.id in kept else one.case.id
                kept[id_] = replace(one.case, id=id_)
        return list(kept.values())

    def next_open(self, after: int = -1) -> int | None:
        """The first undecided proposal behind this one, else the first of all, else None."""
        undecided = [n for n, one in enumerate(self.proposals) if one.key not in self.decisions]
        return next((n for n in undecided if n > after), undecided[0] if undecided else None)

    def _read(self) -> list[tuple[str, Decision]]:
        if not self._log.is_file():
            return []
        found = []
        # As bytes: a line cut off by a crash may end within a character.
        for number, line in enumerate(self._log.read_bytes().split(b"\n"), start=1):
            try:
                row = json.loads(line)
                case = case_from_row(row["case"], f"{self._log.name} line {number}")
                key = row["key"] if "key" in row else self._old_key(row["id"], case)
                found.append((str(key), Decision(row["verdict"], case)))
            except (ValueError, KeyError, TypeError, BadCases):
                continue
        return found

    def _read_drafts(self) -> dict[str, Fields]:
        if not self._drafts.is_file():
            return {}
        try:
            rows = json.loads(self._drafts.read_text(encoding="utf-8"))
            return {
                str(key): (str(question), str(answers), str(quote)) for key, (question, answers, quote) in rows.items()
            }
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise BadCases(f"{self._drafts} cannot be read ({error}); remove it, or put it right.") from error

    def _old_key(self, id_: str, case: Case) -> str:
        """The key for a decision of before there were keys: that of the proposal with its id, where it is the same
        question, else its id.
        """
        asked = (case.question, case.evidence)
        same = (one for one in self.proposals if one.case.id == id_ and (one.case.question, one.case.evidence) == asked)
        return next((one.key for one in same), id_)


def decisions_file(cases: Path) -> Path:
    """Where the decisions are kept that a file of cases is made of."""
    return cases.with_suffix(".decisions.jsonl")


def refuse_strange(cases: Path) -> None:
    """Raises `BadCases` for a file of cases that no decisions made: it would be overwritten."""
    if cases.is_file() and cases.stat().st_size and not decisions_file(cases).is_file():
        raise BadCases(
            f"{cases} holds cases that were not accepted here and would be overwritten; give another --cases-out."
        )


def _replace(file: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _append(file: Path, line: str) -> None:
    """Adds a line, behind the end of one that a crash cut off."""
    with file.open("a+b") as log:
        if log.tell():
            log.seek(-1, 2)
            log.write(b"" if log.read() == b"\n" else b"\n")
        log.write(f"{line}\n".encode())


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
