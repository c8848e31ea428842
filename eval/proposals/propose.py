"""Cases proposed from documents by rule and seed: facts asked back, near-misses, table cells, paraphrases, follow-ups.

A proposal is never a case: somebody reads it first. The rules are simple on purpose; what they get wrong is edited or
rejected in review.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from eval.cases import Case, Gold, case_from_row
from index.records import Document
from rag.write.questions import asked_back

KINDS = ("fact", "table", "near-miss", "paraphrase", "follow-up")
_SYNONYMS = {
    "how much": "what amount", "how many": "what number of", "what is": "tell me", "when": "at what time",
    "costs": "is priced at", "begins": "starts", "ends": "is over", "which": "what",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that nobody has read yet. `rule` made it; `context` is what stands around its evidence."""

    case: Case
    rule: str
    context: str

    def to_row(self) -> dict[str, Any]:
        """A JSON object that `load_cases` refuses: a proposal is not trusted by mistake."""
        return {"proposal": row_of(self.case), "rule": self.rule, "context": self.context}

    @classmethod
    def from_row(cls, row: dict[str, Any], where: str) -> "Proposal":
        """The proposal in one parsed line. Raises `BadCases`."""
        return cls(case_from_row(row["proposal"], where), str(row["rule"]), str(row["context"]))


def row_of(case: Case) -> dict[str, Any]:
    """The case as `load_cases` reads it."""
    row: dict[str, Any] = json.loads(json.dumps(asdict(case)))
    row["evidence"] = [{name: value for name, value in gold.items() if value is not None} for gold in row["evidence"]]
    return row


def propose(documents: Sequence[Document], most: int = 60, seed: int = 0) -> list[Proposal]:
    """At most `most` proposals, the kinds in turn and every document heard; the same ones for the same seed."""
    chance = random.Random(seed)
    everything = "\n".join(document.text for document in documents)
    facts = [proposal for document in documents for proposal in asked(document)]
    chance.shuffle(facts)
    by_rule: dict[str, list[Proposal]] = {kind: [] for kind in KINDS}
    for proposal in facts:
        by_rule[proposal.rule].append(proposal)
    for proposal in facts:
        by_rule["near-miss"] += near_misses(proposal, everything)
        by_rule["paraphrase"] += paraphrased(proposal)
        by_rule["follow-up"] += followed_up(proposal, facts)
    queues = [iter(spread(made)) for made in by_rule.values()]
    chosen: dict[str, Proposal] = {}
    while queues and len(chosen) < most:
        queues = [queue for queue in queues if _take(queue, chosen, most)]
    return list(chosen.values())


def _take(queue: Iterator[Proposal], chosen: dict[str, Proposal], most: int) -> bool:
    """Takes the next new question of one rule; False where there is none left."""
    for proposal in queue:
        key = proposal.case.question.casefold()
        if key not in chosen and len(chosen) < most:
            number = len(chosen) + 1
            chosen[key] = replace(proposal, case=replace(proposal.case, id=f"{proposal.rule}-{number:03}"))
            return True
    return False


def spread(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The documents in turn, each in its order."""
    queues: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        document = proposal.case.evidence[0].document if proposal.case.evidence else proposal.context[:40]
        queues.setdefault(document, []).append(proposal)
    turns = max(map(len, queues.values()), default=0)
    return [queue[turn] for turn in range(turns) for queue in queues.values() if turn < len(queue)]


def asked(document: Document) -> Iterator[Proposal]:
    """What cells, sentences and labels of a document say, asked back; what it asks itself has no answer to keep."""
    for one in asked_back(document.text, document.title):
        if one.answer:
            yield _fact(document, one.quote, one.question, one.answer, "table" if one.rule == "table" else "fact")


def _fact(document: Document, quote: str, question: str, answer: str, rule: str = "fact") -> Proposal:
    case = Case("", question, (), (answer,), (Gold(name_of(document), quote),), True, (rule,))
    at = document.text.find(quote)
    context = document.text[max(0, at - 200) : at + len(quote) + 200] if at >= 0 else quote
    return Proposal(case, rule, context)


def name_of(document: Document) -> str:
    """The file's name, by which a case names its document."""
    return document.uri.replace("\\", "/").rsplit("/", 1)[-1] or document.uri


def near_misses(proposal: Proposal, everything: str) -> Iterator[Proposal]:
    """The question with its year or code changed to one that no document has: nobody can answer it."""
    question = proposal.case.question
    for match in re.finditer(r"\b(?:19|20)\d\d\b|\b[A-Z]{1,4}-?\d{2,5}\b", question):
        other = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 13).zfill(len(digits[0])), match[0])
        if other not in everything:
            changed = question[: match.start()] + other + question[match.end() :]
            case = Case("", changed, (), (), (), False, ("near-miss", "unanswerable"))
            yield Proposal(case, "near-miss", proposal.context)


def paraphrased(proposal: Proposal) -> Iterator[Proposal]:
    """The question in other words, for a few words that questions open with."""
    question = proposal.case.question
    for words, other in _SYNONYMS.items():
        changed = re.sub(rf"\b{words}\b", other, question, count=1, flags=re.IGNORECASE)
        if changed != question:
            said = changed[0].upper() + changed[1:]
            case = replace(proposal.case, question=said, tags=("paraphrase", *proposal.case.tags))
            yield replace(proposal, case=case, rule="paraphrase")
            return


def followed_up(proposal: Proposal, facts: Sequence[Proposal]) -> Iterator[Proposal]:
    """A second column of the same table row, asked after the first."""
    if proposal.rule != "table":
        return
    for other in facts:
        same = other.case.evidence == proposal.case.evidence and other.rule == "table"
        match = re.match(r"What is the (.+) of .+\?$", other.case.question)
        if same and match and other.case.question != proposal.case.question:
            history = ((proposal.case.question, proposal.case.answers[0]),)
            case = replace(other.case, question=f"And its {match[1]}?", history=history, tags=("follow-up", "table"))
            yield Proposal(case, "follow-up", other.context)
            return
