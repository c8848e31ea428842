"""Planted faults: each makes the gate fail with the measure that it hurts and a question that it hurt."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from eval.cases import Case, Gold
from eval.compare import MEASURES, compare, earlier, worsened
from eval.eval_command import evaluate
from eval.report_judge import CoinJudge
from index.records import Hit, Quote
from rag.answer import Answer, Citation, Sentence

TEXTS = {
    "pump.md": "The Corvan pump moves 40 litres a minute. The Corvan pump costs 900 euros.",
    "ferry.md": "The Tern ferry carries 22 cars. The Tern ferry sails at seven every morning.",
    "crane.md": "The yard crane lifts 3.2 tonnes. The yard crane was inspected in May.",
    "quay.md": "The north quay repair costs 1.9 million euros. The north quay repair ends in November.",
    "parts.md": "| part | price |\n| KX-12 valve | 17 euros |\n\n| part | price |\n| KX-13 hose | 29 euros |",
    "staff.md": "Anna Berg leads the harbour office. Marek Dahl led the house before her.",
    "canteen.md": "The canteen soup costs 3 euros. The canteen opens at noon.",
}

FLOW, QUAY = "The Corvan pump moves 40 litres a minute.", "The north quay repair costs 1.9 million euros."


def case(id_: str, question: str, document: str, quote: str, *answers: str, **others: Any) -> Case:
    return Case(id_, question, others.pop("history", ()), answers, (Gold(document, quote),), True, ("fact",), **others)


CASES = (
    case("pump-flow", "litres a minute Corvan pump", "pump.md", FLOW, "40 litres"),
    case("pump-price", "what costs Corvan pump euros", "pump.md", "The Corvan pump costs 900 euros.", "900 euros"),
    case("ferry-cars", "Tern ferry carries how many cars", "ferry.md", "The Tern ferry carries 22 cars.", "22 cars"),
    case("crane-lifts", "yard crane lifts tonnes", "crane.md", "The yard crane lifts 3.2 tonnes.", "3.2 tonnes"),
    case("quay-cost", "north quay repair costs million", "quay.md", QUAY, "1.9 million euros"),
    case("table-hose", "price of part KX-13", "parts.md", "| KX-13 hose | 29 euros |", "29 euros"),
    case("who-leads", "who leads harbour office", "staff.md", "Anna Berg leads the harbour office.", "Anna Berg"),
    case("soup", "canteen soup costs euros", "canteen.md", "The canteen soup costs 3 euros.", "3 euros"),
    case("follow-up", "when ends it", "quay.md", "The north quay repair ends in November.", "November",
         history=(("north quay repair", "It costs 1.9 million euros."),)),
    Case("both", "Corvan pump litres a minute, pump costs euros", (), ("40 litres", "900 euros"),
         (Gold("pump.md", FLOW), Gold("pump.md", "The Corvan pump costs 900 euros.")), True, ("list",), "all"),
    Case("no-tug", "name of tug", (), (), (), False, ("unanswerable",)),
    Case("no-berth", "depth of berth seven", (), (), (), False, ("unanswerable",)),
)  # fmt: skip


class Overlap:
    """A judge: the share of the sentence's words that the passage holds."""

    name = "overlap"

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        held = [(set(passage.lower().split()), sentence.lower().split()) for passage, sentence in pairs]
        return [sum(word in passage for word in said) / len(said) for passage, said in held]


@dataclass
class Faults:
    """Where the small pipeline can be broken; every default leaves it whole."""

    retrieve: Callable[[list[Hit]], list[Hit]] = field(default=lambda hits: hits)
    rank: Callable[[list[Hit]], list[Hit]] | None = None
    threshold: float = 2.0
    history: bool = True
    quote: Callable[[int, Citation], Citation] = field(default=lambda number, citation: citation)
    sentences: Callable[[list[Sentence]], list[Sentence]] = field(default=lambda sentences: sentences)
    needless: bool = False
    judge: Any = field(default_factory=Overlap)


class SmallPipeline:
    """Finds chunks by shared words, answers in words of its own with a citation a sentence, or refuses."""

    model, threshold = "small", 0.5

    def __init__(self, base: Any, faults: Faults) -> None:
        self.base, self.faults = base, faults
        self.store, self.embedder, self.reader, self.judge = base.store, base.embedder, base.reader, faults.judge
        self._cited = 0

    def retrieve(self, query: str, k: int, only: Collection[str] | None = None) -> tuple[Hit, ...]:
        hits = self.faults.retrieve(list(self.base.retrieve(query, k, only)))
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1))

    def ask(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Answer:
        earlier_questions = [old for old, _ in history] if self.faults.history else []
        searched = " ".join([question, *earlier_questions])
        found = list(self.retrieve(searched, 50))
        hits = (self.faults.rank or (lambda hits: list(self.base.rerank(searched, hits))))(found)
        best = self.base.reader.rank(searched, [hits[0].chunk.text])[0] if hits else 0.0
        if best < self.faults.threshold:
            return Answer(question, searched, (), (), tuple(hits[:6]), True, "Not said.", best / 9)
        wanted = hits[: 2 if "," in question else 1]
        citations = [self._citation(marker, hit) for marker, hit in enumerate(wanted, start=1)]
        if self.faults.needless:
            citations.append(self._citation(len(citations) + 1, hits[-1]))
        sentences = [self._sentence(marker, hit) for marker, hit in enumerate(wanted, start=1)]
        shown = self.faults.sentences(sentences)
        seen, sure = tuple(hits[:6]), min(1.0, best / 9)
        return Answer(question, searched, tuple(shown), tuple(citations), seen, False, "", sure)

    def _citation(self, marker: int, hit: Hit) -> Citation:
        self._cited += 1
        chunk = hit.chunk
        quote = Quote(chunk.document_id, hit.title, hit.uri, None, chunk.start, chunk.end, chunk.text)
        return self.faults.quote(self._cited, Citation(marker, quote))

    def _sentence(self, marker: int, hit: Hit) -> Sentence:
        markers = (marker, marker + 1) if self.faults.needless else (marker,)
        return Sentence(f"Indeed {hit.chunk.text.strip()}", "supported", 0.9, markers)


def altered(citation: Citation, **changes: Any) -> Citation:
    return replace(citation, source=replace(citation.source, **changes))


def every(sentences: list[Sentence], **changes: Any) -> list[Sentence]:
    return [replace(sentence, **changes) for sentence in sentences]


def digits(sentences: list[Sentence]) -> list[Sentence]:
    table = str.maketrans("123456789", "234567891")
    return [replace(sentence, text=sentence.text.translate(table)) for sentence in sentences]


def headers_lost(hits: list[Hit]) -> list[Hit]:
    """Table rows stand without the line that says what their cells are."""
    cut = [(hit, hit.chunk.text.find("\n|") + 1) for hit in hits]
    return [
        replace(hit, chunk=replace(hit.chunk, text=hit.chunk.text[at:], start=hit.chunk.start + at)) for hit, at in cut
    ]


def cells_lost(hits: list[Hit]) -> list[Hit]:
    """Table rows keep their first cell only."""
    cut = [(hit, hit.chunk.text.rfind(" | ")) for hit in hits]
    return [
        replace(hit, chunk=replace(hit.chunk, text=hit.chunk.text[:at], end=hit.chunk.start + at)) if at > 0 else hit
        for hit, at in cut
    ]


FAULTS: dict[str, tuple[Faults, str, str]] = {
    "reranking dropped": (Faults(rank=lambda hits: hits), "right", "crane-lifts"),
    "ranking turned round": (Faults(rank=lambda hits: hits[::-1]), "evidence_at_1", "soup"),
    "second best first": (Faults(rank=lambda hits: hits[1:2] + hits[:1] + hits[2:]), "evidence_at_1", "ferry-cars"),
    "search turned round": (Faults(retrieve=lambda hits: hits[::-1]), "fused_reciprocal_rank", "pump-flow"),
    "half of the chunks lost": (Faults(retrieve=lambda hits: hits[::2]), "evidence_at_5", "pump-price"),
    "a document lost": (
        Faults(retrieve=lambda hits: [hit for hit in hits if "crane" not in hit.uri]), "evidence_at_5", "crane-lifts",
    ),
    "threshold too high": (Faults(threshold=4.0), "right", "who-leads"),
    "threshold gone": (Faults(threshold=-1.0), "right", "no-tug"),
    "history ignored": (Faults(history=False), "right", "follow-up"),
    "one quote in twenty corrupted": (
        Faults(quote=lambda n, c: altered(c, text=c.quote.replace("e", "3")) if n % 20 == 7 else c),
        "true",
        "who-leads",
    ),
    "offsets off by one": (
        Faults(quote=lambda _, c: altered(c, start=c.start + 1, end=c.end + 1)), "true", "quay-cost",
    ),
    "two documents exchanged": (
        Faults(quote=lambda _, c: altered(c, document_id={"id-pump.md": "id-soup", "id-soup": "id-pump.md"}.get(
            c.document_id, c.document_id))), "true", "pump-flow",
    ),
    "markers invented": (
        Faults(sentences=lambda s: [replace(one, markers=(*one.markers, 9)) for one in s]), "precise", "soup",
    ),
    "markers typed into the text": (
        Faults(sentences=lambda s: [replace(one, text=f"{one.text} [8]") for one in s]), "precise", "crane-lifts",
    ),
    "markers forgotten": (Faults(sentences=lambda s: every(s, markers=())), "recalled", "ferry-cars"),
    "a needless citation": (Faults(needless=True), "precise", "who-leads"),
    "last sentence dropped": (Faults(sentences=lambda s: s[: max(1, len(s) - 1)]), "right", "both"),
    "numbers changed by the writer": (Faults(sentences=digits), "numbers", "crane-lifts"),
    "the answer comes last": (
        Faults(sentences=lambda s: [replace(s[0], text="Gladly."), *s]), "opens", "soup",
    ),
    "states lowered": (Faults(sentences=lambda s: every(s, state="partial")), "checked", "pump-flow"),
    "table headers lost": (Faults(retrieve=headers_lost), "right", "table-hose"),
    "table cells lost": (Faults(retrieve=cells_lost), "right", "table-hose"),
    "the writer makes things up": (
        Faults(sentences=lambda s: every(s, text="Nobody knows what happens tomorrow.")), "faithful", "soup",
    ),
    "silence for everything": (Faults(threshold=99.0), "right", "who-leads"),
    "the judge is a coin": (Faults(judge=CoinJudge()), "recalled", "ferry-cars"),
}  # fmt: skip


def run(pipeline: Any, faults: Faults) -> dict[str, Any]:
    small = SmallPipeline(type(pipeline)(TEXTS), faults)
    return earlier(evaluate(CASES, small, judge=faults.judge).outcomes)


@pytest.fixture(scope="module")
def healthy() -> dict[str, Any]:
    return {}


def baseline(healthy: dict[str, Any], pipeline: Any) -> dict[str, Any]:
    if not healthy:
        healthy.update(run(pipeline, Faults()))
    return healthy


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_fails_the_gate_and_is_named(name: str, pipeline, healthy) -> None:
    """The gate names the measure that the fault hurts and a question on which it shows."""
    faults, measure, question = FAULTS[name]
    comparison = compare(baseline(healthy, pipeline), run(pipeline, faults))
    told = [sentence for sentence in worsened(comparison) if f": {MEASURES[measure]} fell" in sentence]

    assert told, worsened(comparison)
    (shift,) = [one for one in comparison.shifts if one.measure == measure]
    assert question in shift.fallen


def test_an_unchanged_pipeline_passes_twenty_times(pipeline, healthy) -> None:
    """The gate never fails by chance: the same pipeline is never worse than itself, and it is right on every case."""
    before = baseline(healthy, pipeline)

    assert {id_ for id_, one in before.items() if not one.right} == set()
    assert [worsened(compare(before, run(pipeline, Faults()))) for _ in range(20)] == [[]] * 20


def test_enough_faults_are_planted() -> None:
    """At least fifteen, over more than half of the measures."""
    assert len(FAULTS) >= 15
    assert len({measure for _, measure, _ in FAULTS.values()}) * 2 > len(MEASURES)
