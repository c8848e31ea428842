"""A reader without trained weights: judges sentences by the embedder and by words alone.

It stands in when the trained weights are missing or altered, so that the product still answers, cites and refuses.
"""

import math
from collections.abc import Sequence

from index.embed.embedders import DEFAULT_EMBEDDER
from index.protocols import Embedder
from index.text.language import without_function_words
from index.text.sentences import sentence_spans
from index.text.words import is_heading, other_script, terms
from rag.odds import likely
from rag.protocols import Span
from rag.read.coverage import share

SENTENCES_EMBEDDED = 24
"""Only the sentences that share most words with the question are embedded: each costs about 2 ms on one core."""

SIMILARITY, COVERAGE, BIAS = 7.7, 3.6, -7.8
"""Logistic regression of "this sentence holds the answer" on the cosine and on the share of the question's words, rarer
ones counting more, over 240 training questions, each against its own and two other passages. On the last 70 of them it
puts the right sentence first in 0.75 and has an AUROC of answerability of 0.83. Features for the passage around, for
the kind of answer asked for and for names that are missing were tried and did not help (0.75, 0.82)."""
WORDS_ALONE, BIAS_ALONE = 4.5, -2.7
"""The same for questions in a script that neither embedder nor networks have learnt, from the share of words alone:
1,000 questions in Chinese (simplified and traditional), Korean and Arabic, each over its passage and the four likest
others, and again without the sentence that answers. The right sentence is first for .68, .83, .37 and .60 of them;
AUROC of answerability .75, .87, .60 and .65. Whether a number is asked for and given, the sentences around, lengths and
common stretches were tried and did not help."""
HEADING = 2.0
"""Log-odds taken off a heading: it shares the question's words, and its answer stands in the sentence after it."""

NO_SCORE = -20.0
"""Log-odds of a passage of which no sentence was judged."""

Place = tuple[int, int, int]
"""A sentence: number of its passage, start and end in it."""


class EvidenceReader:
    """Ranks, reads, refuses and checks with the embedder's cosine and the words that question and sentence share."""

    name = "evidence"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """The best sentence of each passage, as its span; the passage ranks as its best sentence does."""
        scored = self._score(question, passages, _likely_sentences(question, passages))
        best: list[tuple[float, Span]] = [(NO_SCORE, Span("", 0, 0, NO_SCORE, 0.0)) for _ in passages]
        for (i, start, end), score in scored.items():
            if score > best[i][0]:
                best[i] = (score, Span(passages[i][start:end], start, end, score, likely(score)))
        return best

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        return [score for score, _ in self.read(question, passages)]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answering sentence of each passage."""
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Mean of the cosine and of the share of the sentence's content words that the passage holds, in 0..1."""
        if not pairs:
            return []
        left = self._embedder.embed_passages([passage for passage, _ in pairs])
        right = self._embedder.embed_passages([sentence for _, sentence in pairs])
        return [
            min(1.0, max(0.0, (float(cosine) + _overlap(passage, sentence)) / 2))
            for cosine, (passage, sentence) in zip((left * right).sum(axis=1), pairs, strict=True)
        ]

    def _score(self, question: str, passages: Sequence[str], places: Sequence[Place]) -> dict[Place, float]:
        """For each sentence the log-odds that it answers, in the order given."""
        if not places:
            return {}
        asked = terms(without_function_words(question) if other_script(question) else question)
        rarity = _rarity(asked, [set(terms(passage)) for passage in passages])
        sentences = [passages[i][start:end] for i, start, end in places]
        shares = [share(rarity, set(terms(sentence))) for sentence in sentences]
        if other_script(question) and self._embedder.name == DEFAULT_EMBEDDER:
            odds = [WORDS_ALONE * held + BIAS_ALONE for held in shares]
        else:
            cosines = self._embedder.embed_passages(sentences) @ self._embedder.embed_queries([question])[0]
            odds = [
                SIMILARITY * float(cosine) + COVERAGE * held + BIAS
                for cosine, held in zip(cosines, shares, strict=True)
            ]
        return {
            place: logit - HEADING * is_heading(sentence)
            for place, logit, sentence in zip(places, odds, sentences, strict=True)
        }


def _likely_sentences(question: str, passages: Sequence[str]) -> list[Place]:
    """The sentences that share most words with the question, at most `SENTENCES_EMBEDDED`."""
    found = [(i, start, end) for i, passage in enumerate(passages) for start, end in sentence_spans(passage)]
    asked = set(terms(question))
    shared = [len(asked & set(terms(passages[i][start:end]))) for i, start, end in found]
    return [found[at] for at in sorted(range(len(found)), key=lambda at: (-shared[at], at))[:SENTENCES_EMBEDDED]]


def _rarity(asked: Sequence[str], passages: Sequence[set[str]]) -> dict[str, float]:
    """Inverse passage frequency among the passages at hand: log(1 + n / (1 + n_with)) + 0.1."""
    total = len(passages)
    return {term: math.log(1 + total / (1 + sum(term in passage for passage in passages))) + 0.1 for term in asked}


def _overlap(passage: str, sentence: str) -> float:
    said = terms(sentence)
    return len(set(said) & set(terms(passage))) / len(said) if said else 0.0
