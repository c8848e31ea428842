"""Models that can write the answers: families, licences, sizes, and which of them are on this machine. No network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Thinking = Literal["never", "off", "always", "?"]
"""Whether a model thinks aloud first: never, switched off here, or always (hidden here, but it takes its time)."""


@dataclass(frozen=True, slots=True)
class Model:
    """One row. `gigabytes` to download (None: not known) and `context` in tokens ("?": not known), as published.

    `architecture` is the class of transformers, tested here with small random weights; "" where transformers has
    none, so that only a server can run the model. `server_only` models are too large for one ordinary machine.
    """

    name: str
    family: str
    licence: str
    gigabytes: float | None
    context: str
    thinking: Thinking
    architecture: str
    server_only: bool = False
    note: str = ""

    @property
    def download(self) -> str:
        """Size for people; "?" where not known."""
        return "?" if self.gigabytes is None else f"{self.gigabytes:.3g} GB"

    @property
    def memory(self) -> str:
        """Peak memory while loading here, as `rag.write.placement` counts it; "server" for what runs elsewhere."""
        if self.server_only or not self.architecture:
            return "server"
        return "?" if self.gigabytes is None else f"{self.gigabytes * 1.1 + 0.4:.1f} GB"


MODELS = (
    Model("Qwen/Qwen3-0.6B", "Qwen3", "Apache-2.0", 1.5, "32k", "off", "Qwen3ForCausalLM", note="recommended"),
    Model("Qwen/Qwen3-1.7B", "Qwen3", "Apache-2.0", 4.1, "32k", "off", "Qwen3ForCausalLM", note="recommended"),
    Model(
        "Qwen/Qwen3-4B-Instruct-2507",
        "Qwen3",
        "Apache-2.0",
        8.0,
        "262k",
        "never",
        "Qwen3ForCausalLM",
        note="recommended on a good machine",
    ),
    Model(
        "ibm-granite/granite-4.0-350m",
        "Granite 4.0",
        "Apache-2.0",
        0.7,
        "32k",
        "never",
        "GraniteMoeHybridForCausalLM",
    ),
    Model("baidu/ERNIE-4.5-0.3B-PT", "ERNIE 4.5", "Apache-2.0", 0.7, "131k", "never", "Ernie4_5ForCausalLM"),
    Model("HuggingFaceTB/SmolLM3-3B", "SmolLM3", "Apache-2.0", 6.2, "64k", "off", "SmolLM3ForCausalLM"),
    Model(
        "meta-llama/Llama-3.2-1B-Instruct",
        "Llama 3.2",
        "Llama 3.2 licence",
        2.5,
        "128k",
        "never",
        "LlamaForCausalLM",
        note="terms to accept before the download",
    ),
    Model("01-ai/Yi-1.5-6B-Chat", "Yi 1.5", "Apache-2.0", 12.0, "4k", "never", "LlamaForCausalLM"),
    Model(
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
        "DeepSeek R1",
        "MIT",
        3.6,
        "131k",
        "always",
        "Qwen2ForCausalLM",
        note="slow here: its thinking is long",
    ),
    Model(
        "tencent/Hunyuan-0.5B-Instruct",
        "Hunyuan",
        "Tencent licence, not valid in the EU, the UK and South Korea",
        1.1,
        "256k",
        "off",
        "HunYuanDenseV1ForCausalLM",
    ),
    Model(
        "tencent/Hunyuan-1.8B-Instruct",
        "Hunyuan",
        "Tencent licence, not valid in the EU, the UK and South Korea",
        3.6,
        "256k",
        "off",
        "HunYuanDenseV1ForCausalLM",
    ),
    Model(
        "occ-ai/OCC-RAG-0.6B",
        "OCC-RAG",
        "MIT",
        None,
        "32k",
        "never",
        "Qwen3ForCausalLM",
        note="writes a reasoning trace of its own form first",
    ),
    Model(
        "FreedomIntelligence/openPangu-Embedded-1B",
        "openPangu",
        "?",
        None,
        "32k",
        "never",
        "",
        note="needs its own program code: as a GGUF file, or by a server",
    ),
    Model(
        "moonshotai/Kimi-K2-Instruct",
        "Kimi K2",
        "modified MIT",
        1000.0,
        "131k",
        "never",
        "DeepseekV3ForCausalLM",
        server_only=True,
    ),
    Model(
        "deepseek-ai/DeepSeek-V3-0324",
        "DeepSeek V3",
        "MIT",
        700.0,
        "128k",
        "never",
        "DeepseekV3ForCausalLM",
        server_only=True,
    ),
    Model(
        "MiniMaxAI/MiniMax-M2",
        "MiniMax M2",
        "MIT",
        None,
        "?",
        "always",
        "MiniMaxM2ForCausalLM",
        server_only=True,
    ),
)

_COLUMNS = ("model", "licence", "download", "memory", "context", "thinks", "here", "note")


def find(name: str) -> Model | None:
    """The row of a model, its name compared without regard to case."""
    return next((model for model in MODELS if model.name.lower() == name.lower()), None)


def on_this_machine(model: Model) -> bool:
    """Whether the hub's cache holds the whole model."""
    return is_here(model.name)


def is_here(name: str) -> bool:
    """Whether a model can be loaded without asking anybody for it: a folder, a file, or whole in the hub's cache."""
    if "://" in name:
        return False
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    from rag.write.local.hub import complete, local_path

    path = local_path(name)
    if path and path.exists():
        return True
    try:
        config = try_to_load_from_cache(name, "config.json")
    except HFValidationError:
        return False
    return isinstance(config, str) and complete(Path(config).parent)


def render_table() -> str:
    """The table as aligned text, with a line on each way to use a row."""
    rows = [_COLUMNS, *(_row(model) for model in MODELS)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(
        [
            *lines,
            "",
            "Any other causal model of the hub or a folder works too: --model NAME (--allow-download to get it).",
            'A GGUF file works here: --model FILE.gguf (pip install "footnote-rag[gguf]" first).',
            "Models that need a server: --model http://HOST:PORT/v1#NAME (any OpenAI-compatible server).",
        ]
    )


def _row(model: Model) -> tuple[str, ...]:
    here = "yes" if on_this_machine(model) else "no"
    return (
        model.name,
        model.licence,
        model.download,
        model.memory,
        model.context,
        model.thinking,
        here,
        model.note,
    )
