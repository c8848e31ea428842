"""What the page can ask for: answers, sources, documents, thumbs. Knows the pipeline and nothing of the browser."""

import filecmp
import logging
import shutil
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.errors import IndexingError
from index.records import Document, DocumentEntry
from rag.answer import Answer, Event
from rag.errors import AnswerError
from ui import feedback, library, render
from ui.examples import examples_for
from ui.notes import next_questions
from ui.opening import Opening, opening_box
from ui.originals import Originals
from ui.relay import relay
from ui.source import chunks_panel, document_panel, source_panel, summary_lines, unknown_document, unknown_place
from ui.suggest import suggestions
from ui.turn import Turn, Verdict, advance, judge, part, place

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

Turns = tuple[Turn, ...]
UNEXPECTED = "Something went wrong inside Footnote; the terminal it was started from shows what. You can go on asking."
QUOTES = "quotes"
ADDED = "added"
"""Uploads are kept in home/added, and "added/" begins their uri: they replace no document of a folder."""
FEEDBACK = "feedback.jsonl"
SUGGESTING_SECONDS = 5.0
"""The longest that questions to go on with are tried out; the built-in writer takes about half a second for each."""
_log = logging.getLogger(__name__)


class Desk:
    """One per process; holds no conversation.

    `home` is the directory that keeps uploads and thumbs; `roots` are the files and folders that were indexed.
    """

    def __init__(self, pipeline: "Pipeline | Opening", home: Path, roots: Sequence[Path] = ()) -> None:
        self._opening = pipeline if isinstance(pipeline, Opening) else None
        self._pipeline = None if isinstance(pipeline, Opening) else pipeline
        self.home = home
        self.originals = Originals(roots, home / ADDED)
        self._others: dict[str, Pipeline] = {}
        self._facts: dict[str, library.Facts] = {}
        self._answering = 0
        self._lock = threading.Lock()

    @property
    def pipeline(self) -> "Pipeline":
        """Waits until it is opened. Raises what opening it raised."""
        if self._pipeline is None:
            assert self._opening is not None
            self._pipeline = self._opening.pipeline()
        return self._pipeline

    @property
    def ready(self) -> bool:
        """Whether nothing has to be waited for."""
        return self._opening is None or self._opening.ready

    @property
    def models(self) -> tuple[str, ...]:
        """What the model menu offers: the model that was loaded first, then quotes; nothing until it is loaded."""
        return tuple(dict.fromkeys((self.pipeline.model, "quotes"))) if self.ready else ()

    @property
    def menu(self) -> dict[str, Any]:
        """The model menu; it is not shown where there is nothing to choose."""
        models = self.models
        return {"choices": list(models), "value": models[0] if models else None, "visible": len(models) > 1}

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
    ) -> Iterator[Turns]:
        """The conversation after each event of a new turn. Errors become the turn's problem.

        `only` restricts the search to these documents' ids.
        """
        turn = Turn(question, "searching" if self.ready else "waiting")
        yield (*turns, turn)
        history = [(earlier.question, _said(earlier.answer)) for earlier in turns if earlier.answer is not None]
        try:
            for event in self.events(question, history, model, stop, rewrite=rewrite, only=only, quotes_first=True):
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
        model: str,
        stop: threading.Event,
        *,
        rewrite: bool = True,
        only: Collection[str] | None = None,
        quotes_first: bool = False,
    ) -> Iterator[Event]:
        """The events of one answer, made in another thread, which `stop` ends. Raises what the pipeline raises."""

        def ask(writer: "Pipeline") -> Iterator[Event]:
            return writer.stream(question, history, only=only, rewrite=rewrite, quotes_first=quotes_first)

        with self._counted():
            yield from relay(self._work(model, ask), stop)

    def suggest(self, turns: Turns, only: Collection[str] | None = None) -> str:
        """Questions to go on with after the last turn; "" where there are none or somebody waits for an answer."""
        turn = turns[-1] if turns else None
        if turn is None or turn.answer is None or not self.ready:
            return ""
        until = time.monotonic() + SUGGESTING_SECONDS
        writer = self._writer(QUOTES)

        def ask(question: str) -> Answer | None:
            waited = self._answering or time.monotonic() > until
            return None if waited else writer.ask(question, only=only)

        try:
            return next_questions(tuple(suggestions(turn, (earlier.question for earlier in turns), ask)))
        except (AnswerError, IndexingError):  # nobody asked for them: what cannot be tried is not offered
            return ""

    def welcome(self) -> str:
        """What stands on the page before the first question."""
        if not self.ready:
            return render.welcome((), None)
        entries = self.pipeline.store.documents()
        examples = examples_for(entry.uri for entry in entries)
        return render.welcome(examples, len(entries), self.pipeline.notices)

    def panel(self, turns: Turns, turn: int, kind: str, number: int, *, whole: bool = False) -> str:
        """The source panel for a mark or a listed passage of this conversation."""
        found = place(turns, turn, kind, number)
        if found is None:
            return unknown_place()
        said = dict(turns[turn].judged).get(number, "") if kind == "marker" else ""
        return source_panel(found, self.find(found.document_id), whole=whole, verdict=said)

    def document(self, document_id: str, start: int = 0, end: int = 0, *, whole: bool = False) -> str:
        """The source panel for a document, or for a slice of it."""
        document = self.find(document_id)
        if document is None:
            return unknown_document()
        found = part(document, start, end)
        return source_panel(found, document, whole=whole) if found else document_panel(document)

    def gist(self, document_id: str) -> str:
        """The sentences that tell most of a document."""
        if self.find(document_id) is None:
            return unknown_document()
        return summary_lines(self.pipeline.gist(document_id))

    def cut(self, document_id: str) -> str:
        """The source panel that tells how a document was cut into chunks."""
        document = self.find(document_id)
        return chunks_panel(document, self.pipeline.store.chunks(document_id)) if document else unknown_document()

    def find(self, document_id: str) -> Document | None:
        """A stored document; None where there is no such one."""
        try:
            return self.pipeline.store.document(document_id)
        except (KeyError, IndexingError):
            return None

    def news(self) -> str:
        """What is being opened or indexed; "" when nothing is."""
        step = self._opening.step if self._opening else None
        return opening_box(step) if step else ""

    def shelf(self) -> str:
        """The list of documents."""
        if not self.ready:
            return library.report("The list comes when the documents are indexed.")
        entries = self.pipeline.store.documents()
        return library.shelf(entries, {entry.id: self._told(entry) for entry in entries[: library.SHOWN]})

    def add(self, paths: Sequence[Path]) -> Iterator[str]:
        """Copies the files beside the index and indexes them; yields what to show while it goes on."""
        yield library.progress("Adding the documents …")
        try:
            for path in paths:
                self._keep(path)
            yield from relay(self._indexing, threading.Event())
        except (IndexingError, OSError) as error:
            yield library.report(f"The documents were not added: {error}")
        except Exception:  # noqa: BLE001 the page outlives any one upload
            _log.exception("an upload failed")
            yield library.report(UNEXPECTED)

    def remove(self, document_id: str) -> str:
        """Takes a document out of the index; what to show."""
        entry = next((entry for entry in self.pipeline.store.documents() if entry.id == document_id), None)
        if entry is None:
            return library.report("This document is not in the index any more.")
        try:
            self.pipeline.store.remove(document_id)
            if entry.uri.startswith(f"{ADDED}/"):
                (self.home / ADDED / Path(entry.uri).name).unlink(missing_ok=True)
        except (IndexingError, OSError) as error:
            return library.report(str(error))
        return library.report(f"{entry.title} was removed from the index.")

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

    def _told(self, entry: DocumentEntry) -> library.Facts:
        """Pages and date of a document, which never change for one id: its text is read for them once."""
        if entry.id not in self._facts and entry.complete:
            document = self.find(entry.id)
            if document is None:
                return library.Facts()
            date = document.meta.modified or document.meta.created
            self._facts[entry.id] = library.Facts(len(document.page_starts), date)
        return self._facts.get(entry.id, library.Facts())

    def _work(
        self, model: str, ask: "Callable[[Pipeline], Iterator[Event]]"
    ) -> Callable[[Callable[[Event], None]], None]:
        def work(emit: Callable[[Event], None]) -> None:
            with closing(cast("Generator[Event]", ask(self._writer(model)))) as events:
                for event in events:
                    emit(event)

        return work

    def _writer(self, model: str) -> "Pipeline":
        if model == self.pipeline.model or model not in self.models:
            return self.pipeline
        with self._lock:
            if model not in self._others:
                self._others[model] = self.pipeline.with_model(model)
            return self._others[model]

    def _keep(self, path: Path) -> None:
        """Copies the file to where it outlives the browser's upload; another file of its name stays what it is."""
        folder = self.home / ADDED
        folder.mkdir(parents=True, exist_ok=True)
        kept, number = folder / path.name, 1
        while kept.exists() and not filecmp.cmp(path, kept, shallow=False):
            number += 1
            kept = folder / f"{path.stem} ({number}){path.suffix}"
        shutil.copy(path, kept)

    def _indexing(self, emit: Callable[[str], None]) -> None:
        folder = self.home / ADDED
        found = self.pipeline.sync([folder], progress=lambda step: emit(library.progress(str(step))))
        for item in (*found.failed, *found.skipped):
            (folder / Path(item.uri).name).unlink(missing_ok=True)  # or every later upload would report it again
        emit(library.outcome(found))


def restore(pipeline: "Pipeline", home: Path) -> None:
    """Puts the uploads of earlier runs back into the index, should it have been rebuilt. Raises `IndexingError`."""
    folder = home / ADDED
    if folder.is_dir() and any(folder.iterdir()):
        pipeline.sync([folder])


def _said(answer: Answer) -> str:
    """What an answer adds to the history: the names in a refusal are those of passages that did not answer."""
    return "" if answer.abstained else answer.text
