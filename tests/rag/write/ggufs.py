"""Tiny GGUF files: a llama with random weights, and one that writes a given text whatever it is asked.

The scripted model is a table of which token follows which: each token is a unit vector of its own, no layer changes
it, and the output maps it to its successor. Everything about it is real but what it knows.
"""

import itertools
from pathlib import Path

import numpy as np

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}<|go|>"
)
MARKS = ("<|im_start|>", "<|im_end|>", "<|go|>")
WORDS = "▁the ▁river ▁bridge ▁stone ▁town ▁council ▁built ▁in ▁it ▁of . , ▁ e t a o n r i s h d l u c m".split()
_BOS, _EOS = 1, 2


def save_gguf(path: Path, *, says: tuple[str, ...] = (), seed: int = 7, **changes) -> Path:
    """Writes a model. `says`: the pieces that it writes, each once; without them the weights are random.

    `changes`: architecture, template, context, type, pooling, `begins` for a beginning token, `extra` control tokens,
    `drop` a list of the tokenizer to shorten, `end` what follows the last piece, `most` tensors in one part,
    `biased` attention, `penalty` for repeating that the file asks for, `window` of attention that it names.
    """
    import gguf

    vocabulary = tokens(says, changes.get("extra", ()))
    size = len(vocabulary)
    width = -(-size // 4) * 4 if says else 32  # two heads of even width
    writer = gguf.GGUFWriter(path, changes.get("architecture", "llama"), split_max_tensors=changes.get("most", 0))
    writer.add_type(changes.get("type", "model"))
    writer.add_context_length(changes.get("context", 512))
    writer.add_embedding_length(width)
    writer.add_block_count(2)
    writer.add_feed_forward_length(64)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // 2)
    writer.add_vocab_size(size)
    if "pooling" in changes:
        writer.add_pooling_type(gguf.PoolingType(changes["pooling"]))
    if "penalty" in changes:
        writer.add_float32("general.sampling.penalty_repeat", changes["penalty"])
        writer.add_float32("general.sampling.temp", 5.0)
    if "window" in changes:
        writer.add_sliding_window(changes["window"])
    add_tokenizer(writer, vocabulary, changes)
    weights = scripted(vocabulary, says, width, changes.get("end", "</s>")) if says else random(size, width, seed)
    if changes.get("biased"):
        attention = [name for name in weights if ".attn_" in name and "norm" not in name]
        weights |= {name.replace("weight", "bias"): np.zeros(len(weights[name])) for name in attention}
    for name, tensor in weights.items():
        writer.add_tensor(name, tensor.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tokens(says: tuple[str, ...], extra: tuple[str, ...]) -> dict[str, int]:
    """Each token with its kind as GGUF numbers it: 2 unknown, 3 control, 4 added by the user, 6 a byte, 1 the rest."""
    return {
        "<unk>": 2,
        "<s>": 3,
        "</s>": 3,
        **{f"<0x{byte:02X}>": 6 for byte in range(256)},
        **dict.fromkeys((*MARKS, *extra), 3),
        "<think>": 4,
        "</think>": 4,
        **dict.fromkeys(WORDS, 1),
        **{piece.replace(" ", "▁"): 1 for piece in says if not piece.startswith(("<", "["))},
    }


def add_tokenizer(writer, vocabulary: dict[str, int], changes: dict) -> None:
    kinds, scores = list(vocabulary.values()), [-float(number) for number in range(len(vocabulary))]
    writer.add_tokenizer_model("llama")
    writer.add_token_list(list(vocabulary))
    writer.add_token_scores(scores[:-5] if changes.get("drop") == "scores" else scores)
    writer.add_token_types(kinds[:-5] if changes.get("drop") == "types" else kinds)
    writer.add_bos_token_id(_BOS)
    writer.add_eos_token_id(_EOS)
    writer.add_add_bos_token(changes.get("begins", False))
    if template := changes.get("template", CHATML):
        writer.add_chat_template(template)


def random(size: int, width: int, seed: int) -> dict[str, np.ndarray]:
    """Weights spread enough that texts vary. Rows of bytes are nothing, so that what it writes is text."""
    numbers = np.random.default_rng(seed)

    def spread(*shape: int) -> np.ndarray:
        return numbers.standard_normal(shape) * 0.3

    output = spread(size, width)
    output[: 3 + 256 + len(MARKS)] = 0
    return {"token_embd.weight": spread(size, width), "output.weight": output, **layers(width, spread)}


def scripted(vocabulary: dict[str, int], says: tuple[str, ...], width: int, end: str) -> dict[str, np.ndarray]:
    numbers = {token: number for number, token in enumerate(vocabulary)}
    chain = [MARKS[-1], *(piece.replace(" ", "▁") for piece in (*says, end))]
    output = np.zeros((len(vocabulary), width))
    for before, after in itertools.pairwise(chain):
        output[numbers[after], numbers[before]] = 1
    embedding = np.eye(len(vocabulary), width)
    return {"token_embd.weight": embedding, "output.weight": output, **layers(width, lambda *shape: np.zeros(shape))}


def layers(width: int, made) -> dict[str, np.ndarray]:
    weights = {"output_norm.weight": np.ones(width)}
    for number in range(2):
        block = f"blk.{number}."
        half = width // 2  # one head of keys and values for two of queries
        weights |= {f"{block}{part}_norm.weight": np.ones(width) for part in ("attn", "ffn")}
        weights |= {f"{block}attn_{part}.weight": made(width, width) for part in ("q", "output")}
        weights |= {f"{block}attn_{part}.weight": made(half, width) for part in ("k", "v")}
        weights |= {f"{block}ffn_{part}.weight": made(64, width) for part in ("gate", "up")}
        weights[f"{block}ffn_down.weight"] = made(width, 64)
    return weights
