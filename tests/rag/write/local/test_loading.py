"""Models that cannot be loaded, or not as they ask: one sentence each, before any harm."""

import json

import pytest

from rag.errors import ModelUnavailable
from rag.protocols import Prompt
from rag.write import load_generator, placement
from rag.write.local.causal import load_local
from tests.rag.write.families import save_model

PROMPT = Prompt("You answer from the passages.", "In 1994 the town built a bridge of stone. Who built it?", 24)


def folder_with(tmp_path, **files):
    for name, content in files.items():
        (tmp_path / name.replace("__", ".")).write_text(content)
    return str(tmp_path)


CONFIG = json.dumps({"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"]})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no such model", "neither a folder"),
        ("", "neither a folder"),
        ("~nobody-of-this-name/model", "neither a folder"),
        ("org/" + "a" * 300, "neither a folder"),
        ("a" * 5000, "neither a folder"),
        ("Qwen/Qwen3-0.6B.git", "neither a folder"),
        ("localhost:8000/v1#m", "http://HOST:PORT/v1#MODEL"),
        ("../no/such/model", "neither a folder"),
        ("models/qwen3-q8_0.gguf", "There is no file models/qwen3-q8_0.gguf"),
        ("nobody/no-such-model", "--allow-download"),
        ("Qwen/Qwen3-0.6B", r"\(1.5 GB\) is not on this machine.*--allow-download"),
    ],
)
def test_unknown_models(name, message, monkeypatch, tmp_path):
    """A name that is nowhere on this machine says what to do."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailable, match=message):
        load_generator(name)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "incomplete"),
        ({"config__json": CONFIG}, "incomplete: there is no model.safetensors"),
        ({"config__json": CONFIG, "pytorch_model__bin": "x"}, "can run code"),
        ({"adapter_config__json": "{}", "adapter_model__safetensors": "x"}, r"holds an adapter \(LoRA\).*merge it"),
        ({"tiny__gguf": "GGUF"}, r"holds GGUF files: name one of them, --model .*/tiny\.gguf"),
        ({"config__json": CONFIG, "model__safetensors": "short"}, "damaged"),
        ({"config__json": CONFIG, "model__safetensors.index__json": "{"}, "damaged"),
        (
            {
                "config__json": CONFIG,
                "model__safetensors.index__json": json.dumps({"weight_map": {"a": "one.safetensors", "b": "two"}}),
            },
            "2 of 2 weight files are missing",
        ),
    ],
)
def test_broken_folders(tmp_path, files, message):
    """Half a download, damaged or unsafe weights give one sentence."""
    with pytest.raises(ModelUnavailable, match=message):
        load_local(folder_with(tmp_path, **files))


def test_weights_that_end_early(model_folder, qwen3, tmp_path):
    """A weight file cut at its end is noticed before anything is loaded."""
    for file in model_folder(qwen3).iterdir():
        data = file.read_bytes()
        (tmp_path / file.name).write_bytes(data[:-100] if file.suffix == ".safetensors" else data)
    with pytest.raises(ModelUnavailable, match="ends early"):
        load_local(str(tmp_path))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "does not continue text"),
        ({"model_type": "bert", "architectures": ["BertLMHeadModel"]}, "do not belong to"),
        ({"model_type": "nobody-knows"}, "cannot be loaded"),
        ({"model_type": "pangu", "auto_map": {"AutoConfig": "x.PanguConfig"}}, "never run"),
    ],
)
def test_architectures_that_cannot_be_run(model_folder, qwen3, tmp_path, config, message):
    """Models of other kinds, unknown ones and those that bring program code are refused with a reason."""
    (tmp_path / "model.safetensors").write_bytes((model_folder(qwen3) / "model.safetensors").read_bytes())
    (tmp_path / "x.py").write_text("raise SystemExit('this must not run')")
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelUnavailable, match=message):
        load_local(str(tmp_path))


def copied(source, target, *names):
    for name in names:
        (target / name).write_bytes((source / name).read_bytes())
    return str(target)


def test_a_model_without_its_tokenizer_is_refused(model_folder, qwen3, tmp_path):
    """The library would make one up that knows no word; the failure came while writing, as a traceback."""
    folder = copied(model_folder(qwen3), tmp_path, "config.json", "model.safetensors")
    with pytest.raises(ModelUnavailable, match=r"has no tokenizer: get its tokenizer\.json"):
        load_local(folder)


def test_a_tokenizer_of_its_own_program_is_not_guessed_at(model_folder, qwen3, tmp_path):
    """Kimi and openPangu bring a program that reads theirs; the library reads it otherwise."""
    folder = copied(model_folder(qwen3), tmp_path, "config.json", "model.safetensors")
    own = {"tokenizer_class": "TikTokenTokenizer", "auto_map": {"AutoTokenizer": ["x.TikTokenTokenizer", None]}}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(own))
    (tmp_path / "tiktoken.model").write_text("IQ== 0\n")
    with pytest.raises(ModelUnavailable, match="never run"):
        load_local(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vocab_size": 100}, r"do not belong to its configuration \(parts have other sizes\)"),
        ({"quantization_config": {"bits": 4}}, r"cannot be loaded \(.*\): choose another model.*GGUF.*server"),
    ],
)
def test_a_configuration_of_other_weights_says_what_to_do(model_folder, qwen3, tmp_path, changes, message):
    """Sizes that do not fit and forms that nothing here reads are told without the library's advice alone."""
    source = model_folder(qwen3)
    folder = copied(source, tmp_path, *(path.name for path in source.iterdir()))
    config = json.loads((source / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | changes))
    with pytest.raises(ModelUnavailable, match=message):
        load_local(folder)


def test_a_template_that_fails_in_any_way_is_left_out(model_folder, qwen3, tmp_path):
    """It is a program: one that divides by zero must not be what the user sees."""
    source = model_folder(qwen3)
    folder = copied(source, tmp_path, *(path.name for path in source.iterdir()))
    (tmp_path / "chat_template.jinja").write_text("{{ 1 / 0 }}")
    assert load_local(folder)._chat._plain


def test_packed_weights_count_as_what_they_become(tmp_path):
    """Four bits a parameter on disk, sixteen or more in memory: the check of the memory must not be half of it."""
    import torch
    from safetensors.torch import save_file

    save_file({"a_blocks": torch.zeros(8, 16, dtype=torch.uint8)}, tmp_path / "model.safetensors")
    assert placement.read_weights(tmp_path).parameters == 256


def test_too_little_memory_names_both_numbers(model_folder, qwen3, monkeypatch):
    """The memory is compared before loading."""
    monkeypatch.setattr(placement, "free_memory", lambda: 100_000_000)
    with pytest.raises(ModelUnavailable, match=r"needs 0\.4 GB, 0\.1 GB free"):
        load_local(str(model_folder(qwen3)))


@pytest.mark.parametrize(
    ("said", "message"), [("CUDA out of memory. Tried", "does not fit into memory"), ("no device", "cannot be loaded")]
)
def test_a_gpu_that_cannot_take_a_model_is_one_sentence(model_folder, qwen3, monkeypatch, said, message):
    """The weights are read first and moved then: a failure of the move is told as one of the reading."""
    from transformers import PreTrainedModel

    def refused(*_):
        raise RuntimeError(said)

    monkeypatch.setattr(PreTrainedModel, "to", refused)
    with pytest.raises(ModelUnavailable, match=message):
        load_local(str(model_folder(qwen3)), quantize="none")


def test_free_memory_is_known_on_linux():
    """Where the system tells its free memory, it is a number of bytes above zero."""
    free = placement.free_memory()

    assert free is None or free > 0


def test_an_unknown_kind_of_weights_is_refused(model_folder, qwen3):
    """Only int8 and none are kinds of weights."""
    with pytest.raises(ModelUnavailable, match="int4"):
        load_local(str(model_folder(qwen3)), quantize="int4")


def test_a_sampling_configuration_is_ignored_without_a_word(tmp_path, qwen3, recwarn, capfd):
    """A model whose configuration asks for sampling writes greedily, and nothing is printed."""
    folder = save_model(qwen3, tmp_path)
    settings = {"do_sample": True, "temperature": 0.6, "top_p": 0.95, "eos_token_id": [0, 2]}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    capfd.readouterr()
    writer = load_local(str(folder), quantize="none")

    assert "".join(writer.stream(PROMPT)) == "".join(writer.stream(PROMPT))
    assert capfd.readouterr() == ("", "")
    assert {0, 2} <= writer._chat.stop
