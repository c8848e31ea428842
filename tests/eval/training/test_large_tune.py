"""What is taught outlives the packing, and only the upper layers learn it."""

from argparse import Namespace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from eval.training import large_tune
from eval.training.large_batches import question_batches
from eval.training.large_tune import WHOLE, go_on, learn, loosen, loss, upper
from eval.training.question_rows import Question
from rag.read.inputs import load_tokenizer
from rag.read.large import packed, save_large, unpacked
from rag.read.packed import GROUP, HALF
from tests.rag.read.tiny_large import tiny


@pytest.mark.parametrize(("loose", "kept"), [(True, 0.2), (False, 0.0)])
def test_small_changes_outlive_packing_where_the_weights_begin_off_their_levels(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, loose: bool, kept: float
) -> None:
    """A fifth of a level added to every weight is there on average after packing; from on the levels it is lost."""
    save_large(tmp_path / "first", tiny(monkeypatch), {})
    first = packed(tmp_path / "first")
    encoder, name = unpacked(tmp_path / "first"), "layers.1.up.weight"
    before = encoder.get_parameter(name).detach().clone()
    step = first[f"{name}.scales"].float().repeat_interleave(GROUP, dim=1) / HALF
    if loose:
        torch.manual_seed(3)
        loosen(encoder, first, 1)
    with torch.no_grad():
        encoder.get_parameter(name).add_(0.2 * step)
    save_large(tmp_path / "second", encoder, {})

    moved = (unpacked(tmp_path / "second").get_parameter(name).detach() - before) / step
    assert moved.mean().item() == pytest.approx(kept, abs=0.03)


def test_what_was_not_taught_is_written_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tensors given as packed are not rounded a second time."""
    save_large(tmp_path / "first", tiny(monkeypatch), {})
    first = packed(tmp_path / "first")
    encoder = unpacked(tmp_path / "first")
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(1.0)
    save_large(tmp_path / "second", encoder, {}, (), {k: v for k, v in first.items() if k.startswith("layers.0.")})

    second = packed(tmp_path / "second")
    assert all(torch.equal(first[key], second[key]) for key in first if key.startswith("layers.0."))
    assert not torch.equal(first["layers.1.up.bias"], second["layers.1.up.bias"])


def test_the_upper_layers_learn_and_the_others_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The loss of what is taught falls within seconds; what is kept whole are the layers and heads that learnt."""
    monkeypatch.setattr(large_tune, "LAYERS", 2)
    monkeypatch.setattr(large_tune, "KEPT_EVERY", 5)
    encoder = tiny(monkeypatch)
    asked = [
        Question(f"Who keeps key {at}?", f"{name} keeps key {at}. Nobody asks.", 0, len(name), "taught")
        for at, name in enumerate(("Ada", "Bela", "Cato", "Dora"))
    ]
    rows = list(question_batches(iter(asked), load_tokenizer(), 60))
    before = {name: parameter.detach().clone() for name, parameter in encoder.named_parameters()}

    def told() -> float:
        encoder.eval()
        with torch.no_grad():
            return sum(float(loss(encoder, row, 1)) for row in rows)

    first = told()
    steps = learn(encoder, 1, rows, Namespace(seed=1, minutes=0.1, out=tmp_path))

    assert steps > 5
    assert told() < first
    moved = {name for name, parameter in encoder.named_parameters() if not torch.equal(parameter, before[name])}
    assert "layers.1.up.weight" in moved
    assert all(name.startswith(upper(1)) for name in moved)
    kept = load_file(tmp_path / WHOLE)
    assert {name for name in before if name.startswith(upper(1))} == set(kept)
    assert torch.equal(kept["layers.1.up.weight"], encoder.get_parameter("layers.1.up.weight"))
    fresh = tiny(monkeypatch, seed=1)
    go_on(fresh, tmp_path / WHOLE, 1)
    assert all(torch.equal(fresh.get_parameter(name), tensor) for name, tensor in kept.items())
    with pytest.raises(ValueError, match="not the"):
        go_on(fresh, tmp_path / WHOLE, 0)
