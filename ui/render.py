"""Turns as pieces of HTML, each replaced on the page by itself. Pure: turns in, escaped markup out.

A packet is what the page receives: the pieces that are new or have changed, each as text, which the page's script makes
into elements in their places. Pieces of one answer are appended to one packet, so that gradio sends only what was added
and the page only touches those pieces: what the reader has opened or selected elsewhere stays as it is.
"""

import html
import secrets
from collections.abc import Mapping, Sequence

from rag.answer import Answer, Citation, Conflict, State
from rag.answer import Sentence as AnswerSentence
from rag.find.decide import NEAREST_NAMED
from ui.escape import clip, escape_attribute, escape_text, escape_value
from ui.notes import example, foot, mark, notes, passages
from ui.turn import Turn
from ui.typeset import excerpt, manner, typeset_line, typeset_row

STATES: dict[State, tuple[str, str]] = {
    "quoted": ("“ ”", "quoted word for word"),
    "supported": ("✓", "follows from the source"),
    "partial": ("◐", "partly in the source"),
    "told": ("", "said by Footnote itself"),
    "unsupported": ("?", "not found in the documents"),
}
QUESTION_LIMIT = 300
Pieces = Mapping[str, str]
"""From a piece's name to its HTML, in the order shown; "text/2" stands inside "text"."""


def opening(chat: str = "", *, anew: bool = False, unasked: bool = False) -> str:
    """The beginning of a packet; `anew` empties the conversation on the page first.

    `unasked` packets come with the loading of the page: a question that was quicker stays.
    """
    clear = (" data-anew" if anew else "") + (" data-unasked" if unasked else "")
    return f'<i data-packet="{secrets.token_hex(4)}" data-chat="{escape_attribute(chat)}"{clear}></i>'


def change(before: Pieces, after: Pieces, number: int) -> str:
    """The pieces of a turn that are new, different or gone."""
    now = {**dict.fromkeys(before, ""), **after}
    return "".join(_piece(number, name, markup) for name, markup in now.items() if before.get(name) != markup)


def conversation(turns: Sequence[Turn], welcome: str = "", chat: str = "", *, unasked: bool = False) -> str:
    """A packet with all turns, oldest first; `welcome` is what stands there before the first."""
    body = "".join(change({}, pieces(turn, number), number) for number, turn in enumerate(turns))
    return opening(chat, anew=True, unasked=unasked) + (body or _piece(-1, "welcome", welcome))


def pieces(turn: Turn, number: int) -> dict[str, str]:
    """All of a turn, piece by piece."""
    known = {citation.marker: citation for citation in turn.cited}
    shown = {"question": _question(turn), "searched": _searched(turn)}
    failed = turn.phase == "failed"
    if not failed and turn.answer is not None and turn.answer.abstained:
        shown["status"] = _refusal(turn, turn.answer, number)
    else:
        if not failed or turn.answer is not None:  # where a model failed, the whole built-in answer, or nothing
            shown["short"] = _short(turn)
            shown |= {f"text/{place}": _sentence(s, known, number) for place, s in enumerate(turn.shown)}
        problem = f'<p class="problem" role="alert">{escape_text(turn.problem)}</p>'
        shown["status"] = problem if failed else _status(turn)
    if turn.answer is not None:
        shown["conflicts"] = _conflicts(turn.answer.conflicts, known, number)
    if not turn.busy:
        shown |= {"notes": notes(turn, number), "foot": foot(turn, number)}
    return {name: markup for name, markup in shown.items() if markup} | {"phase": turn.phase}


def welcome(examples: Sequence[tuple[str, str]], documents: int | None, notices: Sequence[str] = ()) -> str:
    """What stands on the page before the first question; `examples` are (question, remark) pairs.

    `documents` is how many there are; None while they are being opened.
    """
    head = (
        '<div class="welcome"><p class="lead">Ask your documents.</p><p>Every sentence of an answer is checked against '
        "the passage it cites before it appears. Click a footnote mark to read the exact words in their place.</p>"
    )
    told = "".join(f'<p class="notice">{escape_text(notice)}</p>' for notice in notices)
    items = "".join(example(question, remark) for question, remark in examples)
    more = f"<ul>{items}</ul>" if items else "<div data-begin></div>" if documents else ""
    return f"{head}{told}{_shelf(documents, bool(examples))}{more}</div>"


def begin(questions: str) -> str:
    """A packet that puts the questions to begin with on a page where nothing was asked yet."""
    return opening(unasked=True) + _piece(-1, "begin", questions)


def legend() -> str:
    """What the signs mean; the page shows the lines whose sign stands in the conversation."""
    signs = "".join(
        f'<li class="{state}"><span aria-hidden="true">{sign}</span> {meaning}</li>'
        for state, (sign, meaning) in STATES.items()
        if sign
    )
    return f'<ul class="legend" aria-label="What the signs mean">{signs}</ul>'


def _piece(number: int, name: str, markup: str) -> str:
    return f'<p data-turn="{number}" data-piece="{name}">{html.escape(markup, quote=False)}</p>'


def _shelf(documents: int | None, examples: bool) -> str:
    if documents is None:
        return "<p>You can ask already: the answer comes when the documents are there.</p>"
    if documents == 0:
        return "<p>There are no documents yet: open <b>Documents</b> and add some.</p>"
    if examples:
        return f"<p>{documents} documents are loaded. Some questions to begin with:</p>"
    return (
        f"<p>{documents} document{'s are' if documents > 1 else ' is'} loaded. Ask for a fact, a number, a date, a "
        "list or a comparison, in your own words; follow-up questions may leave out what was said before.</p>"
    )


def _question(turn: Turn) -> str:
    length = f" … ({len(turn.question):,} characters)" if len(turn.question) > QUESTION_LIMIT else ""
    return f'<h2 class="question" dir="auto">{escape_text(turn.question[:QUESTION_LIMIT] + length)}</h2>'


def _searched(turn: Turn) -> str:
    """The rewritten question and the ways to correct it."""
    if not turn.searched_for or turn.searched_for.strip() == turn.question.strip():
        return ""
    searched = escape_text(clip(turn.searched_for, 400))
    return (
        f'<div class="searched"><span>Searched for: <q dir="auto">{searched}</q></span>'
        f'<details><summary>Change</summary><div class="change"><label>Search for '
        f'<input type="text" value="{escape_attribute(turn.searched_for)}"></label>'
        '<button type="button" class="tool" data-again="edited">Search again</button>'
        f'<button type="button" class="tool" data-again="typed" data-question="{escape_value(turn.question)}">'
        "Search as typed</button></div></details></div>"
    )


def _short(turn: Turn) -> str:
    """The short answer, where the answer has one: words of a source, before the sentences that bear it."""
    quote = getattr(turn.answer, "short", None)
    return f'<p class="short" dir="auto">{escape_text(clip(quote.text, 200))}</p>' if quote is not None else ""


def _status(turn: Turn) -> str:
    said = {
        "waiting": "The documents are still being opened: the answer comes when they are.",
        "queued": _queued(turn.before),
        "searching": "Searching the documents …",
        "writing": f"Reading {len(turn.hits)} passages and checking each sentence …",
        "stopped": "Stopped. What stands here was checked; the rest was not written.",
        "interrupted": escape_text(turn.problem),
    }.get(turn.phase, "")
    return f'<p class="status">{said}</p>' if said else ""


def _queued(before: int) -> str:
    return f"{before} questions are answered before yours." if before > 1 else "One question is answered before yours."


def _sentence(sentence: AnswerSentence, known: dict[int, Citation], number: int) -> str:
    sign, meaning = STATES[sentence.state]
    if sentence.state == "quoted" and not sentence.listing:
        sign = ""  # the quotation marks around the words are the sign
    marks = "".join(mark(known[marker], number) for marker in sentence.markers if marker in known)
    name, sort = ("code", " listing") if sentence.listing else ("bdi", "")
    return (
        f'<span class="sentence {sentence.state}{sort}"><{name} class="words">{_words(sentence, known)}</{name}>'
        f'<span class="state" title="{meaning}"><span aria-hidden="true">{sign}</span>'
        f'<span class="unseen"> ({meaning}) </span></span>{marks}</span> '
    )


def _words(sentence: AnswerSentence, known: dict[int, Citation]) -> str:
    """The sentence; words of a document are drawn as those of that document are."""
    sources = [known[marker] for marker in sentence.markers if marker in known]
    if sentence.state != "quoted" or not sources or sentence.listing:
        return typeset_line(sentence.text, "code", sentence.focus)
    how, header = manner(sources[0].uri), min(sources, key=lambda source: source.start)
    if len(sources) > 1 and header.quote != sentence.text:  # a row is cited with the header above it
        return typeset_row(sentence.text, header.quote, how, sentence.focus)
    return typeset_line(sentence.text, how, sentence.focus)


def _refusal(turn: Turn, answer: Answer, number: int) -> str:
    nearest = passages(turn, number, NEAREST_NAMED)
    found = f"<p>Read most closely:</p>{nearest}" if nearest else ""
    return (
        '<div class="refusal"><p class="verdict">No answer in these documents</p>'
        f'<p dir="auto">{escape_text(answer.reason)}</p>{found}</div>'
    )


def _conflicts(conflicts: Sequence[Conflict], known: dict[int, Citation], number: int) -> str:
    return "".join(_conflict(c, known, number) for c in conflicts if c.first in known and c.second in known)


def _conflict(conflict: Conflict, known: dict[int, Citation], number: int) -> str:
    sides = "".join(
        f'<div class="side"><p class="value" dir="auto">{escape_text(value)}</p>'
        f'<blockquote dir="auto">{excerpt(known[marker].quote, known[marker].uri, 320)}</blockquote>'
        f"<p>{escape_text(known[marker].title)} {mark(known[marker], number)}</p></div>"
        for marker, value in zip((conflict.first, conflict.second), conflict.values, strict=True)
    )
    return f'<section class="conflict" aria-label="Sources disagree"><h3>The sources disagree</h3>{sides}</section>'
