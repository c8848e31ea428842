"""The large encoder: the published architecture, weights that are checked, and answers that are slices."""

from pathlib import Path

import pytest
import torch

from rag.errors import ModelUnavailable
from rag.read.large import DESCRIPTION, PARTS, load_large, save_large
from rag.read.mpnet import PAD_ID
from tests.rag.read.tiny_large import SMALL, tiny

PASSAGE = "The Kestrel Bridge was opened in 1911. It is 340 metres long."


def test_the_encoder_is_the_published_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hidden states are those of transformers' MPNet with the same weights, padding included."""
    from transformers import MPNetConfig, MPNetModel

    ours = tiny(monkeypatch)
    config = MPNetConfig(
        vocab_size=30527, hidden_size=SMALL["WIDTH"], num_hidden_layers=SMALL["LAYERS"],
        num_attention_heads=SMALL["HEADS"], intermediate_size=SMALL["INNER"], max_position_embeddings=514,
        layer_norm_eps=1e-5,
    )  # fmt: skip
    theirs = MPNetModel(config, add_pooling_layer=False).eval()
    state = theirs.state_dict()
    state["embeddings.word_embeddings.weight"] = ours.words.weight
    state["embeddings.position_embeddings.weight"] = ours.positions.weight
    state["embeddings.LayerNorm.weight"], state["embeddings.LayerNorm.bias"] = ours.norm.weight, ours.norm.bias
    state["encoder.relative_attention_bias.weight"] = ours.distance.weight
    names = {"out": "attention.attn.o", "norm_attention": "attention.LayerNorm", "up": "intermediate.dense",
             "down": "output.dense", "norm_output": "output.LayerNorm"}  # fmt: skip
    for at, layer in enumerate(ours.layers):
        for kind in ("weight", "bias"):
            for part, values in zip("qkv", getattr(layer.qkv, kind).chunk(3), strict=True):
                state[f"encoder.layer.{at}.attention.attn.{part}.{kind}"] = values
            for mine, other in names.items():
                state[f"encoder.layer.{at}.{other}.{kind}"] = getattr(getattr(layer, mine), kind)
    theirs.load_state_dict(state)
    ids = torch.tensor([[0, *range(2000, 2160), 2], [0, *range(3000, 3020), 2, *[PAD_ID] * 140]])
    seen: list[torch.Tensor] = []
    ours.layers[-1].register_forward_hook(lambda *arguments: seen.append(arguments[2]))
    with torch.no_grad():
        wanted = theirs(input_ids=ids, attention_mask=(ids != PAD_ID).long()).last_hidden_state
        ours(ids)
    assert torch.allclose(seen[0][0], wanted[0], atol=1e-5)
    assert torch.allclose(seen[0][1, :22], wanted[1, :22], atol=1e-5)


def test_weights_come_back_and_each_input_is_read_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is saved loads under a name with its checksum; the order and company of inputs change nothing."""
    save_large(tmp_path, tiny(monkeypatch), {})
    large = load_large(tmp_path)
    said = "It was opened in 1911."
    pairs = [(PASSAGE, said), ("Nothing here.", said), ("", ""), (PASSAGE, "x" * 2000)]

    assert large.name.startswith("footnote-large-")
    assert large.entailed(pairs) == [large.entailed([pair])[0] for pair in pairs]
    assert large.entailed(pairs[::-1]) == large.entailed(pairs)[::-1]
    assert large.entailed([]) == []


def test_an_answer_is_a_slice_of_its_passage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Offsets stay inside the passage, however long; an empty passage has no answer."""
    save_large(tmp_path, tiny(monkeypatch), {})
    large = load_large(tmp_path)
    for passage in (PASSAGE, PASSAGE * 60, "桥于1911年开通。", ""):
        (found,) = large.answered("When was it opened?", [passage])
        assert 0 <= found.start <= found.end <= len(passage)
        assert (found.end > found.start) == bool(passage)


@pytest.mark.parametrize("damage", ["missing", "altered", "description", "format"])
def test_damaged_weights_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    """The message says what is wrong and how to get them back."""
    save_large(tmp_path, tiny(monkeypatch), {})
    if damage == "missing":
        (tmp_path / PARTS[1]).unlink()
    elif damage == "altered":
        content = bytearray((tmp_path / PARTS[0]).read_bytes())
        content[-1] ^= 1
        (tmp_path / PARTS[0]).write_bytes(content)
    else:
        (tmp_path / DESCRIPTION).write_text("{" if damage == "description" else '{"format": 99}')
    with pytest.raises(ModelUnavailable, match=r"cannot be used: .*large_export"):
        load_large(tmp_path)
