"""One question on its way to an answer: every sentence passes here, is checked, gets its footnotes, and is kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from index.load.plain import CODE
from index.records import Hit, Quote
from rag.answer import Answer, Conflict, Event, Finish, Interim, Sentence, State, one_line, shown_line
from rag.check.conflicts import Disagreement
from rag.check.gate import Gate, Verdict
from rag.check.split import Draft
from rag.cite import Footnotes
from rag.errors import GeneratorFailed, PromptTooLong
from rag.protocols import Between, Pieces, never
from rag.settings import QUOTES
from rag.write.extract import Extract
from rag.write.whole import WholeSentences

NOTHING_STANDS = "Nothing that the model wrote is borne out by the documents, so these are their own words."


class Turn:
    """What one question has gathered so far. Not shared between threads."""

    def __init__(
        self,
        question: str,
        searched_for: str,
        evidence: tuple[Hit, ...],
        model: str,
        footnotes: Footnotes,
    ) -> None:
        self.question, self.searched_for, self.evidence = question, searched_for, evidence
        self.seconds: dict[str, float] = {}
        self._model = model
        self._footnotes = footnotes
        self._sentences: list[Sentence] = []
        self._conflicts: list[Conflict] = []
        self._finish: Finish = "stop"
        self._removed = 0
        self._short: Quote | None = None
        self._notices: list[str] = []
        self._waiting: list[Verdict] = []

    def tell(self, text: str) -> Iterator[Event]:
        """Shows a line of the program's own, which is about no document's words."""
        yield from self._show(text, "told", 1.0, ())

    def note(self, notice: str) -> None:
        """Adds a sentence for the reader about what happened on the way."""
        if notice:
            self._notices.append(notice)

    def quote(self, quotes: Sequence[Extract]) -> Iterator[Event]:
        """Shows verbatim sentences, each once; each is its own proof, and so are the items that were counted.

        The first words in focus are the short answer, unless it is worked out.
        """
        short = None if quotes and quotes[0].claim else next((item.short for item in quotes if item.short), None)
        self._short = self._footnotes.located(short) if short else None
        for item in quotes:
            said, listing = item.slices[0].text, _is_listing(item)
            text = item.claim or (said if listing else shown_line(said))
            state: State = "supported" if item.claim else "quoted"
            if not self._told(text):
                yield from self._show(text, state, 1.0, item.slices, _focus(item), listing=listing)

    def meanwhile(self, quotes: Sequence[Extract], confidence: float, footnotes: Footnotes) -> Interim:
        """The built-in answer, shown until the model's sentences take its place; nothing of it stays in this turn."""
        shown = Turn(self.question, self.searched_for, self.evidence, QUOTES, footnotes)
        for _ in shown.quote(quotes):
            pass
        return Interim(shown.answer(confidence, str))

    def generate(
        self, pieces: Callable[[], Pieces], gate: Gate, quotes: Sequence[Extract], between: Between = never
    ) -> Iterator[Event]:
        """Shows what a model writes, each sentence after its check, and the best quotes where nothing of it stands.

        Where something was taken out, the sentence of the documents that answers the question best takes its place.

        A generator that fails, or holds not one passage, is a notice, not an error: what it wrote is kept, or the
        quotes take its place.
        """
        try:
            written = WholeSentences(pieces())
            with closing(iter(written)) as sentences:
                for drafts in sentences:
                    between()
                    yield from self._checked(drafts, gate)
            self._finish = written.finish
            self.note(written.notice)
        except (GeneratorFailed, PromptTooLong) as error:
            self.note(str(error))
        if gate.failed:
            self.note(f"{gate.failed}: nothing that the model wrote after that counts as supported.")
        if self._removed:
            plural = (
                "sentence that the documents do not bear out was"
                if self._removed == 1
                else ("sentences that the documents do not bear out were")
            )
            self.note(f"{self._removed} {plural} replaced or left out.")
        if not self._sentences:
            self.note(NOTHING_STANDS)
            yield from self.quote(quotes)
        elif self._removed:
            yield from self.quote([item for item in quotes if item.focus and not self._cited(item)][:1])

    def disagree(self, disagreements: Sequence[Disagreement]) -> Iterator[Event]:
        """Notes sources that give different values, and cites both."""
        for found in disagreements:
            (first, *_), fresh = self._footnotes.cite([found.first])
            (second, *_), more = self._footnotes.cite([found.second])
            yield from (*fresh, *more)
            self._conflicts.append(Conflict(first, second, found.values, found.newer_first))

    def leave_open(self, questions: Sequence[str]) -> None:
        """Notes the parts of the question that the documents do not answer."""
        self._notices += [f"The documents do not say: {question}" for question in questions]

    def answer(self, confidence: float, refusal: Callable[[], str]) -> Answer:
        """The answer as it stands; `refusal` is asked for its reason if nothing could be shown."""
        return Answer(
            question=self.question,
            searched_for=self.searched_for,
            sentences=tuple(self._sentences),
            citations=self._footnotes.citations,
            evidence=self.evidence,
            abstained=not self._sentences,
            reason="" if self._sentences else refusal(),
            confidence=confidence,
            conflicts=tuple(self._conflicts),
            model=self._model,
            finish=self._finish,
            seconds=dict(self.seconds),
            removed=self._removed,
            notice=" ".join(self._notices),
            short=self._short,
        )

    def _checked(self, split: Sequence[Draft], gate: Gate) -> Iterator[Event]:
        """Checks and shows. What claims nothing (a heading, a lead-in) waits for a claim after it that stands."""
        for draft in split:
            checked = gate.check(draft)
            if not checked.claim:
                self._waiting.append(checked)
            elif checked.state == "unsupported":
                self._removed += 1
            elif not self._told(checked.text):
                for one in (*self._waiting, checked):
                    if not self._told(one.text):
                        listing = "\n" in one.text  # of what models write only code and tables have lines
                        yield from self._show(one.text, one.state, one.probability, one.proof, listing=listing)
                self._waiting.clear()

    def _cited(self, item: Extract) -> bool:
        """Whether a sentence shown so far cites these words."""
        place = (item.slices[0].document_id, item.slices[0].start, item.slices[0].end)
        return any((c.document_id, c.start, c.end) == place for c in self._footnotes.citations)

    def _told(self, text: str) -> bool:
        return any(sentence.text == text for sentence in self._sentences)

    def _show(
        self,
        text: str,
        state: State,
        support: float,
        cited: Sequence[Quote],
        focus: tuple[int, int] | None = None,
        *,
        listing: bool = False,
    ) -> Iterator[Event]:
        markers, fresh = self._footnotes.cite(cited)
        yield from fresh
        self._sentences.append(Sentence(text, state, support, markers, focus, listing))
        yield self._sentences[-1]


def in_force_first(quotes: Sequence[Extract], disagreements: Sequence[Disagreement]) -> list[Extract]:
    """The quotes with the rule that is in force before the one that it replaced."""
    ordered = list(quotes)
    for found in (pair for pair in disagreements if pair.newer_first):
        cited = [item.slices[0] for item in ordered]
        if found.second in cited:
            newer = ordered.pop(cited.index(found.first)) if found.first in cited else Extract((found.first,))
            ordered.insert(0, newer)
    return ordered


def _is_listing(item: Extract) -> bool:
    """Whether an extract is shown as code: it is, or it is several lines of a file of source code."""
    source = item.slices[0]
    return not item.claim and (item.listing or ("\n" in source.text and source.uri.lower().endswith(CODE.suffixes)))


def _focus(item: Extract) -> tuple[int, int] | None:
    """Where the focus stands in the shown line, or None where white space or a mark moved it out of sight."""
    if item.focus is None or item.claim:
        return None
    if _is_listing(item):
        return item.focus
    text, (start, end) = item.slices[0].text, item.focus
    shown, marked = shown_line(text), one_line(text[start:end])
    at = len(one_line(f"{text[:start]}x")) - 1 - one_line(text).find(shown)
    return (at, at + len(marked)) if marked and at >= 0 and shown[at : at + len(marked)] == marked else None
