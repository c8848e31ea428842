"""What the large encoder sees in pairs kept out of training: `python -m eval.training.large_measure --help`."""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from eval.training.judge_rows import Unit, kept_out, records, units_of
from eval.training.scored import auroc, best_threshold, say
from rag.read.large import LargeEncoder, load_large

Figures = dict[str, float]


def held_out(train: Path, most: int) -> tuple[list[Unit], list[Unit]]:
    """Twins whose evidence was kept out, and rows of the half of PAWS that was; at most `most` of each, seeded."""
    twins = [
        unit
        for folder in ("contrast_pairs", "relation_templates")
        for unit in units_of(folder, records(train / folder))
        if len(unit) == 2 and kept_out(unit[0])
    ]
    paws = [unit for unit in units_of("paws_wiki", records(train / "paws_wiki")) if kept_out(unit[0])]
    random_ = random.Random(1)
    return random_.sample(twins, min(most, len(twins))), random_.sample(paws, min(most, len(paws)))


def twins_ahead(large: LargeEncoder, twins: Sequence[Unit]) -> Figures:
    """Share of twins whose true one is believed more, by source."""
    ahead: dict[str, list[bool]] = defaultdict(list)
    for true, false in twins:
        more, less = large.entailed([(true.evidence, true.claim), (false.evidence, false.claim)])
        for name in ("all", true.source):
            ahead[name].append(more > less)
    return {f"{name} (n {len(flags)})": sum(flags) / len(flags) for name, flags in sorted(ahead.items())}


def balanced(large: LargeEncoder, rows: Sequence[Unit]) -> Figures:
    """AUROC, and balanced accuracy at log-odds 0 and at the best threshold."""
    stated = large.entailed([(unit[0].evidence, unit[0].claim) for unit in rows])
    labels = [unit[0].label for unit in rows]
    right = [[(value > 0) == bool(label) for value, label in zip(stated, labels, strict=True) if label == kind]
             for kind in (0, 1)]  # fmt: skip
    plain = sum(sum(flags) / max(1, len(flags)) for flags in right) / 2
    return {"n": len(rows), "AUROC": auroc(stated, labels), "at 0": plain, "at best": best_threshold(stated, labels)[1]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.large_measure", description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--most", type=int, default=600, help="rows of each set")
    chosen = parser.parse_args(arguments)
    large = load_large(chosen.weights)
    twins, paws = held_out(chosen.train, chosen.most)
    say("twins ahead", twins_ahead(large, twins))
    say("paws", balanced(large, paws))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
