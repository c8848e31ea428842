"""Cases proposed from documents by rule and seed: facts asked back, near-misses, table cells, paraphrases, follow-ups.

A proposal is never a case: somebody reads it first. The rules are simple on purpose; what they get wrong is edited or
rejected in review.
"""

import random
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from eval.cases import Case, Gold
from eval.proposals.near_misses import Forms, Shelf, changed, held_words, of_the_same_column
from eval.proposals.proposal import Proposal
from index.records import Document
from index.text.sentences import sentence_spans
from rag.write.questions import AskedBack, asked_back, plain, table_cells

KINDS = ("fact", "table", "near-miss", "paraphrase", "follow-up")
TURNED = 20
"""Facts that are looked at for near-misses, paraphrases and follow-ups, for each case wanted: a long table has many."""
_SYNONYMS = {
    "how much": "what amount", "how many": "what number of", "what is the(?=.* (?:of|in|for) )": "tell me the",
    "when": "at what time", "costs": "is priced at", "begins": "starts", "ends": "is over", "which": "what",
}  # fmt: skip

_NAMES = re.compile(r"(?:called|named|known as)\b|[A-Z][a-z]|\d")
"""What an answer to "What is it?" opens with; "always welcome" answers nobody's question."""
_NAMELESS = re.compile(r"(?:What|Who) (?:is|are|was|were) the [a-z]+\?")
"""Asked of a whole folder, "What is the result?" could be asked of any document."""


def propose(documents: Sequence[Document], most: int = 60, seed: int = 0) -> list[Proposal]:
    """At most `most` proposals, the kinds in turn and every document heard; the same ones for the same seed."""
    chance = random.Random(seed)
    names = names_of(documents)
    facts = _of_one_answer([one for document in documents for one in asked(document, names[document.uri])])
    chance.shuffle(facts)
    by_rule: dict[str, list[Proposal]] = {kind: [] for kind in KINDS}
    for proposal in facts:
        by_rule[proposal.rule].append(proposal)
    held = held_words(document.text for document in documents)
    shelf = Shelf(cell for document in documents for cell in table_cells(document.text))
    forms = Forms(facts, {document.title: document.text for document in documents})
    for proposal in spread(facts)[: TURNED * most]:
        by_rule["near-miss"] += of_the_same_column(proposal, *_row_and_column(proposal), shelf)
        by_rule["near-miss"] += [*changed(proposal, held), *forms.lacking(proposal)]
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
    """What cells, sentences and labels of a document say, asked back, and what it asks itself, answered by the sentence
    below. `name` is how a case names the document.
    """
    spans = sentence_spans(document.text)
    for found in asked_back(document.text, document.title):
        one = found if found.answer else _answered(found, document.text, spans)
        named = one.rule != "statement" or _NAMES.match(one.answer)
        if one.answer and named and not _NAMELESS.fullmatch(one.question):
            rule = "table" if one.rule == "table" else "fact"
            gold = Gold(name, one.quote)
            answer = plain(one.answer) if plain(one.answer) in one.quote else one.answer
            case = Case("", one.question, (), (answer,), (gold,), True, (rule, "single-fact"))
            yield Proposal(case, rule, _around(document.text, one.start, one.end), name)


def _answered(one: AskedBack, text: str, spans: Sequence[tuple[int, int]]) -> AskedBack:
    """The question of a text with the sentence right below it; as it is where none follows that can be an answer."""
    below = bisect_left(spans, one.end, key=lambda span: span[0])
    start, end = spans[below] if below < len(spans) else (one.end, one.end)
    said = text[start:end]
    told = not text[one.end : start].strip("*# \n") and said[:1].isalnum() and said[-1:] in (".", "!")
    return replace(one, answer=said, quote=said, start=start, end=end) if told else one


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


def _row_and_column(proposal: Proposal) -> tuple[str, str]:
    """What a cell of a table is asked by; empty texts for what is no cell."""
    if proposal.rule != "table":
        return "", ""
    row = plain(proposal.case.evidence[0].quote.strip("|").split("|")[0].strip())
    return row, proposal.case.question.removeprefix("What is the ").removesuffix(f" of {row}?")


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
            asks = f"And its {_row_and_column(other)[1]}?"
            case = replace(other.case, question=asks, history=history, tags=("follow-up", *other.case.tags))
            yield replace(other, case=case, rule="follow-up")
            return
