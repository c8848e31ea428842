"""`rag eval make`: cases from one's own documents, proposed by rule, read by a person, then used."""

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from eval.arguments import from_one, from_zero
from eval.cases import BadCases, json_lines
from eval.proposals.decisions import Desk, refuse_strange
from eval.proposals.proposal import Proposal
from eval.proposals.propose import propose
from eval.proposals.thumbs import from_feedback

if TYPE_CHECKING:
    from rag.pipeline import Pipeline


def register(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rag eval make`."""
    from rag.cli import pipeline_options

    pipeline_options(parser)
    parser.add_argument("--cases-out", type=Path, default=Path("cases.jsonl"), metavar="FILE", help="accepted cases")
    parser.add_argument("--most", type=from_one, default=60, metavar="N", help="propose at most N cases (default: 60)")
    parser.add_argument(
        "--seed", type=from_zero, default=0, help="which of the possible cases are proposed (default: 0)"
    )
    parser.add_argument("--feedback", type=Path, metavar="FILE", help="thumbs of the chat page (feedback.jsonl)")
    parser.add_argument("--port", type=int, help="port of the page of review (default: the first free one)")
    parser.add_argument("--no-review", action="store_true", help="only write the proposals")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: proposed (and reviewed); 2: the documents or the file cannot be used."""
    try:
        refuse_strange(arguments.cases_out)  # before documents are read for minutes
        proposals, told = _proposals(arguments)
        if not proposals:
            raise BadCases("The documents give nothing to ask about by rule; write cases by hand.")
        desk = Desk(proposals, arguments.cases_out)
        file = proposals_file(arguments.cases_out)
        sys.stdout.write(f"{len(proposals)} proposals in {file}{told}; none is trusted before you accept it.\n")
        if not arguments.no_review:
            from eval.proposals.review import serve

            serve(desk, arguments.port)
    except BadCases as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(_next(desk, arguments))
    return 0


def _next(desk: Desk, arguments: argparse.Namespace) -> str:
    """How the accepted cases are asked, or how cases come to be accepted."""
    number = len(desk.accepted())
    if not number:
        return "None is accepted yet: run this again, without --no-review, and read them.\n"
    where = [f"--docs {shlex.join(map(str, arguments.docs))}"] if arguments.docs else []
    where += [f"--index {shlex.quote(str(arguments.index))}"] if arguments.index else []
    pages = arguments.cases_out.with_suffix(".report")
    files = ["--cases", shlex.quote(str(arguments.cases_out)), "--out", shlex.quote(str(pages))]
    asks = f"rag eval {' '.join([*where, *files])}"
    return f"{number} accepted in {arguments.cases_out}. Ask them, and read {pages / 'report.html'}:\n  {asks}\n"


def proposals_file(cases: Path) -> Path:
    """Where the proposals for a file of cases are kept."""
    return cases.with_suffix(".proposed.jsonl")


def _proposals(arguments: argparse.Namespace) -> tuple[list[Proposal], str]:
    """Those of an earlier start, so that a review goes on where it stopped, else new ones; with what is to be told of
    them. Thumbs that are not among them come first. Raises `BadCases`.
    """
    file = proposals_file(arguments.cases_out)
    kept = read_proposals(file) if file.is_file() else []
    thumbs = from_feedback(arguments.feedback) if arguments.feedback else []
    told = f" of an earlier start (remove {file.name} to have them made anew)"
    made, told = (kept, told) if kept else _made(arguments)
    known = {one.key for one in made}
    proposals = [*(one for one in thumbs if one.key not in known), *made]
    if proposals != kept:
        _keep(file, proposals)
    return proposals, told


def _made(arguments: argparse.Namespace) -> tuple[list[Proposal], str]:
    from rag.cli import open_from

    with open_from(arguments) as pipeline:
        made = propose_from(pipeline, arguments.most, arguments.seed)
        stored = len(pipeline.store.documents())
    heard = len({one.source for one in made})
    return made, f" from {heard} of {stored} documents"


def _keep(file: Path, proposals: list[Proposal]) -> None:
    rows = [json.dumps(one.to_row(), ensure_ascii=False) + "\n" for one in proposals]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(rows), encoding="utf-8")
    except OSError as error:
        raise BadCases(f"{file} cannot be written ({error.strerror}); give another --cases-out.") from error


def propose_from(pipeline: "Pipeline", most: int, seed: int) -> list[Proposal]:
    """Proposals over every stored document."""
    store = pipeline.store
    return propose([store.document(entry.id) for entry in store.documents()], most, seed)


def read_proposals(file: Path) -> list[Proposal]:
    """The proposals of a file. Raises `BadCases`."""
    try:
        lines = [(n, line) for n, line in enumerate(json_lines(file), start=1) if line.strip()]
        return [Proposal.from_row(json.loads(line), f"{file.name} line {n}") for n, line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadCases(f"{file} cannot be read ({error}); remove it to have cases proposed anew.") from error
