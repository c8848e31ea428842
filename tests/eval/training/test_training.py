"""A short training run learns, and one that was stopped ends where one that was not ends."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from eval.training.batches import Batch, Example, batches
from eval.training.checkpoints import Progress, load_trunk
from eval.training.losses import PARTS, Targets, part_losses
from eval.training.passage_rows import Row
from eval.training.reader_export import main as export
from eval.training.reader_export import mean
from eval.training.train import Settings, Training
from eval.training.train import main as train
from rag.read.network import ANSWERABLE, RANK, Trunk

SETTINGS = Settings(tokens=20 * 64 * 4, batch_tokens=64 * 4, rate=2e-4, warm_up=0.1, compiled=False, save_every=1e9)
NAMES = ("Ada", "Bela", "Cato", "Dora", "Emil", "Fay", "Gus", "Hal", "Ines", "Jan", "Kai", "Lea")


def rows(epoch: int) -> list[Row]:
    """Ninety-six rows of one shape: who lives where, true and false, asked and claimed."""
    made = []
    for index in range(96):
        name, other = NAMES[index % 12], NAMES[(index + 1 + epoch) % 12]
        passage = f"{name} lives in Norrby. {other} lives in Vik."
        if index % 2:
            made.append(Row("asked", "Who lives in Norrby?", passage, rank=1, answerable=1, start=0, end=len(name)))
        elif index % 4:
            made.append(Row("said", f"{name} lives in Norrby.", passage, entail=1, wrong=()))
        else:
            made.append(Row("not said", f"{other} lives in Norrby.", passage, entail=0, wrong=((0, len(other)),)))
    return made


def trained(out: Path, settings: Settings = SETTINGS) -> tuple[Training, list[list[float]]]:
    training = Training(rows, out, settings, torch.device("cpu"))
    return training, list(training.steps())


def test_twenty_steps_lower_the_loss_and_resume_to_the_same_weights(tmp_path: Path) -> None:
    """The last steps lose less than the first, and stopping after step six changes nothing."""
    torch.manual_seed(0)
    whole, losses = trained(tmp_path / "whole", SETTINGS)
    first = Training(rows, tmp_path / "parts", SETTINGS, torch.device("cpu"))
    for step, _ in enumerate(first.steps()):
        first.stopped = step == 5
    second, rest = trained(tmp_path / "parts", SETTINGS)

    assert sum(losses[-1]) < sum(losses[0]) - 0.3
    assert first.progress.steps == 6
    assert len(rest) == len(losses) - 6
    assert second.progress == whole.progress
    for name, tensor in whole.trunk.state_dict().items():
        assert torch.equal(tensor, second.trunk.state_dict()[name]), name


def test_a_run_can_start_from_another_runs_weights(tmp_path: Path) -> None:
    """Its weights are the finished run's, its own counters and moments begin anew."""
    finished, _ = trained(tmp_path / "first", replace(SETTINGS, tokens=3 * 64 * 4))
    second = Training(rows, tmp_path / "second", SETTINGS, torch.device("cpu"), load_trunk(tmp_path / "first"))

    assert second.progress == Progress()
    for name, tensor in finished.trunk.state_dict().items():
        assert torch.equal(tensor, second.trunk.state_dict()[name]), name


@pytest.mark.parametrize(
    ("command", "arguments", "said"),
    [
        (train, ["--data", "{empty}", "--out", "{empty}"], "holds no train/reader"),
        (train, ["--data", "{empty}", "--out", "{empty}", "--start", "{empty}"], "holds no checkpoint.safetensors"),
        (train, ["--data", "{empty}", "--out", "{empty}", "--task", "cooking"], "cooking"),
        (export, ["--runs", "{empty}", "--data", "{empty}"], "holds no checkpoint.safetensors"),
    ],
)
def test_a_wrong_folder_is_named(
    command: Callable[[list[str]], int],
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One sentence and exit 2, before anything is read or written."""
    with pytest.raises(SystemExit) as stopped:
        command([argument.format(empty=tmp_path) for argument in arguments])

    assert stopped.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_mean_of_runs_lies_between_them() -> None:
    """Each weight is the mean of the runs' weights, and one run is its own mean."""
    torch.manual_seed(2)
    one, other = Trunk(), Trunk()
    between = mean([one, other]).state_dict()

    for name, tensor in one.state_dict().items():
        assert torch.allclose(between[name], (tensor + other.state_dict()[name]) / 2), name
        assert torch.equal(mean([one]).state_dict()[name], tensor), name


def test_the_rate_rises_and_then_falls_to_nothing(tmp_path: Path) -> None:
    """Warm-up ends at the highest rate; at the last token nothing is left of it."""
    training = Training(rows, tmp_path, replace(SETTINGS, tokens=1000, warm_up=0.1), torch.device("cpu"))
    rates = []
    for tokens in (0, 50, 100, 550, 1000):
        training.progress.tokens = tokens
        rates.append(training.rate())

    assert rates[0] < rates[1] < rates[2] == SETTINGS.rate
    assert rates[2] > rates[3] > rates[4]
    assert rates[4] < 1e-12


def pair_loss(*rows: tuple[int, int, float]) -> float:
    """The pair part for rows of (pair, relevant or not, rank and answerable logit)."""
    count = len(rows)
    given = np.array([[relevant, relevant, -1] for _, relevant, _ in rows])
    nothing = np.zeros((count, 4), np.int64)
    ignored = np.full(count, -100)
    batch = Batch(
        ids=nothing, segments=nothing, mask=nothing, start=ignored, end=ignored, judgements=given, wrong=nothing - 100,
        pair=np.array([pair for pair, _, _ in rows]),
    )  # fmt: skip
    judgements = torch.zeros(count, 3)
    judgements[:, RANK] = judgements[:, ANSWERABLE] = torch.tensor([logit for _, _, logit in rows])
    parts = part_losses(judgements, torch.zeros(count, 4, 3), Targets.of(batch, torch.device("cpu")))
    return float(parts[PARTS.index("pair")])


def test_a_pair_loses_by_the_lead_of_the_wrong_passage() -> None:
    """Only between the two passages of one question, and the less the further the right one leads."""
    assert pair_loss((-1, 1, 0.0), (-1, 0, 5.0)) == 0
    assert pair_loss((1, 1, 0.0), (2, 0, 5.0)) == 0
    even, behind, ahead = (pair_loss((7, 1, lead), (7, 0, 0.0)) for lead in (0.0, -2.0, 2.0))
    assert behind > even > ahead > 0
    assert even == torch.log(torch.tensor(2.0)).item() / 2


def test_pairs_share_a_batch() -> None:
    """At the length of the longer passage; only one cut by the end of a batch is parted."""
    random_ = random.Random(3)
    examples = [
        Example([5] * random_.randrange(20, 60 if number % 2 else 120), 4, 0, 0, (1, 1, -1), None, number // 2)
        for number in range(400)
    ]
    random_.shuffle(examples)
    together = parted = 0
    for batch in batches(examples, 1024, random_):
        for pair in set(batch.pair.tolist()):
            count = int((batch.pair == pair).sum())
            together, parted = together + (count == 2), parted + (count == 1)
    assert together > 150
    assert parted <= together / 10
