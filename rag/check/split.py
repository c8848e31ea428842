"""A model's text cut into sentences and markers while it streams in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from index.text.headings import FENCES
from index.text.sentences import LONGEST, sentence_spans
from rag.markers import OPENERS, marker_numbers, may_become_marker

DraftKind = Literal["text", "item", "heading", "code", "table"]

_STOP_AT_END = re.compile(r"(?:[.!?…][\"'”’»›)\]*_]*\s+|[。！？；｡।॥؟۔][\"'”’»›」』】）)\]*_]*\s*)$")
_COMPLETIONS = ("he ", "qx ", " qx ", ". ")
_SETTLED_STOP = re.compile(r"[.!?…](?=[.!?…\"'”’»›)\]*_]*\s)")
_LEAD = re.compile(r"\s*(?:(?P<heading>#{1,6}\s+)|(?P<item>(?:[-*•+–]|\d{1,3}[.)])\s+)|>\s?)+")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])")
_SPACE = re.compile(r"\s")
_WINDOW = 100
_LONGEST_BLOCK = 4 * LONGEST


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence (or code block, or table) as a model wrote it, without markers, bullets and emphasis.

    `hints` are the source numbers that it named, never to be trusted. `lead_in` is the line with a colon that an item
    stands under, `before` the sentence before it: what an item or a pronoun cannot be understood without.
    """

    text: str
    hints: tuple[int, ...] = ()
    kind: DraftKind = "text"
    lead_in: str = ""
    before: str = ""


class SentenceStream:
    """Cuts streamed text into drafts; what comes out depends on the text alone, not on the pieces it came in.

    A sentence comes out at the first character that makes its end certain: the one after the white space behind
    its stop (in CJK after the stop itself), so that a marker there still belongs to it; at a line break; or at `close`.
    """

    def __init__(self) -> None:
        self._lead: str | None = ""  # the beginning of a line, until it is known to be text
        self._held = ""  # what may become a marker
        self._text = ""
        self._hints: list[tuple[int, int]] = []
        self._undecided = False
        self._settled = 0  # characters whose stops are known to end nothing
        self._opens_line = True
        self._block = ""
        self._fence = ""
        self._ready: list[Draft] = []
        self._lead_in = ""
        self._before = ""

    def feed(self, piece: str) -> list[Draft]:
        """The drafts that this piece completes, in order."""
        for char in piece:
            self._character(char)
        ready, self._ready = self._ready, []
        return ready

    def close(self) -> list[Draft]:
        """The rest; the stream is empty afterwards."""
        if self._fence == "|" and self._lead and self._lead.lstrip().startswith("|"):
            self._table_row("\n")  # a table's last row may end with the text
        self._begin_text()
        self._end_line()
        self._end_block()
        ready, self._ready = self._ready, []
        return ready

    def _character(self, char: str) -> None:
        if self._fence and self._fence != "|":
            self._code(char)
        elif self._lead is None:
            self._marker_or_text(char)
        else:
            self._line_beginning(char)

    def _line_beginning(self, char: str) -> None:
        """Decides by the first characters of a line whether it is code, a table row or text."""
        self._lead = (self._lead or "") + char
        beginning = self._lead.lstrip(" \t")
        if beginning.startswith("|"):
            self._table_row(char)
        elif char == "\n" or not any(fence.startswith(beginning) for fence in FENCES if beginning):
            if beginning:
                self._begin_text()
        elif beginning in FENCES:
            self._end_block()
            self._fence, self._block, self._lead = beginning, self._lead, None

    def _table_row(self, char: str) -> None:
        self._fence = "|"
        if char == "\n":
            self._block, self._lead = f"{self._block}{(self._lead or '').rstrip(chr(10))}\n", ""
            if len(self._block) > _LONGEST_BLOCK:
                self._end_block()

    def _code(self, char: str) -> None:
        self._block += char
        line = self._block.rstrip("\n").rpartition("\n")[2] if char == "\n" else ""
        closes = line.strip().startswith(self._fence) and "\n" in self._block.rstrip("\n")
        if closes or len(self._block) > _LONGEST_BLOCK:
            fence = "" if closes else self._fence
            self._end_block()
            self._fence, self._lead = fence, "" if closes else None

    def _end_block(self) -> None:
        block, self._block = self._block + ((self._lead or "") if self._fence == "|" else ""), ""
        if block.strip():
            self._ready.append(Draft(block.strip("\n"), (), "table" if self._fence == "|" else "code"))
        self._fence = ""

    def _begin_text(self) -> None:
        lead, self._lead = self._lead, None
        if self._fence == "|":
            if lead and lead.lstrip().startswith("|"):
                self._lead = lead
                return
            self._end_block()
        for char in lead or "":
            self._marker_or_text(char)

    def _marker_or_text(self, char: str) -> None:
        held = self._held + char
        if not self._held and char not in OPENERS:
            self._add(char)
        elif may_become_marker(held):
            self._held = held
        elif numbers := marker_numbers(held):
            self._held = ""
            self._hints.extend((len(self._text), number) for number in numbers)
        else:
            self._held = ""
            self._add(held[0])
            for later in held[1:]:
                self._marker_or_text(later)

    def _add(self, char: str) -> None:
        if char == "\n":
            self._end_line()
            return
        if self._hints and self._hints[-1][0] == len(self._text) and self._text.endswith(" "):
            if char == " ":
                return
            if char in ".,;:!?。，；：！？":
                self._text = self._text[:-1]
                self._hints = [(min(at, len(self._text)), number) for at, number in self._hints]
        after_stop = not char.isspace() and _STOP_AT_END.search(self._text[-16:]) is not None
        self._text += char
        if len(self._text) > LONGEST:
            self._release(sentence_spans(self._text)[:-1])
        elif after_stop:
            ends = self._spans("")
            self._undecided = any(self._spans(completion) != ends for completion in _COMPLETIONS)
            if not self._undecided:
                self._release(ends)
                self._settled = _last_word(self._text[:-1])
        elif self._undecided and char.isspace():
            self._undecided = False
            self._release(self._spans("qx"))
            self._settled = _last_word(self._text)

    def _spans(self, completion: str) -> list[tuple[int, int]]:
        """The sentences of the text so far that are over if the text goes on like this.

        Only the last stops are new: those before them ended nothing and are hidden, and the words before these are left
        out of a long text, which keeps this linear.
        """
        space = _SPACE.search(self._text, len(self._text) - _WINDOW) if len(self._text) > 2 * _WINDOW else None
        skipped = space.start() if space else -1
        text = (
            _SETTLED_STOP.sub("-", self._text[max(0, skipped) : self._settled])
            + self._text[max(skipped, self._settled) :]
        )
        spans = sentence_spans(f"{'' if skipped < 0 else 'x'}{text}{completion}")[:-1]
        if skipped < 0:
            return spans
        return [(max(0, start + skipped - 1) if at else 0, end + skipped - 1) for at, (start, end) in enumerate(spans)]

    def _release(self, spans: Iterable[tuple[int, int]]) -> None:
        done = 0
        for start, end in spans:
            following = len(self._text) - len(self._text[end:].lstrip())
            hints = tuple(number for at, number in self._hints if done <= at <= following)
            self._hints = [(at, number) for at, number in self._hints if at > following]
            self._emit(self._text[start:end], hints)
            done = following
        self._text, self._settled = self._text[done:], 0
        self._hints = [(at - done, number) for at, number in self._hints]

    def _end_line(self) -> None:
        held, self._held = self._held, ""
        for char in held:
            self._add(char)
        self._release(sentence_spans(self._text))
        self._text, self._hints, self._undecided, self._opens_line, self._lead = "", [], False, True, ""

    def _emit(self, text: str, hints: tuple[int, ...]) -> None:
        kind: DraftKind = "text"
        lead = _LEAD.match(text) if self._opens_line else None
        if lead:
            kind = "heading" if lead.group("heading") else "item" if lead.group("item") else "text"
            text = text[lead.end() :]
        elif self._opens_line and re.fullmatch(r"(?:\*\*|__)[^*_]+(?:\*\*|__):?", text):
            kind = "heading"
        self._opens_line = False
        text = " ".join(_EMPHASIS.sub(r"\2\3", text).split())
        if any(char.isalnum() for char in text):
            self._ready.append(self._draft(text, tuple(dict.fromkeys(hints)), kind))

    def _draft(self, text: str, hints: tuple[int, ...], kind: DraftKind) -> Draft:
        if kind != "item":
            self._lead_in = text if text.endswith((":", "：")) else ""
        lead_in = self._lead_in if kind == "item" else ""
        before, self._before = self._before, text
        return Draft(text, hints, kind, lead_in, before)


def _last_word(text: str) -> int:
    """Where the last word begins; 0 for a text of one word."""
    text = text.rstrip()
    return len(text) - len(text.split()[-1]) if text else 0


def drafts(text: str) -> list[Draft]:
    """The drafts of a whole text; lines that only the layout breaks are joined first, as `sentence_spans` sees them."""
    stream = SentenceStream()
    return [*stream.feed(_unwrapped(text)), *stream.close()]


def _unwrapped(text: str) -> str:
    characters = list(text.replace("\r\n", "\n"))
    fenced = [match.span() for match in re.finditer(r"(?ms)^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", "".join(characters))]
    for start, end in sentence_spans("".join(characters)):
        for at in range(start, end):
            row = "|" in (next((c for c in characters[at + 1 : at + 9] if not c.isspace()), ""), characters[at - 1])
            if characters[at] == "\n" and not row and not any(low <= at < high for low, high in fenced):
                characters[at] = " "
    return "".join(characters)
