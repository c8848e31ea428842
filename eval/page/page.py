"""The report as one self-contained HTML file: no other host, no network, light, dark and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from eval.compare import MEASURES, Comparison, changed_sentence
from eval.exits import HEADLINES
from eval.figures import Figure
from eval.metrics.abstention import risk_coverage
from eval.metrics.calibration import reliability
from eval.metrics.stats import quantile
from eval.page.charts import Bar, bars, columns, plot
from eval.report import Report, fault, number
from eval.score import Outcome

if TYPE_CHECKING:
    from jinja2 import Template

STAGES = ("rewrite", "retrieve", "read", "write", "check", "total")
RANKS = (1, 2, 3, 4, 5, 6)
QUOTES_ONLY = Markup('<p class="soft">Nothing to judge: every sentence shown is a verbatim quote.</p>')


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with what it shows and how to read it."""

    title: str
    told: str
    drawing: Markup


def html_report(report: Report, comparison: Comparison | None = None, gates: Sequence[str] = ()) -> str:
    """The page: headline figures, charts, what flipped, every figure, every question to open. All text is escaped."""
    return _template().render(
        head=report.header,
        tiles=[one for name in HEADLINES for one in report.figures if one.name == name],
        groups=[(name, list(members)) for name, members in groupby(report.figures, key=lambda one: one.group)],
        halves=report.halves,
        charts=charts(report),
        comparison=comparison,
        changed_sentence=changed_sentence,
        gates=gates,
        measures=MEASURES,
        outcomes=sorted(report.outcomes, key=lambda one: one.right),
        fault=fault,
        number=number,
        kinds=sorted({tag for one in report.outcomes for tag in one.tags}),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.j2")


def charts(report: Report) -> list[Chart]:
    """Every drawing of the page for which there is anything to show."""
    outcomes = report.outcomes
    answered = [(one.confidence, one.right) for one in outcomes if not one.refused]
    curve = [(point.coverage, point.risk) for point in risk_coverage(answered, len(outcomes))]
    drawn = [
        Chart("Right answers by kind", "Line: 95 % interval.", bars([_right(t, f[0]) for t, f in report.tags.items()])),
        Chart(
            "Faithfulness by kind",
            "Claims in other words than the documents' that the judge found borne out, of n. Quotes are not judged.",
            bars([_faithful(tag, row[3]) for tag, row in report.tags.items() if row[3].value is not None])
            or QUOTES_ONLY,
        ),
        Chart(
            "Risk and coverage",
            "Share of wrong answers, answering from the most to the least confident question. Lower is better.",
            plot(curve, "questions answered", "wrong among them"),
        ),
        Chart("Calibration of confidence", *_calibration(answered)),
        Chart(
            "Rank of the gold passage",
            "Where the evidence of answerable questions stands among the hits of the answer.",
            columns(_ranks(outcomes), "rank"),
        ),
        Chart("Seconds by stage", "Median over the questions; the bar is the share of the slowest.", _stages(outcomes)),
    ]
    return [chart for chart in drawn if chart.drawing] if outcomes else []


def _right(tag: str, figure: Figure) -> Bar:
    return Bar(tag, figure.value, f"{number(figure.value)}, n {figure.n}", figure.low, figure.high)


def _faithful(tag: str, figure: Figure) -> Bar:
    return Bar(tag, figure.value, f"{number(figure.value)}, n {figure.bottom:.0f}", figure.low, figure.high)


def _calibration(answered: Sequence[tuple[float, bool]]) -> tuple[str, Markup]:
    bins = reliability([(min(1.0, max(0.0, confidence)), right) for confidence, right in answered])
    points = [(one.said, one.happened) for one in bins]
    drawing = plot(points, "confidence", "share right", diagonal=True, sizes=[one.n for one in bins])
    return (
        "Answered questions in ten bins. On the dashed line confidence means what it says; dots grow with n.",
        drawing,
    )


def _ranks(outcomes: Sequence[Outcome]) -> list[Bar]:
    best = [
        min((rank for rank in one.shown.ranks if rank is not None), default=None)
        for one in outcomes
        if one.answerable and one.shown.ranks
    ]
    counts = [(str(rank), sum(found == rank for found in best)) for rank in RANKS]
    counts.append(("not shown", sum(found is None or found > RANKS[-1] for found in best)))
    return [Bar(name, float(count), str(count)) for name, count in counts]


def _stages(outcomes: Sequence[Outcome]) -> Markup:
    timed = {stage: [one.stages[stage] for one in outcomes if stage in one.stages] for stage in STAGES}
    medians = {stage: quantile(values, 0.5) or 0.0 for stage, values in timed.items() if values}
    slowest = max(medians.values(), default=1.0)
    return bars([Bar(stage, value, f"{value:.3f} s") for stage, value in medians.items()], slowest)
