"""A proposed case: what nobody has read yet, as a value and as a line of a file."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from eval.cases import Case, case_from_row


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that nobody has read yet. `rule` made it; `context` is what stands around its evidence in `source`."""

    case: Case
    rule: str
    context: str
    source: str = ""

    @property
    def key(self) -> str:
        """Hash (hex) of everything but the id, which numbers the proposals of one file: what a decision is kept by."""
        row = self.to_row() | {"proposal": row_of(replace(self.case, id=""))}
        return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]

    def to_row(self) -> dict[str, Any]:
        """A JSON object that `load_cases` refuses: a proposal is not trusted by mistake."""
        return {"proposal": row_of(self.case), "rule": self.rule, "context": self.context, "source": self.source}

    @classmethod
    def from_row(cls, row: dict[str, Any], where: str) -> "Proposal":
        """The proposal in one parsed line. Raises `BadCases`."""
        case = case_from_row(row["proposal"], where)
        return cls(case, str(row["rule"]), str(row["context"]), str(row.get("source", "")))


def row_of(case: Case) -> dict[str, Any]:
    """The case as `load_cases` reads it."""
    row: dict[str, Any] = json.loads(json.dumps(asdict(case)))
    row["evidence"] = [{name: value for name, value in gold.items() if value is not None} for gold in row["evidence"]]
    return row
