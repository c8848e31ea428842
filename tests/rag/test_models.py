"""The table of models: every row is complete, every class exists, and nothing touches the network."""

import pytest

from rag.models import MODELS, find, on_this_machine, render_table
from tests.rag.write.families import FAMILIES, save_model


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


def test_every_class_exists_and_is_tested():
    """Each named class is one of transformers, and a tiny model of it is among the tested families."""
    import transformers

    tested = {f"{family.kind}ForCausalLM" for family in FAMILIES}
    for model in MODELS:
        assert not model.architecture or hasattr(transformers, model.architecture)
        assert not model.architecture or model.architecture in tested


def test_names_are_unique_and_found_without_regard_to_case():
    """A row is found by its name."""
    assert len({model.name for model in MODELS}) == len(MODELS)
    assert find("qwen/QWEN3-0.6b").name == "Qwen/Qwen3-0.6B"
    assert find("nobody/nothing") is None


def test_the_table_lists_every_model(cache):
    """Each row names licence, sizes and whether the model is here; excluded regions are said."""
    table = render_table()

    assert all(model.name in table for model in MODELS)
    assert "not valid in the EU" in table
    assert "1.5 GB" in table
    assert all(line == line.rstrip() for line in table.splitlines())


def test_a_model_in_the_cache_is_here(cache):
    """A complete snapshot counts, a broken one does not."""
    model = find("Qwen/Qwen3-0.6B")
    snapshot = cache / "models--Qwen--Qwen3-0.6B" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc")

    assert not on_this_machine(model)
    save_model(FAMILIES[0], snapshot)
    assert on_this_machine(model)
    weights = snapshot / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    assert not on_this_machine(model)


@pytest.mark.parametrize(
    "family", ["DeepSeek", "Qwen", "Kimi", "MiniMax", "Yi", "openPangu", "Hunyuan", "ERNIE", "Llama"]
)
def test_every_open_family_of_the_bundled_articles_can_write(family):
    """Each has a row: a class that is tested here, or a note that says what runs it."""
    rows = [model for model in MODELS if model.family.startswith(family)]

    assert rows
    assert all(model.architecture or "GGUF" in model.note for model in rows)
