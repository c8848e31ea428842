"""The page on which proposals are read: one at a time, to accept, edit or reject. On this machine only."""

import os
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from eval.cases import BadCases, Case, Gold
from eval.proposals.decisions import Desk, Verdict

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
CSS = ".gradio-container { width: 100%; max-width: 60rem !important; margin: 0 auto !important; }"
DONE = "Every proposal is decided: {} accepted, in {}. Ctrl-C in the terminal ends this page."
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

    with gr.Blocks(title="Review of proposed cases", analytics_enabled=False) as page:
        gr.Markdown("# Proposed cases\nNothing is used before you accept it. Edit what is nearly right.")
        place = gr.State(desk.next_open())
        told = gr.Textbox(label="Where you are", interactive=False, lines=1, max_lines=4)
        question = gr.Textbox(label="Question", lines=2)
        answers = gr.Textbox(label="Accepted answers, one a line (none: it must be refused)", lines=3)
        quote = gr.Textbox(label="Quote that holds an answer", lines=3)
        with gr.Row():  # above the context, however long: a laptop's screen ends below it
            accept = gr.Button("Accept", variant="primary")
            reject = gr.Button("Reject", variant="stop")
            back = gr.Button("Back")
        context = gr.Textbox(label="Around it in the document", lines=8, interactive=False)
        shown = [place, told, question, answers, quote, context]
        fields = [place, question, answers, quote]
        accept.click(lambda n, q, a, e: decided(desk, n, "accepted", q, a, e), fields, shown)
        reject.click(lambda n, q, a, e: decided(desk, n, "rejected", q, a, e), fields, shown)
        back.click(lambda n: show(desk, max(0, (len(desk.proposals) if n is None else n) - 1)), [place], shown)
        page.load(lambda n: show(desk, n), [place], shown)
    return page


def show(desk: Desk, number: int | None, note: str = "") -> tuple[Any, ...]:
    """What the page shows of one proposal: its place, a line on progress, question, answers, quote and context."""
    if number is None:
        return None, DONE.format(len(desk.accepted()), desk.cases), "", "", "", ""
    proposal = desk.proposals[number]
    decision = desk.decisions.get(proposal.key)
    case = decision.case if decision else proposal.case
    state = decision.verdict if decision else "open"
    accepted = len(desk.accepted())
    source = f" · {proposal.source}" if proposal.source else ""
    kind = ASKS.get(proposal.rule, proposal.rule)
    line = f"{number + 1} of {len(desk.proposals)}, {state}; {accepted} accepted so far{source} · {kind}"
    asked = case.question if not case.history else f"{case.question}   (after: {case.history[-1][0]})"
    quote = case.evidence[0].quote if case.evidence else ""
    return number, f"{note} {line}".strip(), asked, "\n".join(case.answers), quote, proposal.context


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


def serve(desk: Desk, port: int | None = None) -> None:
    """Opens the page on this machine until Ctrl-C. Raises `BadCases` where the port is taken."""
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
    sys.stdout.write(f"Read them at {address} and press Ctrl-C here when done; what is decided is kept at once.\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        page.close(verbose=False)
