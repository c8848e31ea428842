"""Slips of the finger in a question, put right by the words of the documents."""

import re

from index.protocols import Embedder, Store

SHORTEST = 5
"""Letters of a word that is looked at; shorter ones are one slip away from too many others."""

_WORD = re.compile(r"[^\W\d_]+")


def respelled(question: str, store: Store, embedder: Embedder) -> str:
    """The question with words that no document holds replaced by the one of the documents that is one slip away.

    A word that the embedder knows whole is a word, however rare, and stays: someone who asks for the prize does not
    mean the price.
    """
    return _WORD.sub(lambda match: _word(match.group(), store, embedder), question)


def _word(word: str, store: Store, embedder: Embedder) -> str:
    if len(word) < SHORTEST or embedder.count_tokens([word])[0] <= 1:
        return word
    return store.near_word(word) or word
