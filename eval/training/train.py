"""Train the reader: `python -m eval.training.train --data DIR --out DIR`; run again to resume."""

from __future__ import annotations

import argparse
import json
import math
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import torch
from torch import Tensor

from eval.training.batches import Batch, batches, to_examples
from eval.training.checkpoints import TENSORS, Progress, finished_run, load_checkpoint, load_trunk, save_checkpoint
from eval.training.examples import READING, Task, epoch_rows, read_sources
from eval.training.losses import PARTS, Targets, part_losses
from eval.training.passage_rows import Row
from rag.read.encoder import encoder_tensors, file_sha256, load_embeddings, untrained_trunk
from rag.read.inputs import load_tokenizer
from rag.read.network import Embeddings, Trunk
from rag.read.trained import fast_dtype


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on besides its data; `tokens` (padding included) is its whole length."""

    seed: int = 13
    tokens: int = 14_000_000
    batch_tokens: int = 6144
    rate: float = 2e-4
    warm_up: float = 0.04
    decay: float = 0.01
    clip: float = 1.0
    compiled: bool = True
    save_every: float = 240.0
    log_every: int = 25


EpochRows = Callable[[int], Sequence[Row]]
Step = Callable[[Tensor, Tensor, Targets], Tensor]


class Training:
    """A run that can be stopped after any step and taken up from its folder."""

    def __init__(
        self, epoch: EpochRows, out: Path, settings: Settings, device: torch.device, start: Trunk | None = None
    ) -> None:
        self._epoch, self._out, self._settings, self._device = epoch, out, settings, device
        tensors = encoder_tensors()
        self._embeddings: Embeddings = load_embeddings(tensors).to(device)
        self.trunk: Trunk = (start or untrained_trunk(tensors, settings.seed)).to(device)
        self._optimizer = torch.optim.AdamW(self._groups(), lr=settings.rate, betas=(0.9, 0.98), fused=True)
        self.progress = load_checkpoint(out, self.trunk, self._optimizer) or Progress()
        self._tokenizer = load_tokenizer()
        self._in_half = self._device.type != "cpu" or fast_dtype() is torch.bfloat16
        self._losses: Step = torch.compile(self._forward, dynamic=False) if settings.compiled else self._forward
        self.stopped = False

    def _groups(self) -> list[dict[str, object]]:
        flat = [parameter for parameter in self.trunk.parameters() if parameter.ndim < 2]
        matrices = [parameter for parameter in self.trunk.parameters() if parameter.ndim >= 2]
        return [{"params": matrices, "weight_decay": self._settings.decay}, {"params": flat, "weight_decay": 0.0}]

    def _forward(self, embedded: Tensor, mask: Tensor, targets: Targets) -> Tensor:
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._in_half):
            judgements, tokens = self.trunk(embedded, mask)
        return part_losses(judgements, tokens, targets)

    def steps(self) -> Iterator[list[float]]:
        """Train to the end of the settings' tokens, yielding each step's part losses; saves as it goes."""
        saved = time.monotonic()
        while self.progress.tokens < self._settings.tokens and not self.stopped:
            for batch in self._remaining():
                yield self._step(batch)
                if time.monotonic() - saved > self._settings.save_every:
                    self.save()
                    saved = time.monotonic()
                if self.stopped or self.progress.tokens >= self._settings.tokens:
                    break
            else:
                self.progress.epoch, self.progress.batch = self.progress.epoch + 1, 0
        self.save()

    def save(self) -> None:
        """Write the checkpoint."""
        save_checkpoint(self._out, self.trunk, self._optimizer, self.progress)

    def _remaining(self) -> Iterator[Batch]:
        random_ = random.Random(f"{self._settings.seed}/batches/{self.progress.epoch}")
        examples = to_examples(self._epoch(self.progress.epoch), self._tokenizer, random_)
        for index, batch in enumerate(batches(examples, self._settings.batch_tokens, random_)):
            if index >= self.progress.batch:
                yield batch

    def rate(self) -> float:
        """The learning rate now: linear warm-up, then a cosine down to nothing at the last token."""
        done = min(self.progress.tokens / self._settings.tokens, 1.0)
        if done < self._settings.warm_up:
            return self._settings.rate * (done + 1e-3) / self._settings.warm_up
        left = (done - self._settings.warm_up) / (1 - self._settings.warm_up)
        return self._settings.rate * 0.5 * (1 + math.cos(math.pi * left))

    def _step(self, batch: Batch) -> list[float]:
        torch.manual_seed(self._settings.seed + self.progress.steps)  # dropout, the same after a resumption
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate()
        ids, segments, mask = (torch.from_numpy(a).to(self._device) for a in (batch.ids, batch.segments, batch.mask))
        with torch.no_grad():
            embedded = self._embeddings(ids, segments)
        losses = self._losses(embedded, mask.bool(), Targets.of(batch, self._device))
        torch.autograd.backward(losses.sum())
        torch.nn.utils.clip_grad_norm_(self.trunk.parameters(), self._settings.clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.progress.batch += 1
        self.progress.steps += 1
        self.progress.tokens += int(batch.ids.size)
        return [float(value) for value in losses.detach()]


def report(training: Training, settings: Settings, curve: Path) -> None:
    """Run to the end, appending mean losses and speed to the curve every few steps."""
    window: list[list[float]] = []
    started, tokens = time.monotonic(), training.progress.tokens
    for losses in training.steps():
        window.append(losses)
        if len(window) < settings.log_every:
            continue
        means = [round(sum(column) / len(window), 4) for column in zip(*window, strict=True)]
        speed = round((training.progress.tokens - tokens) / (time.monotonic() - started))
        line = {**asdict(training.progress), "rate": training.rate(), "tokens_per_second": speed} | dict(
            zip(PARTS, means, strict=True)
        )
        with curve.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        window, started, tokens = [], time.monotonic(), training.progress.tokens


def main(arguments: Sequence[str] | None = None) -> int:
    """Train or resume; returns the exit status."""
    usual = Settings()
    parser = argparse.ArgumentParser(prog="python -m eval.training.train", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder that holds train/reader and train/nli_verifier"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the checkpoint and the loss curve")
    parser.add_argument("--task", type=Task, choices=list(Task), default=Task.BOTH, help="which rows to train on")
    parser.add_argument("--start", type=finished_run, help="folder of a finished run whose weights to start from")
    parser.add_argument("--tokens", type=int, default=usual.tokens, help="length of the run in tokens")
    parser.add_argument("--rate", type=float, default=usual.rate, help="highest learning rate")
    parser.add_argument("--batch-tokens", type=int, default=usual.batch_tokens, help="tokens of a step")
    parser.add_argument("--seed", type=int, default=usual.seed, help="seed of data, heads and order")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves the choice to torch")
    parser.add_argument("--eager", action="store_true", help="do not compile the training step")
    given = parser.parse_args(arguments)
    if given.threads:
        torch.set_num_threads(given.threads)
    settings = Settings(
        seed=given.seed, tokens=given.tokens, rate=given.rate, batch_tokens=given.batch_tokens, compiled=not given.eager
    )
    if not (given.data / READING).is_file():
        parser.error(f"{given.data} holds no {READING}; name the folder of the training data")
    sources = read_sources(given.data)
    given.out.mkdir(parents=True, exist_ok=True)
    stated = {
        **asdict(settings),
        "task": given.task,
        "start": file_sha256(given.start / TENSORS) if given.start else None,
        "data": sources.digests,
        "torch": torch.__version__,
    }
    (given.out / "settings.json").write_text(json.dumps(stated, indent=2) + "\n", encoding="utf-8")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start = load_trunk(given.start) if given.start else None
    training = Training(
        lambda epoch: epoch_rows(sources, given.seed, epoch, given.task), given.out, settings, device, start
    )

    def stop(_signum: int, _frame: FrameType | None) -> None:
        training.stopped = True

    signal.signal(signal.SIGTERM, stop)
    report(training, settings, given.out / "curve.jsonl")
    return 0


if __name__ == "__main__":
    sys.exit(main())
