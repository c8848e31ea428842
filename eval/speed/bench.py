"""`rag bench`: speed and memory of each part, medians and ratios from one run on one machine."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from eval.cases import BadCases
from eval.header import commit, machine, versions
from eval.speed import parts, sizes, writing
from eval.speed.lines import part_lines
from eval.speed.parts import Bench, Row

PARTS: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    "import": parts.imports,
    "embed": parts.embed,
    "index": parts.index,
    "search": parts.search,
    "answer": parts.answer,
    "chat": parts.chat,
    "write": writing.write,
    "sizes": sizes.sizes,
}


def register(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `rag bench`."""
    from rag.cli import pipeline_options

    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    pipeline_options(parser)
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="repetitions of what is slow (default: 5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0: measured; 2: a part does not exist or cannot be measured."""
    if strange := [part for part in arguments.parts if part not in PARTS]:
        sys.stderr.write(f"There is no part {strange[0]!r} to measure; known are {', '.join(PARTS)}.\n")
        return 2
    try:
        return _measure(arguments)
    except BadCases as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _measure(arguments: argparse.Namespace) -> int:
    rows: dict[str, list[Row]] = {}
    bench = Bench(arguments, max(1, arguments.rounds))
    if not arguments.json:
        print(f"{machine()}\n{', '.join(f'{name} {version}' for name, version in versions().items())}")
    for part in arguments.parts or PARTS:
        rows[part] = list(PARTS[part](bench))
        if not arguments.json:
            print("\n".join(part_lines(part, rows[part])), flush=True)
    if arguments.json:
        print(json.dumps(_data(rows), ensure_ascii=False, indent=1))
    return 0


def _data(rows: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "machine": machine(),
        "versions": versions(),
        "parts": {part: [asdict(row) for row in found] for part, found in rows.items()},
    }
