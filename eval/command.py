"""`rag eval`: asks every case and reports; or measures a public benchmark. Exit code 1 when a gate fails."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from eval.baseline import Earlier, compare, load_baseline
from eval.cases import BadCases, Case, default_cases, default_corpus, load_cases
from eval.figures import figures
from eval.gates import missed_bounds, parse_gates, refuse_unknown
from eval.gold import place
from eval.header import header
from eval.report import Report, make_report, save, text_report
from eval.run import Record, run_cases, run_in
from eval.score import score
from index.protocols import Store

if TYPE_CHECKING:
    from eval.header import Header
    from rag.pipeline import Pipeline


def register(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rag eval`."""
    from rag.cli import pipeline_options

    pipeline_options(parser)
    parser.add_argument("--cases", type=Path, metavar="FILE", help="questions (default: the bundled ones)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="save records and reports; a stopped run continues")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="an earlier report.json: name flipped questions")
    parser.add_argument(
        "--fail-under", nargs="+", default=[], metavar="METRIC=VALUE", help="exit with 1 if a figure is worse than this"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the bootstrap intervals (default: 0)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--benchmark", metavar="NAME", help="measure a public benchmark instead; 'list' names them")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder that holds the folder of the benchmark")
    parser.add_argument("--limit", type=int, metavar="N", help="use only the first N rows of the benchmark")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: reported; 1: a gate failed; 2: a file or an option cannot be used."""
    try:
        if arguments.benchmark:
            from eval.sets.benchmarks import run_benchmark

            return run_benchmark(arguments, parse_gates(arguments.fail_under))
        return _evaluate(arguments)
    except BadCases as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _evaluate(arguments: argparse.Namespace) -> int:
    from rag.cli import open_from

    gates = parse_gates(arguments.fail_under)
    refuse_unknown(gates, [figure.name for figure in figures(())])
    cases = load_cases(arguments.cases or default_cases())
    before = load_baseline(arguments.baseline) if arguments.baseline else None
    if not arguments.docs and not arguments.index:
        arguments.docs = [default_corpus()]
    with open_from(arguments) as pipeline:
        report = evaluate(cases, pipeline, arguments.out, arguments.seed)
    return publish(report, before, gates, arguments.out, as_json=arguments.json)


def evaluate(cases: Sequence[Case], pipeline: "Pipeline", out: Path | None = None, seed: int = 0) -> Report:
    """Asks every case and scores it; records are saved in `out`. Raises `BadCases` when gold evidence is not stored."""
    gold = place(cases, pipeline.store)
    head = header(cases, pipeline, seed)
    records = run_in(out, cases, pipeline, head.run, seed) if out else run_cases(cases, pipeline, seed)
    text_of = text_source(pipeline.store)
    pairs = zip(cases, _counted(records, head), strict=True)
    return make_report(head, [score(c, r, gold[c.id], text_of, pipeline.reader.entail) for c, r in pairs])


def _counted(records: Iterator[Record], head: "Header") -> Iterator[Record]:
    """The records, with a line of progress on a terminal."""
    for done, record in enumerate(records, start=1):
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done}/{head.cases} cases" + ("\n" if done == head.cases else ""))
            sys.stderr.flush()
        yield record


def text_source(store: Store) -> Callable[[str], str | None]:
    """Document id -> its stored text, None for an id that the store does not have."""
    known = {entry.id for entry in store.documents()}
    texts: dict[str, str] = {}

    def text_of(document_id: str) -> str | None:
        if document_id in known and document_id not in texts:
            texts[document_id] = store.document(document_id).text
        return texts.get(document_id)

    return text_of


def publish(
    report: Report,
    before: dict[str, Earlier] | None = None,
    gates: dict[str, float] | None = None,
    out: Path | None = None,
    *,
    as_json: bool = False,
) -> int:
    """Prints the report, saves both forms of it in `out`, names missed gates on stderr; the exit code."""
    comparison = compare(before, report.outcomes) if before is not None else None
    missed = missed_bounds(report.figures, gates or {})
    row = report.to_row() | ({"comparison": asdict(comparison)} if comparison else {}) | {"failed_gates": missed}
    text, data = text_report(report, comparison), json.dumps(row, ensure_ascii=False, indent=1) + "\n"
    if out:
        save(out, "report", text, data)
    sys.stdout.write(data if as_json else text)
    sys.stderr.writelines(f"{sentence}\n" for sentence in missed)
    return 1 if missed else 0
