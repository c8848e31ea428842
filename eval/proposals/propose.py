"""Cases proposed from documents by rule and seed: facts asked back, near-misses, table cells, paraphrases, follow-ups.

A proposal is never a case: somebody reads it first. The rules are simple on purpose; what they get wrong is edited or
rejected in review.
"""

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass, replace
from typing import Any

from eval.cases import Case, Gold, case_from_row
from index.records import Document
from rag.write.questions import asked_back, plain, told_by_tables

KINDS = ("fact", "table", "near-miss", "paraphrase", "follow-up")
TURNED = 20
"""Facts that are looked at for near-misses, paraphrases and follow-ups, for each case wanted: a long table has many."""
_SYNONYMS = {
    "how much": "what amount", "how many": "what number of", "what is the(?=.* (?:of|in|for) )": "tell me the",
    "when": "at what time", "costs": "is priced at", "begins": "starts", "ends": "is over", "which": "what",
}  # fmt: skip

_NAMES = re.compile(r"(?:called|named|known as)\b|[A-Z][a-z]|\d")
"""What an answer to "What is it?" opens with; "always welcome" answers nobody's question."""
_NAMELESS = re.compile(r"What (?:is|are|was|were) the [a-z]+\?")
"""Asked of a whole folder, "What is the result?" could be asked of any document."""
_TITLE = re.compile("“[^”]*”")


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


def propose(documents: Sequence[Document], most: int = 60, seed: int = 0) -> list[Proposal]:
    """At most `most` proposals, the kinds in turn and every document heard; the same ones for the same seed."""
    chance = random.Random(seed)
    everything = "\n".join(document.text for document in documents)
    names = names_of(documents)
    facts = _of_one_answer([one for document in documents for one in asked(document, names[document.uri])])
    chance.shuffle(facts)
    by_rule: dict[str, list[Proposal]] = {kind: [] for kind in KINDS}
    for proposal in facts:
        by_rule[proposal.rule].append(proposal)
    columns, known = _columns(facts), {told for document in documents for told in told_by_tables(document.text)}
    for proposal in spread(facts)[: TURNED * most]:
        by_rule["near-miss"] += [*near_misses(proposal, everything), *crossed(proposal, columns, known)]
        by_rule["paraphrase"] += paraphrased(proposal)
        by_rule["follow-up"] += followed_up(proposal, facts)
    queues = [iter(spread(made)) for made in by_rule.values()]
    chosen: dict[str, Proposal] = {}
    while queues and len(chosen) < most:
        queues = [queue for queue in queues if _take(queue, chosen, most)]
    return list(chosen.values())


def _of_one_answer(facts: Sequence[Proposal]) -> list[Proposal]:
    """Without the questions that two places answer differently: a row that several tables have, a label that recurs."""
    answers: dict[str, set[str]] = {}
    for one in facts:
        answers.setdefault(one.case.question.casefold(), set()).add(one.case.answers[0].casefold())
    return [one for one in facts if len(answers[one.case.question.casefold()]) == 1]


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
        queues.setdefault(proposal.source, []).append(proposal)
    turns = max(map(len, queues.values()), default=0)
    return [queue[turn] for turn in range(turns) for queue in queues.values() if turn < len(queue)]


def asked(document: Document, name: str) -> Iterator[Proposal]:
    """What cells, sentences and labels of a document say, asked back; what it asks itself has no answer to keep. `name`
    is how a case names the document.
    """
    for one in asked_back(document.text, document.title):
        named = one.rule != "statement" or _NAMES.match(one.answer)
        if one.answer and named and not _NAMELESS.fullmatch(one.question):
            rule = "table" if one.rule == "table" else "fact"
            gold = Gold(name, one.quote)
            answer = plain(one.answer) if plain(one.answer) in one.quote else one.answer
            case = Case("", one.question, (), (answer,), (gold,), True, (rule, "single-fact"))
            yield Proposal(case, rule, _around(document.text, one.start, one.end), name)


def _around(text: str, start: int, end: int, width: int = 200) -> str:
    """The slice with up to `width` characters on both sides, whole words only."""
    first, last = max(0, start - width), min(len(text), end + width)
    while 0 < first < start and not text[first - 1].isspace():
        first += 1
    while end < last < len(text) and not text[last].isspace():
        last -= 1
    return text[first:last].strip("\n")


def names_of(documents: Sequence[Document]) -> dict[str, str]:
    """Uri -> the name of the file, by which a case names its document, and as much of its path before it as no other
    document shares.
    """
    ends = {document.uri: _ends(document.uri) for document in documents}
    shared = Counter(end.casefold() for found in ends.values() for end in found)
    return {uri: next((end for end in found if shared[end.casefold()] == 1), uri) for uri, found in ends.items()}


def _ends(uri: str) -> list[str]:
    """The ends of a path, from the file's name to the whole."""
    parts = uri.replace("\\", "/").rstrip("/").split("/")
    return ["/".join(parts[first:]) for first in reversed(range(len(parts)))]


def near_misses(proposal: Proposal, everything: str) -> Iterator[Proposal]:
    """The question with its year or code changed to one that no document has: nobody can answer it."""
    question = proposal.case.question
    titles = [title.span() for title in _TITLE.finditer(question)]
    for match in re.finditer(r"\b(?:19|20)\d\d\b|\b[A-Z]{1,4}-?\d{2,5}\b", question):
        if any(start <= match.start() < end for start, end in titles):
            continue  # another title is another document, not another question
        other = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 13).zfill(len(digits[0])), match[0])
        if other not in everything:
            changed = question[: match.start()] + other + question[match.end() :]
            case = Case("", changed, (), (), (), False, ("near-miss", "unanswerable"))
            yield replace(proposal, case=case, rule="near-miss")


def crossed(proposal: Proposal, columns: Sequence[tuple[str, str]], known: Set[str]) -> Iterator[Proposal]:
    """A column of another table asked of this row, best of the same document, where no table has that cell.

    `columns` are pairs (column, document), `known` what cells answer (`told_by_tables`).
    """
    row = _column_and_row(proposal)[1]
    turned = random.Random(proposal.case.question).sample(columns, len(columns)) if row else []
    for column, _ in sorted(turned, key=lambda pair: pair[1] != proposal.source):
        question = f"What is the {column} of {row}?"
        if column.casefold() != row.casefold() and question.casefold() not in known:
            case = Case("", question, (), (), (), False, ("near-miss", "unanswerable"))
            yield replace(proposal, case=case, rule="near-miss")
            return


def _columns(facts: Sequence[Proposal]) -> list[tuple[str, str]]:
    cells = ((_column_and_row(one)[0], one.source) for one in facts)
    return list(dict.fromkeys(cell for cell in cells if cell[0]))


def _column_and_row(proposal: Proposal) -> tuple[str, str]:
    """What a cell of a table is asked by; empty texts for what is no cell."""
    if proposal.rule != "table":
        return "", ""
    row = plain(proposal.case.evidence[0].quote.strip("|").split("|")[0].strip())
    return proposal.case.question.removeprefix("What is the ").removesuffix(f" of {row}?"), row


def paraphrased(proposal: Proposal) -> Iterator[Proposal]:
    """The question in other words, for a few words that questions open with."""
    question = proposal.case.question
    for words, other in _SYNONYMS.items():
        changed = re.sub(rf"\b{words}\b", other, question, count=1, flags=re.IGNORECASE)
        if changed != question:
            said = changed[0].upper() + changed[1:]
            said = f"{said[:-1]}." if said.startswith("Tell me") else said
            case = replace(proposal.case, question=said, tags=("paraphrase", *proposal.case.tags))
            yield replace(proposal, case=case, rule="paraphrase")
            return


def followed_up(proposal: Proposal, facts: Sequence[Proposal]) -> Iterator[Proposal]:
    """A second column of the same table row, asked after the first."""
    if proposal.rule != "table":
        return
    for other in facts:
        same = other.case.evidence == proposal.case.evidence and other.rule == "table"
        if same and other.case.question != proposal.case.question:
            history = ((proposal.case.question, proposal.case.answers[0]),)
            asks = f"And its {_column_and_row(other)[0]}?"
            case = replace(other.case, question=asks, history=history, tags=("follow-up", *other.case.tags))
            yield replace(other, case=case, rule="follow-up")
            return
