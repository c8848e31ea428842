"""The page on which proposals are read: one at a time, to accept, edit or reject. On this machine only."""

import html
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.cases import BadCases, Case, Gold
from eval.proposals.decisions import Desk, Fields, Verdict

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
CSS = """.gradio-container { width: 100%; max-width: 60rem !important; margin: 0 auto !important; }
#accept { background: #1d4ed8; color: #fff; }
#where { font-weight: 600; overflow-wrap: anywhere; }
#where:focus { outline: 2px solid currentColor; outline-offset: 4px; }"""
DONE = "Every proposal is decided: {} accepted, in {}. Ctrl-C in the terminal ends this page."
KEYS = (
    "Keys: **A** accept, **R** reject, **E** edit, **J** next, **K** previous; in a field **Ctrl + Enter** accepts and "
    "**Esc** leaves it. What you type is kept at once."
)
ASKS = {
    "fact": "a sentence asked back",
    "table": "a cell of a table",
    "near-miss": "what no document should say: accept it if it must be refused",
    "paraphrase": "in other words than the document",
    "follow-up": "a follow-up",
    "feedback": "a thumb of the chat",
}
"""What the rules of proposals are after, for those who read them."""


def build(desk: Desk) -> "gr.Blocks":
    """The page over a desk. Nothing is fetched from anywhere and no statistics are sent."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    def first(request: gr.Request) -> tuple[Any, ...]:
        return _drawn(show(desk, asked_for(desk, request.query_params.get("at", ""))))

    with gr.Blocks(title="Review of proposed cases", analytics_enabled=False) as page:
        gr.Markdown(f"# Proposed cases\nNothing is used before you accept it. Edit what is nearly right.\n\n{KEYS}")
        place = gr.State(None)
        told = gr.HTML(elem_id="where")
        question = gr.Textbox(label="Question", lines=2, elem_id="question")
        answers = gr.Textbox(label="Accepted answers, one a line (none: it must be refused)", lines=3)
        quote = gr.Textbox(label="Quote that holds an answer", lines=3)
        with gr.Row():  # above the context, however long: a laptop's screen ends below it
            accept = gr.Button("Accept (A)", variant="primary", elem_id="accept")
            reject = gr.Button("Reject (R)", variant="stop", elem_id="reject")
            back = gr.Button("Previous (K)", elem_id="previous")
            on = gr.Button("Next (J)", elem_id="next")
        context = gr.Textbox(label="Around it in the document", lines=8, interactive=False)
        gr.Checkbox(True, label="Keys A, R, E, J and K work outside the fields", elem_id="keys", interactive=True)
        shown, fields = [place, told, question, answers, quote, context], [place, question, answers, quote]
        for button, answer, given in (
            (accept, lambda n, *texts: decided(desk, n, "accepted", *texts), fields),
            (reject, lambda n, *texts: decided(desk, n, "rejected", *texts), fields),
            (back, lambda n: show(desk, beside(desk, n, -1)), [place]),
            (on, lambda n: show(desk, beside(desk, n, 1)), [place]),
        ):
            done = button.click(_drawing(answer), given, shown, concurrency_id="desk", show_progress="hidden")
            done.then(None, js="() => window.review.shown()")
        for field in (question, answers, quote):
            field.input(
                lambda n, *texts: drafted(desk, n, texts), fields, None,
                trigger_mode="always_last", concurrency_id="desk", show_progress="hidden",
            )  # fmt: skip
        page.load(first, None, shown, concurrency_id="desk").then(
            None, js=Path(__file__).with_name("review.js").read_text(encoding="utf-8")
        )
    return page


def _drawing(answer: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    return lambda *given: _drawn(answer(*given))


def _drawn(shown: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is shown, the line on where one is as HTML: the script reads the number, and names of files stay text."""
    number, line, *rest = shown
    at = "" if number is None else number + 1
    return number, f'<span data-number="{at}">{html.escape(line)}</span>', *rest


def asked_for(desk: Desk, at: str) -> int | None:
    """The proposal that an address names (from 1), else the first open one, so that a reload stays where it was."""
    number = int(at) if at.isascii() and at.isdecimal() and len(at) < 9 else 0
    return number - 1 if 1 <= number <= len(desk.proposals) else desk.next_open()


def beside(desk: Desk, number: int | None, step: int) -> int | None:
    """The proposal before (-1) or after (1) one, decided on or not; from the end one can go back to the last."""
    last = len(desk.proposals) - 1
    if number is None:
        return last if step < 0 else None
    return min(last, max(0, number + step))


def show(desk: Desk, number: int | None, note: str = "") -> tuple[Any, ...]:
    """What the page shows of one proposal: its place, a line on progress, question, answers, quote and context."""
    if number is None:
        return None, DONE.format(len(desk.accepted()), desk.cases), "", "", "", ""
    proposal = desk.proposals[number]
    decision = desk.decisions.get(proposal.key)
    state: str = decision.verdict if decision else "open"
    draft = desk.drafts.get(proposal.key)
    state += ", with words of yours that are not decided on" if draft else ""
    accepted = len(desk.accepted())
    source = f" · {proposal.source}" if proposal.source else ""
    kind = ASKS.get(proposal.rule, proposal.rule)
    line = f"{number + 1} of {len(desk.proposals)}, {state}; {accepted} accepted so far{source} · {kind}"
    return number, f"{note} {line}".strip(), *(draft or _fields(desk, number)), proposal.context


def _fields(desk: Desk, number: int) -> Fields:
    """What stands in the fields before anybody typed: the case as it was decided on, or as it was proposed."""
    proposal = desk.proposals[number]
    decision = desk.decisions.get(proposal.key)
    case = decision.case if decision else proposal.case
    asked = case.question if not case.history else f"{case.question}   (after: {case.history[-1][0]})"
    return asked, "\n".join(case.answers), case.evidence[0].quote if case.evidence else ""


def drafted(desk: Desk, number: int | None, texts: Fields) -> None:
    """Keeps what is typed, before anything is decided."""
    if number is not None:
        desk.draft(number, None if texts == _fields(desk, number) else texts)


def edited(desk: Desk, number: int, question: str, answers: str, quote: str) -> Case:
    """The proposal's case with what stands in the fields."""
    proposal = desk.proposals[number]
    case, told = proposal.case, tuple(line.strip() for line in answers.splitlines() if line.strip())
    gold = case.evidence or ((Gold(proposal.source, ""),) if proposal.source and quote.strip() else ())
    evidence = (replace(gold[0], quote=quote.strip()), *gold[1:]) if gold and told else ()
    asked = question.split("   (after: ", maxsplit=1)[0].strip()
    tags = case.tags if bool(told) == case.answerable else ("edited",)  # a near miss that is answered is none
    return replace(case, question=asked, answers=told, evidence=evidence, answerable=bool(told), tags=tags)


def decided(
    desk: Desk, number: int | None, verdict: Verdict, question: str, answers: str, quote: str
) -> tuple[Any, ...]:
    """Keeps a decision and shows the next open proposal; what cannot be kept stays on the page with the reason."""
    if number is None:
        return show(desk, None)
    try:
        desk.decide(number, verdict, edited(desk, number, question, answers, quote))
    except BadCases as error:
        return number, f"Not kept: {error}", question, answers, quote, desk.proposals[number].context
    return show(desk, desk.next_open(number))


def opened(desk: Desk, port: int | None = None) -> tuple["gr.Blocks", str]:
    """The page, served on this machine from now on, and its address. Raises `BadCases` where the port is taken."""
    import gradio as gr

    theme = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    page = build(desk)
    try:
        _, address, _ = page.launch(
            server_name=HOST, server_port=port, share=False, quiet=True, theme=theme, css=CSS,
            footer_links=[], prevent_thread_lock=True,
        )  # fmt: skip
    except OSError as error:
        raise BadCases(f"The page of review cannot open ({error}); give another --port.") from error
    return page, str(address)


def serve(desk: Desk, port: int | None = None) -> None:
    """Opens the page on this machine until Ctrl-C. Raises `BadCases` where the port is taken."""
    page, address = opened(desk, port)
    sys.stdout.write(f"Read them at {address} and press Ctrl-C here when done; what is decided is kept at once.\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        page.close(verbose=False)
