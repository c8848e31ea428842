"""Any text against the documents: what the gate found, with footnotes, as one value."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.answer import SCHEMA_VERSION, Citation, Sentence, one_line, source_line
from rag.check.gate import Verdict
from rag.cite import Footnotes


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the text. `claim` is False where it states nothing checkable (a heading, a question).

    `problems` are phrases such as "says 6 million, the source says 5.5 million"; `contradicted_by` are markers.
    """

    sentence: Sentence
    claim: bool
    problems: tuple[str, ...]
    contradicted_by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text sentence by sentence, and the citations that the sentences' markers name."""

    findings: tuple[Finding, ...]
    citations: tuple[Citation, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(finding.sentence for finding in self.findings)

    @property
    def unsupported(self) -> int:
        """How many claims the documents do not bear out."""
        return sum(finding.claim and finding.sentence.state == "unsupported" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The JSON schema of `rag check --json`."""
        fields = asdict(self) | {"citations": [citation.to_dict() for citation in self.citations]}
        return {"schema": SCHEMA_VERSION, "unsupported": self.unsupported, **fields}

    def __str__(self) -> str:
        """A line for each sentence, then the numbered sources with their exact words."""
        lines = [_line(finding) for finding in self.findings]
        sources = [f"[{c.marker}] {source_line(c)}: “{one_line(c.quote)}”" for c in self.citations]
        claims = sum(finding.claim for finding in self.findings)
        return "\n".join([*lines, "", *sources, f"{self.unsupported} of {claims} claims are not supported."])


def footnoted(checked: Sequence[Verdict], footnotes: Footnotes) -> CheckedText:
    """Gives the slices of all sentences one numbering."""
    findings = []
    for one in checked:
        markers, _ = footnotes.cite(one.proof)
        against, _ = footnotes.cite(one.against)
        sentence = Sentence(one.text, one.state, one.probability, markers)
        findings.append(Finding(sentence, one.claim, one.problems, against))
    return CheckedText(tuple(findings), footnotes.citations)


def _line(finding: Finding) -> str:
    sentence = finding.sentence
    state = sentence.state if finding.claim else "no claim"
    markers = "".join(f" [{marker}]" for marker in sentence.markers)
    problems = f" ({'; '.join(finding.problems)})" if finding.problems else ""
    against = "".join(f" [{marker}]" for marker in finding.contradicted_by)
    return f"{state:>11}  {sentence.text}{markers}{problems}" + (f" against{against}" if against else "")
