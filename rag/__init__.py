"""Footnote: answers from your documents, every sentence checked against the words it cites.

answer, errors, protocols, cite   values and seams             settings, places, assemble, cli   construction, commands
find, read                        from question to evidence    asides   turns that ask nothing of the documents
write, check, composing           from evidence to checked sentences      pipeline   the order of all that
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.answer import Answer, Citation, Evidence, Final, Sentence
from rag.assemble import open_pipeline
from rag.errors import AnswerError

if TYPE_CHECKING:
    from rag.pipeline import Pipeline
    from rag.settings import Paths

__all__ = [
    "Answer",
    "AnswerError",
    "Citation",
    "Evidence",
    "Final",
    "Sentence",
    "answer",
    "check_text",
    "open_pipeline",
]


def answer(
    question: str,
    docs: "Paths | None" = None,
    history: Sequence[tuple[str, str]] = (),
    **settings: Any,  # noqa: ANN401  (those of open_pipeline)
) -> Answer:
    """One question to these documents (default: the bundled corpus), indexed on first use in a cache directory.

    `history` holds (question, answer) of earlier turns; other settings as in `open_pipeline`, which is what to use for
    more than one question. Raises `AnswerError` and `index.errors.IndexingError`.
    """
    with open_pipeline(docs=docs, **settings) as pipeline:
        return pipeline.ask(question, history)


def check_text(text: str, *, pipeline: "Pipeline") -> tuple[Sentence, ...]:
    """Every sentence of any text, from any writer, tested against the pipeline's documents."""
    return pipeline.check(text).sentences
