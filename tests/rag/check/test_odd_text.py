"""Text that nobody writes, and that must not keep anybody waiting."""

import time

import pytest

from index.text.look import look
from rag.check.differences import likeness, problems
from rag.check.split import drafts

BOUND = 6.0
"""Seconds of the processor: several times what is needed."""


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("a 1 b " * 800, "a 2 c " * 800),
        (" ".join(f"{n} bolts" for n in range(300, 800)), " ".join(f"{n} nuts" for n in range(500, 1000))),
    ],
)
def test_long_sentences_are_compared_in_bounded_time(claim: str, source: str) -> None:
    """Sentences of thousands of characters, alike or not, cost seconds at most."""
    begun = time.process_time()
    problems(look(claim), [look(source)])
    assert time.process_time() - begun < BOUND


def test_a_long_near_copy_is_still_alike() -> None:
    """What is left out of a long comparison are words that are everywhere, not the sentence's own."""
    words = [f"word{n} and" for n in range(300)]
    one, other = look(" ".join(words)), look(" ".join([*words[:150], "another", *words[150:]]))
    assert likeness(one, other) > 0.95


@pytest.mark.parametrize("text", ["a. b! c? " * 1500, "a.\tb!\tc?\t" * 1500, "no. 1 and no. 2 in sec. 3; " * 1000])
def test_stops_that_end_nothing_are_cut_in_bounded_time(text: str) -> None:
    """Each stop is looked at when it comes, not again with each one after it."""
    begun = time.process_time()
    drafts(text)
    assert time.process_time() - begun < BOUND
