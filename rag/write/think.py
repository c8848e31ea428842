"""Removes what a model thinks aloud from what it answers, while the text is still arriving. Pure.

Models mark their thinking with tags, and small ones mark it badly: the tag stays open, or only the closing one comes
(the opening one stood in the prompt), or tags nest. Three rules cover all of it:

- between an opening and its closing tag, or the end of the text, nothing is shown;
- a closing tag without an opening one makes everything held back before it thinking;
- what may still turn out to be thinking is held back: text of a model that may think and has not been told otherwise
  ("undecided"), and what follows the inner closing tag of a nest.

The output depends on the text alone, never on how it was cut into pieces.
"""

import re
from typing import Literal

Stance = Literal["thinking", "undecided", "answering"]
"""Where a text begins: inside thinking (the prompt opened the tag), in text that may prove to be thinking, or in the
answer."""

THINKING_TOKENS = 2048
"""Room for thinking that cannot be switched off, beside that for the answer."""

OPENING = (
    "<think>", "<thinking>", "<thought>", "<reasoning>", "<reflection>", "<seed:think>", "<|think|>", "<|thinking|>",
    "<|begin_of_thought|>", "◁think▷", "[think]", "[unused16]", "here is my thought process:",
)  # fmt: skip
CLOSING = (
    "</think>", "</thinking>", "</thought>", "</reasoning>", "</reflection>", "</seed:think>", "<|/think|>",
    "<|/thinking|>", "<|end_of_thought|>", "◁/think▷", "[/think]", "[unused17]", "here is my response:",
)  # fmt: skip
ANSWER_BEGINS = ("<answer>", "<response>", "<|begin_of_solution|>")
ANSWER_ENDS = ("</answer>", "</response>", "<|end_of_solution|>")

_TAGS = OPENING + CLOSING + ANSWER_BEGINS + ANSWER_ENDS
_TAG = re.compile("|".join(re.escape(tag) for tag in _TAGS), re.IGNORECASE | re.ASCII)
_PREFIXES = frozenset(tag[:length] for tag in _TAGS for length in range(1, len(tag)))
_LONGEST_PREFIX = max(map(len, _PREFIXES))
_SURE_FRAGMENT = 4  # characters: "<thi" at the very end is a tag cut off; "a <" may be meant


class ThinkFilter:
    """Feed pieces of a continuation, get back what may be shown; `close` gives the rest."""

    def __init__(self, stance: Stance = "answering") -> None:
        self._depth = 1 if stance == "thinking" else 0
        self._owed = 1 if stance == "undecided" else 0  # closing tags that may still come for the text held back
        self._held = ""
        self._pending = ""  # may be the beginning of a tag
        self._shown = False

    def feed(self, piece: str) -> str:
        """The text that became safe to show with this piece; often "" while the model thinks."""
        self._pending += piece
        shown = ""
        while match := _TAG.search(self._pending):
            shown += self._text(self._pending[: match.start()])
            self._pending = self._pending[match.end() :]
            self._tag(match.group().lower())
        keep = _tag_prefix_length(self._pending)
        cut = len(self._pending) - keep
        text, self._pending = self._pending[:cut], self._pending[cut:]
        return shown + self._text(text)

    def close(self) -> str:
        """What was held back and turned out to be no thinking."""
        fragment, self._pending = self._pending, ""
        shown = self._text("" if len(fragment) >= _SURE_FRAGMENT else fragment)
        self._owed = 0
        held, self._held = self._held, ""
        return shown + self._show(held)

    @property
    def thinking(self) -> bool:
        """Whether the text so far ends inside thinking."""
        return self._depth > 0

    def _text(self, text: str) -> str:
        if self._depth:
            return ""
        if self._owed:
            self._held += text
            return ""
        return self._show(text)

    def _show(self, text: str) -> str:
        if not self._shown:
            text = text.lstrip()
        self._shown = self._shown or bool(text)
        return text

    def _tag(self, tag: str) -> None:
        if tag in OPENING:
            if not self._depth and not self._held.strip():
                self._owed = 0
            self._depth += 1
        elif tag in CLOSING:
            self._closing()
        elif tag in ANSWER_BEGINS:
            self._depth = self._owed = 0
            self._held = ""

    def _closing(self) -> None:
        if self._depth:
            self._owed = max(self._owed, self._depth - 1)
            self._depth = 0
        elif self._owed:
            self._owed -= 1
            self._held = ""


def _tag_prefix_length(text: str) -> int:
    """Length of the longest end of the text that may be the beginning of a tag."""
    tail = text[-_LONGEST_PREFIX:].lower()
    for length in range(len(tail), 0, -1):
        if tail[-length:] in _PREFIXES:
            return length
    return 0
