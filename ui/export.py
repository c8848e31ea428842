"""A conversation to keep or to hand on: Markdown with footnotes, one HTML page, or JSON; and reading it back.

All three hold the whole conversation: Markdown and HTML carry the JSON where no reader sees it, so that what was
exported can be imported with every citation at its offsets.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rag.answer import Answer, Citation, Conflict, Sentence, escape_markdown, one_line, source_line
from ui.escape import escape_text
from ui.record import BadRecord, from_record, to_record
from ui.turn import Turn

Format = Literal["markdown", "html", "json"]
SCHEMA_VERSION = 1
KIND = "footnote conversation"
UNTITLED = "Conversation"
NO_CONVERSATION = (
    "The file is not a conversation that Footnote exported: choose a file saved as Markdown, HTML or JSON."
)
UNANSWERED = "Not answered to the end."

_HIDDEN = re.compile(
    r'(?:<!-- footnote |<script type="application/json" id="footnote">)(.*?)(?: -->|</script>)', re.DOTALL
)
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "h2{font-size:1.15rem;margin-top:2.5rem}.notes{font-size:.85rem}q{quotes:none}blockquote{margin:.3rem 0}"
    ".searched,.problem,small{opacity:.75}code{display:block;white-space:pre-wrap;margin:.5rem 0}"
)


class NotAConversation(Exception):
    """The file cannot be imported; the text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file holds."""

    title: str
    turns: tuple[Turn, ...]


def export(turns: Sequence[Turn], kind: Format, title: str = UNTITLED) -> str:
    """The conversation in one of the three formats; document text is escaped in each."""
    return {"markdown": to_markdown, "html": to_html, "json": to_json}[kind](turns, title)


def to_markdown(turns: Sequence[Turn], title: str = UNTITLED) -> str:
    """Questions as headings, answers with their sources; footnotes are numbered turn-marker, so that none collide."""
    sections = "\n".join(_section(turn, number) for number, turn in enumerate(turns, start=1))
    hidden = f"\n<!-- footnote {_hidden(turns, title)} -->\n"
    return f"# {escape_markdown(one_line(title))}\n\n{sections}{hidden}"


def to_html(turns: Sequence[Turn], title: str = UNTITLED) -> str:
    """One page without scripts or addresses of other hosts; it prints well and opens without Footnote."""
    name = escape_text(one_line(title))
    body = "".join(_article(turn, number) for number, turn in enumerate(turns, start=1))
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<title>{name}</title><style>{_STYLE}</style></head>\n<body><h1 dir="auto">{name}</h1>\n{body}'
        f'<script type="application/json" id="footnote">{_hidden(turns, title)}</script></body></html>\n'
    )


def to_json(turns: Sequence[Turn], title: str = UNTITLED) -> str:
    """`kind`, `schema`, `title` and `turns`; a turn holds `question` and `answer` as in Answer.to_dict(), or null."""
    return json.dumps(_whole(turns, title), ensure_ascii=False, indent=2) + "\n"


def read(text: str) -> Exported:
    """What `to_markdown`, `to_html` or `to_json` wrote. Raises NotAConversation.

    The words come from the hidden JSON: what somebody changed in the visible part of an export is not read.
    """
    # The last one: a quote can look like the beginning of a record only where it is escaped.
    hidden = _HIDDEN.findall(text)
    try:
        whole = json.loads(hidden[-1] if hidden and not text.lstrip().startswith("{") else text)
        if whole["kind"] != KIND or whole["schema"] != SCHEMA_VERSION:
            raise NotAConversation(
                f"The file is a {whole['kind']!s:.60} of schema {whole['schema']!s:.20} and this version reads "
                f"{KIND} of schema {SCHEMA_VERSION}: export it again, or update Footnote."
            )
        return Exported(str(whole["title"]), tuple(from_record(record) for record in whole["turns"]))
    except BadRecord as error:
        raise NotAConversation(f"A turn of the file is damaged ({error}): export the conversation again.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAConversation(NO_CONVERSATION) from error


def decoded(data: bytes) -> str:
    """The text of a file. Raises NotAConversation."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAConversation(NO_CONVERSATION) from error


def _whole(turns: Sequence[Turn], title: str) -> dict[str, Any]:
    return {"kind": KIND, "schema": SCHEMA_VERSION, "title": title, "turns": [to_record(turn) for turn in turns]}


def _hidden(turns: Sequence[Turn], title: str) -> str:
    """JSON on one line that ends neither a comment nor a script element."""
    return json.dumps(_whole(turns, title)).translate(_ESCAPES)


def _section(turn: Turn, number: int) -> str:
    heading = f"## {escape_markdown(one_line(turn.question))}\n\n"
    searched = one_line(turn.searched_for)
    before = f"Searched for: {escape_markdown(searched)}\n\n" if searched not in ("", one_line(turn.question)) else ""
    said = _so_far(turn).to_markdown(f"{number}-") if turn.answer or turn.sentences else ""
    problem = _problem(turn)
    return heading + before + said + (f"*{escape_markdown(one_line(problem))}*\n" if problem else "")


def _problem(turn: Turn) -> str:
    """Why the answer ends where it does; "" where it came to its end."""
    return turn.problem or ("" if turn.answer else UNANSWERED)


def _so_far(turn: Turn) -> Answer:
    """The answer, or what had come of it."""
    return turn.answer or Answer(
        turn.question, turn.searched_for, turn.sentences, turn.citations, turn.hits, False, "", 0.0
    )


def _article(turn: Turn, number: int) -> str:
    searched = (
        f'<p class="searched">Searched for: <q dir="auto">{escape_text(turn.searched_for)}</q></p>'
        if turn.searched_for not in ("", turn.question)
        else ""
    )
    notes = "".join(_note(citation, number) for citation in turn.citations)
    sources = f'<ol class="notes">{notes}</ol>' if notes else ""
    return (
        f'<article><h2 dir="auto">{escape_text(turn.question)}</h2>{searched}{_said(turn, number)}{sources}</article>\n'
    )


def _said(turn: Turn, number: int) -> str:
    answer = _so_far(turn)
    text = " ".join(_sentence(sentence, number) for sentence in answer.sentences)
    said = escape_text(answer.reason) if answer.abstained else text
    notices = [answer.notice, _problem(turn)]
    if answer.removed:
        notices.append(f"Sentences taken out because the documents do not support them: {answer.removed}.")
    return (
        (f'<p dir="auto">{said}</p>' if said else "")
        + "".join(_conflict(conflict, number) for conflict in answer.conflicts)
        + "".join(f'<p class="problem">{escape_text(notice)}</p>' for notice in notices if notice)
    )


def _conflict(conflict: Conflict, number: int) -> str:
    sides = zip(conflict.values, (conflict.first, conflict.second), strict=True)
    values = " or ".join(f"<bdi>{escape_text(value)}</bdi>{_mark(marker, number)}" for value, marker in sides)
    return f"<p><strong>The sources disagree:</strong> {values}</p>"


def _sentence(sentence: Sentence, number: int) -> str:
    marks = "".join(_mark(marker, number) for marker in sentence.markers)
    state = "" if sentence.state in ("quoted", "supported") else f" <small>({sentence.state})</small>"
    name = "code" if sentence.listing else "bdi"
    return f"<{name}>{escape_text(sentence.text)}</{name}>{state}{marks}"


def _mark(marker: int, number: int) -> str:
    return f'<sup><a href="#n{number}-{marker}">{marker}</a></sup>'


def _note(citation: Citation, number: int) -> str:
    place = f"{source_line(citation)}, characters {citation.start} to {citation.end}"
    return (
        f'<li value="{citation.marker}" id="n{number}-{citation.marker}"><bdi>{escape_text(place)}</bdi>: '
        f'<q dir="auto">“{escape_text(citation.quote)}”</q></li>'
    )
