"""The models that can write: which are on this machine, what a download costs, and how they are loaded meanwhile.

A model is loaded in a thread of its own. Nothing waits for that but a question to this very model, which shows the
built-in answer meanwhile; a model that cannot be had is one sentence, and the one that was opened goes on writing.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from index.errors import IndexingError
from rag.errors import AnswerError
from rag.models import MODELS, Model, on_this_machine
from rag.settings import QUOTES
from ui.escape import escape_attribute, escape_text
from ui.opening import Opened, Opening
from ui.turn import UNEXPECTED

if TYPE_CHECKING:
    from rag.pipeline import Pipeline

BUILT_IN = "Quotes (built in)"
Phase = Literal["ready", "loading", "fetching", "absent", "failed"]
POLL_SECONDS = 0.2
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Writing:
    """How it stands with a model. `said` is one sentence, "" where there is nothing to say."""

    name: str
    phase: Phase
    said: str = ""

    @property
    def busy(self) -> bool:
        return self.phase in ("loading", "fetching")


class Writers:
    """One per process. A chosen model that is here is loaded; one that is not is fetched when that is asked for.

    `first` is a model that the page was started with: it is loaded as soon as the documents are open, and is what the
    menu begins with. Any model can be it, also one that the menu does not know.
    """

    def __init__(
        self, opening: Opening | Opened, here: Callable[[Model], bool] = on_this_machine, first: str = ""
    ) -> None:
        self._opening, self._look, self._first = opening, here, first
        self._states: dict[str, Writing] = {}
        self._pipelines: dict[str, Pipeline] = {}
        self._here: dict[str, bool] = {}
        self._lock = threading.Lock()
        if first:
            self._begin(Writing(first, "loading"), "loading")

    @property
    def names(self) -> tuple[str, ...]:
        """What can write at once: the first model, or the one that was opened, then quotes; nothing until that is."""
        if not self._opening.ready:
            return ()
        first = [self._first] if self._first in self._pipelines else []
        return tuple(dict.fromkeys((*first, self._opening.pipeline().model, QUOTES, *self._pipelines)))

    @property
    def menu(self) -> dict[str, Any]:
        """The model menu: what writes at once, then what else is on this machine, then what can be downloaded."""
        names = self.names
        first = {self._first: self._first} if self._first else {}
        labels = first | {name: BUILT_IN if name == QUOTES else name for name in names or (QUOTES,)}
        rest = [model for model in _known() if model.name not in labels]
        for model in sorted(rest, key=lambda model: (not self._is_here(model), model.gigabytes or 0.0)):
            where = "on this machine" if self._is_here(model) else f"{model.download} to download"
            labels[model.name] = f"{model.name} · {where}"
        value = self._first or next(iter(names), None)
        return {"choices": [(label, name) for name, label in labels.items()], "value": value}

    @property
    def default(self) -> str:
        """What writes where nobody names a model; waits until the documents are open, and raises what that raised."""
        self._opening.pipeline()
        return self.names[0]

    def choose(self, name: str) -> Writing:
        """Begins to load a model that is on this machine; how it stands with it."""
        state, model = self.state(name), _find(name)
        if state.phase != "absent" or model is None or not self._is_here(model):
            return state
        return self._begin(state, "loading")

    def fetch(self, name: str) -> Writing:
        """Begins to download a model, where the page was started so that it may; how it stands with it."""
        state, model = self.state(name), _find(name)
        if state.phase not in ("absent", "failed") or (model is None and name != self._first):
            return state
        return self._begin(state, "loading" if model is None or self._is_here(model) else "fetching")

    def state(self, name: str) -> Writing:
        """How it stands with a model; one that the menu does not know is as good as the one that was opened."""
        model = _find(name)
        if name in self.names or model is None:
            with self._lock:
                return self._states.get(name, Writing(name, "ready"))
        with self._lock:
            return self._states.get(name, Writing(name, "absent", _cost(model)))

    def pipeline(self, name: str, stop: threading.Event) -> "Pipeline":
        """What writes as this model, waited for while it is loaded; else what was opened. `stop` ends the waiting."""
        while self.state(name).phase == "loading" and not stop.wait(POLL_SECONDS):
            pass
        return self.now(name)

    def now(self, name: str) -> "Pipeline":
        """What writes as this model, or what was opened where that is not ready."""
        opened = self._opening.pipeline()
        if name == QUOTES != opened.model:
            with self._lock:
                if QUOTES not in self._pipelines:
                    self._pipelines[QUOTES] = opened.with_model(QUOTES)
        return self._pipelines.get(name, opened)

    def _begin(self, state: Writing, phase: Phase) -> Writing:
        begun = replace(
            state, phase=phase, said=f"{state.name} is being {'loaded' if phase == 'loading' else 'fetched'} …"
        )
        with self._lock:
            if busy := next((one for one in self._states.values() if one.busy), None):
                wait = f"One model at a time: {busy.name} is being made ready."
                return busy if busy.name == state.name else replace(state, said=wait)
            self._states[state.name] = begun
        threading.Thread(target=self._load, args=(begun,), name="writer", daemon=True).start()
        return begun

    def _load(self, state: Writing) -> None:
        def tell(line: str) -> None:
            self._set(replace(state, said=line))

        try:
            pipeline = self._opening.pipeline().with_model(state.name, tell)
        except (AnswerError, IndexingError) as error:
            self._set(replace(state, phase="failed", said=str(error)))
        except Exception:  # noqa: BLE001 whatever a model does, the page outlives it
            _log.exception("a model could not be loaded")
            self._set(replace(state, phase="failed", said=UNEXPECTED))
        else:
            self._pipelines[state.name] = pipeline
            self._here[state.name] = True
            self._set(replace(state, phase="ready", said=f"{state.name} writes now."))

    def _set(self, state: Writing) -> None:
        with self._lock:
            self._states[state.name] = state

    def _is_here(self, model: Model) -> bool:
        """Whether it is on this machine; looked up once, because each look reads the files' headers."""
        if model.name not in self._here:
            self._here[model.name] = self._look(model)
        return self._here[model.name]


def _known() -> tuple[Model, ...]:
    """The models that can write in this process and whose size is known."""
    return tuple(model for model in MODELS if model.architecture and model.gigabytes and not model.server_only)


def _find(name: str) -> Model | None:
    return next((model for model in _known() if model.name == name), None)


def _cost(model: Model) -> str:
    note = f"; {model.note}" if model.note else ""
    return (
        f"Not on this machine: {model.download} to download, {model.memory} of memory; licence: {model.licence}{note}. "
        "Until it is here the built-in answer is shown."
    )


def writing_line(state: Writing) -> str:
    """How it stands with the chosen model, as HTML; a button where it could be downloaded."""
    if not state.said:
        return ""
    name = escape_attribute(state.name)
    word = {"absent": "Download", "failed": "Try again"}.get(state.phase, "")
    button = f'<button type="button" class="tool" data-fetch="{name}">{word}</button>' if word else ""
    return f'<div class="model-note {state.phase}"><p role="status">{escape_text(state.said)}</p>{button}</div>'


def refusal_line(said: str) -> str:
    """Why a question was not taken, in the same place, until something is typed; new each time, so that it is drawn."""
    new = secrets.token_hex(4)
    return f'<div class="model-note failed" data-refusal="{new}"><p role="alert">{escape_text(said)}</p></div>'
