"""Train the large encoder to judge and to read: `python -m eval.training.large_train --help`; run again to resume.

Each step takes two batches side by side on two threads: one of claims and one of questions, or with `--judging` both of
claims. The lowest layers and the word embeddings stay as published, in the few bits they ship with from the first step.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from eval.training.judge_rows import epoch_units, judge_units
from eval.training.large_batches import NOWHERE, ClaimBatch, QuestionBatch, claim_batches, question_batches
from eval.training.large_start import started
from eval.training.question_rows import epoch_rows, question_rows
from rag.read.inputs import load_tokenizer
from rag.read.large import packs
from rag.read.mpnet import ANSWERABLE, ENTAILED, Encoder
from rag.read.packed import FEW_BITS, pack, unpack
from rag.read.trained import fast_dtype

FROZEN_LAYERS = 4
RATE, HEADS_RATE, WARM_UP, DECAY = 5e-5, 5e-4, 0.05, 0.01
CLAIM_TOKENS, QUESTION_TOKENS = 2600, 2000
TWINS, ANSWERED = 0.5, 0.5
"""Weights of the margin between twins, and of the judgement whether a passage answers."""
HEADS = ("pool.", "judge", "token.")
TENSORS, COUNTERS = "large.safetensors", "large.json"
_CLOSED = -1e4
Batch = TypeVar("Batch")
Forward = Callable[[Tensor], tuple[Tensor, Tensor]]
"""From ids to judgements and logits: an encoder, or the upper part of one."""


@dataclass(slots=True)
class Progress:
    """Where a run stands: seconds of training, steps, and tokens with their padding."""

    seconds: float = 0.0
    steps: int = 0
    tokens: int = 0


def in_half() -> torch.autocast:
    """bfloat16 where the processor multiplies it natively; elsewhere it takes seven times as long as float32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast_dtype() is torch.bfloat16)


def claim_loss(encoder: Forward, batch: ClaimBatch) -> Tensor:
    """Cross-entropy of the entailment judgement, and a soft margin by which the true twin should lead the false one."""
    with in_half():
        judged, _ = encoder(batch.ids)
    logits = judged[:, ENTAILED].float()
    loss = functional.binary_cross_entropy_with_logits(logits, batch.labels)
    if len(batch.twins):
        lead = logits[batch.twins[:, 0]] - logits[batch.twins[:, 1]]
        loss = loss + TWINS * functional.softplus(-lead).mean()
    return loss


def question_loss(encoder: Forward, batch: QuestionBatch) -> Tensor:
    """Cross-entropy of the answer's first and last token (position 0: none), and of whether there is one."""
    with in_half():
        judged, tokens = encoder(batch.ids)
    places = tokens.float().masked_fill(~batch.open[:, :, None], _CLOSED)
    placed = (batch.first != NOWHERE).sum().clamp(min=1)
    first = functional.cross_entropy(places[:, :, 0], batch.first, ignore_index=NOWHERE, reduction="sum") / placed
    last = functional.cross_entropy(places[:, :, 1], batch.last, ignore_index=NOWHERE, reduction="sum") / placed
    answered = functional.binary_cross_entropy_with_logits(judged[:, ANSWERABLE].float(), batch.answered)
    return (first + last) / 2 + ANSWERED * answered


def main(arguments: Sequence[str] | None = None) -> int:
    """Train for `--minutes` of wall-clock time in all, saving every five minutes."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--start", type=Path, required=True, help="model.safetensors of the encoder to start from")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run, outside the repository")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--judging", action="store_true", help="train it as a judge alone")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    encoder = rounded(started(chosen.start, chosen.seed))
    trained = _trainable(encoder)
    optimizer = torch.optim.AdamW(
        [{"params": [p for _, p in part], "lr": rate} for part, rate in zip(trained, (RATE, HEADS_RATE), strict=True)],
        weight_decay=DECAY,
    )
    progress = load(chosen.out, encoder, optimizer)
    _train(encoder, optimizer, progress, chosen)
    save(chosen.out, encoder, optimizer, progress)
    return 0


def rounded(encoder: Encoder) -> Encoder:
    """The encoder with its frozen matrices as packing will leave them: what lies above learns to live with that."""
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name.startswith(frozen()) and packs(name, parameter):
                parameter.copy_(unpack(*pack(parameter, FEW_BITS), torch.float32))
    return encoder


def frozen() -> tuple[str, ...]:
    """How the names of tensors begin that stay as published."""
    return ("words.", "positions.", "norm.", "distance.", *(f"layers.{at}." for at in range(FROZEN_LAYERS)))


def _trainable(encoder: Encoder) -> tuple[list[tuple[str, nn.Parameter]], list[tuple[str, nn.Parameter]]]:
    """Parameters of the upper layers, and of the heads; the rest is frozen, its products in low precision for good."""
    for name, parameter in encoder.named_parameters():
        parameter.requires_grad_(not name.startswith(frozen()))
    open_ = [(name, parameter) for name, parameter in encoder.named_parameters() if parameter.requires_grad]
    heads = [each for each in open_ if each[0].startswith(HEADS)]
    return [each for each in open_ if not each[0].startswith(HEADS)], heads


def twin_of(encoder: Encoder) -> Encoder:
    """A second encoder over the same memory with gradients of its own."""
    twin = Encoder()
    for (_, mine), (_, theirs) in zip(twin.named_parameters(), encoder.named_parameters(), strict=True):
        mine.data = theirs.data
        mine.requires_grad_(theirs.requires_grad)
    return twin


def _train(encoder: Encoder, optimizer: torch.optim.Optimizer, progress: Progress, chosen: argparse.Namespace) -> None:
    tokenizer, budget, twin = load_tokenizer(), chosen.minutes * 60, twin_of(encoder)
    units, rows = judge_units(chosen.data), {} if chosen.judging else question_rows(chosen.data)
    seed = chosen.seed + 1000 * progress.steps
    claims = _endless(lambda at: claim_batches(epoch_units(units, seed + at), tokenizer, CLAIM_TOKENS))
    questions = _endless(lambda at: question_batches(epoch_rows(rows, seed + at), tokenizer, QUESTION_TOKENS))

    def beside() -> tuple[Callable[[], Tensor], int]:
        """The second thread's loss, and how many tokens it is of."""
        if chosen.judging:
            claim = next(claims)
            return lambda: claim_loss(twin, claim), claim.ids.numel()
        question = next(questions)
        return lambda: question_loss(twin, question), question.ids.numel()

    rates = [group["lr"] for group in optimizer.param_groups]
    losses, before, saved = [(0.0, 0.0)], progress.seconds, time.monotonic()
    began = time.monotonic()
    encoder.train()
    twin.train()
    with ThreadPoolExecutor(2) as pool:
        while (progress.seconds) < budget:
            share = progress.seconds / budget
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(1.0, (share + 1e-3) / WARM_UP) * max(0.02, 1 - share)
            claim, (loss, tokens) = next(claims), beside()
            judged = pool.submit(lambda batch: backward(claim_loss(encoder, batch)), claim)
            other = pool.submit(lambda loss: backward(loss()), loss)
            losses.append((judged.result(), other.result()))
            add_gradients(encoder, twin)
            torch.nn.utils.clip_grad_norm_([p for p in encoder.parameters() if p.requires_grad], 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            progress.steps += 1
            progress.tokens += claim.ids.numel() + tokens
            progress.seconds = before + time.monotonic() - began
            if progress.steps % 20 == 0:
                _say(progress, losses[-20:], budget)
            if time.monotonic() - saved > 300:
                save(chosen.out, encoder, optimizer, progress)
                saved = time.monotonic()


def backward(loss: Tensor) -> float:
    """Gradients of a loss, and its value."""
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


def add_gradients(encoder: Encoder, twin: Encoder) -> None:
    """Add the twin's gradients to the encoder's, and clear them there."""
    for mine, theirs in zip(encoder.parameters(), twin.parameters(), strict=True):
        if theirs.grad is not None:
            mine.grad = theirs.grad if mine.grad is None else mine.grad.add_(theirs.grad)
            theirs.grad = None


def _endless(epoch: Callable[[int], Iterator[Batch]]) -> Iterator[Batch]:
    at = 0
    while True:
        yield from epoch(at)
        at += 1


def _say(progress: Progress, losses: Sequence[tuple[float, float]], budget: float) -> None:
    first, second = (sum(pair[part] for pair in losses) / len(losses) for part in (0, 1))
    sys.stderr.write(
        f"{progress.seconds / budget:.3f} step {progress.steps} {progress.tokens / 1e6:.2f} M tokens "
        f"{progress.tokens / progress.seconds:.0f}/s losses {first:.3f} {second:.3f}\n"
    )


def save(folder: Path, encoder: Encoder, optimizer: torch.optim.Optimizer, progress: Progress) -> None:
    """Write weights, moments and progress; an interrupted write leaves the older state whole."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"encoder/{name}": tensor.detach().contiguous() for name, tensor in encoder.state_dict().items()}
    for name, parameter in encoder.named_parameters():
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{key}/{name}"] = torch.as_tensor(value).detach().contiguous()
    save_file(tensors, folder / f"{TENSORS}.new", metadata={"progress": json.dumps(asdict(progress))})
    (folder / f"{TENSORS}.new").replace(folder / TENSORS)
    (folder / COUNTERS).write_text(json.dumps(asdict(progress)) + "\n", encoding="utf-8")


def load(folder: Path, encoder: Encoder, optimizer: torch.optim.Optimizer) -> Progress:
    """Fill encoder and optimizer from the folder, if a run stands there, and say how far it went."""
    if not (folder / TENSORS).is_file():
        return Progress()
    tensors = load_file(folder / TENSORS)
    encoder.load_state_dict(weights(tensors))
    for name, parameter in encoder.named_parameters():
        if f"exp_avg/{name}" in tensors:
            optimizer.state[parameter] = {key: tensors[f"{key}/{name}"] for key in ("step", "exp_avg", "exp_avg_sq")}
    return Progress(**json.loads((folder / COUNTERS).read_text(encoding="utf-8")))


def weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The encoder's tensors of a saved run."""
    return {name.removeprefix("encoder/"): tensor for name, tensor in tensors.items() if name.startswith("encoder/")}


if __name__ == "__main__":
    raise SystemExit(main())
