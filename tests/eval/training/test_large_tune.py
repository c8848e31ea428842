"""What is taught outlives the packing."""

from pathlib import Path

import pytest
import torch

from eval.training.large_tune import loosen
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
