"""Slips in a question are put right by the documents' words, and nothing else is touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embed.embedders import load_embedder
from index.protocols import Embedder
from index.store.local import LocalStore, open_store
from index.sync import sync
from rag.find.respell import respelled

TEXT = "Huawei makes the Ascend chip. Two factories in Shenzhen were closed. The price rose. Stargate is a project.\n"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[LocalStore]:
    (tmp_path_factory.getbasetemp() / "note.md").write_text(TEXT, encoding="utf-8")
    with open_store(tmp_path_factory.mktemp("index"), embedder, create=True) as opened:
        sync([tmp_path_factory.getbasetemp() / "note.md"], opened, embedder)
        yield opened


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("what is huawai's asend chip?", "what is Huawei's Ascend chip?"),
        ("Which facotries were closed?", "Which factories were closed?"),
        ("the stargaet projct", "the Stargate project"),
    ],
)
def test_slips_are_put_right(store: LocalStore, embedder: Embedder, asked: str, searched: str) -> None:
    """Each becomes the word as the documents write it; case, punctuation and the other words stay."""
    assert respelled(asked, store, embedder) == searched


@pytest.mark.parametrize("asked", ["Who won the prize?", "huawei ascend", "Nuawei", "12345 6789", "", "价格上涨了吗"])
def test_words_and_what_is_far_from_any_stay(store: LocalStore, embedder: Embedder, asked: str) -> None:
    """A real word that the documents lack, what they hold, another first letter, numbers, other scripts."""
    assert respelled(asked, store, embedder) == asked


def test_an_empty_index_knows_no_words(tmp_path: Path, embedder: Embedder) -> None:
    """Nothing to go by, nothing changed."""
    with open_store(tmp_path / "index", embedder, create=True) as store:
        assert respelled("huawai asend", store, embedder) == "huawai asend"


def test_words_of_four_letters_stay(tmp_path: Path, embedder: Embedder) -> None:
    """They are one slip away from too many others."""
    (tmp_path / "kiln.md").write_text("The quey of Holm is closed. The tarns are deep.\n", encoding="utf-8")
    with open_store(tmp_path / "index", embedder, create=True) as store:
        sync([tmp_path / "kiln.md"], store, embedder)
        assert respelled("qeuy", store, embedder) == "qeuy"
        assert respelled("tarsn", store, embedder) == "tarns"
