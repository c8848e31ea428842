"""What a model wants written before a query and before a passage.

Most newer models say so in their files. Of older ones, which were trained with prefixes too, only the model card tells;
left out, their vectors lose several points of nDCG without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Prompts(NamedTuple):
    """Written before each query and before each passage; "" for nothing."""

    query: str = ""
    passage: str = ""


# By the last part of a model's name, as their cards say.
_FAMILIES = (
    (r"(multilingual-)?e5-.*instruct.*", Prompts(
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
    )),
    (r"(multilingual-)?e5-.*", Prompts("query: ", "passage: ")),
    (r"bge-(small|base|large)-en.*", Prompts("Represent this sentence for searching relevant passages: ")),
    (r"bge-(small|base|large)-zh.*", Prompts("为这个句子生成表示以用于检索相关文章：")),
    (r"mxbai-embed-large.*", Prompts("Represent this sentence for searching relevant passages: ")),
    (r"(nomic-embed-text|modernbert-embed).*", Prompts("search_query: ", "search_document: ")),
)  # fmt: skip


def prompts_of(name: str, stored: Mapping[str, str]) -> Prompts:
    """Those that the model's files hold under their usual names, else those of its family, else none."""
    held = Prompts(_first(stored, "query", "search_query"), _first(stored, "document", "passage", "corpus"))
    if any(held):
        return held
    last = name.rstrip("/").rpartition("/")[2].lower()
    return next((prompts for pattern, prompts in _FAMILIES if re.fullmatch(pattern, last)), held)


def _first(stored: Mapping[str, str], *names: str) -> str:
    return next((stored[name] for name in names if stored.get(name)), "")
