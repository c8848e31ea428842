"""One claim in, one verdict out: where it may stand in the documents, what the judge says of it there, and why."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.records import Hit, Quote
from index.text.look import Look, look
from index.text.words import other_script
from rag.answer import State, one_line
from rag.check.attribute import Attribution, Support
from rag.check.claims import claimed, clauses, is_claim, remarked
from rag.check.differences import ALIKE, NEAR_COPY, Problem, likeness, problems
from rag.check.point import Point, signs, weigh
from rag.check.split import Draft, drafts
from rag.protocols import Judge

SPOKEN_OF = 0.75
"""Share of a subject's words that one sentence must hold to deny that "the documents do not mention" it."""
_FIRST = 1
_STATES: tuple[State, ...] = ("unsupported", "partial", "supported", "quoted")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the documents say to one claim.

    `state`: "quoted" (verbatim), "supported" (the proof entails it), "partial" (some of its clauses, the others are
    named in `problems`), "unsupported". `probability` (0..1, fitted): that it is true to the proof. `proof` bears it
    out, `against` says otherwise; `problems` are phrases such as "says 6 million, the source says 5.5 million".
    Where `claim` is False the sentence states nothing checkable: it is "partial" without proof, and counts neither for
    nor against a text.
    """

    text: str
    state: State
    probability: float
    proof: tuple[Quote, ...] = ()
    against: tuple[Quote, ...] = ()
    problems: tuple[str, ...] = ()
    claim: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """A claim held against one piece of evidence."""

    support: Support
    signs: tuple[float, ...]
    probability: float
    found: tuple[Problem, ...]

    @property
    def vetoed(self) -> bool:
        """Whether a comparison rules it out, whatever the judge says."""
        return any(problem.hard for problem in self.found)


class Gate:
    """Checks sentences against the evidence of one answer. Not shared between threads.

    `failed` says what became of a judge that died or talked nonsense: from then on nothing counts as supported.
    """

    def __init__(self, judge: Judge, hits: Sequence[Hit], *, point: Point, question: str = "") -> None:
        self._judge, self._point = judge, point
        self.failed = ""
        self._evidence = Attribution(hits, question)
        self._verbatim: dict[str, Quote] = {}
        for item in self._evidence.slices:
            self._verbatim.setdefault(_bare(item.text), item)

    def check(self, draft: Draft | str) -> Verdict:
        """The verdict on one sentence."""
        draft = Draft(draft) if isinstance(draft, str) else draft
        if subject := remarked(draft.text):
            return self._remark(draft.text, look(subject))
        if not is_claim(draft):
            return Verdict(draft.text, "partial", 0.0, claim=False)
        if draft.kind == "table":
            return self._table(draft)
        quoted = self._verbatim.get(_bare(draft.text))
        if quoted is not None and (not draft.lead_in or _bare(draft.lead_in) in self._verbatim):
            return Verdict(draft.text, "quoted", 1.0, (quoted,))
        whole = self._whole(claimed(draft), draft.hints)
        parts = clauses(claimed(draft))
        if whole.state == "unsupported" and not whole.against and len(parts) > 1:
            whole = self._by_clause(whole, [self._whole(part, draft.hints) for part in parts])
        return replace(whole, text=draft.text)

    def tried(self, text: str, hints: Sequence[int] = ()) -> list[Tried]:
        """The claim held against each of its candidates, likeliest place first, until one bears it out."""
        claim = look(text)
        supports = self._evidence.candidates(claim, hints)
        tried = self._read(claim, supports[:_FIRST])
        if not self._best(tried):
            tried += self._read(claim, supports[_FIRST:])
        return tried

    def _whole(self, text: str, hints: Sequence[int]) -> Verdict:
        tried = self.tried(text, hints)
        if not tried:
            return Verdict(text, "unsupported", 0.0, problems=("no source sentence is near it",))
        against = self._against(look(text), tried)
        best = self._best(tried)
        if best and not self._outweighed(look(text), best, against):
            return Verdict(text, "supported", best.probability, best.support.slices, problems=_phrases(best.found))
        likeliest = max(tried, key=lambda one: one.probability)
        said = against[0].found if against else likeliest.found
        contradicting = tuple(dict.fromkeys(item for one in against for item in one.support.slices))
        told = _phrases(said) or ("the nearest words do not say this",)
        return Verdict(text, "unsupported", likeliest.probability, (), contradicting, told)

    def _best(self, tried: Sequence[Tried]) -> Tried | None:
        borne = [one for one in tried if one.probability >= self._point.supported_at and not one.vetoed]
        return max(borne, key=lambda one: (-len(one.support.slices), one.probability), default=None)

    def _read(self, claim: Look, supports: Sequence[Support]) -> list[Tried]:
        if other_script(claim.text):  # the judges learned English: what they say of other scripts is chance
            entailed = [float(support.coverage >= 1) for support in supports]
        else:
            entailed = self._entailed([(support.text, claim.text) for support in supports])
        return [self._weigh(claim, support, score) for support, score in zip(supports, entailed, strict=True)]

    def _entailed(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        if not self.failed:
            try:
                entailed = self._judge.entail(pairs)
            except Exception as error:  # noqa: BLE001  (any judge may be plugged in; what it raises is not ours to know)
                self.failed = f"The judge failed ({one_line(str(error)) or type(error).__name__})"
            else:
                if len(entailed) == len(pairs) and all(0 <= value <= 1 for value in entailed):
                    return entailed
                self.failed = "The judge gave something else than a probability for each pair"
        return [0.0] * len(pairs)

    def _weigh(self, claim: Look, support: Support, entailed: float) -> Tried:
        sources = [look(item.text) for item in support.slices]
        found = problems(claim, sources, self._evidence.background(support.slices))
        seen = signs(entailed, support.coverage, found)
        return Tried(support, seen, weigh(self._point, seen), found)

    def _against(self, claim: Look, tried: Sequence[Tried]) -> list[Tried]:
        """Single sentences that contradict the claim, the likest first."""
        single = [
            (likeness(claim, look(one.support.slices[0].text)), at, one)
            for at, one in enumerate(tried)
            if len(one.support.slices) == 1 and any(problem.contradicts for problem in one.found)
        ]
        return [one for alike, _, one in sorted(single, key=lambda each: (-each[0], each[1])) if alike >= ALIKE]

    def _outweighed(self, claim: Look, best: Tried, against: Sequence[Tried]) -> bool:
        """Whether a near copy of the claim that contradicts it is more like it than what bears it out."""
        if not against:
            return False
        nearest = likeness(claim, look(against[0].support.slices[0].text))
        denied = {item for one in against for item in one.support.slices}
        own = max((likeness(claim, look(q.text)) for q in best.support.slices if q not in denied), default=0.0)
        return nearest >= NEAR_COPY and own < nearest

    def _by_clause(self, whole: Verdict, parts: Sequence[Verdict]) -> Verdict:
        """Supported where every clause is; partial where some are, and the others are named."""
        borne = [part for part in parts if part.state == "supported"]
        if not borne:
            return whole
        proof = tuple(dict.fromkeys(item for part in borne for item in part.proof))
        least = min(part.probability for part in parts)
        if len(borne) == len(parts):
            return Verdict(whole.text, "supported", least, proof)
        left = [part for part in parts if part.state != "supported"]
        told = tuple(f"not borne out: “{one_line(part.text).rstrip('.')}”" for part in left)
        against = tuple(dict.fromkeys(item for part in left for item in part.against))
        return Verdict(whole.text, "partial", least, proof, against, told)

    def _remark(self, text: str, subject: Look) -> Verdict:
        """What is said about the documents: false where a sentence of theirs speaks of the subject."""
        share, item = self._evidence.covering(subject)
        if item is None or share < SPOKEN_OF:
            return Verdict(text, "partial", 0.0, claim=False)
        return Verdict(text, "unsupported", 0.0, (), (item,), ("the source does speak of it",))

    def _table(self, draft: Draft) -> Verdict:
        """Row by row; the table is worth what its worst row is."""
        rows = [_row(line) for line in draft.text.splitlines()]
        rows = [row for row in rows[1:] or rows if any(char.isalnum() for char in row)]
        checked = [self.check(Draft(row, draft.hints, "item")) for row in rows]
        claims = [one for one in checked if one.claim]
        if not claims:
            return Verdict(draft.text, "partial", 0.0, claim=False)
        worst = min(claims, key=lambda one: (_STATES.index(one.state), one.probability))
        return Verdict(
            draft.text,
            "supported" if worst.state == "quoted" else worst.state,
            worst.probability,
            tuple(dict.fromkeys(item for one in claims for item in one.proof)),
            tuple(dict.fromkeys(item for one in claims for item in one.against)),
            tuple(dict.fromkeys(text for one in claims for text in one.problems)),
        )


def check_text(text: str, search: Callable[[str], Sequence[Hit]], judge: Judge, point: Point) -> tuple[Verdict, ...]:
    """Every sentence of any text against the documents that `search` finds for it.

    Sentences that claim nothing (`claim` False) stay in place, so that the text can be shown whole.
    """
    checked: list[Verdict] = []
    for draft in drafts(text):
        hits = search(one_line(claimed(draft))) if is_claim(draft) else ()
        checked.append(Gate(judge, hits, point=point).check(draft))
    return tuple(checked)


def _phrases(found: Sequence[Problem]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(problem.text for problem in found))


def _row(line: str) -> str:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return ", ".join(cell for cell in cells if cell.strip(":- "))


def _bare(text: str) -> str:
    """A sentence with quotes, dashes and white space made alike, without bullets and its last stop, in lower case."""
    text = one_line(text).translate(str.maketrans("“”„«»‘’–—", '"""""\'\'--'))
    return re.sub(r"^[\s#>*\-•\"']+|[\s.!。;*\"']+$", "", text).casefold()
