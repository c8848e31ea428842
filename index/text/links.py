"""Links as Markdown writes them: what they are called is read, where they lead is not."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_LINK = re.compile(
    r"!?\[(?P<name>[^\[\]\n]{1,300})\]\((?:<[^<>\n]{0,2000}>|[^\s()<>]{1,2000}(?:\([^\s()]{0,200}\)[^\s()]{0,2000})?)"
    r"(?:\s+\"[^\"\n]{0,300}\")?\)"
)
"""Bounded everywhere, so that no text makes it slow."""


def without_targets(text: str) -> str:
    """The text with the name of each link in place of the link."""
    return _LINK.sub(lambda link: link["name"], text)


def read_parts(text: str, start: int, end: int) -> Iterator[Span]:
    """The parts of text[start:end] that are read: all of it but the brackets and targets of links."""
    for link in _LINK.finditer(text, start, end):
        if start < link.start():
            yield start, link.start()
        yield link.span("name")
        start = link.end()
    if start < end:
        yield start, end


def targets(text: str) -> Iterator[Span]:
    """Where it stands in the text where each link leads: "(https://example.org)", brackets and all."""
    yield from ((link.end("name") + 1, link.end()) for link in _LINK.finditer(text))
