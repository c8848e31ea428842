"""What a model writes, as whole sentences: none that was cut off, none in a loop, no question of its own."""

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from index.text.words import ends_whole
from rag.answer import Finish
from rag.check.split import Draft, SentenceStream
from rag.errors import GeneratorFailed
from rag.protocols import Pieces
from rag.write.repeats import said_again

CUT_OFF = "The answer reached its greatest length, and the sentence that it broke off in is left out."
REPEATED = "The model began to repeat itself and was stopped."

_ASKS = re.compile(r"\W*question\s*[:：]", re.IGNORECASE)
_SOURCE = (
    r"(?:(?:the|this|these) )?(?:document|passage|source|text|context)s?(?: (?:number |no\. ?)?\d+)?"
    r"(?: above| provided)?"
)
_FRAME = re.compile(
    r"\W*(?:answer\s*[:：]\s*(?=\S)"
    rf"|(?:according to|based on|as (?:stated|mentioned|described|noted) in)(?: {_SOURCE})?,\s+"
    rf"|{_SOURCE} (?:also |further )?(?:states?|says?|mentions?|notes?|reports?|indicates?|explains?)(?: that\b|:)\s*)",
    re.IGNORECASE,
)
"""What stands before the claim itself: "Answer:", "according to [2]," and "passage 3 states that" are about the prompt.
"""


class WholeSentences:
    """The drafts of a stream, as soon as each is whole. `finish` and `notice` are known when it has ended.

    Small models go on after their answer: they repeat it, or put the next question to themselves in the form in which
    they were asked. There the writing is stopped.
    """

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._written: list[str] = []
        self.finish: Finish = "stop"
        self.notice = ""

    def __iter__(self) -> Generator[list[Draft], None, None]:
        """The drafts that became whole together, possibly none. Raises `GeneratorFailed` after those that are."""
        split, failure = SentenceStream(), None
        with closing(self._pieces) as pieces:
            try:
                for piece in pieces:
                    fresh = split.feed(piece)
                    kept = self._before_the_end(fresh)
                    yield kept
                    if len(kept) < len(fresh):
                        return
            except GeneratorFailed as error:
                failure = error
            self.finish = pieces.finish or "stop"
        rest = split.close()
        yield self._before_the_end(_without_cut(rest) if failure or self.finish != "stop" else rest)
        if failure:
            raise failure
        if self.finish == "length":
            self.notice = CUT_OFF

    def _before_the_end(self, fresh: Sequence[Draft]) -> list[Draft]:
        """The drafts up to where the model begins to ask or repeat itself."""
        kept: list[Draft] = []
        for draft in fresh:
            if _ASKS.match(draft.text) and draft.kind != "code":
                return kept
            self._written.append(draft.text)
            if said_again(self._written):
                self.notice = REPEATED
                return kept
            kept.append(_unframed(draft))
        return kept


def _unframed(draft: Draft) -> Draft:
    frame = _FRAME.match(draft.text) if draft.kind in ("text", "item") else None
    claim = draft.text[frame.end() :] if frame else ""
    return replace(draft, text=claim[0].upper() + claim[1:]) if claim else draft


def _without_cut(drafts: list[Draft]) -> list[Draft]:
    """The drafts without a last one that does not end as a sentence does; of a table or code its last line."""
    if not drafts or ends_whole(drafts[-1].text):
        return drafts
    *whole, last = drafts
    head = last.text.rpartition("\n")[0] if last.kind in ("table", "code") else ""
    return [*whole, replace(last, text=head)] if head.strip() else whole
