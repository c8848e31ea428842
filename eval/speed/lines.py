"""Measured rows as aligned text."""

from collections.abc import Iterator, Sequence

from eval.speed.parts import Row


def part_lines(part: str, rows: Sequence[Row]) -> Iterator[str]:
    """The rows of one part for people; the ratio is to the part's first row of the same unit."""
    yield ""
    yield f"{part.upper():44}{'median':>16}{'p95':>16}{'n':>6}{'ratio':>8}"
    first: dict[str, float] = {}
    for row in rows:
        base = first.setdefault(row.unit, row.median)
        ratio = f"{row.median / base:8.2f}" if base else f"{'':8}"
        p95 = amount(row.p95, row.unit) if row.p95 is not None else ""
        yield f"  {row.name:42}{amount(row.median, row.unit):>16}{p95:>16}{row.n:>6}{ratio}"


def amount(value: float, unit: str) -> str:
    """A value with its unit; seconds below 1 as milliseconds, bytes as MB."""
    if unit == "s":
        return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"
    if unit == "B":
        return f"{value / 1e6:.0f} MB"
    return f"{value:,.{1 if value < 100 else 0}f} {unit}"
