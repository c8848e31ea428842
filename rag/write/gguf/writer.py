"""A GGUF file as a writer in this process: the form in which quantized models are shared most.

Greedy, streamed, cancelled within a token, in the file's own chat template with thinking switched off where that can
be; control tokens in the documents are defused, thinking never leaves here.
"""

import re
from collections.abc import Callable, Generator, Iterator
from math import isfinite
from pathlib import Path

from rag.answer import Finish
from rag.errors import GeneratorFailed, ModelUnavailable
from rag.protocols import Prompt
from rag.write.chat import TURN_ENDS, Chat, Encoded
from rag.write.gguf.llamacpp import LlamaCpp
from rag.write.gguf.metadata import GgufFile, read_gguf
from rag.write.placement import WORKING_BYTES, require_memory
from rag.write.repeats import endless
from rag.write.stream import TextStream, room
from rag.write.think import CLOSING, OPENING, THINKING_TOKENS, ThinkFilter

LONGEST_CONTEXT = 8192
"""Tokens. The memory for a context is taken when the model is loaded, and files name 128k and more; the prompt
for an answer holds a few passages of 200 tokens."""

_UNKNOWN_CONTEXT = 4096  # tokens, where the file does not say
_CHECK_EVERY = 8  # pieces between two looks for endless repetition
_UNKNOWN, _CONTROL, _USER_DEFINED = 2, 3, 4  # kinds of tokens that the library reads as one where they are spelled
_MARK = re.compile(r"[<\[][|｜].*[|｜][>\]]", re.DOTALL)  # control by its looks, whatever the file says
_ENCODERS = ("bert", "t5encoder", "gemma-embedding", "clip", "wavtokenizer")
_STATE = ("ssm.", "wkv.", "shortconv.", "kda.", "token_shift_count", "attention.sliding_window")
_RANGES = {"context_length": (2, 2**31 - 1), "block_count": (1, 512)}
_POOLING = range(1, 5)  # mean, first token, last token, rank: a vector or a score comes out, not text


class FileTokenizer:
    """A file's tokenizer and template as `Chat` wants them, with the library doing the work."""

    def __init__(self, file: GgufFile, model: LlamaCpp) -> None:
        self._model = model
        tokens = [str(token) for token in file.items("tokenizer.ggml.tokens")]
        kinds = file.items("tokenizer.ggml.token_type") or (1,) * len(tokens)
        read_as_one = (_UNKNOWN, _CONTROL, _USER_DEFINED)
        self._added = {
            token: number
            for number, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
            if token.strip() and (kind in read_as_one or token in TURN_ENDS or _MARK.fullmatch(token))
        }
        control = {token: number for token, number in self._added.items() if kinds[number] != _USER_DEFINED}
        self.all_special_tokens, self.all_special_ids = list(control), list(control.values())
        self.chat_template = file.text("tokenizer.chat_template")
        end = file.number("tokenizer.ggml.eos_token_id", -1)
        self.eos_token_id = end if 0 <= end < len(tokens) else None
        first = file.number("tokenizer.ggml.bos_token_id", -1)
        begins = 0 <= first < len(tokens) and model.tokenize("a", special=True)[:1] == [first]
        self._beginning = tokens[first] if begins else ""

    def get_added_vocab(self) -> dict[str, int]:
        return self._added

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        return self._model.tokenize(text, special=add_special_tokens)

    def decode(self, tokens: list[int], **_: bool) -> str:
        return self._model.detokenize(tokens)

    def apply_chat_template(
        self, messages: list[dict[str, str]], *, enable_thinking: bool, thinking: bool, **_: bool
    ) -> str:
        text = self._model.render(messages, {"enable_thinking": enable_thinking, "thinking": thinking})
        # Where the tokenizer begins each text itself, the library takes the beginning out of what the template wrote.
        return self._beginning + text


class GgufGenerator:
    """A GGUF file in this process."""

    def __init__(self, name: str, chat: Chat, tokenizer: FileTokenizer, model: LlamaCpp, context_tokens: int) -> None:
        self._name, self._chat, self._model, self._context_tokens = name, chat, model, context_tokens
        self._stance = chat.stance
        added = tokenizer.get_added_vocab()
        self._stop = [text for text, number in added.items() if number in chat.stop]
        self._shown = [text for text in added if text.lower() in (*OPENING, *CLOSING)]

    @property
    def name(self) -> str:
        return self._name

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        return self._chat.count(text)

    def stream(self, prompt: Prompt) -> TextStream:
        """Pieces of the answer, possibly empty. Raises `PromptTooLong`."""
        encoded = self._chat.encode(prompt)
        wanted = prompt.max_tokens + (THINKING_TOKENS if self._stance == "thinking" else 0)
        limit = room(self._name, self._context_tokens, len(encoded.tokens), wanted)
        return TextStream(self._pieces(encoded, limit))

    def _pieces(self, prompt: Encoded, limit: int) -> Generator[str, None, Finish]:
        thinking = ThinkFilter(self._stance)
        written: list[str] = []
        finish: str | None = None
        pieces = self._model.write(prompt.tokens, prompt.beginning, limit, stop=self._stop, shown=self._shown)
        try:
            for piece, ended in pieces:
                finish = ended or finish
                written += [piece] if piece else []
                yield thinking.feed(piece)
                if piece and len(written) % _CHECK_EVERY == 0 and endless(written):
                    finish = "length"
                    break
        finally:
            pieces.close()
        if finish is None:
            raise GeneratorFailed(f"{self._name} stopped in the middle of the answer: ask again.", retryable=True)
        yield thinking.close()
        return "length" if finish == "length" else "stop"


def load_gguf(path: Path, *, quantize: str | None = None, tell: Callable[[str], None] | None = None) -> GgufGenerator:
    """Loads a GGUF file. Raises `ModelUnavailable`.

    `quantize` must be None or "none": the file's weights stay as they are. `tell` hears when the loading begins.
    """
    if quantize not in (None, "none"):
        raise ModelUnavailable(f"{path.name} is quantized as it is: leave out quantize (RAG_QUANTIZE).")
    file = read_gguf(path)
    _require_writer(file)
    context = min(file.shape("context_length", _UNKNOWN_CONTEXT), LONGEST_CONTEXT)
    require_memory(needed_bytes(file, context), path.name)
    if tell:
        tell(f"Loading {path.name}.")
    model = LlamaCpp(path, context, keep_beginnings=not _has_state(file))
    try:
        tokenizer = FileTokenizer(file, model)
        return GgufGenerator(path.name, Chat(tokenizer), tokenizer, model, context)
    except GeneratorFailed as error:
        raise ModelUnavailable(str(error)) from error


def needed_bytes(file: GgufFile, context_tokens: int) -> int:
    """Peak memory: the weights, keys and values of the whole context in 16 bits, and room to work."""
    heads = file.shape("attention.head_count", 1)
    width = file.shape("embedding_length") // max(heads, 1)
    each = file.shape("attention.key_length", width) + file.shape("attention.value_length", width)
    layers = file.shape("block_count") * file.shape("attention.head_count_kv", heads)
    return int(file.stored * 1.1) + 2 * layers * each * context_tokens + WORKING_BYTES


def _has_state(file: GgufFile) -> bool:
    """Whether the model keeps a running state or a window instead of the whole text, so that it cannot go back."""
    keys = [key.removeprefix(f"{file.architecture}.") for key in file.metadata]
    return any(key.startswith(_STATE) for key in keys)


def _require_writer(file: GgufFile) -> None:
    """Refuses what is no language model, and numbers that the library takes on trust. Raises `ModelUnavailable`."""
    name, kind = file.path.name, file.text("general.type") or "model"
    if not file.architecture:
        raise ModelUnavailable(f"{name} does not name its architecture, so it is damaged: get the file again.")
    pooled = (
        file.shape("pooling_type") in _POOLING or file.metadata.get(f"{file.architecture}.attention.causal") is False
    )
    if kind != "model" or pooled or any(part in file.architecture for part in _ENCODERS):
        what = f"a part of a model ({kind})" if kind != "model" else f"an embedding model ({file.architecture})"
        raise ModelUnavailable(f"{name} is {what}, which does not continue text: name the file of a language model.")
    tokens = len(file.items("tokenizer.ggml.tokens"))
    embedding = file.tensors.get("token_embd.weight", ())
    if not tokens or not embedding:
        lacks = "no tokenizer" if not tokens else "no weights"
        raise ModelUnavailable(f"{name} holds {lacks}: name the file of a whole language model.")
    lists = [len(file.items(f"tokenizer.ggml.{part}")) for part in ("scores", "token_type")]
    if any(length not in (0, tokens) for length in lists) or embedding[1:2] != (tokens,):
        raise ModelUnavailable(f"{name} is damaged (its lists of tokens differ in length): get the file again.")
    impossible = next(_impossible(file), None)
    if impossible is not None:
        raise ModelUnavailable(f"{name} is damaged ({impossible} cannot be right): get the file again.")


def _impossible(file: GgufFile) -> Iterator[str]:
    """Entries of the metadata at whose values the library ends the process instead of refusing the file."""
    for key, (least, most) in _RANGES.items():
        if not least <= file.shape(key, least) <= most:
            yield f"{key} {file.shape(key)}"
    for key, value in file.metadata.items():
        if isinstance(value, float) and (not isfinite(value) or (value < 0 and key.endswith("epsilon"))):
            yield f"{key.removeprefix(f'{file.architecture}.')} {value}"
