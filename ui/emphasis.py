"""Bold, italic and code of a block of Markdown, with the offsets that the parser itself does not tell. Pure."""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, backtick, escape
from markdown_it.rules_inline.emphasis import tokenize
from markdown_it.token import Token

Run = tuple[int, int, str]
"""Half-open offsets, and how they are drawn: names out of "strong", "em", "code", parted by blanks, or "syntax"."""


def emphasised(words: str) -> list[Run]:
    """Runs that cover the words of one block of Markdown: bold, italic, code, and the marks that say so."""
    tokens: list[Token] = []
    _INLINE.inline.parse(words, _INLINE, {}, tokens)
    runs: list[Run] = []
    depth = {"strong": 0, "em": 0}
    at = 0
    for token in tokens:
        if "at" not in token.meta:
            continue  # plain words: what stands between the others
        start, end = token.meta["at"]
        runs.append((at, start, _style(depth)))
        at = end
        name = token.type.partition("_")[0]
        if name in depth and token.type != "text":
            depth[name] += token.nesting
            runs.append((start, end, "syntax"))
        elif token.type == "code_inline":
            ticks = len(token.markup)
            inner = f"code {_style(depth)}".strip()
            runs += [
                (start, start + ticks, "syntax"),
                (start + ticks, end - ticks, inner),
                (end - ticks, end, "syntax"),
            ]
        elif token.type == "text":
            runs.append((start, end, _style(depth) if token.content else "syntax"))
        else:  # a character behind a backslash
            marked = token.type == "hardbreak" or len(token.content) == 1
            runs += [(start, start + marked, "syntax"), (start + marked, end, _style(depth))]
    runs.append((at, len(words), _style(depth)))
    return [run for run in runs if run[0] < run[1]]


def _style(depth: dict[str, int]) -> str:
    return " ".join(name for name, count in depth.items() if count > 0)


def _told(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The rule; its tokens tell where they stand, which the parser itself does not."""

    def told(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens) + bool(state.pending)
        matched = rule(state, silent)
        new = state.tokens[known:]
        for number, token in enumerate(new):
            each = len(new) > 1 or token.type == "text"  # delimiters are a token each
            token.meta["at"] = (start + number, start + number + 1) if each else (start, state.pos)
        return matched

    return told


def _inline_parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(["backticks", "emphasis", "escape"]).disable("fragments_join")
    for name, rule in (("backticks", backtick), ("emphasis", tokenize), ("escape", escape)):
        parser.inline.ruler.at(name, _told(rule))
    return parser


_INLINE = _inline_parser()
