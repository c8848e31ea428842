"""Weights that are missing, cut or altered are refused in one sentence that names the way back."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from rag.check.judge import load_judge
from rag.errors import ModelUnavailable
from rag.read import load_reader
from rag.read.large import digest
from rag.read.loading import load_trained
from rag.read.weights import DESCRIPTION, FOLDER, TENSORS

REMEDY = r"git checkout -- rag"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "weights"))


def test_the_committed_weights_are_small_and_loadable() -> None:
    """At most 100 MB are kept, 50 in a file, and they load under a name that holds their checksums."""
    description = json.loads((FOLDER / DESCRIPTION).read_text(encoding="utf-8"))
    sizes = [path.stat().st_size for path in FOLDER.iterdir()]

    assert sum(sizes) <= 100_000_000
    assert max(sizes) <= 50_000_000
    assert load_reader().name == f"footnote-reader-{description['sha256'][:8]} + large-{digest(FOLDER)}"


def test_both_committed_readers_read() -> None:
    """The large encoder's files are what their description says, and it sees who did what."""
    passage = "In 1911 the mill was sold by Ada to Ben."
    true, false = load_reader().entail(
        [(passage, f"{a} sold the mill to {b}.") for a, b in (("Ada", "Ben"), ("Ben", "Ada"))]
    )

    assert true > false
    assert "1911" in load_reader().spans("When was the mill sold?", [passage])[0].text


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


def test_loading_draws_nothing_at_random() -> None:
    """First values that the weights replace cost more than the weights do."""
    before = torch.get_rng_state()
    load_trained()

    assert torch.equal(torch.get_rng_state(), before)


def test_what_reads_and_what_judges_are_loaded_once() -> None:
    """Both come from the same files."""
    assert load_judge() is load_reader()
