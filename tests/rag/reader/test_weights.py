"""Weights that are missing, cut or altered are refused in one sentence that names the way back."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelUnavailable
from rag.reader import load_reader
from rag.reader.network import Trunk
from rag.reader.weights import DESCRIPTION, FOLDER, TENSORS, Calibration, load_weights, save_weights, to_int8

REMEDY = r"git checkout -- rag/reader/weights"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "weights"))


def test_the_committed_weights_are_small_and_loadable() -> None:
    """At most 25 MB are kept in the repository, and they load under a name that holds their checksum."""
    description = json.loads((FOLDER / DESCRIPTION).read_text(encoding="utf-8"))

    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 25_000_000
    assert load_reader().name == f"footnote-reader-{description['sha256'][:8]}"


def test_a_flipped_byte_is_refused(folder: Path) -> None:
    """One changed bit in the tensors is seen."""
    content = bytearray((folder / TENSORS).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / TENSORS).write_bytes(content)

    with pytest.raises(ModelUnavailable, match=REMEDY):
        load_reader(folder)


def test_a_cut_file_is_refused(folder: Path) -> None:
    """Half of the tensors are not weights."""
    content = (folder / TENSORS).read_bytes()
    (folder / TENSORS).write_bytes(content[: len(content) // 2])

    with pytest.raises(ModelUnavailable, match=REMEDY):
        load_reader(folder)


@pytest.mark.parametrize("name", [TENSORS, DESCRIPTION])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    """Tensors and description belong together."""
    (folder / name).unlink()

    with pytest.raises(ModelUnavailable, match=REMEDY):
        load_reader(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_a_description_of_another_kind_is_refused(folder: Path, text: str) -> None:
    """Empty, broken and newer descriptions are named as such."""
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")

    with pytest.raises(ModelUnavailable, match=REMEDY):
        load_reader(folder)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """The message names the folder that was looked in."""
    with pytest.raises(ModelUnavailable, match="nowhere"):
        load_reader(tmp_path / "nowhere")


@given(st.lists(st.lists(st.floats(-50, 50, width=32), min_size=4, max_size=4), min_size=1, max_size=6))
def test_eight_bits_are_off_by_half_a_step_at_most(values: list[list[float]]) -> None:
    """Of each row's own step, and a row of noughts stays one."""
    matrix = torch.tensor(values)
    eighths, scale = to_int8(matrix)

    assert eighths.dtype == torch.int8
    assert bool(((eighths * scale - matrix).abs() <= scale * 0.5001).all())
    assert bool((eighths[matrix.abs().amax(1) == 0] == 0).all())


def test_saved_weights_come_back_and_saving_them_again_changes_nothing(tmp_path: Path) -> None:
    """Two different encoders, each in its place; what 8 bits hold once they hold for good."""
    torch.manual_seed(4)
    reading, judging = Trunk(), Trunk()
    save_weights(tmp_path / "one", reading, judging, Calibration((1, 2, 3), (4, 5, 6)), {})
    once = load_weights(tmp_path / "one")
    save_weights(tmp_path / "two", once.reading, once.judging, once.calibration, {})
    twice = load_weights(tmp_path / "two")

    for wanted, first, second in ((reading, once.reading, twice.reading), (judging, once.judging, twice.judging)):
        for name, tensor in wanted.state_dict().items():
            found = first.state_dict()[name]
            assert float((found - tensor).abs().max()) <= max(1e-3, float(tensor.abs().max()) / 250), name
            assert torch.allclose(found, second.state_dict()[name], atol=1e-6), name
    assert once.calibration == Calibration((1, 2, 3), (4, 5, 6))
