"""PowerPoint presentations (pptx): each slide is a page with its title, lists, tables, charts and notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from index.errors import UnreadableDocument
from index.load.archive import check_archive
from index.load.clean import clean
from index.load.numbers import shown
from index.load.origin import origin
from index.load.reading import Format, Limits, Reading
from index.load.table import pipe_table
from index.load.xml import parsed

if TYPE_CHECKING:
    from lxml.etree import _Element
    from pptx.slide import Slide

_BETWEEN = "\n\n"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def _read(data: bytes, limits: Limits) -> Reading:
    from pptx import Presentation
    from pptx.exc import PackageNotFoundError

    check_archive(data, limits)
    try:
        deck = Presentation(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError):
        raise UnreadableDocument("is damaged; open it in a presentation program and save it again") from None
    pages = [clean(_BETWEEN.join(_slide(slide))) for slide in deck.slides]
    starts = accumulate((len(page) + len(_BETWEEN) for page in pages[:-1]), initial=0)
    said = deck.core_properties
    meta = origin(said.author, said.created, said.modified)
    notice = _unread([number for number, slide in enumerate(deck.slides, 1) if _has_unread_chart(slide)])
    return Reading(_BETWEEN.join(pages), clean(said.title or ""), tuple(starts) if pages else (), meta, notice)


def _unread(slides: list[int]) -> str:
    if not slides:
        return ""
    named = ", ".join(map(str, slides[:20])) + (f" and {len(slides) - 20} more" if len(slides) > 20 else "")
    which = f"the chart on slide {named} holds" if len(slides) == 1 else f"charts on slides {named} hold"
    return f"was read in part: {which} no figures that could be read"


def _has_unread_chart(slide: Slide) -> bool:
    return any(getattr(shape, "has_chart", False) and not any(_figures(shape)) for shape in _shapes(slide))


def _slide(slide: Slide) -> Iterator[str]:
    title = slide.shapes.title
    heading = " ".join(title.text_frame.text.split()) if title is not None else ""
    if heading:
        yield f"# {heading}"
    for shape in _shapes(slide):
        if title is None or shape.shape_id != title.shape_id:
            yield from filter(None, _shape(shape))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
        if notes:
            yield f"Notes: {notes}"


def _shapes(slide: Slide) -> Iterator[Any]:
    """All shapes, those in groups included, as they stand on the slide from top to bottom."""
    pending: list[Any] = list(slide.shapes)
    flat: list[Any] = []
    while pending:
        shape = pending.pop(0)
        inner = getattr(shape, "shapes", None)
        if inner is not None:
            pending = [*inner, *pending]
        else:
            flat.append(shape)
    yield from sorted(flat, key=lambda shape: (shape.top or 0, shape.left or 0))


def _shape(shape: Any) -> Iterator[str]:  # noqa: ANN401 - python-pptx has no common type for shapes
    if getattr(shape, "has_table", False):
        yield pipe_table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False):
        yield from (_chart_title(shape), *_figures(shape))
    elif getattr(shape, "has_text_frame", False):
        lines = [paragraph.text.replace("\v", "\n").strip() for paragraph in shape.text_frame.paragraphs]
        lines = [line for line in lines if line]
        listed = shape.is_placeholder and len(lines) > 1
        yield "\n".join(f"- {line}" if listed else line for line in lines)


def _chart_xml(shape: Any) -> _Element | None:  # noqa: ANN401
    """What the file says of the chart; None where it is not there or damaged."""
    try:
        return parsed(shape.chart_part.blob)
    except (KeyError, ValueError, AttributeError, UnreadableDocument):
        return None


def _chart_title(shape: Any) -> str:  # noqa: ANN401
    chart = _chart_xml(shape)
    lines = () if chart is None else chart.iterfind(f"{_C}chart/{_C}title//{_A}p")
    return " ".join("".join(words.text or "" for words in line.iter(f"{_A}t")) for line in lines)


def _figures(shape: Any) -> Iterator[str]:  # noqa: ANN401
    """A table for each plot of the chart; for each of its series where these have places of their own."""
    chart = _chart_xml(shape)
    series = [] if chart is None else list(chart.iter(f"{_C}ser"))
    plots: dict[_Element, list[tuple[str, dict[int, str], dict[int, str]]]] = {}
    for one in series:
        name = "".join(words.text or "" for words in one.iterfind(f"{_C}tx//{_C}v"))
        drawn = name, _points(one, "cat", "xVal"), _points(one, "val", "yVal")
        plots.setdefault(one.getparent(), []).append(drawn)
    for drawn_series in plots.values():
        alike = all(not labels or labels == drawn_series[0][1] for _, labels, _ in drawn_series)
        for group in [drawn_series] if alike else [[drawn] for drawn in drawn_series]:
            yield _chart_table(group)


def _chart_table(series: list[tuple[str, dict[int, str], dict[int, str]]]) -> str:
    labels = series[0][1]
    points = sorted({point for _, _, values in series for point in values})
    rows = [[labels.get(point, ""), *(values.get(point, "") for _, _, values in series)] for point in points]
    return pipe_table([["", *(name for name, _, _ in series)], *rows]) if rows else ""


def _points(series: _Element, *names: str) -> dict[int, str]:
    """The texts of a series' labels or values by their number; of labels on several levels the innermost."""
    data = next((found for name in names if (found := series.find(_C + name)) is not None), None)
    if data is None:
        return {}
    level = data.find(f".//{_C}lvl")
    is_text = level is not None or data.find(f".//{_C}strCache") is not None
    found = (
        (point.get("idx", ""), point.findtext(_C + "v") or "")
        for point in (data if level is None else level).iter(_C + "pt")
    )
    return {int(at): text if is_text else _figure(text) for at, text in found if at.isascii() and at.isdigit()}


def _figure(text: str) -> str:
    try:
        return shown(float(text))
    except ValueError:
        return text


SLIDES = Format("a PowerPoint presentation", (".pptx", ".ppsx"), _read, signed=True, isolate_from=0)
