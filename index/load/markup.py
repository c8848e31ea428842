"""Text with marks in it: RTF, LaTeX, Org and reStructuredText, brought to plain text with Markdown's headings."""

from __future__ import annotations

import re

from index.load.clean import clean
from index.load.decode import decode
from index.load.reading import Format, Limits, Reading
from index.load.table import pipe_table

_SECTION = re.compile(
    r"\\(part|chapter|section|subsection|subsubsection|paragraph)\*?\s*(?:\[[^\]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}"
)
_LEVELS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}")
_COMMENT = re.compile(r"(?<!\\)%.*")
_MARK = "\ue000"  # of a private area: no text holds it, and LaTeX's parser leaves it alone
_PLACE = "\ue001"
_MAKE_TITLE = re.compile(r"\\maketitle\b|\\tableofcontents\b")
_TABULAR = re.compile(
    r"\\begin\{(?:tabular|longtable|tabularx)\*?\}(?:\[[^\]]*\])?(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}){1,2}(.*?)"
    r"\\end\{(?:tabular|longtable|tabularx)\*?\}",
    re.DOTALL,
)
_TABLE_RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead)\b|\\c(?:mid)?line\{[^}]*\}")
_CELL = re.compile(r"(?<!\\)&")
_MARKED = re.compile(f"^[^\\S\n]*({_MARK}+)", re.MULTILINE)
_ORG_HEADING = re.compile(r"^(\*{1,6})[^\S\n]+(\S.*)", re.MULTILINE)
_ORG_STATE = re.compile(r"(?:(?:TODO|DONE)(?:\s+|$))?(?:\[#[A-Z]\]\s*)?")
_ORG_TAGS = re.compile(r":[\w@:]+:")
_ORG_SETTING = re.compile(r"^#\+(\w+):?[^\S\n]*(.*)\n?", re.MULTILINE)
_ORG_DRAWER = re.compile(
    r"^[^\S\n]*:(?:PROPERTIES|LOGBOOK):\n(?:(?!\*+[^\S\n]|[^\S\n]*:(?:PROPERTIES|LOGBOOK|END):[^\S\n]*\n).*\n)*"
    r"[^\S\n]*:END:[^\S\n]*(?:\n|$)",
    re.MULTILINE,
)
_ORG_RULE = re.compile(r"^([^\S\n]*)\|(-+(?:\+-+)*)\|[^\S\n]*$", re.MULTILINE)
_ORG_LINK = re.compile(r"\[\[[^\]\n]*\]\[([^\]\n]*)\]\]")
_RST_HEADING = re.compile(
    r"^(?:([=\-~^\"'`#*+.:_<>])\1{2,}\n)?(?=(\S.*))\2\n([=\-~^\"'`#*+.:_<>])\3{2,}[^\S\n]*$", re.MULTILINE
)
_GAPS = re.compile(r"\n{3,}")


def _read_rtf(data: bytes, _limits: Limits) -> Reading:
    from striprtf.striprtf import rtf_to_text

    text = rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")
    return Reading(_GAPS.sub("\n\n", clean(text)).strip())


def _read_latex(data: bytes, _limits: Limits) -> Reading:
    from pylatexenc.latex2text import LatexNodes2Text

    source = _COMMENT.sub("", clean(decode(data)))
    body = source.partition(r"\begin{document}")[2].partition(r"\end{document}")[0] or source
    tables: list[str] = []
    plain = LatexNodes2Text(math_mode="verbatim", strict_latex_spaces=False)

    def table(found: re.Match[str]) -> str:
        rows = re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", _TABLE_RULE.sub("", found[1]))
        tables.append(pipe_table([[plain.latex_to_text(cell) for cell in _CELL.split(row)] for row in rows]))
        return f"\n\n{_PLACE}{len(tables) - 1}{_PLACE}\n\n"

    body = _TABULAR.sub(table, _MAKE_TITLE.sub("", body))
    body = _SECTION.sub(lambda found: f"\n\n{_MARK * _LEVELS[found[1]]} {found[2]}\n\n", body)
    text = _MARKED.sub(lambda found: "#" * len(found[1]), plain.latex_to_text(body))
    text = re.sub(f"[^\\S\n]*{_PLACE}(\\d+){_PLACE}", lambda found: tables[int(found[1])], text)
    title = _TITLE.search(source)
    return Reading(
        _GAPS.sub("\n\n", clean(text.replace(_MARK, "").replace(_PLACE, ""))).strip(),
        " ".join(plain.latex_to_text(title[1]).split()) if title else "",
    )


def _read_org(data: bytes, _limits: Limits) -> Reading:
    text = clean(decode(data))
    settings = {name.lower(): value.strip() for name, value in _ORG_SETTING.findall(text)}
    text = _ORG_DRAWER.sub("", _ORG_SETTING.sub("", text))
    text = _ORG_HEADING.sub(lambda found: f"{'#' * len(found[1])} {_org_words(found[2])}", text)
    text = _ORG_RULE.sub(lambda found: f"{found[1]}| {' | '.join('---' for _ in found[2].split('+'))} |", text)
    return Reading(_GAPS.sub("\n\n", _ORG_LINK.sub(r"\1", text)).strip(), settings.get("title", ""))


def _org_words(heading: str) -> str:
    """Without its state, priority and tags."""
    words = _ORG_STATE.sub("", heading, count=1).rstrip()
    last = words.rsplit(maxsplit=1)[-1:]
    return words.removesuffix(last[0]).rstrip() if last and _ORG_TAGS.fullmatch(last[0]) else words


def _read_rst(data: bytes, _limits: Limits) -> Reading:
    """The first kind of underline stands for the highest level, the next one for the second, as Docutils has it."""
    levels: dict[tuple[bool, str], int] = {}

    def heading(found: re.Match[str]) -> str:
        level = levels.setdefault((bool(found[1]), found[3]), len(levels) + 1)
        return f"{'#' * min(level, 6)} {found[2].strip()}"

    return Reading(_RST_HEADING.sub(heading, clean(decode(data))))


RTF = Format("a rich text file", (".rtf",), _read_rtf, signed=True, isolate_from=0)
LATEX = Format("LaTeX", (".tex", ".latex"), _read_latex, isolate_from=0)
ORG = Format("an Org file", (".org",), _read_org, isolate_from=100_000)
RST = Format("reStructuredText", (".rst",), _read_rst, isolate_from=100_000)
