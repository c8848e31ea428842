"""Charts as inline SVG without scripts: colours come from the page's style, so that light, dark and print each fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, LEFT, TOP, BOTTOM, RIGHT = 460, 44, 12, 34, 14
LABELS = 150
"""Width of the names beside horizontal bars."""
ROW = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its value (None: undefined, which the note says in words), and the note at its end."""

    name: str
    value: float | None
    note: str
    low: float | None = None
    high: float | None = None


def bars(items: Sequence[Bar], scale: float = 1.0) -> Markup:
    """Horizontal bars, one below the other, with the interval as a line where there is one; nothing for no bars."""
    if not items:
        return Markup("")
    room = WIDTH - LABELS - 96
    rows = [_bar(place * ROW, item, room, scale or 1.0) for place, item in enumerate(items)]
    return _svg(len(items) * ROW + 4, Markup("").join(rows), ", ".join(f"{item.name} {item.note}" for item in items))


def _bar(top: float, item: Bar, room: float, scale: float) -> Markup:
    middle = top + ROW / 2
    name = Markup('<text class="name" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
        LABELS - 8, middle + 4, item.name
    )
    if item.value is None:
        return name + Markup('<text class="note" x="{}" y="{:.1f}">{}</text>').format(LABELS, middle + 4, item.note)
    long = room * min(1.0, item.value / scale)
    shape = Markup('<rect class="track" x="{}" y="{:.1f}" width="{}" height="10" rx="3"/>').format(
        LABELS, middle - 5, room
    )
    shape += Markup('<rect class="bar" x="{}" y="{:.1f}" width="{:.1f}" height="10" rx="3"/>').format(
        LABELS, middle - 5, long
    )
    if item.low is not None and item.high is not None:
        ends = (LABELS + room * min(1.0, end / scale) for end in (item.low, item.high))
        shape += Markup('<line class="interval" x1="{:.1f}" x2="{:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
            *ends, y=middle
        )
    return (
        name
        + shape
        + Markup('<text class="note" x="{}" y="{:.1f}">{}</text>').format(LABELS + room + 8, middle + 4, item.note)
    )


def columns(items: Sequence[Bar], across: str) -> Markup:
    """Vertical columns with their values above and their names below; the highest fills the height."""
    height = 190
    floor, high = height - BOTTOM, max((item.value or 0.0 for item in items), default=0.0) or 1.0
    step = (WIDTH - LEFT - RIGHT) / max(1, len(items))
    shapes = Markup("")
    for place, item in enumerate(items):
        tall = (floor - TOP - 14) * (item.value or 0.0) / high
        x = LEFT + place * step
        shapes += Markup('<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"/>').format(
            x + step * 0.15, floor - tall, step * 0.7, tall
        )
        for y, kind, text in ((floor - tall - 5, "note", item.note), (floor + 15, "name", item.name)):
            shapes += Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
                kind, x + step / 2, y, text
            )
    shapes += Markup('<line class="axis" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(LEFT, WIDTH - RIGHT, y=floor)
    shapes += _caption(height, across)
    return _svg(height, shapes, f"{across}: " + ", ".join(f"{item.name} {item.note}" for item in items))


def plot(
    points: Sequence[tuple[float, float]], across: str, up: str, *, diagonal: bool = False, sizes: Sequence[int] = ()
) -> Markup:
    """Points in the unit square, joined; `sizes` make them dots whose area is the number of cases."""
    height = 250
    wide, tall = WIDTH - LEFT - RIGHT, height - TOP - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + wide * x, TOP + tall * (1 - y)

    shapes = Markup("")
    for tick in (0, 0.25, 0.5, 0.75, 1):
        (x, y), text = at(tick, tick), f"{tick:g}"
        shapes += Markup('<line class="grid" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
            LEFT, LEFT + wide, y=y
        )
        shapes += Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
            LEFT - 6, y + 4, text
        )
        shapes += Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x, TOP + tall + 14, text
        )
    if diagonal:
        (x1, y1), (x2, y2) = at(0, 0), at(1, 1)
        shapes += Markup('<line class="even" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(x1, y1, x2, y2)
    placed = [at(x, y) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    shapes += Markup('<polyline class="line" points="{}"/>').format(line)
    most = max(sizes, default=0)
    for (x, y), size in zip(placed, sizes, strict=False):
        radius = 3 + 6 * (size / most) ** 0.5
        dot = Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{} cases</title></circle>')
        shapes += dot.format(x, y, radius, size)
    shapes += _caption(height, f"across: {across}; up: {up}")
    return _svg(height, shapes, f"{up} by {across}")


def _caption(height: float, text: str) -> Markup:
    return Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        LEFT + (WIDTH - LEFT - RIGHT) / 2, height - 3, text
    )


def _svg(height: float, body: Markup, told: str) -> Markup:
    start = Markup('<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">').format(WIDTH, height, escape(told))
    return start + body + Markup("</svg>")
