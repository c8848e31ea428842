"""The built-in reader: long passages are read window by window, and the best window speaks for the passage."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer

from index.text.sentences import sentence_spans
from rag.odds import likely
from rag.protocols import Span
from rag.read.coverage import best_sentence_coverage, name_coverage
from rag.read.inputs import LONGEST_INPUT, LONGEST_QUERY, Tokens, tokenise
from rag.read.scoring import Logits, Network, Window
from rag.read.weights import Calibration
from rag.read.windows import likeliest, sentence_numbers, stretches


class TrainedReader:
    """Ranks, reads, refuses and checks with one small network."""

    def __init__(self, network: Network, tokenizer: Tokenizer, calibration: Calibration, name: str) -> None:
        self._network, self._tokenizer, self._calibration, self._name = network, tokenizer, calibration, name

    @property
    def name(self) -> str:
        """Name and checksum of the weights."""
        return self._name

    def read(self, question: str, passages: Sequence[str]) -> list[tuple[float, Span]]:
        """Relevance and likeliest answer of each passage, in one pass."""
        tokens = tokenise(self._tokenizer, passages)
        read = self.read_logits([(question, *parts) for parts in zip(passages, tokens, strict=True)])
        return [self._passage(question, *parts) for parts in zip(passages, tokens, read, strict=True)]

    def rank(self, question: str, passages: Sequence[str]) -> list[float]:
        """Relevance of each passage; higher is better, comparable within one question only."""
        return [score for score, _ in self.read(question, passages)]

    def spans(self, question: str, passages: Sequence[str]) -> list[Span]:
        """The likeliest answer in each passage."""
        return [span for _, span in self.read(question, passages)]

    def entail(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (passage, sentence): probability in 0..1 that the passage supports the sentence."""
        return [self._supported(*parts) for parts in zip(pairs, self.entail_logits(pairs), strict=True)]

    def read_logits(self, pairs: Sequence[tuple[str, str, Tokens]]) -> list[list[tuple[int, Logits]]]:
        """For each question, passage and its tokens: the first token and the logits of each window of the passage."""
        queries = {question: self._query(question) for question, _, _ in pairs}
        groups: list[list[tuple[int, Window]]] = []
        for question, text, passage in pairs:
            query, sentences = queries[question], sentence_numbers(text, passage)
            parts = stretches(len(passage.ids), LONGEST_INPUT - 3 - len(query))
            groups.append([(a, Window(query, passage.ids[a:b], tuple(sentences[a:b]))) for a, b in parts])
        logits = iter(self._network.logits([window for group in groups for _, window in group]))
        return [[(start, next(logits)) for start, _ in group] for group in groups]

    def entail_logits(self, pairs: Sequence[tuple[str, str]]) -> list[list[Logits]]:
        """For each passage and sentence: the logits of each window of evidence, most shared words first."""
        groups = [self._evidence(passage, sentence) for passage, sentence in pairs]
        logits = iter(self._network.logits([window for group in groups for window in group]))
        return [[next(logits) for _ in group] for group in groups]

    def _query(self, text: str) -> Sequence[int]:
        return tokenise(self._tokenizer, [text])[0].ids[:LONGEST_QUERY]

    def _passage(
        self, question: str, text: str, tokens: Tokens, parts: Sequence[tuple[int, Logits]]
    ) -> tuple[float, Span]:
        rank = max(logits.rank for _, logits in parts)
        begin, best = max(parts, key=lambda part: part[1].answerable)
        if best.first < 0:
            return rank, Span("", 0, 0, 0.0, 0.0)
        start, end = tokens.offsets[begin + best.first][0], tokens.offsets[begin + best.last][1]
        signs = answer_signs(question, text, (start, end), best)
        return rank, Span(text[start:end], start, end, best.margin, _weighed(self._calibration.answerable, signs))

    def _supported(self, pair: tuple[str, str], windows: Sequence[Logits]) -> float:
        fitted = self._calibration.entail if len(windows) == 1 else self._calibration.entail_long
        return _weighed(fitted, support_signs(pair, windows))

    def _evidence(self, passage: str, sentence: str) -> list[Window]:
        """Windows of whole sentences of the passage, those that share most words with the sentence."""
        query = self._query(sentence)
        tokens = tokenise(self._tokenizer, [passage])[0]
        parts = likeliest(sentence, passage, tokens, LONGEST_INPUT - 3 - len(query))
        return [Window(query, tokens.ids[start:end]) for start, end in parts]


def answer_signs(question: str, text: str, span: tuple[int, int], logits: Logits) -> tuple[float, float, float]:
    """What calibration weighs: the judgement, the span's lead over none, the question's names found around the span."""
    bounds = sentence_spans(text)
    held = [at for at, (start, end) in enumerate(bounds) if start < span[1] and span[0] < end]
    near = text[bounds[max(0, held[0] - 1)][0] : bounds[min(len(bounds) - 1, held[-1] + 1)][1]] if held else text
    return logits.answerable, logits.margin, name_coverage(question[:1].lower() + question[1:], near)


def support_signs(pair: tuple[str, str], windows: Sequence[Logits]) -> tuple[float, float, float]:
    """What calibration weighs: the best window's entailment, the names found, the words found in one sentence."""
    passage, sentence = pair
    best = max(logits.entail for logits in windows)
    return best, name_coverage(sentence, passage), best_sentence_coverage(sentence, passage)


def _weighed(fitted: Sequence[float], signs: Sequence[float]) -> float:
    *weights, bias = fitted
    return likely(sum(map(operator.mul, weights, signs)) + bias)


def fast_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively, float32 elsewhere."""
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else torch.float32
