"""Chat completions as other programs know them: OpenAI's messages in, checked answers out. Pure.

What is beyond OpenAI's schema stands in one field, `footnote`, of the response (or of a stream's chunks):

    {"searched_for": "...", "answer": {...}, "ignored": ["temperature"]}

`answer` is `Answer.to_dict()`: sentences with their states, citations with document, page, offsets and exact words,
evidence, `abstained` and `reason`, conflicts, notices. In a stream the first chunk holds `searched_for`, each chunk
with words their `sentence` (its number), `state` and new `citations`, the last one `answer`. `message.content` is what
`rag ask` prints: the text with markers, then the numbered sources. Of a refusal, `message.refusal` and `content` both
hold the reason.

A request may hold a field `footnote` (the client's `extra_body`): `documents`, a list of document ids to search in;
`rewrite`, false to search for the question as it stands; `sources`, false to leave the sources out of the content.
"""

import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.answer import Answer, Citation, Event, Evidence, Final, Interim, Sentence, joined, plain_sentence

DEFAULT = "footnote"
"""The model name that stands for whatever writes here."""
MOST_TURNS = 100
"""Earlier questions that are read, the last ones: a follow-up means nothing that was said before them."""
OBEYED = frozenset({"model", "messages", "stream", "n", "footnote", "user"})
_SOURCES = re.compile(r"\n\s*\n\[\d+\] .*\Z", re.DOTALL)
Finish = Literal["stop", "length"]


class Part(BaseModel):
    """A piece of a message's content; only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message. `refusal` is set by this server on the answers that were none."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None
    refusal: str | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class Wishes(BaseModel):
    """The field `footnote` of a request."""

    model_config = ConfigDict(extra="forbid")

    documents: list[str] | None = None
    rewrite: bool = True
    sources: bool = True


class ChatRequest(BaseModel):
    """The body of POST /v1/chat/completions; what is not named here is ignored, and said to be."""

    model_config = ConfigDict(extra="allow")

    model: str = DEFAULT
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    n: Literal[1] | None = None
    footnote: Wishes = Field(default_factory=Wishes)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, fields: Any) -> Any:  # noqa: ANN401  (what a client sent)
        """A field that is null is one that was not sent, as OpenAI takes it."""
        return (
            {name: value for name, value in fields.items() if value is not None} if isinstance(fields, dict) else fields
        )

    @property
    def question(self) -> str:
        """The last message, which must be the user's; "" where it is not."""
        return self.messages[-1].text if self.messages[-1].role == "user" else ""

    @property
    def history(self) -> list[tuple[str, str]]:
        """(question, answer) of the earlier turns that are read, oldest first.

        A refusal, or no answer, is "" as on the page.
        """
        return self._turns[-MOST_TURNS:]

    @property
    def _turns(self) -> list[tuple[str, str]]:
        turns: list[tuple[str, str]] = []
        for message in self.messages[:-1]:
            if message.role == "user":
                turns.append((message.text, ""))
            elif message.role == "assistant" and turns:
                said = "" if message.refusal else _SOURCES.sub("", message.text)
                turns[-1] = (turns[-1][0], f"{turns[-1][1]} {said}".strip())
        return turns

    @property
    def ignored(self) -> list[str]:
        """What is sent and not read: sampling, tools, instructions, pictures, counts of tokens, old turns."""
        roles = {message.role for message in self.messages}
        unread = [f"{role} messages" for role in ("developer", "function", "system", "tool") if role in roles]
        kinds = {
            part.type for message in self.messages if isinstance(message.content, list) for part in message.content
        }
        unread += [f"{kind} parts" for kind in sorted(kinds - {"text"})]
        unread += [f"turns before the last {MOST_TURNS}"] if len(self._turns) > MOST_TURNS else []
        return sorted(name for name, value in (self.model_extra or {}).items() if name not in OBEYED and value) + unread


@dataclass(frozen=True, slots=True)
class Reply:
    """One response in the making: its id, what the client asked for, and the answer's beginning so far.

    `told` counts the citations that went out with a sentence.
    """

    request: ChatRequest
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))
    searched_for: str = ""
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    told: int = 0

    def after(self, event: Event) -> "Reply":
        """The reply after one more event of the stream."""
        match event:
            case Evidence(searched_for=searched_for):
                return replace(self, searched_for=searched_for)
            case Citation():
                return replace(self, citations=(*self.citations, event))
            case Sentence():
                return replace(self, sentences=(*self.sentences, event), told=len(self.citations))
            case Interim() | Final():
                return self

    @property
    def text(self) -> str:
        """The sentences so far, each with its markers and its state where a reader should know it."""
        return joined(self.sentences, plain_sentence)

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The response to a request that does not stream."""
        message = {
            "role": "assistant",
            "content": content(answer, self.request.footnote),
            "refusal": answer.reason if answer.abstained else None,
        }
        choice = {"index": 0, "message": message, "finish_reason": _finish(answer), "logprobs": None}
        return self._head("chat.completion", [choice]) | {"footnote": self._footnote(answer)}

    def chunks(self, before: "Reply", event: Event) -> Iterator[dict[str, Any]]:
        """What a stream sends for an event; `before` is the reply before it. Its deltas add up to `content`."""
        match event:
            case Evidence(searched_for=searched_for):
                yield self._chunk({"role": "assistant", "content": ""}, {"searched_for": searched_for})
            case Sentence():
                new = self.citations[before.told :]
                found = {
                    "sentence": len(self.sentences) - 1,
                    "state": event.state,
                    "citations": [citation.to_dict() for citation in new],
                }
                yield self._chunk({"content": self.text.removeprefix(before.text)}, found)
            case Final(answer=answer):
                full = content(answer, self.request.footnote)
                rest: dict[str, Any] = {"content": full.removeprefix(self.text if self.sentences else "")}
                if answer.abstained:
                    rest["refusal"] = answer.reason
                yield self._chunk(rest, self._footnote(answer), finish=_finish(answer))

    def _footnote(self, answer: Answer) -> dict[str, Any]:
        return {"searched_for": answer.searched_for, "answer": answer.to_dict(), "ignored": self.request.ignored}

    def _chunk(
        self, delta: Mapping[str, Any], found: Mapping[str, Any], finish: Finish | None = None
    ) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return self._head("chat.completion.chunk", [choice]) | {"footnote": found}

    def _head(self, kind: str, choices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.request.model, "choices": choices}


def content(answer: Answer, wishes: Wishes) -> str:
    """What stands in `message.content`: what `str(answer)` says, without the short answer that leads it there.

    A stream could not send that first; it stands in `footnote.answer.short`.
    """
    if wishes.sources:
        return str(replace(answer, short=None))
    return answer.reason if answer.abstained else joined(answer.sentences, plain_sentence)


def model_list(names: Sequence[str]) -> dict[str, Any]:
    """The response of GET /v1/models."""
    models = [{"id": name, "object": "model", "created": 0, "owned_by": "footnote"} for name in names]
    return {"object": "list", "data": models}


def error(message: str, kind: str, code: str | None = None) -> dict[str, Any]:
    """OpenAI's form of an error."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _finish(answer: Answer) -> Finish:
    return "length" if answer.finish == "length" else "stop"
