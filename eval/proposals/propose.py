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
from index.text.quantities import Quantity, quantities
from index.text.sentences import sentence_spans

KINDS = ("fact", "table", "near-miss", "paraphrase", "follow-up")
LONGEST_SENTENCE, SHORTEST_SENTENCE = 220, 30
LONGEST_CELL = 60
FEWEST_BEFORE = 3
"""Words before a number that make clear of what it is said."""

_ROW = re.compile(r"^\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:\-]+$")
_LABEL = re.compile(r"^[-*]?\s*\**([A-Z][\w /-]{2,40}?)\**:\**\s+(\S.{1,80})$")
_IS = re.compile(r"^((?:The |An? )?[A-Z][^,.;:()]{2,50}?) (is|are|was|were) ([^.;]{4,120})\.$")
_OPENING = re.compile(
    r"^(?:It|This|That|They|These|He|She|We|There|But|And|However|Also|At|In|On|By|For|With|From|After|Before|During)\b"
)
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
    facts = [proposal for document in documents for proposal in (*tables(document), *sentences(document))]
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


def sentences(document: Document) -> Iterator[Proposal]:
    """Sentences with a number, of the form "X is Y", and "label: value" lines, asked back."""
    for start, end in sentence_spans(document.text):
        text = " ".join(document.text[start:end].split())
        fitting = SHORTEST_SENTENCE <= len(text) <= LONGEST_SENTENCE and text[:1].isalnum() and "|" not in text
        if fitting and not _OPENING.match(text):
            yield from (_fact(document, text, *asked) for asked in _asked(text))
    for line in document.text.splitlines():
        if match := _LABEL.match(line.strip()):
            question = f"What is the {match[1][0].lower()}{match[1][1:]} in “{document.title}”?"
            yield _fact(document, line.strip(), question, match[2].strip())


def _asked(text: str) -> Iterator[tuple[str, str]]:
    """Questions about a sentence with their answers."""
    numbers = [one for one in quantities(text) if not one.counted and not one.vague]
    told = len(numbers) == 1 and numbers[0].unit and len(text[: numbers[0].start].split()) >= FEWEST_BEFORE
    if told:
        yield _number_question(text, numbers[0]), numbers[0].text
    elif match := _IS.match(text):
        yield f"What {match[2]} {_lower_article(match[1])}?", match[3]


def _number_question(text: str, number: Quantity) -> str:
    """The sentence with its number asked for: "The crane lifts how much (tonnes)?" is for an editor to smooth."""
    before, after = text[: number.start].rstrip(), text[number.end :].rstrip(" .")
    opening = "how much" if number.unit else "how many"
    return f"{before} {opening} {after.strip()}".strip(" ,") + "?"


def _lower_article(subject: str) -> str:
    return re.sub(r"^(The|An?)\b", lambda match: match[0].lower(), subject)


def _fact(document: Document, quote: str, question: str, answer: str, rule: str = "fact") -> Proposal:
    case = Case("", question, (), (answer,), (Gold(name_of(document), quote),), True, (rule,))
    at = document.text.find(quote)
    context = document.text[max(0, at - 200) : at + len(quote) + 200] if at >= 0 else quote
    return Proposal(case, rule, context)


def name_of(document: Document) -> str:
    """The file's name, by which a case names its document."""
    return document.uri.replace("\\", "/").rsplit("/", 1)[-1] or document.uri


def tables(document: Document) -> Iterator[Proposal]:
    """Cells of tables with a header: what is the COLUMN of ROW?"""
    header: list[str] = []
    for line in document.text.splitlines():
        match = _ROW.match(line.strip())
        if match is None:
            header = []
            continue
        cells = [cell.strip() for cell in match[1].split("|")]
        if not header:
            header = cells
        elif not _RULE.match(line.strip()) and len(cells) == len(header):
            yield from _cells(document, header, cells, line.strip())


def _cells(document: Document, header: Sequence[str], cells: Sequence[str], row: str) -> Iterator[Proposal]:
    for column, cell in list(zip(header, cells, strict=True))[1:]:
        if column and cell and len(cell) <= LONGEST_CELL and cells[0]:
            yield _fact(document, row, f"What is the {column} of {cells[0]}?", cell, "table")


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
