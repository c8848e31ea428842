"""Teach the shipped large encoder more: `python -m eval.training.large_tune --help`.

Its lower layers stay as they are, so what they give is computed once for each row and kept; the upper ones and the
heads learn from documents written for this (`taught_rows`), with some rows of `large_train` beside them against
forgetting.

The shipped weights lie on the levels that packing rounds to, and what an epoch changes is mostly less than half of what
parts two levels: rounded again, nothing of it would be left. So the upper layers begin off their levels, by chance, and
are measured as they are after packing; they are also kept whole, as `upper.safetensors`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from eval.training.figures import auroc
from eval.training.judge_rows import epoch_units, judge_units
from eval.training.large_batches import ClaimBatch, QuestionBatch, claim_batches, question_batches
from eval.training.large_train import HEADS, add_gradients, backward, claim_loss, frozen, question_loss, twin_of
from eval.training.question_rows import epoch_rows, question_rows
from eval.training.taught_rows import Taught, committed, taught_documents, taught_questions, taught_units
from rag.read.inputs import load_tokenizer
from rag.read.large import describe, packed, save_large, unpacked
from rag.read.mpnet import ANSWERABLE, ENTAILED, LAYERS, Encoder
from rag.read.packed import GROUP, HALF

RATE, HEADS_RATE, DECAY, WARM_UP = 4e-5, 1e-4, 0.01, 0.05
TOKENS = 2400
WHOLE = "upper.safetensors"


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch and what the lower layers give for it: (n, length, width) in bfloat16."""

    batch: ClaimBatch | QuestionBatch
    hidden: Tensor

    def loss(self, encoder: Encoder, first: int) -> Tensor:
        """That of `large_train`, through the layers from `first` on."""

        def run(ids: Tensor) -> tuple[Tensor, Tensor]:
            return encoder.upper(ids, self.hidden.float(), first)

        return claim_loss(run, self.batch) if isinstance(self.batch, ClaimBatch) else question_loss(run, self.batch)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is held out, train, measuring after each epoch, and write the packed weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_tune", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--weights", type=Path, required=True, help="folder of the large encoder's weights")
    parser.add_argument("--taught", type=Path, nargs="+", default=committed(), help="files of documents to teach")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new weights")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--upper", type=int, default=4, help="layers that learn")
    parser.add_argument("--beside", type=int, default=2000, help="claims, and questions, of the training sets")
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    encoder, first = unpacked(chosen.weights), LAYERS - chosen.upper
    documents = taught_documents(chosen.taught)
    kept = [document for document in documents if document.held_out]
    learnt = [document for document in documents if not document.held_out]
    loosen(encoder, packed(chosen.weights), first)
    held, rows = (list(begun(encoder, first, each)) for each in (batches(kept, 1), to_learn(learnt, chosen)))
    tell(f"{len(learnt)} documents, {len(rows)} batches; {len(kept)} documents held out")
    same = {name: tensor for name, tensor in packed(chosen.weights).items() if not name.startswith(upper(first))}
    tell(f"before: {figures(encoder, first, held)}")
    for epoch, progress in learn(encoder, first, rows, chosen):
        tell(f"after epoch {epoch}: {figures(encoder, first, held)} {progress}")
        notes = {key: value for key, value in describe(chosen.weights).items() if key in ("start_sha256", "trained")}
        save_large(chosen.out, encoder, notes | {"taught": len(learnt), "epochs": epoch}, frozen(), same)
        whole = {name: p.detach() for name, p in encoder.named_parameters() if name.startswith(upper(first))}
        save_file(whole, chosen.out / WHOLE)
        tell(f"packed: {figures(unpacked(chosen.out), first, held)}")
    return 0


def loosen(encoder: Encoder, as_packed: Mapping[str, Tensor], first: int) -> None:
    """Move each weight of the upper layers by up to half of what parts its group's levels, evenly at random."""
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name.startswith(upper(first)) and f"{name}.scales" in as_packed:
                step = as_packed[f"{name}.scales"].float().repeat_interleave(GROUP, dim=1) / HALF
                parameter.add_((torch.rand_like(parameter) - 0.5) * step)


def upper(first: int) -> tuple[str, ...]:
    """How the names of the tensors begin that learn."""
    return (*HEADS, *(f"layers.{at}." for at in range(first, LAYERS)))


def batches(documents: Sequence[Taught], seed: int) -> Iterator[ClaimBatch | QuestionBatch]:
    """The questions and claims of the documents."""
    tokenizer = load_tokenizer()
    yield from question_batches(taught_questions(documents, seed), tokenizer, TOKENS)
    yield from claim_batches(taught_units(documents, seed), tokenizer, TOKENS)


def to_learn(documents: Sequence[Taught], chosen: argparse.Namespace) -> Iterator[ClaimBatch | QuestionBatch]:
    """Those, and some of the training sets."""
    tokenizer = load_tokenizer()
    yield from batches(documents, chosen.seed)
    units = islice(epoch_units(judge_units(chosen.data), chosen.seed), chosen.beside)
    yield from claim_batches(units, tokenizer, TOKENS)
    questions = islice(epoch_rows(question_rows(chosen.data), chosen.seed), chosen.beside)
    yield from question_batches(questions, tokenizer, TOKENS)


def begun(encoder: Encoder, first: int, rows: Iterator[ClaimBatch | QuestionBatch]) -> Iterator[Begun]:
    """What the lower layers give, two batches side by side."""
    encoder.eval()

    def run(batch: ClaimBatch | QuestionBatch) -> Begun:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            return Begun(batch, encoder.lower_layers(batch.ids, first).bfloat16())

    with ThreadPoolExecutor(2) as pool:
        for at, one in enumerate(pool.map(run, rows)):
            if at % 50 == 0:
                tell(f"{at} batches begun")
            yield Begun(one.batch, one.hidden.clone())


def learn(encoder: Encoder, first: int, rows: Sequence[Begun], chosen: argparse.Namespace) -> Iterator[tuple[int, str]]:
    """Two batches a step on two threads, at a rate that falls to nothing; each epoch's number and mean loss."""
    for name, parameter in encoder.named_parameters():
        parameter.requires_grad_(name.startswith(upper(first)))
    named = [(name, p) for name, p in encoder.named_parameters() if p.requires_grad]
    groups = [[p for name, p in named if name.startswith(HEADS) is heads] for heads in (False, True)]
    parts = [{"params": part, "lr": rate} for part, rate in zip(groups, (RATE, HEADS_RATE), strict=True)]
    optimizer = torch.optim.AdamW(parts, weight_decay=DECAY)
    twin, random_, done, steps = twin_of(encoder), random.Random(chosen.seed), 0, chosen.epochs * (len(rows) // 2)
    with ThreadPoolExecutor(2) as pool:
        for epoch in range(1, chosen.epochs + 1):
            encoder.train()
            twin.train()
            order, losses, began = random_.sample(rows, len(rows)), list[float](), time.monotonic()
            for pair in zip(order[::2], order[1::2], strict=False):
                for group, rate in zip(optimizer.param_groups, (RATE, HEADS_RATE), strict=True):
                    group["lr"] = rate * min(1.0, (done + 1) / steps / WARM_UP, (steps - done) / steps / (1 - WARM_UP))
                losses += pool.map(lambda net, one: backward(one.loss(net, first)), (encoder, twin), pair)
                add_gradients(encoder, twin)
                torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                done += 1
                if done % 20 == 0:
                    tell(f"step {done} of {steps}, loss {sum(losses[-40:]) / 40:.3f}, {time.monotonic() - began:.0f} s")
            yield epoch, f"mean loss {sum(losses) / len(losses):.3f}, {time.monotonic() - began:.0f} s"


def figures(encoder: Encoder, first: int, held: Sequence[Begun]) -> str:
    """Of the held-out documents: AUROC of answerable, how often the answer's words are found, and of claims."""
    encoder.eval()
    answerable, has, exact = list[float](), list[int](), list[bool]()
    claims, true, ahead = list[float](), list[int](), list[bool]()
    for one in held:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            judged, tokens = encoder.upper(one.batch.ids, one.hidden.float(), first)
        if isinstance(one.batch, QuestionBatch):
            places = tokens.float().masked_fill(~one.batch.open[:, :, None], -1e4)
            found = (places[:, :, 0].argmax(1) == one.batch.first) & (places[:, :, 1].argmax(1) == one.batch.last)
            exact += found[one.batch.last > 0].tolist()
            answerable += judged[:, ANSWERABLE].float().tolist()
            has += (one.batch.last > 0).int().tolist()
        else:
            logits = judged[:, ENTAILED].float()
            claims += logits.tolist()
            true += one.batch.labels.int().tolist()
            ahead += (logits[one.batch.twins[:, 0]] > logits[one.batch.twins[:, 1]]).tolist()
    return (
        f"questions {len(has)} AUROC {auroc(answerable, has):.3f} exact {sum(exact) / max(1, len(exact)):.3f}; "
        f"claims {len(true)} AUROC {auroc(claims, true):.3f} true ahead {sum(ahead) / max(1, len(ahead)):.3f}"
    )


def tell(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
