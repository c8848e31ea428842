"""The prompt as a value: messages and the passages they carry. What a generator receives, nothing about how it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent to a generator: one system and one user message; `max_tokens` bounds the continuation."""

    system: str
    user: str
    max_tokens: int = 320
