"""`rag eval --benchmark NAME --data DIR`: the table of public benchmarks, and the run of one of them."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import attacks
from eval.cases import BadCases
from eval.figures import Figure
from eval.gates import missed_bounds, refuse_unknown
from eval.header import commit, machine, versions
from eval.report import figure_lines, save
from eval.sets import answering, brought, listed, question_answering, search, support, unanswerable
from eval.speed.workbench import Workbench
from index.home import expanded

if TYPE_CHECKING:
    from rag.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What to measure, and the data folder that holds its rows ("" for what is bundled)."""

    folder: str
    measure: Callable[[Workbench], Iterator[Figure]]


CASES = "cases"

BENCHMARKS: Mapping[str, Benchmark] = {
    "scifact": Benchmark("scifact", search.scifact),
    "squad2_paragraphs": Benchmark("squad2", search.squad2_paragraphs),
    "squad2_articles": Benchmark("squad2", search.squad2_articles),
    "squad2": Benchmark("squad2", question_answering.squad2),
    "clapnq": Benchmark("clapnq", question_answering.clapnq),
    "query_rewrite": Benchmark("query_rewrite", question_answering.query_rewrite),
    "wice": Benchmark("wice", support.wice),
    "fool_me_twice": Benchmark("fool_me_twice", support.fool_me_twice),
    "faithbench": Benchmark("faithbench", support.faithbench),
    "expertqa_claims": Benchmark("expertqa_claims", support.expertqa_claims),
    "mtrag_human_eval": Benchmark("mtrag_human_eval", support.mtrag_human_eval),
    "injections": Benchmark("", attacks.injections),
    "rgb": Benchmark("rgb", answering.rgb),
    "pubmedqa": Benchmark("pubmedqa", answering.pubmedqa),
    "financebench": Benchmark("financebench", answering.financebench),
    "multihop_hotpot100": Benchmark("multihop_hotpot100", answering.multihop_hotpot100),
    "cmrc2018": Benchmark("cmrc2018", answering.cmrc2018),
    "cases": Benchmark(CASES, answering.cases),
    "unanswerable": Benchmark(CASES, unanswerable.unanswerable),
    "lists": Benchmark("", listed.lists),
    "beir": Benchmark(".", brought.beir),
}


def list_benchmarks() -> Iterator[str]:
    """One line for each benchmark: its name and what it measures."""
    for name, benchmark in BENCHMARKS.items():
        yield f"{name:20}{(benchmark.measure.__doc__ or '').splitlines()[0]}"


def run_benchmark(arguments: argparse.Namespace, gates: Mapping[str, float]) -> int:
    """Measures one benchmark, prints it and saves it in --out. Raises `BadCases` for what cannot be used."""
    if arguments.benchmark == "list":
        sys.stdout.writelines(f"{line}\n" for line in list_benchmarks())
        return 0
    bench = _workbench(arguments)
    began = time.perf_counter()
    figures = tuple(BENCHMARKS[arguments.benchmark].measure(bench))
    refuse_unknown(gates, [figure.name for figure in figures])
    row = _header(arguments, time.perf_counter() - began) | {"figures": {one.name: asdict(one) for one in figures}}
    missed = missed_bounds(figures, gates)
    data = json.dumps(row | {"failed_gates": missed}, ensure_ascii=False, indent=1) + "\n"
    text = benchmark_text(row, figures)
    if arguments.out:
        save(arguments.out, arguments.benchmark, text, data)
    sys.stdout.write(data if arguments.json else text)
    sys.stderr.writelines(f"{sentence}\n" for sentence in missed)
    return 1 if missed else 0


def benchmark_text(row: Mapping[str, Any], figures: Sequence[Figure]) -> str:
    """Header and figures of one benchmark, for people."""
    limit = row["limit"]
    head = [
        f"{row['benchmark']}, {row['date']}, commit {row['commit'] or 'unknown'}, {row['seconds']:.0f} s",
        f"reader {row['reader']}, {f'at most {limit}' if limit else 'all'} rows, seed {row['seed']}",
        row["machine"],
        ", ".join(f"{name} {version}" for name, version in row["versions"].items()),
    ]
    return "\n".join([*head, *figure_lines(figures)]) + "\n"


def _workbench(arguments: argparse.Namespace) -> Workbench:
    """The workbench that the options ask for. Raises `BadCases`."""
    from rag.cli import open_from
    from rag.settings import read_settings

    benchmark = BENCHMARKS.get(arguments.benchmark)
    if benchmark is None:
        raise BadCases(f"There is no benchmark {arguments.benchmark!r}; known are list, {', '.join(BENCHMARKS)}.")
    if arguments.data is None and benchmark.folder:
        raise BadCases(f"Where is the data? Point --data at the folder that holds {benchmark.folder}/.")

    def open_over(docs: Path | None, index: Path | None) -> "Pipeline":
        given = argparse.Namespace(**vars(arguments))
        given.docs, given.index = [docs] if docs else None, index
        return open_from(given)

    settings = read_settings({}, os.environ)
    embedder = (arguments.embedder or settings.embedder).replace(os.sep, "_")
    cache = expanded(settings.cache) / "benchmarks" / embedder
    data = arguments.data or Path()
    own = benchmark.folder == CASES and (data / "cases.jsonl").is_file()  # --data may be a folder of cases itself
    return Workbench(data if own else data / benchmark.folder, cache, open_over, arguments.limit, arguments.seed)


def _header(arguments: argparse.Namespace, seconds: float) -> dict[str, Any]:
    return {
        "benchmark": arguments.benchmark,
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "reader": arguments.reader or "built-in",
        "limit": arguments.limit,
        "seed": arguments.seed,
        "seconds": seconds,
        "machine": machine(),
        "versions": versions(),
    }
