"""Embedding on the machines of a Ray cluster; the nodes are real processes of Ray on this machine."""

import json
import os
import random
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.cluster import ClusterEmbedder, embed_here
from index.errors import ClusterUnavailable
from index.protocols import Vectors
from index.store.doctor import examine
from index.store.local import LocalStore, open_store
from index.sync import sync
from tests.fakes import HashEmbedder

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason='ray is not here: pip install "footnote-rag[cluster]"')


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Forty small files and one that takes many groups."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"Document {number} is about cats. " * (60 + number))
    (folder / "large.txt").write_text(" ".join(f"Sentence {number} is about dogs." for number in range(6_000)))
    return folder


def contents(store: LocalStore) -> list[object]:
    held = [(entry, store.document(entry.id), store.chunks(entry.id)) for entry in store.documents()]
    return [(*one, store.vectors([chunk.id for chunk in one[2]]).tolist()) for one in held]


@needs_ray
def test_a_node_that_dies_loses_nothing_and_nothing_comes_twice(docs: Path, tmp_path: Path) -> None:
    """Three nodes embed, one is killed while it does: the index is the one that a single process makes."""
    here = Path(__file__)
    environment = {**os.environ, "NOTES": str(tmp_path / "notes"), "PYTHONPATH": str(here.parents[2])}
    done = subprocess.run(
        [sys.executable, here.with_name("clustered.py"), docs, tmp_path / "index"],
        env=environment, check=False, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout.splitlines()[-1])

    hashing = HashEmbedder()
    with open_store(tmp_path / "single", hashing, create=True) as single, open_store(tmp_path / "index") as store:
        sync([docs], single, hashing)
        assert contents(store) == contents(single)
        assert told["chunks"] == store.count() > told["killed"][0] > 0
    assert (told["failed"], told["again"]) == (0, 0)
    assert len(told["embedded"]) == 3
    assert sum(told["embedded"].values()) >= told["chunks"]
    assert examine(tmp_path / "index") == ()


def test_groups_in_flight_are_stored_in_order(docs: Path, tmp_path: Path) -> None:
    """Groups that are embedded together and come back in any order make the index that one after another makes."""
    chance = random.Random(0)
    most, now = 0, 0
    lock = threading.Lock()

    class Unsteady(HashEmbedder):
        def embed_passages(self, texts: list[str]) -> Vectors:
            nonlocal most, now
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(chance.random() / 100)
            with lock:
                now -= 1
            return self.embed_queries(texts)

    hashing, unsteady = HashEmbedder(), Unsteady()
    with (
        open_store(tmp_path / "1", hashing, create=True) as one,
        open_store(tmp_path / "8", hashing, create=True) as eight,
    ):
        sync([docs], one, hashing)
        sync([docs], eight, unsteady, at_once=8, flights=8)
        assert contents(eight) == contents(one)
    assert most > 1


def test_what_fails_in_flight_takes_nothing_along(docs: Path, tmp_path: Path) -> None:
    """A document is given up at its first bad group; its groups in flight are not stored, the other documents are."""

    class Strict(HashEmbedder):
        def embed_passages(self, texts: list[str]) -> Vectors:
            if any("Sentence 3000 " in text for text in texts):
                raise ValueError("no dogs")
            return self.embed_queries(texts)

    strict = Strict()
    with open_store(tmp_path / "index", strict, create=True) as store:
        report = sync([docs], store, strict, at_once=8, flights=4)
        assert [item.uri for item in report.failed] == ["large.txt"]
        assert len(report.added) == 40
        entries = {entry.uri: entry for entry in store.documents()}
        assert not entries["large.txt"].complete
        held = store.chunks(entries["large.txt"].id)
        assert len(held) % 8 == 0
        sync([docs], store, HashEmbedder())
        whole = store.chunks(entries["large.txt"].id)
        assert 0 < len(held) < len(whole)
        assert held == whole[: len(held)]


def test_other_weights_are_refused() -> None:
    """A node whose model has the same name and other weights would make an index of two kinds of vectors."""
    embedder = HashEmbedder(16)

    def load(name: str) -> HashEmbedder:
        return HashEmbedder(16, name)

    assert np.array_equal(embed_here(load, "hash", embedder.fingerprint, ["cat"]), embedder.embed_queries(["cat"]))
    with pytest.raises(ClusterUnavailable, match="other weights of hash"):
        embed_here(load, "hash", HashEmbedder(32).fingerprint, ["cat"])


def test_without_ray_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings Ray is said, not a traceback."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterUnavailable, match=r"footnote-rag\[cluster\]"):
        ClusterEmbedder(HashEmbedder(), "local")


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:9", "nonsense"])
def test_nothing_answers(address: str) -> None:
    """A wrong address is one sentence, at once."""
    with pytest.raises(ClusterUnavailable, match=f"No Ray cluster answers at {address}"):
        ClusterEmbedder(HashEmbedder(), address)
