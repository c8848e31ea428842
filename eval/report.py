"""A report: the header, every figure, the figures by tag and the worst cases, as text and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from eval.cases import BadCases
from eval.compare import FORMAT, Comparison, comparison_lines
from eval.figures import Figure, by_half, by_tag, figures
from eval.header import Header
from eval.metrics.abstention import OperatingPoint, best_point, risk_coverage
from eval.score import Outcome

ALLOWED = (0.05, 0.12)
"""Shares of wrongly refused questions for which the best threshold is shown."""
WORST = 12

_EVIDENCE = {True: "", False: ", evidence not in the first 5", None: ", no gold evidence to look for"}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a run has to say. `tags`: tag -> figures over the cases that carry it; `halves`: the same for the
    cases that nothing was fitted on ("report") and for the others ("tune").
    """

    header: Header
    figures: tuple[Figure, ...]
    tags: dict[str, tuple[Figure, ...]]
    halves: dict[str, tuple[Figure, ...]]
    outcomes: tuple[Outcome, ...]

    def to_row(self) -> dict[str, Any]:
        """The report as a JSON object; the outcomes make it usable as a baseline."""
        answered = [(outcome.confidence, outcome.right) for outcome in self.outcomes if not outcome.refused]
        return {
            "format": FORMAT,
            "header": asdict(self.header),
            "figures": {figure.name: asdict(figure) for figure in self.figures},
            "tags": _rows(self.tags),
            "halves": _rows(self.halves),
            "thresholds": [asdict(point) for point in operating_points(self.outcomes)],
            "risk_coverage": [asdict(point) for point in risk_coverage(answered, len(self.outcomes))],
            "outcomes": [outcome.to_row() for outcome in self.outcomes],
        }

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Report":
        """The report in what `to_row` gave."""
        return cls(
            Header(**row["header"]),
            _figures(row["figures"]),
            {tag: _figures(figures_) for tag, figures_ in row["tags"].items()},
            {half: _figures(figures_) for half, figures_ in row["halves"].items()},
            tuple(Outcome.from_row(one) for one in row["outcomes"]),
        )


def _rows(groups: Mapping[str, Sequence[Figure]]) -> dict[str, dict[str, Any]]:
    return {name: {figure.name: asdict(figure) for figure in row} for name, row in groups.items()}


def _figures(rows: Mapping[str, Any]) -> tuple[Figure, ...]:
    return tuple(Figure(**row) for row in rows.values())


def make_report(header: Header, outcomes: Sequence[Outcome]) -> Report:
    """The report over the outcomes of one run."""
    seed = header.seed
    return Report(header, figures(outcomes, seed), by_tag(outcomes, seed), by_half(outcomes, seed), tuple(outcomes))


def operating_points(outcomes: Sequence[Outcome]) -> list[OperatingPoint]:
    """The best confidence threshold for each of `ALLOWED`, where there are cases of both kinds."""
    answerable = [outcome.confidence for outcome in outcomes if outcome.answerable]
    unanswerable = [outcome.confidence for outcome in outcomes if not outcome.answerable]
    points = (best_point(answerable, unanswerable, allowed) for allowed in ALLOWED)
    return [point for point in points if point is not None]


def fault(outcome: Outcome) -> str:
    """What is wrong with an outcome, "" when it is right."""
    if outcome.right:
        return ""
    if not outcome.answerable:
        return "answered what the documents do not say"
    if outcome.refused:
        said = "refused"
    else:
        said = "shows a value that is wrong here" if outcome.said.wrong else "gold fact not in a cited quote"
    return said + _EVIDENCE[outcome.shown.found_at(5)]


def text_report(report: Report, comparison: Comparison | None = None) -> str:
    """The report for people: at most 110 characters wide, answers and questions cut with an ellipsis."""
    lines = [
        *_header_lines(report.header),
        *figure_lines(report.figures),
        *_threshold_lines(report),
        *_group_lines("BY HALF", report.halves),
        *_group_lines("BY TAG", report.tags),
    ]
    lines += [*_worst_lines(report.outcomes), *(comparison_lines(comparison) if comparison else [])]
    return "\n".join(lines) + "\n"


def _header_lines(header: Header) -> Iterator[str]:
    yield f"{header.cases} cases, seed {header.seed}, {header.date}, commit {header.commit or 'unknown'}"
    if header.form:
        yield f"read as {header.form}"
    yield f"model {header.model}, reader {header.reader}, embedder {header.embedder}"
    yield f"judge {header.judge or 'none'}"
    yield f"index {header.index}: {header.documents} documents, {header.chunks} chunks"
    yield header.machine
    yield ", ".join(f"{name} {version}" for name, version in header.versions.items())


def figure_lines(figures_: Sequence[Figure]) -> Iterator[str]:
    """The figures for people, by group: value, interval and denominator."""
    for group, members in groupby(figures_, key=lambda figure: figure.group):
        yield ""
        yield f"{group.upper():44}{'value':>8}   {'95 % interval':16}of"
        for figure in members:
            yield f"  {figure.label:40} {number(figure.value):>9}   {_interval(figure):15} {_denominator(figure)}"


def number(value: float | None) -> str:
    """Three decimals below 10, one above; "none" for an undefined figure."""
    if value is None:
        return "none"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _interval(figure: Figure) -> str:
    return "" if figure.low is None else f"{number(figure.low)} - {number(figure.high)}"


def _denominator(figure: Figure) -> str:
    left_out = f", {figure.left_out} without" if figure.left_out else ""
    if figure.top is None or figure.bottom is None:
        return f"{figure.n} cases{left_out}"
    top = f"{figure.top:.0f}" if figure.top == int(figure.top) else f"{figure.top:.1f}"
    return f"{top}/{figure.bottom:.0f}, {figure.n} cases{left_out}"


def _threshold_lines(report: Report) -> Iterator[str]:
    points = operating_points(report.outcomes)
    if points:
        yield ""
        yield "BEST CONFIDENCE THRESHOLD, chosen on these very cases"
    for allowed, point in zip(ALLOWED, points, strict=False):
        yield (
            f"  wrongly refusing at most {allowed:.2f}: at {point.threshold:.3f} it refuses {point.refused:.3f} of the "
            f"unanswerable and {point.wrongly_refused:.3f} of the answerable"
        )


def _group_lines(title: str, groups: Mapping[str, Sequence[Figure]]) -> Iterator[str]:
    if groups:
        yield ""
        yield f"{title:30}{'cases':>6}{'right':>8}   {'95 % interval':16}{'evidence@5':>11}{'refused':>9}"
    for name, (right, evidence, refused, _) in groups.items():
        yield (
            f"  {name:28}{right.n:>6}{number(right.value):>8}   {_interval(right):16}{number(evidence.value):>11}"
            f"{number(refused.value):>9}"
        )


def _worst_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    wrong = sorted((outcome for outcome in outcomes if not outcome.right), key=_badness)
    if wrong:
        yield ""
        yield f"WORST CASES, {min(len(wrong), WORST)} of {len(wrong)} that are wrong"
    for outcome in wrong[:WORST]:
        yield f"  {outcome.id}: {cut(outcome.question, 90)}"
        yield f"    {fault(outcome)}; confidence {outcome.confidence:.2f}; expected {_expected(outcome)}"
        yield f"    said: {cut(outcome.answer, 98)}"


def _badness(outcome: Outcome) -> tuple[float, str]:
    """Confident wrong answers first, then the least confident refusals."""
    return (-outcome.confidence if not outcome.refused else 1 - outcome.confidence, outcome.id)


def _expected(outcome: Outcome) -> str:
    return cut(" / ".join(outcome.expected), 50) if outcome.answerable else "a refusal"


def save(folder: Path, name: str, text: str, data: str, **others: str) -> None:
    """Writes the forms of a report: `text`, `data` (JSON) and others by their suffix. Raises `BadCases`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, content in {"txt": text, "json": data, **others}.items():
            (folder / f"{name}.{suffix}").write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadCases(f"The report cannot be saved in {folder} ({error.strerror}); give another --out.") from error


def cut(text: str, width: int) -> str:
    """The text on one line, at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
