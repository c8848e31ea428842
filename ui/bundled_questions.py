"""Questions to begin with. They belong to the bundled corpus and are offered only where its files are loaded."""

from collections.abc import Iterable
from pathlib import PurePosixPath

EXAMPLES: tuple[tuple[str, str, str], ...] = (
    ("deepseek-v3.md", "How much did the GPUs used to train DeepSeek V3 cost?", "one fact, with its source"),
    ("stargate-and-the-yuan.md", "How big is Stargate compared with China's plans up to 2030?", "a comparison"),
    ("minimax-and-01ai.md", "Who leads 01.AI?", "a person"),
    ("when-did-the-leap-begin.md", "When did China's leap in AI begin?", "told in different ways"),
    ("kimi-k2.md", "What does Moonshot claim about Kimi K2?", "a claim and who makes it"),
    ("deepseek-r1.md", "Who is the CEO of DeepSeek?", "not in the documents: see a refusal"),
)


def examples_for(uris: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(question, remark) pairs: all of them where every file they rest on is loaded, otherwise none."""
    names = {PurePosixPath(uri.replace("\\", "/")).name for uri in uris}
    if not all(name in names for name, _, _ in EXAMPLES):
        return ()
    return tuple((question, remark) for _, question, remark in EXAMPLES)
