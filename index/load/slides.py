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

if TYPE_CHECKING:
    from pptx.slide import Slide

_BETWEEN = "\n\n"


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
    return Reading(_BETWEEN.join(pages), clean(said.title or ""), tuple(starts) if pages else (), meta)


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
        yield from _chart(shape.chart)
    elif getattr(shape, "has_text_frame", False):
        lines = [paragraph.text.replace("\v", "\n").strip() for paragraph in shape.text_frame.paragraphs]
        lines = [line for line in lines if line]
        listed = shape.is_placeholder and len(lines) > 1
        yield "\n".join(f"- {line}" if listed else line for line in lines)


def _chart(chart: Any) -> Iterator[str]:  # noqa: ANN401
    if chart.has_title and chart.chart_title.has_text_frame:
        yield chart.chart_title.text_frame.text
    for plot in chart.plots:
        series = list(plot.series)
        rows = [["", *(one.name or "" for one in series)]]
        for at, category in enumerate(plot.categories):
            rows.append([str(category), *(shown(one.values[at] if at < len(one.values) else None) for one in series)])
        yield pipe_table(rows)


SLIDES = Format("a PowerPoint presentation", (".pptx", ".ppsx"), _read, signed=True, isolate_from=0)
