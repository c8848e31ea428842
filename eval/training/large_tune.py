"""Teach the shipped large encoder more: `python -m eval.training.large_tune --help`.

Its lower layers stay as they are; the upper ones and the heads learn from documents written for this (`taught_rows`),
with some rows of `large_train` beside them against forgetting.

The shipped weights lie on the levels that packing rounds to, and what an epoch changes is mostly less than half of what
parts two levels: rounded again, nothing of it would be left. So the upper layers begin off their levels, by chance, and
are measured as they are after packing; they are also kept whole, as `upper.safetensors`, every few minutes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from eval.sets.listed import taught
from eval.training.judge_rows import epoch_units, judge_units
from eval.training.large_batches import ClaimBatch, QuestionBatch, claim_batches, question_batches
from eval.training.large_train import (
    HEADS,
    add_gradients,
    backward,
    claim_loss,
    frozen,
    in_half,
    question_loss,
    twin_of,
)
from eval.training.list_rows import list_questions
from eval.training.question_rows import epoch_rows, question_rows
from eval.training.scored import auroc
from eval.training.taught_rows import Taught, committed, taught_documents, taught_questions, taught_units
from rag.read.inputs import load_tokenizer
from rag.read.large import describe, packed, save_large, unpacked
from rag.read.mpnet import ANSWERABLE, ENTAILED, LAYERS, Encoder
from rag.read.packed import GROUP, HALF

RATE, HEADS_RATE, DECAY, WARM_UP = 4e-5, 1e-4, 0.01, 0.05
TOKENS = 2400
KEPT_EVERY = 50
MEASURED = 60
"""Batches of what is held out that are measured: all would take as long as a tenth of the training."""
WHOLE = "upper.safetensors"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is held out, train for some minutes, write the packed weights and measure them."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_tune", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--weights", type=Path, required=True, help="folder of the large encoder's weights")
    parser.add_argument("--taught", type=Path, nargs="+", default=committed(), help="files of documents to teach")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new weights")
    parser.add_argument("--start", type=Path, help=f"{WHOLE} of an earlier run, to go on from")
    parser.add_argument("--minutes", type=float, default=90.0, help="of training, at a rate that falls to nothing")
    parser.add_argument("--upper", type=int, default=4, help="layers that learn")
    parser.add_argument("--claims", type=int, default=2000, help="claims of the training sets beside them")
    parser.add_argument("--questions", type=int, default=2000, help="questions of the training sets beside them")
    parser.add_argument("--lists", type=int, default=1, help="how often the lists are learnt an epoch")
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    encoder, first = unpacked(chosen.weights), LAYERS - chosen.upper
    documents = taught_documents(chosen.taught)
    kept = [document for document in documents if document.held_out]
    held = list(batches(kept, 1))
    held = random.Random(chosen.seed).sample(held, min(MEASURED, len(held)))
    lists = list(question_batches(list_questions(1, lambda folder: not taught(folder)), load_tokenizer(), TOKENS))
    lists = random.Random(chosen.seed).sample(lists, min(MEASURED // 3, len(lists)))
    learnt = [document for document in documents if not document.held_out]
    if chosen.start:
        go_on(encoder, chosen.start, first)
    else:
        loosen(encoder, packed(chosen.weights), first)
    rows = list(to_learn(learnt, chosen))
    tell(f"{len(learnt)} documents, {len(rows)} batches; {len(kept)} documents held out")
    tell(f"before: {figures(encoder, held)}; lists {figures(encoder, lists)}")
    same = {name: tensor for name, tensor in packed(chosen.weights).items() if not name.startswith(upper(first))}
    steps = learn(encoder, first, rows, chosen)
    tell(f"as trained: {figures(encoder, held)}; lists {figures(encoder, lists)}")
    notes = {key: value for key, value in describe(chosen.weights).items() if key in ("start_sha256", "trained")}
    save_large(chosen.out, encoder, notes | {"taught": len(learnt), "taught_steps": steps}, frozen(), same)
    new = unpacked(chosen.out)
    tell(f"packed: {figures(new, held)}; lists {figures(new, lists)}")
    return 0


def loosen(encoder: Encoder, as_packed: Mapping[str, Tensor], first: int) -> None:
    """Move each weight of the upper layers by up to half of what parts its group's levels, evenly at random."""
    with torch.no_grad():
        for name, parameter in encoder.named_parameters():
            if name.startswith(upper(first)) and f"{name}.scales" in as_packed:
                step = as_packed[f"{name}.scales"].float().repeat_interleave(GROUP, dim=1) / HALF
                parameter.add_((torch.rand_like(parameter) - 0.5) * step)


def go_on(encoder: Encoder, path: Path, first: int) -> None:
    """Take the upper layers of an earlier run. Raises ValueError where the file holds others than these."""
    kept = load_file(path)
    wanted = {name for name, _ in encoder.named_parameters() if name.startswith(upper(first))}
    if set(kept) != wanted:
        raise ValueError(f"{path} holds {len(kept)} tensors that are not the {len(wanted)} of the layers that learn.")
    encoder.load_state_dict(kept, strict=False)


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
    for time_ in range(chosen.lists):
        yield from question_batches(list_questions(chosen.seed + time_), tokenizer, TOKENS)
    units = islice(epoch_units(judge_units(chosen.data), chosen.seed), chosen.claims)
    yield from claim_batches(units, tokenizer, TOKENS)
    questions = islice(epoch_rows(question_rows(chosen.data), chosen.seed), chosen.questions)
    yield from question_batches(questions, tokenizer, TOKENS)


def learn(encoder: Encoder, first: int, rows: Sequence[ClaimBatch | QuestionBatch], chosen: argparse.Namespace) -> int:
    """Two batches a step on two threads until the minutes are over; the number of steps."""
    for name, parameter in encoder.named_parameters():
        parameter.requires_grad_(name.startswith(upper(first)))
    named = [(name, p) for name, p in encoder.named_parameters() if p.requires_grad]
    groups = [[p for name, p in named if name.startswith(HEADS) is heads] for heads in (False, True)]
    parts = [{"params": part, "lr": rate} for part, rate in zip(groups, (RATE, HEADS_RATE), strict=True)]
    optimizer = torch.optim.AdamW(parts, weight_decay=DECAY, fused=True)
    twin, order, losses, steps = (twin_of(encoder), endless(rows, chosen.seed), deque[float](maxlen=100), 0)
    for net in (encoder, twin):
        net.train()
        net.layers[:first].eval()
    began, budget = time.monotonic(), chosen.minutes * 60
    with ThreadPoolExecutor(2) as pool:
        while (share := (time.monotonic() - began) / budget) < 1:
            for group, rate in zip(optimizer.param_groups, (RATE, HEADS_RATE), strict=True):
                group["lr"] = rate * min(1.0, share / WARM_UP, (1 - share) / (1 - WARM_UP))
            losses += pool.map(lambda net, one: backward(loss(net, one, first)), (encoder, twin), islice(order, 2))
            add_gradients(encoder, twin)
            torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            steps += 1
            if steps % KEPT_EVERY == 0:
                tell(f"step {steps}, {2 * steps / len(rows):.2f} epochs, loss {sum(losses) / len(losses):.3f}")
                chosen.out.mkdir(parents=True, exist_ok=True)
                save_file({name: p.detach() for name, p in named}, chosen.out / WHOLE)
    save_file({name: p.detach() for name, p in named}, chosen.out / WHOLE)
    return steps


def endless(rows: Sequence[ClaimBatch | QuestionBatch], seed: int) -> Iterator[ClaimBatch | QuestionBatch]:
    """All rows in an order by chance, again and again."""
    random_ = random.Random(seed)
    while True:
        yield from random_.sample(rows, len(rows))


def loss(encoder: Encoder, batch: ClaimBatch | QuestionBatch, first: int) -> Tensor:
    """That of `large_train`; the layers below `first` are only read."""

    def run(ids: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad(), in_half():
            hidden = encoder.lower_layers(ids, first)
        return encoder.upper(ids, hidden.float(), first)

    return claim_loss(run, batch) if isinstance(batch, ClaimBatch) else question_loss(run, batch)


def figures(encoder: Encoder, held: Sequence[ClaimBatch | QuestionBatch]) -> str:
    """Of the held-out documents: AUROC of answerable, how often the answer's words are found, and of claims."""
    encoder.eval()
    answerable, has, exact = list[float](), list[int](), list[bool]()
    claims, true, ahead = list[float](), list[int](), list[bool]()

    def run(batch: ClaimBatch | QuestionBatch) -> tuple[Tensor, Tensor]:
        with torch.inference_mode(), in_half():
            judged, tokens = encoder(batch.ids)
            return judged, tokens

    with ThreadPoolExecutor(2) as pool:
        for batch, (judged, tokens) in zip(held, pool.map(run, held), strict=True):
            if isinstance(batch, QuestionBatch):
                places = tokens.float().masked_fill(~batch.open[:, :, None], -1e4)
                found = (places[:, :, 0].argmax(1) == batch.first) & (places[:, :, 1].argmax(1) == batch.last)
                exact += found[batch.last > 0].tolist()
                answerable += judged[:, ANSWERABLE].float().tolist()
                has += batch.answered.int().tolist()
            else:
                logits = judged[:, ENTAILED].float()
                claims += logits.tolist()
                true += batch.labels.int().tolist()
                ahead += (logits[batch.twins[:, 0]] > logits[batch.twins[:, 1]]).tolist()
    return (
        f"questions {len(has)} AUROC {auroc(answerable, has):.3f} exact {sum(exact) / max(1, len(exact)):.3f}; "
        f"claims {len(true)} AUROC {auroc(claims, true):.3f} true ahead {sum(ahead) / max(1, len(ahead)):.3f}"
    )


def tell(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
