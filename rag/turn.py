"""One question on its way to an answer: every sentence passes here, is checked, gets its footnotes, and is kept."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from index.records import Hit
from rag.answer import Answer, Citation, Conflict, Event, Finish, Sentence, one_line
from rag.cite import Draft, Footnotes, SentenceStream, Slice
from rag.decide import Decision
from rag.errors import GeneratorFailed
from rag.gate import Checked, Gate
from rag.prompt import Prompt
from rag.protocols import Generator
from rag.write.quotes import Quote

SHOWABLE = ("quoted", "supported", "partial")


class Turn:
    """What one question has gathered so far. Not shared between threads."""

    def __init__(
        self,
        question: str,
        searched_for: str,
        evidence: tuple[Hit, ...],
        decision: Decision,
        model: str,
        seconds: dict[str, float],
    ) -> None:
        self.question, self.searched_for, self.evidence = question, searched_for, evidence
        self._decision, self._model, self._seconds = decision, model, seconds
        self._footnotes = Footnotes()
        self._sentences: list[Sentence] = []
        self._conflicts: tuple[Conflict, ...] = ()
        self._finish: Finish = "stop"
        self._removed = 0
        self._notices: list[str] = []

    def quote(self, quotes: Sequence[Quote]) -> Iterator[Event]:
        """Shows verbatim sentences; each is its own proof."""
        for item in quotes:
            yield from self._show(one_line(item.slices[0].text), "quoted", 1.0, item.slices, item.focus)

    def generate(self, generator: Generator, prompt: Prompt, gate: Gate, quotes: Sequence[Quote]) -> Iterator[Event]:
        """Shows what a model writes, each sentence after its check; the best quotes where nothing of it stands.

        A failing generator is a notice, not an error: the evidence is shown in its place.
        """
        drafts = SentenceStream()
        try:
            with closing(generator.stream(prompt)) as pieces:
                for piece in pieces:
                    yield from self._check(drafts.feed(piece), gate)
                self._finish = generator.finish
        except GeneratorFailed as error:
            self._notices.append(str(error))
        yield from self._check(drafts.close(), gate)
        if not self._sentences:
            self._notices.append("Nothing the model wrote is supported by the documents; these are their own words.")
            yield from self.quote(quotes)

    def _check(self, drafts: Sequence[Draft], gate: Gate) -> Iterator[Event]:
        for draft in drafts:
            checked: Checked | None = gate.check(draft)
            if checked is not None and checked.state not in SHOWABLE:
                checked = gate.repair(checked)
                self._removed += 1
            if checked is not None and checked.text not in [sentence.text for sentence in self._sentences]:
                yield from self._show(checked.text, checked.state, checked.support, checked.slices, None)

    def _show(
        self, text: str, state: State, support: float, cited: Sequence[Slice], focus: tuple[int, int] | None
    ) -> Iterator[Event]:
        markers, fresh = self._footnotes.cite(cited)
        sentence = Sentence(text, state, support, markers, focus)
        self._sentences.append(sentence)
        yield from fresh
        yield sentence
