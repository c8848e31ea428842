"""Text that repeats itself: copying from the prompt is welcome, repeating without end is not. Pure."""

from collections.abc import Sequence

LOOKED_UP = 10  # tokens drafted at once
_NGRAM = 3  # tokens that must match before a draft
_LONGEST_PERIOD = 80  # tokens
_LEAST_SPAN = 48  # tokens of pure repetition before it counts as endless
_LEAST_ROUNDS = 4
_LEAST_WORDS = 4  # of a sentence whose return means something: rows and short items may well be alike
_TIMES = 3


class Lookup:
    """Drafts what follows the latest earlier place where the last tokens stood. Grows with the sequence."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        self.extend(tokens)

    def extend(self, tokens: Sequence[int]) -> None:
        """Adds what was written. The last n-gram is indexed only once something follows it."""
        for token in tokens:
            if len(self._tokens) >= _NGRAM:
                self._after[tuple(self._tokens[-_NGRAM:])] = len(self._tokens)
            self._tokens.append(token)

    def draft(self, limit: int) -> list[int]:
        """At most `limit` tokens that may come next; [] where the last tokens are new."""
        start = self._after.get(tuple(self._tokens[-_NGRAM:]))
        return [] if start is None else self._tokens[start : start + min(limit, LOOKED_UP)]


def endless(tokens: Sequence[int] | Sequence[str]) -> bool:
    """Whether the end of a sequence is one stretch repeated: at least 4 rounds and 48 tokens, period at most 80."""
    for period in range(1, _LONGEST_PERIOD + 1):
        span = max(_LEAST_SPAN, _LEAST_ROUNDS * period)
        if span > len(tokens):
            return False
        tail = tokens[-span:]
        if tail[period:] == tail[:-period]:
            return True
    return False


def said_again(sentences: Sequence[str]) -> bool:
    """Whether the last of these sentences shows a loop: it stands there for the third time, or it and the one before it
    were both said before. Sentences of fewer than 4 words show nothing.
    """
    said = [" ".join(sentence.casefold().split()) for sentence in sentences]
    if not said or len(said[-1].split()) < _LEAST_WORDS:
        return False
    earlier = said[:-2]
    return said.count(said[-1]) >= _TIMES or (said[-1] in earlier and said[-2] in earlier)
