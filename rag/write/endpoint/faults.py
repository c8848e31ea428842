"""What can go wrong with a server, each as one clear sentence. No key ever stands in one."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.answer import Finish
from rag.errors import AnswerError, GeneratorFailed, ModelUnavailable

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

_SAID = 200  # characters of the server's own words
_SECRET = re.compile(r"(?:\b(?:sk|key|hf|gsk|nvapi)[-_]|\bBearer\s+)\S{4,}", re.IGNORECASE)
_STOP = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence"})
_LENGTH = frozenset({"length", "max_tokens", "model_length"})
_CHECK_ADDRESS = "check that the address ends in /v1 and belongs to an OpenAI-compatible server."


@contextmanager
def translated(host: str, model: str, *, loading: bool = False) -> Iterator[None]:
    """The client's errors as ours; `loading` makes them `ModelUnavailable`. No cause is kept: it may hold a key."""
    from openai import APIError, OpenAIError

    try:
        yield
    except AnswerError:
        raise
    except APIError as error:
        raise _error(*_explained(host, model, error), loading=loading) from None
    except (OpenAIError, AttributeError, TypeError, ValueError) as error:
        seen = f"The server at {host} sent something that is no chat answer ({type(error).__name__})"
        raise _error(f"{seen}: {_CHECK_ADDRESS}", retryable=False, loading=loading) from None


def require_stream(host: str, headers: Mapping[str, str]) -> None:
    """Raises `GeneratorFailed` where no stream came but a page or one JSON: of a log-in, a gateway, another program."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/json"):
        raise GeneratorFailed(f"The server at {host} sent {kind} instead of a streamed answer: {_CHECK_ADDRESS}")


def ended_well(host: str, reason: str) -> Finish:
    """Why a finished answer ended. Raises `GeneratorFailed` for a reason that leaves it unfinished, as an unknown does.

    Some servers pass on the word that their model's own protocol has for it.
    """
    word = " ".join(str(reason).lower().split())
    if word in _LENGTH:
        return "length"
    if word in _STOP:
        return "stop"
    if word == "content_filter":
        raise GeneratorFailed(f"The content filter of the server at {host} held the answer back: ask in other words.")
    raise GeneratorFailed(
        f"The server at {host} left the answer unfinished, saying: {word[:_SAID]}. Ask again.", retryable=True
    )


def _error(message: str, retryable: bool, *, loading: bool) -> AnswerError:
    return ModelUnavailable(message) if loading else GeneratorFailed(message, retryable=retryable)


def _explained(host: str, model: str, error: "APIError") -> tuple[str, bool]:
    """The sentence, and whether trying again makes sense."""
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if isinstance(error, APITimeoutError):
        return f"The server at {host} did not answer in time: ask again, or wait until it is less busy.", True
    if isinstance(error, APIConnectionError):
        return f"The server at {host} is out of reach or broke off: check that it runs, then ask again.", True
    if isinstance(error, APIStatusError):
        return _status(host, model, error)
    return f"The server at {host} failed while writing{_said(error)}: ask again.", True


def _status(host: str, model: str, error: "APIStatusError") -> tuple[str, bool]:
    status = error.status_code
    if status in (401, 403):
        return f"The server at {host} refuses the key ({status}): set RAG_API_KEY to one that it accepts.", False
    if status == 404:
        return f"The server at {host} knows no model {model!r} or no such address (404): {_CHECK_ADDRESS}", False
    if status == 429:
        return f"The server at {host} has too many requests or no quota left (429): wait a little and ask again.", True
    if status >= 500:
        return f"The server at {host} failed ({status}){_said(error)}: ask again, or look into its log.", True
    return f"The server at {host} rejected the request ({status}){_said(error)}.", False


def _said(error: "APIError") -> str:
    """The server's own words, on one line, short and without anything that looks like a key."""
    body = error.body
    words = body.get("message") if isinstance(body, dict) else None
    if not isinstance(words, str) or not words.strip():
        return ""
    return f", saying: {_SECRET.sub('…', ' '.join(words.split()))[:_SAID]}"
