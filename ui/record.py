"""A turn as JSON and back: what the history stores, and what an exported conversation holds."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ui.turn import Turn

_TURN = TypeAdapter(Turn)
_OF_THE_ANSWER = ("searched_for", "hits", "citations", "sentences")
"""Fields of a turn that an answer holds too, and that are not written twice."""


class BadRecord(ValueError):
    """The JSON is not that of a turn; the text says what is wrong with it."""


def to_record(turn: Turn) -> dict[str, Any]:
    """A JSON object that loses nothing: `answer` as in `Answer.to_dict()`, or null and what had come until then."""
    record: dict[str, Any] = _TURN.dump_python(turn, mode="json", exclude={"interim", "before"})
    if turn.answer is None:
        return record | {"citations": [citation.to_dict() for citation in turn.citations]}
    record["answer"] = turn.answer.to_dict()
    return {key: value for key, value in record.items() if key not in _OF_THE_ANSWER}


def from_record(record: Mapping[str, Any]) -> Turn:
    """The inverse of `to_record`. The record may come from anywhere: types, states and slices are checked.

    Fields that are not known are skipped, so that the record of a later version can be read. Raises BadRecord.
    """
    try:
        turn = _TURN.validate_python(_fields({**record, "interim": None, "before": 0}))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadRecord(f"{where}: {first['msg']}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRecord(f"it is not what Footnote writes ({type(error).__name__}: {error})") from error
    _check_slices(turn)
    return turn


def _check_slices(turn: Turn) -> None:
    cited = [(citation.start, citation.end, citation.quote) for citation in turn.citations]
    found = [(hit.chunk.start, hit.chunk.end, hit.chunk.text) for hit in turn.hits]
    for start, end, text in cited + found:
        if not 0 <= start <= end == start + len(text):
            raise BadRecord(f"{text[:40]!r} is not a slice from {start} to {end}")


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a Turn is made of, with an answer's parts at both places."""
    answer = record.get("answer")
    if answer is None:
        return {**record, "citations": _citations(record["citations"])}
    shared = {
        "searched_for": answer["searched_for"],
        "hits": answer["evidence"],
        "citations": _citations(answer["citations"]),
        "sentences": answer["sentences"],
    }
    return {**record, **shared, "answer": {**answer, "citations": shared["citations"]}}


def _citations(flat: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The flat citations of an export, nested as the type is."""
    return [{"marker": fields["marker"], "source": {**fields, "text": fields["quote"]}} for fields in flat]
