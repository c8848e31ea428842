"""Embedders by name: prompts, windows, pooling and identity, on tiny models with random weights of five families."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embed.embedders import load_embedder
from index.embed.prompts import Prompts, prompts_of
from index.embed.sentence_models import SentenceEmbedder

WIDTH = 16
SIZE = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
TEXTS = ["The mill at Stoke grinds rye.", "", "深度求索 naïve \ud800 \0 🧠", "word " * 1_000]


def tokenizer(folder: Path) -> int:
    """Saves a small byte-level tokenizer that puts a mark at both ends; returns the size of its vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    marks = ["<s>", "<pad>", "</s>", "<unk>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(TEXTS[:1], trainers.BpeTrainer(special_tokens=marks, initial_alphabet=alphabet))
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    named = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), marks, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=made, **named).save_pretrained(folder)
    return int(made.get_vocab_size())


def config(family: str, vocabulary: int) -> Any:
    from transformers import BertConfig, Gemma3TextConfig, ModernBertConfig, Qwen3Config, XLMRobertaConfig

    marks = {"vocab_size": vocabulary, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    heads = {"num_key_value_heads": 1, "head_dim": 8}
    if family == "bert":
        return BertConfig(**SIZE, **marks, max_position_embeddings=64)
    if family == "xlm-roberta":
        return XLMRobertaConfig(**SIZE, **marks, max_position_embeddings=66, type_vocab_size=1)
    if family == "modernbert":
        return ModernBertConfig(**SIZE, **marks, max_position_embeddings=64, cls_token_id=0, sep_token_id=2)
    if family == "gemma3":
        return Gemma3TextConfig(**SIZE, **marks, **heads, max_position_embeddings=64, sliding_window=32)
    return Qwen3Config(**SIZE, **marks, **heads, max_position_embeddings=64)


def model(folder: Path, family: str, pooling: str = "mean", prompts: dict[str, str] | None = None) -> Path:
    """Saves a model as sentence-transformers keeps it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import AutoModel

    plain = folder / "plain"
    torch.manual_seed(0)
    made = AutoModel.from_config(config(family, tokenizer(plain)))
    made.save_pretrained(plain)
    from sentence_transformers.base.modules import Transformer

    parts = [Transformer(str(plain)), Pooling(WIDTH, pooling)]
    SentenceTransformer(modules=parts, prompts=prompts).save(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.mark.parametrize(
    ("family", "pooling"),
    [
        ("bert", "cls"),
        ("xlm-roberta", "mean"),
        ("modernbert", "cls"),
        ("gemma3", "mean"),
        ("qwen3", "lasttoken"),
    ],
)
def test_every_family_keeps_the_promises(family: str, pooling: str, tmp_path: Path) -> None:
    """Unit rows for any texts, whatever else is in the batch; the window is the model's, less marks and prompt; and a
    query is embedded with its prompt."""
    prompts = {"query": "query: ", "passage": "text: "}
    embedder = load_embedder(str(model(tmp_path, family, pooling, prompts)))
    rows = embedder.embed_passages(TEXTS)

    assert (rows.shape, rows.dtype) == ((4, WIDTH), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(embedder.embed_passages(TEXTS[:1])[0], rows[0], atol=1e-4)
    prompt = max(embedder.count_tokens(["query: ", "text: "]))
    assert embedder.max_tokens == 64 - 2 - prompt
    same = "x" * 40
    assert not np.allclose(embedder.embed_queries([same]), embedder.embed_passages([same]), atol=1e-4)
    fits = "x" * embedder.max_tokens
    assert embedder.count_tokens([fits]) == [embedder.max_tokens]
    assert not np.allclose(*embedder.embed_passages([fits, fits[:-1] + "y"]), atol=1e-6), "the last token is read"
    np.testing.assert_allclose(*embedder.embed_passages([fits + "zz", fits + "yy"]), atol=1e-6)


def test_identity_covers_prompts_pooling_and_window(tmp_path: Path) -> None:
    """Two folders with the same weights are one embedder only if prompts, pooling and window are the same too."""
    first = model(tmp_path, "bert", "mean", {"query": "query: "})
    seen = {SentenceEmbedder("first", first).fingerprint}
    assert SentenceEmbedder("first", first).fingerprint in seen
    changes = {
        "config_sentence_transformers.json": {"prompts": {"query": "ask: "}},
        "1_Pooling/config.json": {"pooling_mode": "max"},
        "tokenizer_config.json": {"model_max_length": 32},
    }
    for number, (file, change) in enumerate(changes.items()):
        other = tmp_path / str(number)
        shutil.copytree(first, other)
        settings = json.loads((other / file).read_text())
        (other / file).write_text(json.dumps({**settings, **change}))
        found = SentenceEmbedder("first", other).fingerprint
        assert found not in seen, file
        seen.add(found)


@pytest.mark.parametrize(
    ("name", "stored", "expected"),
    [
        ("intfloat/multilingual-e5-small", {}, Prompts("query: ", "passage: ")),
        ("models/e5-base-v2/", {"query": "", "document": ""}, Prompts("query: ", "passage: ")),
        ("x/e5-small", {"query": "Q ", "passage": "P "}, Prompts("Q ", "P ")),
        ("x/anything", {"query": "", "document": "", "corpus": "C "}, Prompts("", "C ")),
        ("nomic-ai/nomic-embed-text-v1.5", {}, Prompts("search_query: ", "search_document: ")),
        ("sentence-transformers/all-MiniLM-L6-v2", {}, Prompts("", "")),
    ],
)
def test_prompts_come_from_the_files_or_the_family(name: str, stored: dict[str, str], expected: Prompts) -> None:
    """What a model's files say is used, also under older names; else what its family was trained with."""
    assert prompts_of(name, stored) == expected
