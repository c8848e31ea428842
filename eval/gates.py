"""Bounds that a run must meet: `--fail-under metric=value ...`."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from eval.arguments import finite
from eval.cases import BadCases
from eval.figures import Figure
from eval.report import number

_SIDE = {"higher": "at least", "lower": "at most"}


def parse_gates(texts: Sequence[str]) -> dict[str, float]:
    """Metric -> finite bound, from "metric=value" texts. Raises `BadCases`."""
    gates: dict[str, float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            gates[name] = finite(value)
        except ValueError as error:
            raise BadCases(f"--fail-under got {text!r}; write METRIC=VALUE, as in fact_cited=0.85.") from error
    return gates


def refuse_unknown(gates: Iterable[str], known: Collection[str]) -> None:
    """Raises `BadCases` for a gate on a figure that does not exist: a typing error must not pass."""
    for name in gates:
        if name not in known:
            raise BadCases(f"--fail-under names {name!r}, which is no figure; known are {', '.join(known)}.")


def missed_bounds(figures: Iterable[Figure], gates: Mapping[str, float]) -> list[str]:
    """One sentence per missed bound; an undefined figure misses every bound."""
    bound = [(figure, gates[figure.name]) for figure in figures if figure.name in gates]
    return [
        f"Gate failed: {figure.name} is {number(figure.value)}, wanted {_SIDE[figure.better]} {limit:g}."
        for figure, limit in bound
        if figure.worse_than(limit)
    ]
