"""Tiny models with random weights, one of each family: the class, a small trained tokenizer, the family's turn marks.

The templates are written here with the marks of each family, as short as they can be.
"""

from dataclasses import dataclass, field
from pathlib import Path

SENTENCES = (
    "The river rises in the northern hills and flows for ninety kilometres to the sea.",
    "In 1994 the town built a bridge of stone, which cost 5.5 million crowns.",
    "Who built it? The council did, with money from the province.",
    "You answer from the passages; copy numbers and names exactly as they stand.",
)

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
SWITCH = "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"


@dataclass(frozen=True)
class Family:
    name: str
    kind: str  # the class of transformers without "ForCausalLM"
    marks: tuple[str, ...]  # special tokens; the last ends a turn
    template: str | None
    stance: str = "answering"
    extra: dict = field(default_factory=dict)
    rewinds: bool = True  # can go back in its cache
    words: tuple[str, ...] = ("<think>", "</think>")  # added tokens that are not special


def turns(user: str, assistant: str, system: str = "{{ m.content }}") -> str:
    """A template: one form per role, then what opens the answer."""
    return (
        "{% for m in messages %}"
        f"{{% if m.role == 'system' %}}{system}{{% elif m.role == 'user' %}}{user}{{% endif %}}"
        f"{{% endfor %}}{assistant}"
    )


MLA = {
    "kv_lora_rank": 8,
    "q_lora_rank": 8,
    "qk_rope_head_dim": 8,
    "v_head_dim": 8,
    "qk_nope_head_dim": 8,
    "n_routed_experts": 4,
    "n_group": 1,
    "topk_group": 1,
    "num_experts_per_tok": 2,
    "first_k_dense_replace": 1,
    "moe_intermediate_size": 16,
    "num_key_value_heads": 4,
    "num_mtp_layers": 0,
}
EXPERTS = {"num_local_experts": 4, "num_experts_per_tok": 2}
MAMBA = {
    "layer_types": ["mamba", "attention"],
    "mamba_n_heads": 4,
    "mamba_d_head": 16,
    "mamba_d_state": 8,
    "num_local_experts": 0,
    "num_experts_per_tok": 0,
    "shared_intermediate_size": 32,
}
DENSE_GRANITE = {**MAMBA, "layer_types": ["attention", "attention"]}
GRANITE_TURNS = turns(
    "<|start_of_role|>user<|end_of_role|>{{ m.content }}<|end_of_text|>\n",
    "<|start_of_role|>assistant<|end_of_role|>",
    "<|start_of_role|>system<|end_of_role|>{{ m.content }}<|end_of_text|>\n",
)
GRANITE_MARKS = ("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>")
DEEPSEEK_MARKS = ("<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>")

FAMILIES = (
    Family("qwen3", "Qwen3", ("<|endoftext|>", "<|im_start|>", "<|im_end|>"), CHATML + SWITCH),
    Family("qwen3-instruct", "Qwen3", ("<|endoftext|>", "<|im_start|>", "<|im_end|>"), CHATML),
    Family("smollm3", "SmolLM3", ("<|im_start|>", "<|im_end|>"), CHATML + SWITCH),
    Family("yi", "Llama", ("<|im_start|>", "<|im_end|>"), CHATML),
    Family(
        "llama",
        "Llama",
        ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "<|begin_of_text|>{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
        "{{ m.content | trim }}<|eot_id|>{% endfor %}<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    Family(
        "deepseek-r1",
        "Qwen2",
        DEEPSEEK_MARKS,
        turns("<｜User｜>{{ m.content }}", "<｜Assistant｜><think>\n", "<｜begin▁of▁sentence｜>{{ m.content }}"),
        "thinking",
    ),
    Family(
        "deepseek-v3",
        "DeepseekV3",
        DEEPSEEK_MARKS,
        turns(
            "<｜User｜>{{ m.content }}",
            "<｜Assistant｜>{% if thinking %}<think>{% else %}</think>{% endif %}",
            "<｜begin▁of▁sentence｜>{{ m.content }}",
        ),
        extra=MLA,
    ),
    Family(
        "kimi",
        "DeepseekV3",
        ("<|im_system|>", "<|im_user|>", "<|im_assistant|>", "<|im_middle|>", "<|im_end|>"),
        turns(
            "<|im_user|>user<|im_middle|>{{ m.content }}<|im_end|>",
            "<|im_assistant|>assistant<|im_middle|>",
            "<|im_system|>system<|im_middle|>{{ m.content }}<|im_end|>",
        ),
        extra=MLA,
    ),
    Family(
        "hunyuan",
        "HunYuanDenseV1",
        ("<｜hy_begin▁of▁sentence｜>", "<｜hy_User｜>", "<｜hy_Assistant｜>", "<｜hy_place▁holder▁no▁2｜>"),
        turns(
            "<｜hy_User｜>{{ m.content }}",
            f"<｜hy_Assistant｜>{SWITCH}",
            "<｜hy_begin▁of▁sentence｜>{{ m.content }}",
        ),
    ),
    Family(
        "ernie",
        "Ernie4_5",
        ("<|begin_of_sentence|>", "<|end_of_sentence|>"),
        turns("User: {{ m.content }}\n", "Assistant: ", "<|begin_of_sentence|>{{ m.content }}\n"),
    ),
    Family(
        "minimax-m2",
        "MiniMaxM2",
        ("]~!b[", "]~b]", "[e~["),
        "]~!b[{% for m in messages %}]~b]{{ m.role }}\n{{ m.content }}[e~[\n{% endfor %}]~b]ai\n<think>\n",
        "thinking",
        extra=EXPERTS,
    ),
    Family(
        "minimax-01",
        "MiniMax",
        ("<beginning_of_sentence>", "<end_of_sentence>"),
        "{% for m in messages %}<beginning_of_sentence>{{ m.role }}\n{{ m.content }}<end_of_sentence>\n{% endfor %}"
        "<beginning_of_sentence>ai\n",
        extra={**EXPERTS, "layer_types": ["linear_attention", "full_attention"], "block_size": 16},
        rewinds=False,
    ),
    Family("granite", "GraniteMoeHybrid", GRANITE_MARKS, GRANITE_TURNS, extra=DENSE_GRANITE),
    Family("granite-h", "GraniteMoeHybrid", GRANITE_MARKS, GRANITE_TURNS, extra=MAMBA, rewinds=False),
    Family(
        "no-system-role",
        "Qwen2",
        ("<start_of_turn>", "<end_of_turn>"),
        "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "{% for m in messages %}<start_of_turn>user\n{{ m.content }}<end_of_turn>\n{% endfor %}<start_of_turn>model\n",
    ),
    Family("drops-system-role", "Qwen2", ("<start>", "<end>"), turns("<start>{{ m.content }}<end>", "", "")),
    Family(
        "gpt-oss",
        "GptOss",
        ("<|startoftext|>", "<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>"),
        "{% for m in messages %}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{% endfor %}<|start|>assistant",
        extra={**EXPERTS, "sliding_window": 16},
    ),
    Family("no-template", "Llama", ("<s>", "</s>"), None),
    Family(
        "openpangu-like",
        "Llama",
        ("[unused9]", "[unused16]", "[unused17]", "[unused10]"),
        turns(
            "[unused9]user: {{ m.content }}[unused10]",
            "[unused9]assistant:",
            "{% if '[unused17]' in m.content %}{% endif %}[unused9]system: {{ m.content }}[unused10]",
        ),
        "undecided",
        words=(),
    ),
)

MIXTURE = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}
QWEN_MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LARGER = (
    Family("qwen3-moe", "Qwen3Moe", QWEN_MARKS, CHATML + SWITCH, extra=MIXTURE),
    Family("ernie-moe", "Ernie4_5_Moe", QWEN_MARKS, CHATML, extra={"moe_num_experts": 4, "moe_k": 2}),
    Family("hunyuan-moe", "HunYuanMoEV1", QWEN_MARKS, CHATML, extra={"num_experts": 4, "moe_topk": 2}),
    Family(
        "deepseek-v3.2",
        "DeepseekV32",
        DEEPSEEK_MARKS,
        CHATML,
        extra={**MLA, "index_n_heads": 2, "index_head_dim": 16, "index_topk": 8},
    ),
    Family(
        "kimi-linear",
        "KimiLinear",
        QWEN_MARKS,
        CHATML,
        extra={
            **MLA,
            "q_lora_rank": None,
            "num_experts": 4,
            "layer_types": ["linear_attention", "full_attention"],
            "linear_num_heads": 2,
            "linear_head_dim": 8,
        },
    ),
)
"""Mixtures of experts and later generations of families above: the same turns, another network."""


def save_tokenizer(family: Family, folder: Path, context: int):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=list(family.marks),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(SENTENCES * 4, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token=family.marks[0], eos_token=family.marks[-1], model_max_length=context
    )
    tokenizer.add_special_tokens({"additional_special_tokens": list(family.marks)})
    tokenizer.add_tokens(list(family.words))
    tokenizer.chat_template = family.template
    tokenizer.save_pretrained(folder)
    return tokenizer


def save_model(family: Family, folder: Path, context: int = 1024, seed: int = 7) -> Path:
    """Writes a tiny model of the family with its tokenizer; float32, spread enough that texts vary."""
    import torch
    import transformers

    tokenizer = save_tokenizer(family, folder, context)
    settings = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": context,
        "initializer_range": 0.3,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": None,
        **family.extra,
    }
    if family.kind in ("DeepseekV3", "DeepseekV32"):
        del settings["head_dim"]
    torch.manual_seed(seed)
    config = getattr(transformers, f"{family.kind}Config")(**settings)
    model = getattr(transformers, f"{family.kind}ForCausalLM")(config)
    model.save_pretrained(folder)
    return folder
