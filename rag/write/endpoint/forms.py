"""The forms in which a chat request is put to a server, from the one that says most to the plainest."""

from dataclasses import dataclass
from typing import Any

from rag.protocols import Prompt


@dataclass(frozen=True, slots=True)
class Form:
    """What a request carries beside the messages; servers reject what they do not know."""

    switch_thinking: bool = False
    greedy: bool = True
    merge_system: bool = False
    new_limit: bool = False  # `max_completion_tokens`, which some vendors want instead of `max_tokens`


FORMS = (Form(switch_thinking=True), Form(), Form(greedy=False, new_limit=True), Form(merge_system=True))


def body(form: Form, model: str, prompt: Prompt, limit: int) -> dict[str, Any]:
    """The arguments of the client's call for a streamed answer of at most `limit` tokens."""
    arguments: dict[str, Any] = {"model": model, "messages": _messages(form, prompt), "stream": True}
    arguments["max_completion_tokens" if form.new_limit else "max_tokens"] = limit
    if form.greedy:
        arguments["temperature"] = 0.0
    if form.switch_thinking:
        off = {"enable_thinking": False, "thinking": False}
        arguments["extra_body"] = {"chat_template_kwargs": off}
    return arguments


def _messages(form: Form, prompt: Prompt) -> list[dict[str, str]]:
    if form.merge_system:
        return [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
    return [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
