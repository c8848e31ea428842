"""From a prompt to token ids in the form a model was trained on, and from its tokens back to text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from rag.errors import GeneratorFailed
from rag.protocols import Prompt
from rag.write.think import CLOSING, OPENING, Stance, ThinkFilter

_SYSTEM, _USER = "Probe of the system text.", "Probe of the user text."
TURN_ENDS = (
    "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|endoftext|>", "<end_of_turn>", "<|end|>", "<|eom_id|>",
    "<｜end▁of▁sentence｜>", "<｜User｜>", "<|im_start|>", "<start_of_turn>", "<|start_of_role|>", "</s>",
    "[e~[", "[unused10]", "<|hy_place▁holder▁no▁2|>",
)  # fmt: skip
"""Tokens that end a turn or begin another, in the families of `rag.models`; some configurations forget to name them."""

_CHANNELS_FOLLOW, _ANSWER_CHANNEL = "<|start|>assistant", "<|channel|>final<|message|>"
"""gpt-oss thinks in a channel of its own first, which its template does not switch off and a turn's end closes."""


class Tokenizer(Protocol):
    """What a chat needs of a tokenizer, in the words of transformers, whose tokenizers are the most common case."""

    @property
    def chat_template(self) -> str | None: ...

    @property
    def all_special_ids(self) -> list[int]: ...

    @property
    def all_special_tokens(self) -> list[str]: ...

    @property
    def eos_token_id(self) -> int | None: ...

    def get_added_vocab(self) -> dict[str, int]: ...

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]: ...

    def decode(
        self, tokens: list[int], *, skip_special_tokens: bool, clean_up_tokenization_spaces: bool
    ) -> str | list[str]: ...

    def apply_chat_template(
        self,
        messages: list[dict[str, str]],
        *,
        tokenize: bool,
        add_generation_prompt: bool,
        enable_thinking: bool,
        thinking: bool,
    ) -> object:
        """The prompt as text. Raises a jinja error or `ValueError` where the template refuses the messages."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a prompt; the first `beginning` of them come from the template and the system text alone."""

    tokens: tuple[int, ...]
    beginning: int


class Chat:
    """One model's tokenizer and chat template.

    A template that refuses or drops the system role gets the system text at the head of the user's; a model without a
    template gets plain text. Thinking is switched off where the template can.
    """

    def __init__(self, tokenizer: Tokenizer, end_ids: Iterable[int] = ()) -> None:
        self._tokenizer = tokenizer
        self._merge = False
        self._plain = not tokenizer.chat_template
        self._choose_form()
        self._beginnings: dict[str, tuple[int, ...]] = {}
        added = tokenizer.get_added_vocab()
        special = set(tokenizer.all_special_ids)
        self._control = sorted({*added, *tokenizer.all_special_tokens}, key=len, reverse=True)
        tags = {*OPENING, *CLOSING}
        self._hidden = special - {number for text, number in added.items() if text.lower() in tags}
        ends = (*(added.get(text) for text in TURN_ENDS), tokenizer.eos_token_id)
        self.stop = frozenset({*end_ids, *(number for number in ends if number is not None)})

    def encode(self, prompt: Prompt) -> Encoded:
        """Token ids of the prompt up to where the answer begins."""
        system, user = self._defused(prompt.system), self._defused(prompt.user)
        tokens = self._tokens(self._render(system, user))
        beginning = self._beginning(system)
        return Encoded(tokens, len(beginning) if tokens[: len(beginning)] == beginning else 0)

    def count(self, text: str) -> int:
        """Tokens of a text on its own."""
        return len(self._tokenizer.encode(self._defused(text), add_special_tokens=False))

    def decode(self, tokens: list[int]) -> str:
        """Text of written tokens, without control tokens; thinking tags stay, for the filter to see."""
        seen = [token for token in tokens if token not in self._hidden]
        return str(self._tokenizer.decode(seen, skip_special_tokens=False, clean_up_tokenization_spaces=False))

    @property
    def stance(self) -> Stance:
        """Where the model's text begins, read off what the template puts before it."""
        tail = self._render(_SYSTEM, _USER).rpartition(_USER)[2]
        opened = ThinkFilter("answering")
        opened.feed(tail)
        if opened.thinking:
            return "thinking"
        if self._plain or any(tag in tail.lower() for tag in CLOSING):
            return "answering"
        template = str(self._tokenizer.chat_template).lower()
        return "undecided" if any(tag in template for tag in (*OPENING, *CLOSING)) else "answering"

    def _choose_form(self) -> None:
        """Tries the template with a system role, then with the texts merged, then plain text."""
        for self._merge in (False, True):
            if self._plain or self._works():
                return
        self._plain, self._merge = True, False

    def _works(self) -> bool:
        try:
            text = self._render(_SYSTEM, _USER)
        except GeneratorFailed:
            raise
        except Exception:  # noqa: BLE001 a template is a program of strangers, which may fail in any way
            return False
        return _SYSTEM in text and _USER in text

    def _render(self, system: str, user: str) -> str:
        merged = f"{system}\n\n{user}" if system else user
        if self._plain:
            return f"{merged}\n\nAnswer:"
        messages = [{"role": "user", "content": user if system and not self._merge else merged}]
        if system and not self._merge:
            messages.insert(0, {"role": "system", "content": system})
        text = str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, enable_thinking=False, thinking=False
            )
        )
        return text + _ANSWER_CHANNEL if text.endswith(_CHANNELS_FOLLOW) else text

    def _tokens(self, text: str) -> tuple[int, ...]:
        # A template writes its own beginning-of-text token; plain text needs the tokenizer's.
        return tuple(self._tokenizer.encode(text, add_special_tokens=self._plain))

    def _beginning(self, system: str) -> tuple[int, ...]:
        """The tokens that all prompts with this system text begin with."""
        if system not in self._beginnings:
            one, other = (self._tokens(self._render(system, f"{first} probe")) for first in "AZ")
            shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
            self._beginnings[system] = one[:shared]
        return self._beginnings[system]

    def _defused(self, text: str) -> str:
        """The text with each control token's spelling broken by a space: data must not become control."""
        for control in self._control:
            if control in text and len(control) > 1:
                text = text.replace(control, f"{control[0]} {control[1:]}")
        return text


class Detokenizer:
    """Tokens in, text out as soon as it can no longer change: no half characters, spaces as in the whole."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._tokens: list[int] = []
        self._start = self._read = 0

    def feed(self, tokens: list[int]) -> str:
        """The text that these tokens complete."""
        self._tokens += tokens
        whole = self._chat.decode(self._tokens[self._start :])
        known = self._chat.decode(self._tokens[self._start : self._read])
        if whole.endswith("\ufffd") or len(whole) <= len(known):
            return ""
        self._start, self._read = self._read, len(self._tokens)
        return whole[len(known) :]

    def close(self) -> str:
        """What is left, half characters included."""
        whole = self._chat.decode(self._tokens[self._start :])
        known = self._chat.decode(self._tokens[self._start : self._read])
        return whole[len(known) :]
