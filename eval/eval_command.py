"""`rag eval`: asks every case and reports; or measures a public benchmark. Exit code 1 when a gate fails.

`rag eval compare`, `judge` and `make` are commands of their own.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from eval import compare as comparing
from eval.arguments import decimal, from_one, from_zero
from eval.cases import BadCases, Case, default_cases, default_documents, sample
from eval.compare import NONE_SHARED, Earlier, baseline_row, compare, earlier, in_both, load_baseline, worsened
from eval.exits import junit, summary
from eval.figures import figures
from eval.gates import missed_bounds, parse_gates, refuse_unknown
from eval.gold import place
from eval.header import header
from eval.kept import answered_by, keep_report, kept_report, kept_verdicts, run_key, settled
from eval.metrics.citations import TextOf
from eval.report import Report, make_report, save, text_report
from eval.report_judge import BUILT_IN, OwnJudge, report_judge
from eval.run import run_cases, run_in
from eval.score import score
from eval.sets.brought import load_questions
from eval.speed.workbench import counted
from index.home import expanded
from index.protocols import Store
from rag.settings import QUOTES, Settings, read_settings

if TYPE_CHECKING:
    from rag.pipeline import Pipeline
    from rag.protocols import Judge


def register(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rag eval` and its commands."""
    from rag.cli import pipeline_options

    pipeline_options(parser)
    parser.add_argument("--cases", type=Path, metavar="FILE", help="questions (default: the bundled ones)")
    parser.add_argument("--half", choices=("report", "tune"), help="only this half of the cases")
    parser.add_argument("--sample", type=from_one, metavar="N", help="only N cases, of every kind")
    parser.add_argument(
        "--report-judge", default=BUILT_IN, metavar="J", help="what marks: built-in, words, a cross-encoder, URL#MODEL"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="save records and reports (HTML, JSON, JUnit, Markdown)"
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="an earlier report.json: name flipped questions")
    parser.add_argument("--no-worse-than", type=Path, metavar="BASELINE", help="exit with 1 if any measure fell since")
    parser.add_argument("--allow", type=decimal, default=0.0, metavar="X", help="by how much a measure may fall (0)")
    parser.add_argument("--save-baseline", type=Path, metavar="FILE", help="write what --no-worse-than compares with")
    parser.add_argument(
        "--fail-under", nargs="+", default=[], metavar="METRIC=VALUE", help="exit with 1 if a figure is worse than this"
    )
    parser.add_argument("--seed", type=from_zero, default=0, help="seed of the bootstrap intervals (default: 0)")
    parser.add_argument("--fresh", action="store_true", help="take nothing from earlier runs")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--benchmark", metavar="NAME", help="measure a public benchmark instead; 'list' names them")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder that holds the folder of the benchmark")
    parser.add_argument("--limit", type=from_one, metavar="N", help="use only N rows of the benchmark")
    parser.set_defaults(run=run)
    _commands(parser)


def _commands(parser: argparse.ArgumentParser) -> None:
    from eval.proposals import make
    from eval.sets import trial

    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=False)
    for name, module, told in (
        ("compare", comparing, "two saved reports: what flipped, and whether it is more than noise"),
        ("judge", trial, "how far judges agree with people"),
        ("make", make, "cases from your own documents, read by you before they count"),
    ):
        module.register(commands.add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}."))


def run(arguments: argparse.Namespace) -> int:
    """0: reported; 1: a gate failed; 2: a file or an option cannot be used."""
    try:
        if arguments.benchmark:
            from eval.sets.benchmarks import run_benchmark

            _refuse_beside_benchmark(arguments)
            return run_benchmark(arguments, parse_gates(arguments.fail_under))
        return _evaluate(arguments)
    except BadCases as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _refuse_beside_benchmark(arguments: argparse.Namespace) -> None:
    """Raises `BadCases` for an option that only cases know: a gate that is not kept must not seem to have passed."""
    for name in ("cases", "half", "sample", "baseline", "no_worse_than", "save_baseline"):
        if getattr(arguments, name) is not None:
            raise BadCases(
                f"--{name.replace('_', '-')} is for cases and --benchmark has its own; leave one of them out."
            )


def _evaluate(arguments: argparse.Namespace) -> int:
    gates = parse_gates(arguments.fail_under)
    refuse_unknown(gates, [figure.name for figure in figures(())])
    questions = load_questions(arguments.cases or default_cases())
    cases = _chosen(questions.cases, arguments)
    against = arguments.no_worse_than or arguments.baseline
    before = load_baseline(against) if against else None
    if before is not None and arguments.no_worse_than and not in_both(before, {c.id: c.question for c in cases}):
        raise BadCases(NONE_SHARED)  # before minutes of asking
    report = _kept_or_new(cases, arguments)
    report = replace(report, header=replace(report.header, form=questions.form))
    if arguments.cases:  # nothing was fitted on either half of somebody's own cases
        report = replace(report, halves={})
    if arguments.save_baseline:
        row = baseline_row(asdict(report.header), report.outcomes)
        _write(arguments.save_baseline, json.dumps(row, ensure_ascii=False, indent=1) + "\n")
    allowed = arguments.allow if arguments.no_worse_than else None
    return publish(report, before, gates, arguments.out, allowed=allowed, as_json=arguments.json)


def _chosen(cases: Sequence[Case], arguments: argparse.Namespace) -> tuple[Case, ...]:
    kept = tuple(case for case in cases if arguments.half in (None, case.half))
    if not kept:
        raise BadCases(f"None of the {len(cases)} cases is of the half {arguments.half!r}; leave --half out.")
    return sample(kept, arguments.sample) if arguments.sample else kept


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadCases(f"{file} cannot be written ({error.strerror}); give another --save-baseline.") from error


def _kept_or_new(cases: Sequence[Case], arguments: argparse.Namespace) -> Report:
    """The report of these cases: that of an earlier run where nothing changed since, else a new one."""
    from rag.cli import open_from

    settings = _settings(arguments)
    folder = expanded(settings.cache) / "eval"
    key = None if arguments.fresh else run_key(cases, settings, arguments.report_judge, arguments.seed)
    finished = kept_report(folder, key)
    if finished is not None:
        sys.stderr.write("Nothing changed since an earlier run: this is its report (--fresh asks again).\n")
        return Report.from_row(finished)
    with open_from(arguments) as pipeline:
        chosen, allowed = arguments.report_judge, bool(arguments.allow_download)
        judge = report_judge(chosen, lambda: pipeline.judge, allow_download=allowed)
        named = (settings.reader, settings.judge) if chosen == BUILT_IN else (chosen,)
        known = judge if arguments.fresh else kept_verdicts(judge, folder, *named)
        # What cannot be known to be the same is not taken from a run that somebody else may have made.
        kept = folder / "records" / pipeline.model.replace(os.sep, "_") if settled(settings) else None
        records = arguments.out or kept
        parts = answered_by(settings)
        report = evaluate(cases, pipeline, records, arguments.seed, known, parts=parts, fresh=arguments.fresh)
    keep_report(folder, key, report.to_row())
    return report


def _settings(arguments: argparse.Namespace) -> Settings:
    """What flags and environment ask for together, completed in the flags: the bundled documents where neither names
    any, quotes where neither names a writer.
    """
    names = ("docs", "index", "model", "reader", "judge", "embedder", "allow_download")

    def read() -> Settings:
        return read_settings({name: getattr(arguments, name) for name in names}, os.environ)

    found = read()
    if not found.docs and found.index is None:
        arguments.docs = list(default_documents())
    if arguments.model is None and "RAG_MODEL" not in os.environ:
        arguments.model = QUOTES  # a report must not depend on what somebody once chose on this machine
    return read()


def evaluate(
    cases: Sequence[Case],
    pipeline: "Pipeline",
    out: Path | None = None,
    seed: int = 0,
    judge: "Judge | None" = None,
    *,
    parts: str = "",
    fresh: bool = False,
) -> Report:
    """Asks every case and scores it. Raises `BadCases` when gold evidence is not stored.

    Records are saved in `out`, and taken from there (not with `fresh`) where an earlier run with the same parts, code
    and documents left them. `parts` tells apart what has the same name, as weights that were trained again.
    """
    judge = judge or OwnJudge(pipeline.judge)
    gold = place(cases, pipeline.store)
    head = header(cases, pipeline, seed, judge.name, parts)
    records = run_in(out, cases, pipeline, head.run, seed, fresh=fresh) if out else run_cases(cases, pipeline, seed)
    text_of = text_source(pipeline.store)
    pairs = zip(cases, counted(records, len(cases), "cases"), strict=True)
    return make_report(head, [score(c, r, gold[c.id], text_of, judge.entail) for c, r in pairs])


def text_source(store: Store) -> TextOf:
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
    allowed: float | None = None,
    as_json: bool = False,
) -> int:
    """Prints the report, saves every form of it in `out`, names missed gates on stderr; the exit code.

    With `allowed`, a measure that fell by more than that against `before` is a failed gate.
    """
    now = earlier(report.outcomes, asdict(report.header))
    comparison = compare(before, now, report.header.seed) if before is not None else None
    missed = missed_bounds(report.figures, gates or {})
    missed += worsened(comparison, allowed) if comparison and allowed is not None else []
    row = report.to_row() | ({"comparison": asdict(comparison)} if comparison else {}) | {"failed_gates": missed}
    text, data = text_report(report, comparison), json.dumps(row, ensure_ascii=False, indent=1) + "\n"
    if out:
        from eval.page.page import html_report

        forms = {"html": html_report(report, comparison, missed), "xml": junit(report, missed)}
        save(out, "report", text, data, **forms, md=summary(report, comparison, missed))
        sys.stderr.write(f"Saved: open {out / 'report.html'} to look into each question.\n")
    sys.stdout.write(data if as_json else text)
    sys.stderr.writelines(f"{sentence}\n" for sentence in missed)
    return 1 if missed else 0
