"""The conversation as HTML. Pure: turns in, escaped markup out."""

from collections.abc import Sequence

from rag.answer import Answer, Citation, Conflict, State
from rag.answer import Sentence as AnswerSentence
from ui.escape import clip, escape_attribute, escape_text
from ui.turn import Turn

STATES: dict[State, tuple[str, str]] = {
    "quoted": ("“ ”", "quoted word for word"),
    "supported": ("✓", "follows from the source"),
    "partial": ("◐", "partly in the source"),
    "unsupported": ("?", "not found in the documents"),
}
QUESTION_LIMIT = 300


def conversation(turns: Sequence[Turn], welcome: str = "") -> str:
    """All turns, oldest first, in a polite live region; `welcome` is the HTML that stands there before the first."""
    busy = "true" if turns and turns[-1].busy else "false"
    body = "".join(_turn(turn, number) for number, turn in enumerate(turns)) if turns else welcome
    legend = _legend() if any(turn.sentences for turn in turns) else ""
    return (
        f'<section id="log" role="log" aria-live="polite" aria-label="Conversation" aria-busy="{busy}">{body}</section>'
        f"{legend}"
    )


def welcome(examples: Sequence[tuple[str, str]], documents: int, notices: Sequence[str] = ()) -> str:
    """What stands on the page before the first question; `examples` are (question, remark) pairs."""
    head = (
        '<div class="welcome"><p class="lead">Ask your documents.</p><p>Every sentence of an answer is checked against '
        "the passage it cites before it appears. Click a footnote mark to read the exact words in their place.</p>"
    )
    notes = "".join(f'<p class="notice">{escape_text(notice)}</p>' for notice in notices)
    items = "".join(
        f'<li><button type="button" class="example" data-example="{escape_attribute(question)}">'
        f"<span>{escape_text(question)}</span><small>{escape_text(remark)}</small></button></li>"
        for question, remark in examples
    )
    return f"{head}{notes}{_shelf(documents, bool(examples))}" + (f"<ul>{items}</ul></div>" if items else "</div>")


def _shelf(documents: int, examples: bool) -> str:
    if documents == 0:
        return "<p>There are no documents yet: open <b>Documents</b> and add some.</p>"
    if examples:
        return f"<p>{documents} documents are loaded. Some questions to begin with:</p>"
    return (
        f"<p>{documents} document{'s are' if documents > 1 else ' is'} loaded. Ask for a fact, a number, a date, a "
        "list or a comparison, in your own words; follow-up questions may leave out what was said before.</p>"
    )


def _turn(turn: Turn, number: int) -> str:
    length = f" … ({len(turn.question):,} characters)" if len(turn.question) > QUESTION_LIMIT else ""
    question = escape_text(turn.question[:QUESTION_LIMIT] + length)
    parts = (_searched(turn), _body(turn, number), _conflicts(turn, number), _notes(turn, number), _foot(turn, number))
    return (
        f'<article class="turn {turn.phase}" id="turn-{number}" aria-label="Question {number + 1}">'
        f'<h2 class="question" dir="auto">{question}</h2>' + "".join(parts) + "</article>"
    )


def _searched(turn: Turn) -> str:
    """The rewritten question and the ways to correct it. The box is always there, so that updates keep their place."""
    if not turn.searched_for or turn.searched_for.strip() == turn.question.strip():
        return '<div class="searched"></div>'
    searched = escape_text(clip(turn.searched_for, 400))
    return (
        f'<div class="searched"><span>Searched for: <q dir="auto">{searched}</q></span>'
        f'<details><summary>Change</summary><div class="change"><label>Search for '
        f'<input type="text" value="{escape_attribute(turn.searched_for)}"></label>'
        '<button type="button" class="tool" data-again="edited">Search again</button>'
        f'<button type="button" class="tool" data-again="typed" data-question="{escape_attribute(turn.question)}">'
        "Search as typed</button></div></details></div>"
    )


def _body(turn: Turn, number: int) -> str:
    if turn.phase == "failed":
        return f'<div class="answer"><p class="problem" role="alert">{escape_text(turn.problem)}</p></div>'
    if turn.answer is not None and turn.answer.abstained:
        return f'<div class="answer">{_refusal(turn, turn.answer, number)}</div>'
    known = {citation.marker: citation for citation in turn.citations}
    sentences = " ".join(_sentence(sentence, known, number) for sentence in turn.sentences)
    return f'<div class="answer"><p class="text">{sentences}</p>{_status(turn)}</div>'


def _status(turn: Turn) -> str:
    if turn.phase == "searching":
        return '<p class="status">Searching the documents …</p>'
    if turn.phase == "writing":
        return f'<p class="status">Reading {len(turn.hits)} passages and checking each sentence …</p>'
    if turn.phase == "stopped":
        return '<p class="status">Stopped. What stands here was checked; the rest was not written.</p>'
    if turn.phase == "interrupted":
        return f'<p class="status">{escape_text(turn.problem)}</p>'
    return ""


def _sentence(sentence: AnswerSentence, known: dict[int, Citation], number: int) -> str:
    sign, meaning = STATES[sentence.state]
    sign = "" if sentence.state == "quoted" else sign  # the quotation marks around the words are the sign
    marks = "".join(mark(known[marker], number) for marker in sentence.markers if marker in known)
    return (
        f'<span class="sentence {sentence.state}"><bdi class="words">{_words(sentence)}</bdi>'
        f'<span class="state" title="{meaning}"><span aria-hidden="true">{sign}</span>'
        f'<span class="unseen"> ({meaning}) </span></span>{marks}</span>'
    )


def _words(sentence: AnswerSentence) -> str:
    if sentence.focus is None:
        return escape_text(sentence.text)
    start, end = sentence.focus
    text = sentence.text
    return f"{escape_text(text[:start])}<b>{escape_text(text[start:end])}</b>{escape_text(text[end:])}"


def mark(citation: Citation, number: int) -> str:
    """The footnote mark: a button that opens the cited slice."""
    page = f", page {citation.page}" if citation.page is not None else ""
    label = escape_attribute(f"Source {citation.marker}: {citation.title}{page}")
    return (
        f'<button type="button" class="mark" data-turn="{number}" data-kind="marker" data-number="{citation.marker}" '
        f'aria-label="{label}" title="{label}">{citation.marker}</button>'
    )


def _refusal(turn: Turn, answer: Answer, number: int) -> str:
    nearest = _passages(turn, number, 3)
    found = f"<p>The nearest passages:</p>{nearest}" if nearest else ""
    return (
        '<div class="refusal"><p class="verdict">No answer in these documents</p>'
        f'<p dir="auto">{escape_text(answer.reason)}</p>{found}</div>'
    )


def _conflicts(turn: Turn, number: int) -> str:
    known = {citation.marker: citation for citation in turn.citations}
    conflicts = turn.answer.conflicts if turn.answer is not None else ()
    shown = "".join(_conflict(c, known, number) for c in conflicts if c.first in known and c.second in known)
    return f'<div class="conflicts">{shown}</div>'


def _conflict(conflict: Conflict, known: dict[int, Citation], number: int) -> str:
    sides = "".join(
        f'<div class="side"><p class="value" dir="auto">{escape_text(value)}</p>'
        f'<blockquote dir="auto">{escape_text(clip(known[marker].quote, 320))}</blockquote>'
        f"<p>{escape_text(known[marker].title)} {mark(known[marker], number)}</p></div>"
        for marker, value in zip((conflict.first, conflict.second), conflict.values, strict=True)
    )
    return f'<section class="conflict" aria-label="Sources disagree"><h3>The sources disagree</h3>{sides}</section>'


def _notes(turn: Turn, number: int) -> str:
    """The footnotes under an answer, as at the foot of a book's page."""
    notes = "".join(
        f'<li>{mark(c, number)}<div><cite dir="auto">{escape_text(c.title)}</cite>'
        f"{f', page {c.page}' if c.page is not None else ''}: "
        f'<q dir="auto">{escape_text(clip(c.quote, 180))}</q></div></li>'
        for c in turn.citations
    )
    return f'<ol class="notes" aria-label="Sources">{notes}</ol>' if notes else '<ol class="notes" hidden></ol>'


def _foot(turn: Turn, number: int) -> str:
    """Notices, seconds, the passages read and the thumbs; nothing while the answer is still coming."""
    if turn.answer is None:
        return '<div class="foot"></div>'
    answer = turn.answer
    seconds = answer.seconds.get("total", sum(answer.seconds.values()))
    facts = f"{seconds:.1f} s · {escape_text(answer.model)}" if answer.seconds else escape_text(answer.model)
    read = _passages(turn, number, len(turn.hits))
    passages = f"<details><summary>{len(turn.hits)} passages read</summary>{read}</details>" if read else ""
    return (
        f'<div class="foot">{"".join(f"<p class=notice>{escape_text(n)}</p>" for n in _notices(answer))}'
        f'<p class="facts"><span>{facts}</span>{_thumbs(turn, number)}</p>{passages}</div>'
    )


def _notices(answer: Answer) -> list[str]:
    notices = [answer.notice] if answer.notice else []
    if answer.removed:
        what = "1 sentence was" if answer.removed == 1 else f"{answer.removed} sentences were"
        notices.append(f"{what} taken out because the documents do not support what the model wrote.")
    if answer.finish == "length":
        notices.append("The answer reached its greatest length and ends early.")
    return notices


def _thumbs(turn: Turn, number: int) -> str:
    buttons = "".join(
        f'<button type="button" class="thumb" data-turn="{number}" data-verdict="{verdict}" aria-label="{label}" '
        f'aria-pressed="{"true" if turn.verdict == verdict else "false"}" title="{label}">{word}</button>'
        for verdict, word, label in (
            ("up", "Yes", "Helpful: kept on this machine"),
            ("down", "No", "Not helpful: kept on this machine"),
        )
    )
    said = "Kept on this machine, beside the index." if turn.verdict else "Helpful?"
    return f'<span class="thumbs"><span class="said">{said}</span>{buttons}</span>'


def _passages(turn: Turn, number: int, limit: int) -> str:
    items = "".join(
        f'<li><button type="button" class="passage" data-turn="{number}" data-kind="hit" data-number="{hit.rank}">'
        f'<cite dir="auto">{escape_text(hit.title)}</cite>'
        f'<span dir="auto">{escape_text(clip(hit.chunk.text.lstrip("# "), 150))}</span></button></li>'
        for hit in turn.hits[:limit]
    )
    return f'<ul class="passages">{items}</ul>' if items else ""


def _legend() -> str:
    signs = "".join(
        f'<li class="{state}"><span aria-hidden="true">{sign}</span> {meaning}</li>'
        for state, (sign, meaning) in STATES.items()
    )
    return f'<ul class="legend" aria-label="What the signs mean">{signs}</ul>'
