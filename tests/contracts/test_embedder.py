"""What every embedder promises, for the packaged model and for the same weights through sentence-transformers."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embed.embedders import (
    DEFAULT_EMBEDDER,
    PackagedEmbedder,
    load_embedder,
)
from index.embed.packaged import PACKAGE_SHA256, packaged_folder
from index.embed.sentence_models import SentenceEmbedder, weights_fingerprint
from index.errors import EmbedderUnavailable
from index.protocols import Embedder

TEXTS = [
    "The GPUs used to train DeepSeek V3 cost $5.5 million.",
    "",
    "深度求索 naïve \ud800 \0 🧠",
    "word " * 1_000,
    "A price for the hardware.",
]
CLOSE = 2e-3  # bfloat16 rounds differently from one shape of a batch to another


@pytest.fixture(scope="module")
def reference() -> Embedder:
    """The same model, computed by sentence-transformers in float32."""
    return SentenceEmbedder("reference", packaged_folder())


@pytest.fixture(params=["packaged", "sentence-transformers"])
def any_embedder(request: pytest.FixtureRequest, embedder: Embedder) -> Embedder:
    """Each implementation in turn."""
    return embedder if request.param == "packaged" else request.getfixturevalue("reference")


def test_rows_are_unit_float32(any_embedder: Embedder) -> None:
    """Any texts, empty and overlong ones too, give one finite unit row each, in their order."""
    for rows in (any_embedder.embed_passages(TEXTS), any_embedder.embed_queries(TEXTS)):
        assert (rows.shape, rows.dtype) == ((5, any_embedder.dim), np.float32)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    one = any_embedder.embed_passages(TEXTS[4:])
    np.testing.assert_allclose(one[0], any_embedder.embed_passages(TEXTS)[4], atol=CLOSE)


def test_no_texts_give_no_rows(any_embedder: Embedder) -> None:
    """No texts give an array of shape (0, dim) and no counts."""
    assert any_embedder.embed_passages([]).shape == (0, any_embedder.dim)
    assert any_embedder.embed_queries([]).shape == (0, any_embedder.dim)
    assert any_embedder.count_tokens([]) == []


def test_the_batch_does_not_matter(embedder: Embedder) -> None:
    """A text has the same vector alone, in a batch of its like, and beside much longer ones."""
    texts = [f"{word} costs {number} dollars" for number, word in enumerate("compute talent energy chips".split() * 15)]
    together = embedder.embed_passages([*texts, *TEXTS])[: len(texts)]
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])

    np.testing.assert_allclose(together, alone, atol=CLOSE)
    assert (together * alone).sum(axis=1).min() > 0.9999


def test_tokens_are_counted_without_special_ones(any_embedder: Embedder) -> None:
    """Word pieces are counted, without marks for beginning and end; the window is 254 of them."""
    assert any_embedder.count_tokens(["", "hello", "hello world", "word " * 1_000]) == [0, 1, 2, 1_000]
    assert any_embedder.max_tokens == 254


def test_text_beyond_the_window_is_not_read(any_embedder: Embedder) -> None:
    """Two texts that differ after `max_tokens` tokens have the same vector, and before that not."""
    limit = any_embedder.max_tokens
    rows = any_embedder.embed_passages(
        [f"{'word ' * limit}cat", f"{'word ' * limit}dog", f"{'word ' * (limit - 1)}dog"]
    )

    np.testing.assert_allclose(rows[0], rows[1], atol=CLOSE)
    assert rows[0] @ rows[2] < 0.9999


def test_vectors_are_those_of_sentence_transformers(embedder: Embedder, reference: Embedder) -> None:
    """The packaged embedder agrees with sentence-transformers in float32 to a cosine of .9999; one fingerprint."""
    texts = [*TEXTS, *(f"Sentence {i} about model {'x' * i} in {2000 + i}." for i in range(20))]
    cosines = (embedder.embed_passages(texts) * reference.embed_passages(texts)).sum(axis=1)

    assert cosines.min() > 0.9999
    assert embedder.fingerprint == weights_fingerprint(packaged_folder()) == PACKAGE_SHA256


def test_meaning_is_near(embedder: Embedder) -> None:
    """A question is nearer to its answer than to another sentence."""
    passages = embedder.embed_passages(["The headquarters are in Hangzhou.", "Cats sleep most of the day."])
    query = embedder.embed_queries(["Where is the company based?"])[0]

    assert passages[0] @ query > passages[1] @ query + 0.2


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    """A model file that is not the one this version was made with is named, with both checksums."""
    folder = tmp_path / "model"
    shutil.copytree(packaged_folder(), folder, ignore=shutil.ignore_patterns("*.safetensors"))
    with pytest.raises(EmbedderUnavailable, match="is missing: reinstall"):
        PackagedEmbedder.load(folder)
    (folder / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(EmbedderUnavailable, match=f"not {PACKAGE_SHA256[:12]}"):
        PackagedEmbedder.load(folder)


def test_no_silent_download() -> None:
    """A model of the Hub that is not on this machine is asked for and not fetched; nonsense is called so."""
    with pytest.raises(EmbedderUnavailable, match=r"not on this machine.*--allow-download"):
        load_embedder("nobody-here/no-such-model")
    with pytest.raises(EmbedderUnavailable, match="neither a folder here nor a model's name"):
        load_embedder("not a name!")


def test_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    """Weights in formats that can run code are not loaded."""
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(EmbedderUnavailable, match=r"no \.safetensors file"):
        load_embedder(str(tmp_path))


def test_unusable_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is no model gives one sentence and not the library's traceback."""
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(EmbedderUnavailable, match="could not be loaded"):
        load_embedder(str(tmp_path))


def test_default_embedder_stays_light() -> None:
    """The packaged embedder loads without sentence-transformers and transformers, which take seconds to import."""
    code = (
        "import sys; from index.embed.embedders import load_embedder; assert 'torch' not in sys.modules; "
        f"e = load_embedder({DEFAULT_EMBEDDER!r}); e.embed_queries(['x']); "
        "print([m for m in ('transformers', 'sentence_transformers', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
