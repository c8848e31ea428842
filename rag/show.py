"""An answer in a terminal: each sentence as soon as it was checked, and on stderr what is going on meanwhile."""

import sys
from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, cast

from rag.answer import Answer, Event, Evidence, Final, Interim, Sentence, gap, plain_sentence
from rag.settings import QUOTES
from rag.terminal import printable, tell

if TYPE_CHECKING:
    from rag.pipeline import Pipeline


def show(pipeline: "Pipeline", question: str) -> Answer:
    """Asks, prints the answer while it is written, and returns it; in the end stdout holds `str(answer)`."""
    stream = cast("Generator[Event]", pipeline.stream(question, quotes_first=True))
    printed = ""
    before: Sentence | None = None
    with closing(stream) as events:
        for event in events:
            if isinstance(event, Sentence):
                piece = printable(gap(before, event) + plain_sentence(event))
                printed, before = printed + piece, event
                _print(piece)
            elif isinstance(event, Final):
                whole = printable(str(event.answer))
                _print((whole[len(printed) :] if whole.startswith(printed) else f"\n\n{whole}") + "\n")
                return event.answer
            elif pipeline.model != QUOTES:
                tell(_meanwhile(event, pipeline.model))
    raise AssertionError("a stream ends with its answer")


def _meanwhile(event: Event, model: str) -> str:
    if isinstance(event, Interim):
        return f"Meanwhile, in the documents' own words: {event.answer.text}"
    return f"{model} reads the passages." if isinstance(event, Evidence) and event.hits else ""


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
