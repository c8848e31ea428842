"""What `rag bench write` measures: a writer's speed in the shape of Qwen3-0.6B, and what the gate adds to it.

The weights are random: speed depends on their shape alone, and nothing is downloaded.
"""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from eval.corruptions import corruptions
from eval.speed.parts import Bench, Row, row, timed

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from rag.write.local.loop import Decoder

SHAPE = {
    "vocab_size": 151_936, "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
    "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "tie_word_embeddings": True,
}  # fmt: skip
"""Qwen3-0.6B's configuration: 596 million parameters."""
PROMPT_TOKENS, WRITTEN_TOKENS = 512, 24
SENTENCES = 60
TOKENS_PER_WORD = 1.3
"""English under a vocabulary of this size, about."""


def write(bench: Bench) -> Iterator[Row]:
    """Reading a prompt and writing tokens: `generate`, our loop, our loop with 8-bit weights; then the gate."""
    from rag.write.local.int8 import to_int8
    from rag.write.local.loop import Decoder

    plain = _model()
    ours = Decoder(plain, lookup=False)
    reading, writing = _rounds([_generate(plain, bench.rounds), _loop(ours, bench.rounds)])
    eight = Decoder(to_int8(_model()), lookup=False)
    (more_reading,), (more_writing,) = _rounds([_loop(eight, bench.rounds)])
    names = ("generate, bfloat16", "own loop, bfloat16", "own loop, 8 bits")
    for name, took in zip(names, [*reading, more_reading], strict=True):
        yield row(f"{name}: {PROMPT_TOKENS} tokens read", "s", took)
    for name, took in zip(names, [*writing, more_writing], strict=True):
        yield row(f"{name}: writing", "tokens/s", [1 / seconds for seconds in took])
    yield from _gate(bench, row("", "", more_writing).median)


Times = Iterator[tuple[float, float]]


def _rounds(measured: Sequence[Times]) -> tuple[list[list[float]], list[list[float]]]:
    """Reading and writing times of each, the rounds interleaved so that a noisy moment hits all alike."""
    reading: list[list[float]] = [[] for _ in measured]
    writing: list[list[float]] = [[] for _ in measured]
    for times in zip(*measured, strict=True):
        for at, (read, written) in enumerate(times):
            reading[at].append(read)
            writing[at].append(written)
    return reading, writing


def _model() -> "PreTrainedModel":
    import torch
    from transformers import AutoModelForCausalLM, Qwen3Config

    torch.manual_seed(0)
    model: PreTrainedModel = AutoModelForCausalLM.from_config(Qwen3Config(**SHAPE), dtype=torch.bfloat16)
    return model.eval()


def _prompt() -> list[int]:
    return [1000 + 7 * place for place in range(PROMPT_TOKENS)]


def _generate(model: "PreTrainedModel", rounds: int) -> Times:
    import torch

    prompt = torch.tensor([_prompt()])
    model.generation_config.eos_token_id = None
    more = {"do_sample": False, "pad_token_id": 0, "attention_mask": torch.ones_like(prompt)}
    for _ in range(rounds):
        with torch.no_grad():
            first = timed(lambda: model.generate(prompt, max_new_tokens=1, **more))
            both = timed(lambda: model.generate(prompt, max_new_tokens=1 + WRITTEN_TOKENS, **more))
        yield first, max(both - first, 1e-9) / WRITTEN_TOKENS


def _loop(decoder: "Decoder", rounds: int) -> Times:
    for _ in range(rounds):
        began = time.perf_counter()
        at: list[float] = []
        steps = decoder.write(_prompt(), 0, frozenset(), 1 + WRITTEN_TOKENS)
        at += [time.perf_counter() for step in steps if step and not isinstance(step, str)]
        yield at[0] - began, (at[-1] - at[0]) / (len(at) - 1)


def _gate(bench: Bench, token: float) -> Iterator[Row]:
    """The check of true and of changed sentences, and its share of the time an 8-bit model takes to write and check."""
    from index.text.sentences import sentence_spans
    from rag.check.gate import Gate
    from rag.cli import open_from
    from rag.find.found import SHOWN

    with open_from(bench.arguments) as pipeline:
        store = pipeline.store
        texts = [store.document(entry.id).text for entry in store.documents()]
        sentences = [text[start:end] for text in texts for start, end in sentence_spans(text)]
        made = corruptions(sentences, SENTENCES)
        took: list[float] = []
        words = 0
        for text in [one for pair in made for one in (pair.source, pair.text)]:
            gate = Gate(pipeline.judge, pipeline.retrieve(text, SHOWN), point=pipeline.point)
            took.append(timed(lambda: gate.check(text)))  # noqa: B023
            words += len(text.split())
    yield row("gate: a sentence", "s", took)
    written = words * TOKENS_PER_WORD * token
    yield row("gate: its share of writing and checking", "%", [100 * sum(took) / (sum(took) + written)])
