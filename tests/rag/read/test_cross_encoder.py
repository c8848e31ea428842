"""Cross-encoders by name: one that cannot be loaded says so, one that can takes over the ranking only."""

from pathlib import Path

import pytest

from rag.errors import ModelUnavailable
from rag.read import load_reader
from rag.read.cross_encoder import load_hub_reader

PASSAGES = ["The Kestrel Bridge was opened in 1911.", "Simmer the lentils for forty minutes."]


def cross_encoder(folder: Path) -> Path:
    """A tiny untrained cross-encoder of one score, with the encoder package's own vocabulary."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    from rag.read.inputs import encoder_folder

    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, num_labels=1
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast.from_pretrained(encoder_folder()).save_pretrained(folder)
    return folder


def test_a_cross_encoder_ranks_and_the_built_in_reads(tmp_path: Path) -> None:
    """Spans and entailment are the built-in reader's; ranks are the cross-encoder's."""
    built_in = load_reader()
    hub = load_hub_reader(str(cross_encoder(tmp_path)), built_in)
    ranks = hub.rank("When was it opened?", PASSAGES)

    assert len(ranks) == 2
    assert ranks != built_in.rank("When was it opened?", PASSAGES)
    assert hub.spans("When?", PASSAGES) == built_in.spans("When?", PASSAGES)
    assert hub.entail([(PASSAGES[0], "It was opened.")]) == built_in.entail([(PASSAGES[0], "It was opened.")])
    assert [span for _, span in hub.read("When?", PASSAGES)] == built_in.spans("When?", PASSAGES)
    assert hub.rank("When?", []) == []
    assert hub.name.endswith(built_in.name)


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message holds the name and a way on, and no network is needed to say so."""
    with pytest.raises(ModelUnavailable, match=r"nothing-here.*--allow-download.*--reader.*built-in"):
        load_hub_reader(str(tmp_path / "nothing-here"), load_reader())
