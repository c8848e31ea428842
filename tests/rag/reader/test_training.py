"""A short training run learns, and one that was stopped ends where one that was not ends."""

from dataclasses import replace
from pathlib import Path

import torch

from rag.reader.rows import Row
from rag.reader.train import Settings, Training

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
