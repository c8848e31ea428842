"""What stands under an answer as HTML: its sources by document, the evidence, what can be done with it. Pure."""

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from index.records import Hit
from rag.answer import Answer, Citation
from rag.find.decide import about
from ui.begin import Begin
from ui.escape import clip, escape_attribute, escape_text, escape_value
from ui.leaves import leaves
from ui.turn import Turn
from ui.typeset import excerpt, manner


def mark(citation: Citation, number: int) -> str:
    """The footnote mark: a button that opens the cited slice."""
    page = f", page {citation.page}" if citation.page is not None else ""
    label = escape_attribute(f"Source {citation.marker}: {citation.title}{page}")
    return (
        f'<button type="button" class="mark" data-turn="{number}" data-kind="marker" data-number="{citation.marker}" '
        f'aria-label="{label}">{citation.marker}</button>'
    )


def notes(turn: Turn, number: int) -> str:
    """The footnotes as at the foot of a book's page: each document once, its places under it."""
    documents: dict[str, list[Citation]] = {}
    for citation in turn.citations:
        documents.setdefault(citation.document_id, []).append(citation)
    items = "".join(
        f'<li><cite dir="auto">{escape_text(places[0].title)}</cite><ul>{_places(places, number)}</ul></li>'
        for places in documents.values()
    )
    return f'<ol class="notes" aria-label="Sources">{items}</ol>' if items else ""


def _places(places: Sequence[Citation], number: int) -> str:
    """The places of one document. Words that were cited before stand there once, under both marks."""
    by_words: dict[tuple[int, int], list[Citation]] = {}
    for place in places:
        by_words.setdefault((place.start, place.end), []).append(place)
    return "".join(
        f'<li data-note="{" ".join(str(c.marker) for c in same)}"><span>{"".join(mark(c, number) for c in same)}</span>'
        f"<div>{_page(same[0])}"
        f'<q dir="auto">{excerpt(same[0].quote, same[0].uri, 180)}</q></div></li>'
        for same in by_words.values()
    )


def _page(citation: Citation) -> str:
    return f'<span class="at">page {citation.page}: </span>' if citation.page is not None else ""


def foot(turn: Turn, number: int) -> str:
    """Notices, seconds, what can be done with the answer, and the evidence, which is sent when it is opened."""
    question = escape_value(turn.question)
    retry = f'<button type="button" class="act" data-retry="{question}">Ask again</button>'
    edit = f'<button type="button" class="act" data-edit="{question}">Edit question</button>'
    if turn.answer is None:
        return f'<div class="foot"><p class="acts">{retry}{edit}</p></div>'
    answer = turn.answer
    seconds = answer.seconds.get("total", sum(answer.seconds.values()))
    facts = f"{seconds:.1f} s · {escape_text(answer.model)}" if answer.seconds else escape_text(answer.model)
    told = "".join(f"<p class=notice>{escape_text(notice)}</p>" for notice in _notices(answer))
    copy = "" if answer.abstained else _copy()
    acts = f'<p class="acts">{copy}{retry}{edit}<span role="status" class="said"></span></p>'
    shown = f'<details data-evidence="{number}"><summary>Evidence</summary></details>'
    return (
        f'<div class="foot">{told}<p class="facts"><span>{facts}</span>{_thumbs(turn, number)}</p>{acts}{shown}</div>'
    )


def evidence(turn: Turn, number: int, threshold: float) -> str:
    """What was searched, what was found in which order, how it was decided, and where the seconds went."""
    answer = turn.answer
    if answer is None:
        return ""
    above = "answered" if answer.confidence >= threshold else "refused"
    decided = (
        f"<p>Evidence score {answer.confidence:.2f}; an answer needs {threshold:.2f}: "
        f"<b>{'refused' if answer.abstained else above}</b>.</p>"
    )
    searched = f'<p>Searched for: <q dir="auto">{escape_text(clip(answer.searched_for, 400))}</q></p>'
    found = passages(turn, number, len(turn.hits), scores=True)
    return f'<div class="evidence">{searched}{decided}{found}{_plot(answer)}</div>'


def next_questions(questions: Sequence[str]) -> str:
    """Questions to go on with, under an answer."""
    items = "".join(example(question) for question in questions)
    return (
        f'<section class="next" aria-label="Go on with"><h3>Go on with</h3><ul>{items}</ul></section>' if items else ""
    )


def begin_questions(questions: Sequence[Begin]) -> str:
    """Questions to begin with, each with the document that answers it."""
    items = "".join(example(one.question, one.title) for one in questions)
    return f"<p>These documents answer, for example:</p><ul>{items}</ul>" if items else ""


def example(question: str, remark: str = "") -> str:
    """A question that is asked with a click."""
    told = f'<small dir="auto">{escape_text(clip(remark, 80))}</small>' if remark else ""
    return (
        f'<li><button type="button" class="example" data-example="{escape_attribute(question)}">'
        f'<span dir="auto">{escape_text(question)}</span>{told}</button></li>'
    )


def passages(turn: Turn, number: int, limit: int, *, scores: bool = False) -> str:
    """The passages found, best first, each a button that opens it in its document."""
    items = "".join(
        f'<li><button type="button" class="passage" data-turn="{number}" data-kind="hit" data-number="{hit.rank}">'
        f'<cite dir="auto">{escape_text(about(hit))}</cite>{_score(hit.rank, hit.score) if scores else ""}'
        f'<span dir="auto">{excerpt(_told(hit), hit.uri, 150)}</span></button></li>'
        for hit in turn.hits[:limit]
    )
    return f'<ul class="passages">{items}</ul>' if items else ""


def _told(hit: Hit) -> str:
    """What a passage says under its headings, up to the next one; all of it where it is nothing but headings."""
    text = hit.chunk.text
    if manner(hit.uri) == "code":
        return text
    below = dropwhile(lambda leaf: leaf.kind in ("heading", "blank", "rule"), leaves(text, 0, len(text)))
    told = list(takewhile(lambda leaf: leaf.kind != "heading", below))
    return text[told[0].start : told[-1].end] if told else text


def _score(rank: int, score: float) -> str:
    return f'<small class="score">rank {rank}, score {score:.3f}</small>'


def _plot(answer: Answer) -> str:
    """Seconds a stage as bars; the numbers stand beside them."""
    stages = {name: seconds for name, seconds in answer.seconds.items() if name != "total"}
    longest = max(stages.values(), default=0.0)
    if longest <= 0:
        return ""
    rows = "".join(
        f"<tr><th scope=row>{escape_text(name)}</th><td>{seconds:.2f} s</td>"
        f'<td><meter min="0" max="{longest:.4f}" value="{seconds:.4f}">{seconds:.2f} s</meter></td></tr>'
        for name, seconds in stages.items()
    )
    return f'<table class="stages"><caption>Seconds a stage</caption>{rows}</table>'


def _copy() -> str:
    return (
        '<button type="button" class="act" data-copy-answer="notes">Copy</button>'
        '<button type="button" class="act" data-copy-answer="plain">Copy without footnotes</button>'
    )


def _notices(answer: Answer) -> list[str]:
    told = [answer.notice] if answer.notice else []
    if answer.removed:
        what = "1 sentence was" if answer.removed == 1 else f"{answer.removed} sentences were"
        told.append(f"{what} taken out because the documents do not support what the model wrote.")
    if answer.finish == "length":
        told.append("The answer reached its greatest length and ends early.")
    return told


def _thumbs(turn: Turn, number: int) -> str:
    buttons = "".join(
        f'<button type="button" class="thumb" data-turn="{number}" data-verdict="{verdict}" '
        f'aria-pressed="{"true" if turn.verdict == verdict else "false"}">{word}</button>'
        for verdict, word in (("up", "Yes"), ("down", "No"))
    )
    said = "Kept on this machine, beside the index." if turn.verdict else "Helpful?"
    said = f'<span class="said">{said}</span>'
    return f'<span class="thumbs" role="group" aria-label="Was this helpful?">{said}{buttons}</span>'
