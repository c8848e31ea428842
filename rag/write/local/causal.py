"""Any causal model of the hub, by name or folder, as a writer on this machine.

Greedy, streamed, cancelled within a token; control tokens in the documents are defused; thinking never leaves here.
"""

import contextlib
import gc
import json
import logging
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from rag.answer import Finish
from rag.errors import GeneratorFailed, ModelUnavailable
from rag.protocols import Prompt
from rag.write.chat import Chat, Detokenizer
from rag.write.local.hub import Confirm, Progress, find_model
from rag.write.placement import Placement, Quantize, place, read_weights
from rag.write.stream import TextStream, room
from rag.write.think import THINKING_TOKENS, ThinkFilter

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

    from rag.write.local.loop import Decoder

_UNLIMITED = 1 << 24  # tokens; tokenizers without a limit report astronomical numbers
_WRITING_CLASSES = ("CausalLM", "LMHead", "ConditionalGeneration")
_OWN_CODE = (
    "{} needs program code from its own download, which is never run: serve it with a server that knows it and name "
    "that server's URL, or choose another model (`rag models`)."
)
_STRANGE = (
    "The weights of {} do not belong to its configuration ({}): get the model again, or choose another (`rag models`)."
)
_UNKNOWN_CONTEXT = 4096  # tokens, where neither configuration nor tokenizer says


class LocalGenerator:
    """A model in this process."""

    def __init__(self, name: str, chat: Chat, decoder: "Decoder", context_tokens: int, placement: Placement) -> None:
        self._name, self._chat, self._decoder = name, chat, decoder
        self._context_tokens, self.placement = context_tokens, placement
        self._stance = chat.stance

    @property
    def name(self) -> str:
        return self._name

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        return self._chat.count(text)

    def stream(self, prompt: Prompt) -> TextStream:
        """Pieces of the answer, possibly empty, at least one per token written. Raises `PromptTooLong`."""
        encoded = self._chat.encode(prompt)
        wanted = prompt.max_tokens + (THINKING_TOKENS if self._stance == "thinking" else 0)
        limit = room(self._name, self._context_tokens, len(encoded.tokens), wanted)
        steps = self._decoder.write(encoded.tokens, encoded.beginning, self._chat.stop, limit)
        return TextStream(self._pieces(steps))

    def _pieces(self, steps: Iterator[list[int] | Finish]) -> Generator[str, None, Finish]:
        text, thinking = Detokenizer(self._chat), ThinkFilter(self._stance)
        try:
            for step in steps:
                if isinstance(step, str):
                    yield thinking.feed(text.close()) + thinking.close()
                    return step
                yield thinking.feed(text.feed(step))
        except (RuntimeError, MemoryError, IndexError, TypeError, AttributeError) as error:
            raise GeneratorFailed(_failure(self._name, error)) from error
        raise AssertionError("a decoder says why it ended")


def load_local(
    name: str,
    *,
    allow_download: bool = False,
    quantize: str | None = None,
    confirm: Confirm | None = None,
    progress: Progress | None = None,
    tell: Progress | None = None,
) -> LocalGenerator:
    """Loads a model by hub name or folder. Raises `ModelUnavailable`.

    `quantize`: "int8" for 8-bit weights, "none" against them, None for what this machine does fastest. `tell` hears
    when the loading begins.
    """
    from rag.write.local.loop import Decoder

    if quantize not in (None, *get_args(Quantize)):
        raise ModelUnavailable(f"Unknown kind of weights {quantize!r}: write int8 or none, or leave it out.")
    folder = find_model(name, allow_download=allow_download, confirm=confirm, progress=progress)
    placement = place(read_weights(folder), cast("Quantize | None", quantize), name)
    if tell:
        tell(f"Loading {name}.")
    with _quietly():
        config, tokenizer = _describe(name, folder)
        model, placement = _model(name, folder, placement, forced=quantize == "int8")
    chat = Chat(tokenizer, _end_ids(model))
    decoder = Decoder(model, lookup=placement.dtype == "float32")
    return LocalGenerator(name, chat, decoder, _context_tokens(config, tokenizer), placement)


def _describe(name: str, folder: Path) -> tuple["PreTrainedConfig", "PreTrainedTokenizerBase"]:
    """The configuration and the tokenizer."""
    from transformers import AutoConfig, AutoTokenizer
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    with _translated(name):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        kinds = config.architectures or ["CausalLM"]
        writes = any(part in kind for kind in kinds for part in _WRITING_CLASSES)
        if config.model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or not writes:
            raise ModelUnavailable(
                f"{name} is a {config.model_type!r} model, which does not continue text: `rag models` lists "
                "some that do."
            )
        if _own_tokenizer(folder):
            raise ModelUnavailable(_OWN_CODE.format(name))
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        if not tokenizer.encode("Is it there?", add_special_tokens=False):  # where files are missing it has no words
            raise ModelUnavailable(f"{name} has no tokenizer: get its tokenizer.json too, into the same folder.")
    return config, tokenizer


def _own_tokenizer(folder: Path) -> bool:
    """Whether only the model's own program reads its tokenizer, as with Kimi and openPangu. The library would guess."""
    try:
        described = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        return "AutoTokenizer" in described["auto_map"] and not (folder / "tokenizer.json").is_file()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _model(name: str, folder: Path, placement: Placement, *, forced: bool) -> tuple["PreTrainedModel", Placement]:
    """The model in evaluation mode, 8-bit where chosen and possible."""
    model = _read(name, folder, "bfloat16" if placement.int8 else placement.dtype, placement.device)
    if not placement.int8:
        return model, placement
    from rag.write.local.int8 import to_int8

    try:
        return to_int8(model), placement
    except (RuntimeError, AttributeError, TypeError, NotImplementedError) as error:
        if forced:
            raise ModelUnavailable(
                f"{name} cannot be held in 8 bits ({type(error).__name__}): leave out quantize (RAG_QUANTIZE)."
            ) from error
    del model
    gc.collect()
    reason = "this architecture cannot be held in 8 bits"
    return _read(name, folder, "float32", "cpu"), Placement("cpu", "float32", False, reason)


def _read(name: str, folder: Path, dtype: str, device: str) -> "PreTrainedModel":
    from transformers import AutoModelForCausalLM

    with _translated(name):
        model, report = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    if report["missing_keys"]:  # the library would fill them with noise
        raise ModelUnavailable(_STRANGE.format(name, f"{len(report['missing_keys'])} parts are missing"))
    with _translated(name):
        return cast("PreTrainedModel", model.eval().to(device))


@contextlib.contextmanager
def _translated(name: str) -> Iterator[None]:
    """Third-party failures of loading as one sentence."""
    try:
        yield
    except ModelUnavailable:
        raise
    except Exception as error:
        if isinstance(error, MemoryError) or "out of memory" in str(error):  # the latter of a GPU
            raise ModelUnavailable(
                f"{name} does not fit into memory: choose a smaller model (`rag models`)."
            ) from error
        if "mismatched_sizes" in str(error):
            raise ModelUnavailable(_STRANGE.format(name, "parts have other sizes")) from error
        if "trust_remote_code" in str(error) or "custom code" in str(error):
            raise ModelUnavailable(_OWN_CODE.format(name)) from error
        first = str(error).strip().partition("\n")[0][:200].rstrip(".: ")
        raise ModelUnavailable(
            f"{name} cannot be loaded ({first or type(error).__name__}): choose another model (`rag models`), a GGUF "
            "file of this one, or a server that runs it."
        ) from error


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keeps the libraries' advice and bars off the terminal while loading; errors still come through."""
    from transformers.utils import logging as library

    level, bars = library.get_verbosity(), library.is_progress_bar_enabled()
    library.set_verbosity(logging.CRITICAL)
    library.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        library.set_verbosity(level)
        if bars:
            library.enable_progress_bar()


def _end_ids(model: "PreTrainedModel") -> list[int]:
    ends = getattr(model.generation_config, "eos_token_id", None)
    return [] if ends is None else [ends] if isinstance(ends, int) else list(ends)


def _context_tokens(config: "PreTrainedConfig", tokenizer: "PreTrainedTokenizerBase") -> int:
    longest = getattr(config.get_text_config(decoder=True), "max_position_embeddings", None)
    limits = [limit for limit in (longest, tokenizer.model_max_length) if limit and limit < _UNLIMITED]
    return int(min(limits, default=_UNKNOWN_CONTEXT))


def _failure(name: str, error: Exception) -> str:
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return f"{name} ran out of memory while writing: close other programs or choose a smaller model (`rag models`)."
    return f"{name} failed while writing ({type(error).__name__}): try again, or choose another model (`rag models`)."
