"""What the page can ask for: answers, sources, questions, thumbs. Knows the pipeline and nothing of the browser."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from index.errors import IndexingError
from rag.answer import Answer, Event, Evidence, Final, Interim
from rag.errors import AnswerError
from rag.settings import QUOTES
from ui import feedback, render
from ui.begin import Beginning
from ui.bundled_questions import examples_for
from ui.documents import Documents
from ui.notes import begin_questions, next_questions
from ui.opening import Opened, Opening, opening_box
from ui.relay import relay, unless
from ui.source import source_panel, unknown_place
from ui.suggest import suggestions
from ui.turn import UNEXPECTED, Turn, Verdict, advance, judge, place
from ui.waiting import Queued, Waiting
from ui.writers import Writers

if TYPE_CHECKING:
    from collections.abc import Generator

    from rag.pipeline import Pipeline

Turns = tuple[Turn, ...]
FEEDBACK = "feedback.jsonl"
SUGGESTING_SECONDS, BEGINNING_SECONDS = 5.0, 20.0
"""The longest that questions are tried out, half a second for each on an idle machine; it ends when somebody asks."""
_log = logging.getLogger(__name__)


class Desk:
    """One per process; holds no conversation.

    `home` is the directory that keeps uploads and thumbs; `roots` are the files and folders that were indexed; `writer`
    is a model on this machine that is loaded while quotes already answer.
    """

    def __init__(
        self, pipeline: "Pipeline | Opening", home: Path, roots: Sequence[Path] = (), writer: str = ""
    ) -> None:
        self._opening = pipeline if isinstance(pipeline, Opening) else Opened(pipeline)
        self.home = home
        self.documents = Documents(self._opening, home, roots)
        self.writers = Writers(self._opening, first=writer)
        self.waiting = Waiting()
        self._beginning = Beginning()
        self._answering = 0
        self._lock = threading.Lock()

    @property
    def pipeline(self) -> "Pipeline":
        """Waits until it is opened. Raises what opening it raised."""
        return self._opening.pipeline()

    @property
    def ready(self) -> bool:
        """Whether nothing has to be waited for."""
        return self._opening.ready

    @property
    def threshold(self) -> float:
        """The evidence score from which a question is answered."""
        return self.pipeline.threshold

    def ask(
        self,
        turns: Turns,
        question: str,
        model: str,
        stop: threading.Event,
        *,
        rewrite: bool = True,
        only: Collection[str] | None = None,
        owner: str = "",
    ) -> Iterator[Turns]:
        """The conversation after each event of a new turn. Errors become the turn's problem.

        `only` restricts the search to these documents' ids. Who waits is answered by turns with the other owners.
        """
        turn = Turn(question, "searching" if self.ready else "waiting")
        yield (*turns, turn)
        history = [(earlier.question, _said(earlier.answer)) for earlier in turns if earlier.answer is not None]
        try:
            events = self.events(
                question, history, model, stop, rewrite=rewrite, only=only, quotes_first=True, owner=owner
            )
            for event in events:
                turn = advance(turn, event)
                yield (*turns, turn)
        except (AnswerError, IndexingError) as error:
            turn = replace(turn, phase="failed", problem=str(error))
        except Exception:  # noqa: BLE001 the page outlives any one question
            _log.exception("a question failed")
            turn = replace(turn, phase="failed", problem=UNEXPECTED)
        else:
            turn = replace(turn, phase="stopped") if turn.busy else turn
        yield (*turns, turn)

    def events(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        model: str | None,
        stop: threading.Event,
        *,
        rewrite: bool = True,
        only: Collection[str] | None = None,
        quotes_first: bool = False,
        owner: str = "",
    ) -> "Generator[Event | Queued]":
        """The events of one answer, made in another thread, which `stop` ends. Raises what the pipeline raises.

        Before them, how many are answered before it.

        Without a `model`, whatever writes here answers, waited for in that thread until the documents are open.
        With `quotes_first` the built-in answer comes first where a model writes, also while that is being loaded.
        """

        def ask(writer: "Pipeline") -> "Generator[Event]":
            events = writer.stream(
                question, history, only=only, rewrite=rewrite, quotes_first=quotes_first, between=unless(stop)
            )
            return cast("Generator[Event]", events)

        def work(emit: Callable[[Event], None]) -> None:
            name = self.writers.default if model is None else model
            if quotes_first and self.writers.state(name).phase == "loading":
                with closing(ask(self.writers.now(QUOTES))) as events:
                    for event in _meanwhile(events):
                        emit(event)
                        if isinstance(event, Final):  # a refusal, of which a model decides nothing
                            return
            with closing(ask(self.writers.pipeline(name, stop))) as events:
                for event in events:
                    emit(event)

        with self._counted():
            yield from self.waiting.turn(relay(work, stop), stop, owner)

    def suggest(self, turns: Turns, only: Collection[str] | None = None) -> str:
        """Questions to go on with after the last turn; "" where there are none or somebody waits for an answer."""
        turn = turns[-1] if turns else None
        if turn is None or turn.answer is None or not self.ready:
            return ""
        try:
            earlier = (earlier.question for earlier in turns)
            return next_questions(tuple(suggestions(turn, earlier, self._trying(SUGGESTING_SECONDS, only))))
        except (AnswerError, IndexingError):  # nobody asked for them: what cannot be tried is not offered
            return ""

    def welcome(self) -> str:
        """What stands on the page before the first question."""
        if not self.ready:
            return render.welcome((), None)
        entries = self.pipeline.store.documents()
        examples = examples_for(entry.uri for entry in entries)
        return render.welcome(examples, len(entries), self.pipeline.notices)

    def begin(self) -> str:
        """Three questions that the documents answer, for those who have asked nothing yet; "" where there are none."""
        if not self.ready or examples_for(entry.uri for entry in self.pipeline.store.documents()):
            return ""
        try:
            return begin_questions(self._beginning.questions(self.pipeline.store, self._trying(BEGINNING_SECONDS)))
        except (AnswerError, IndexingError):  # as for suggestions
            return ""

    def panel(self, turns: Turns, turn: int, kind: str, number: int, *, whole: bool = False) -> str:
        """The source panel for a mark or a listed passage of this conversation."""
        found = place(turns, turn, kind, number)
        if found is None:
            return unknown_place()
        said = dict(turns[turn].judged).get(number, "") if kind == "marker" else ""
        return source_panel(found, self.documents.find(found.document_id), whole=whole, verdict=said)

    def news(self) -> str:
        """What is being opened or indexed; "" when nothing is."""
        step = self._opening.step
        return opening_box(step) if step else ""

    def rate(self, turns: Turns, number: int, verdict: Verdict) -> Turns:
        """The conversation with a thumb on one of its answers, kept in a file beside the index. Raises OSError."""
        if not 0 <= number < len(turns):
            return turns
        turn = turns[number]
        if turn.answer is None or turn.verdict == verdict:
            return turns
        feedback.record(self.home / FEEDBACK, verdict, turn.answer)
        return (*turns[:number], replace(turn, verdict=verdict), *turns[number + 1 :])

    def judge(self, turns: Turns, number: int, marker: int, verdict: Verdict) -> Turns:
        """The conversation with a verdict on one citation, kept in the same file. Raises OSError."""
        turn = turns[number] if 0 <= number < len(turns) else None
        cited = next((c for c in turn.citations if c.marker == marker), None) if turn else None
        if turn is None or turn.answer is None or cited is None or (marker, verdict) in turn.judged:
            return turns
        feedback.record(self.home / FEEDBACK, verdict, turn.answer, cited)
        return (*turns[:number], judge(turn, marker, verdict), *turns[number + 1 :])

    def _trying(self, seconds: float, only: Collection[str] | None = None) -> Callable[[str], Answer | None]:
        """Answers with quotes; None as soon as somebody waits for an answer, or for too long already."""
        until, writer = time.monotonic() + seconds, self.writers.now(QUOTES)

        def ask(question: str) -> Answer | None:
            waited = self._answering or time.monotonic() > until
            return None if waited else writer.ask(question, only=only)

        return ask

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Counts an answer that somebody waits for."""
        with self._lock:
            self._answering += 1
        try:
            yield
        finally:
            with self._lock:
                self._answering -= 1


def _said(answer: Answer) -> str:
    """What an answer adds to the history: the names in a refusal are those of passages that did not answer."""
    return "" if answer.abstained else answer.text


def _meanwhile(events: Iterator[Event]) -> Iterator[Event]:
    """The events of the built-in answer as those of one that another will replace; a refusal stays as it is."""
    for event in events:
        if isinstance(event, Evidence):
            yield event
        elif isinstance(event, Final):
            yield event if event.answer.abstained else Interim(event.answer)
