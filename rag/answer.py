"""The answer and the events that lead to it. Pure values; a citation is a slice of a stored document."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, Literal

from index.records import Hit, Quote

State = Literal["quoted", "supported", "partial", "unsupported", "told"]
Finish = Literal["stop", "length", "cancelled"]

SCHEMA_VERSION = 1

_MARK = re.compile(r"^(?:(?:#{1,6}|[-*•+>])\s+|\|\s*)|(?<=\S)\s*\|$")


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker (1-based) and the quote that it stands for."""

    marker: int
    source: Quote

    @property
    def document_id(self) -> str:
        return self.source.document_id

    @property
    def title(self) -> str:
        return self.source.title

    @property
    def uri(self) -> str:
        return self.source.uri

    @property
    def page(self) -> int | None:
        return self.source.page

    @property
    def start(self) -> int:
        return self.source.start

    @property
    def end(self) -> int:
        return self.source.end

    @property
    def quote(self) -> str:
        """The cited words."""
        return self.source.text

    def to_dict(self) -> dict[str, Any]:
        """Flat, as every JSON exit shows it; the words are called "quote"."""
        fields = asdict(self.source)
        words = fields.pop("text")
        return {"marker": self.marker, **fields, "quote": words}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Citation":
        """The inverse of `to_dict`."""
        rest = {key: value for key, value in fields.items() if key not in ("marker", "quote")}
        return cls(fields["marker"], Quote(text=fields["quote"], **rest))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One checked sentence, without markers. `support` in 0..1 is the check's score, `markers` name citations.

    States: "quoted" (verbatim from the document), "supported" (the cited slices entail it), "partial" (they entail
    some of it), "unsupported", "told" (the program's own words about itself or the collection). `focus` is the
    half-open range of `text` that answers the question, where one is known. `listing`: it is code, or a table that a
    model drew; its lines and blanks are kept, and it stands on lines of its own.
    """

    text: str
    state: State
    support: float
    markers: tuple[int, ...] = ()
    focus: tuple[int, int] | None = None
    listing: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two citations that give different values for the same thing.

    `newer_first`: the first is of the later document, by the year in its title or name or the date that its file gives.
    """

    first: int
    second: int
    values: tuple[str, str]
    newer_first: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the pipeline says to one question.

    `searched_for` is the question after rewriting. An answer that `abstained` has no sentences and its `reason` says
    why. `confidence` in 0..1 is the evidence score that decided between the two. `conflicts` refer to markers.
    `model` is "quotes" or the name of the model that wrote. `seconds` holds wall-clock seconds per stage. `removed`
    counts sentences that a model wrote and the check took out; `notice` is one sentence for the reader about what
    happened on the way ("" when nothing did). `short` is the slice of a cited sentence that answers by itself
    ("12 May"), where there is one.
    """

    question: str
    searched_for: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    evidence: tuple[Hit, ...]
    abstained: bool
    reason: str
    confidence: float
    conflicts: tuple[Conflict, ...] = ()
    model: str = "quotes"
    finish: Finish = "stop"
    seconds: dict[str, float] = field(default_factory=dict)
    removed: int = 0
    notice: str = ""
    short: Quote | None = None

    @property
    def text(self) -> str:
        """The sentences with their markers, or the reason of the refusal."""
        if self.abstained:
            return self.reason
        return joined(self.sentences, _marked)

    def __str__(self) -> str:
        """The short answer where there is one, the text, disagreements, then the numbered sources with their words."""
        body = self.reason if self.abstained else joined(self.sentences, plain_sentence)
        if not self.citations:
            return body
        sources = (f"[{c.marker}] {source_line(c)}: “{one_line(c.quote)}”" for c in self.citations)
        short = [one_line(self.short.text), ""] if self.short else []
        return "\n".join([*short, body, *map(disagreement_line, self.conflicts), "", *sources])

    def to_dict(self) -> dict[str, Any]:
        """The one JSON schema of every exit; `schema` is its version."""
        fields = asdict(self) | {"citations": [citation.to_dict() for citation in self.citations]}
        return {"schema": SCHEMA_VERSION, "text": self.text, **fields}

    def to_markdown(self, before: str = "") -> str:
        """The answer as Markdown with footnotes, `before` standing before their numbers; document text is escaped."""
        if self.abstained:
            return f"{escape_markdown(self.reason)}\n"
        body = joined(self.sentences, partial(_markdown_sentence, before=before))
        notes = (
            f"[^{before}{c.marker}]: {escape_markdown(f'{source_line(c)}: “{one_line(c.quote)}”')}"
            for c in self.citations
        )
        short = [f"**{escape_markdown(one_line(self.short.text))}**", ""] if self.short else []
        against = [_markdown_conflict(conflict, before) for conflict in self.conflicts]
        return "\n".join([*short, body, "", *against, *notes, ""])


@dataclass(frozen=True, slots=True)
class Evidence:
    """First event of a stream: what the answer will rest on."""

    hits: tuple[Hit, ...]
    searched_for: str


@dataclass(frozen=True, slots=True)
class Final:
    """Last event of a stream."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Interim:
    """What the documents say in their own words, to be shown while a model writes.

    Each sentence that follows may take the place of the next of `answer.sentences`; `Final` takes the place of all.
    The markers in it are its own: the stream's sentences and citations are numbered as if it had not been there.
    """

    answer: Answer


Event = Evidence | Interim | Citation | Sentence | Final
"""A stream: one Evidence, then an Interim where it was asked for and a model writes, then sentences, each after the
citations that it is the first to name, then one Final."""


def joined(sentences: Sequence[Sentence], written: Callable[[Sentence], str]) -> str:
    """The sentences as `written` has them, in a row; a listing stands apart."""
    pairs = pairwise([None, *sentences])
    return "".join(gap(before, sentence) + written(sentence) for before, sentence in pairs if sentence)


def gap(before: Sentence | None, sentence: Sentence) -> str:
    """What stands between a sentence and the one before it; nothing before the first."""
    if before is None:
        return ""
    return "\n\n" if before.listing or sentence.listing else " "


def plain_sentence(sentence: Sentence) -> str:
    """A sentence with its markers and, where its sources bear it out in part only, a word on that."""
    return _marked(sentence) + _state(sentence, " ({})")


def _marked(sentence: Sentence) -> str:
    """A sentence with its markers, those of a listing below it: behind its last line they would be code."""
    markers = " ".join(f"[{marker}]" for marker in sentence.markers)
    between = "\n" if sentence.listing else " "
    return f"{sentence.text}{between}{markers}" if markers else sentence.text


def _markdown_sentence(sentence: Sentence, before: str) -> str:
    markers = "".join(f"[^{before}{marker}]" for marker in sentence.markers) + _state(sentence, " *({})*")
    if not sentence.listing:
        return escape_markdown(sentence.text) + markers
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", sentence.text)), default=0))
    return f"{fence}\n{sentence.text}\n{fence}" + (f"\n\n{markers}" if markers else "")


def _state(sentence: Sentence, form: str) -> str:
    """The state where a reader should know it; a heading or a lead-in, which cites nothing, has none to tell."""
    return form.format(sentence.state) if sentence.markers and sentence.state in ("partial", "unsupported") else ""


def disagreement_line(conflict: Conflict) -> str:
    """The two values of a disagreement with their markers, on one line."""
    first, second = map(one_line, conflict.values)
    newer = "newer: " if conflict.newer_first else ""
    return f"The sources disagree: {newer}“{first}” [{conflict.first}] against “{second}” [{conflict.second}]."


def _markdown_conflict(conflict: Conflict, before: str) -> str:
    first, second = (escape_markdown(one_line(value)) for value in conflict.values)
    newer = "newer: " if conflict.newer_first else ""
    one, other = (f"[^{before}{marker}]" for marker in (conflict.first, conflict.second))
    return f"> The sources disagree: {newer}“{first}”{one} against “{second}”{other}.\n"


def one_line(text: str) -> str:
    """The text with each run of white space as one space."""
    return " ".join(text.split())


def shown_line(text: str) -> str:
    """A slice as a sentence of an answer: on one line, without the bullet or heading mark before its first word."""
    return _MARK.sub("", one_line(text))


def source_line(citation: Citation) -> str:
    """Title, place and page of a citation, for people."""
    page = f", page {citation.page}" if citation.page is not None else ""
    return f"{citation.title} ({citation.uri}{page})"


def escape_markdown(text: str) -> str:
    """The text with every character that Markdown or HTML could act on made literal."""
    for char in "\\`*_{}[]()#+!|~>":
        text = text.replace(char, "\\" + char)
    return text.replace("&", "&amp;").replace("<", "&lt;")
