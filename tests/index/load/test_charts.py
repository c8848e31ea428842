"""Charts on slides give their figures as tables, whatever their kind."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZipFile

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from index.load.formats import READERS, read_here
from index.load.reading import Limits, Reading
from tests.files import archive
from tests.index.load import made


def deck(kind: XL_CHART_TYPE, data: CategoryChartData | XyChartData, edit: Callable[[bytes], bytes] = bytes) -> Reading:
    """A slide called "Sales" with a chart whose XML `edit` changes."""
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "Sales"
    slide.shapes.add_chart(kind, Inches(1), Inches(1), Inches(5), Inches(4), data)
    with ZipFile(io.BytesIO(made.saved(slides))) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    changed = {name: edit(part) if "charts/chart" in name else part for name, part in parts.items()}
    return read_here(READERS[".pptx"], archive(changed), Limits())


def bars() -> CategoryChartData:
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Q1", (19.2, 21.4))
    data.add_series("Q2", (20, None))
    return data


BARS = "# Sales\n\n|  | Q1 | Q2 |\n| --- | --- | --- |\n| East | 19.2 | 20 |\n| West | 21.4 |  |"


def test_bars_are_a_table() -> None:
    """A row for each category, a column for each series."""
    assert deck(XL_CHART_TYPE.COLUMN_CLUSTERED, bars()).text == BARS


def test_charts_in_three_dimensions_are_read() -> None:
    """They hold their figures in the same way."""
    reading = deck(XL_CHART_TYPE.COLUMN_CLUSTERED, bars(), lambda xml: xml.replace(b"c:barChart>", b"c:bar3DChart>"))

    assert (reading.text, reading.notice) == (BARS, "")


def test_categories_may_stand_with_the_first_series_only() -> None:
    """As some programs write them."""

    def once(xml: bytes) -> bytes:
        head, mark, tail = xml.rpartition(b"<c:cat>")
        return head + tail.partition(b"</c:cat>")[2] if mark else xml

    assert deck(XL_CHART_TYPE.COLUMN_CLUSTERED, bars(), once).text == BARS


def test_points_are_a_table() -> None:
    """Each series of a scatter chart with its own places and values."""
    data = XyChartData()
    for name, points in {"Stoke": [(1, 20.5), (2, 30.5)], "Vell": [(1, 7), (3, 9)]}.items():
        series = data.add_series(name)
        for x, y in points:
            series.add_data_point(x, y)

    assert deck(XL_CHART_TYPE.XY_SCATTER, data).text == (
        "# Sales\n\n|  | Stoke |\n| --- | --- |\n| 1 | 20.5 |\n| 2 | 30.5 |\n\n"
        "|  | Vell |\n| --- | --- |\n| 1 | 7 |\n| 3 | 9 |"
    )


def test_a_chart_without_figures_is_told() -> None:
    """The rest of the slides is read."""
    reading = deck(XL_CHART_TYPE.COLUMN_CLUSTERED, bars(), lambda xml: xml.replace(b"<c:pt idx=", b"<c:pt no="))

    assert reading.text == "# Sales"
    assert reading.notice == "was read in part: the chart on slide 1 holds no figures that could be read"
