"""What stands where on a page of a PDF: pieces of text, each on one line and without a wide gap in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING
from unicodedata import bidirectional

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage

GAP = 1.0
"""Of the type's size: a wider gap separates columns or cells; spaces between words are a quarter, rarely more."""

SAME_LINE = 0.5
"""Of the type's size: characters further apart in height stand on different lines; an index is raised by a third."""

_HYPHENS = frozenset("\x02\ufffe\u00ad")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with its box in points from the page's upper left corner; `size` is that of the type."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool = False

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Row = list[Piece]
_Char = tuple[str, float, float, float, float, int]  # with left, right, top, bottom and its number on the page


def pieces_of(page: PdfTextPage) -> list[Piece]:
    """The page's pieces in the order in which the file holds them, turned so that lines run from left to right."""
    chars = _turned(list(_chars(page)))
    return [_piece(page, run) for run in _runs(chars) if any(not char[0].isspace() for char in run)]


def rows_of(pieces: Sequence[Piece]) -> list[Row]:
    """Pieces that stand beside each other, from top to bottom, each row from left to right."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        last = rows[-1][0] if rows else None
        if last and piece.middle - last.middle <= SAME_LINE * max(min(last.size, piece.size), 1):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _chars(page: PdfTextPage) -> Iterator[_Char]:
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    for number in range(raw.FPDFText_CountChars(page)):
        code = raw.FPDFText_GetUnicode(page, number)
        raw.FPDFText_GetLooseCharBox(page, number, box)
        if code in (10, 13) and raw.FPDFText_IsGenerated(page, number):
            yield "\n", 0, 0, 0, 0, number
        elif code and not (0xD800 <= code < 0xE000):
            yield chr(code), box.left, box.right, -box.top, -box.bottom, number


def _turned(chars: list[_Char]) -> list[_Char]:
    """As if the page were turned until its lines run to the right; right-to-left scripts are mirrored for that."""
    steps = [
        ((b[1] + b[2] - a[1] - a[2]) / 2, (b[3] + b[4] - a[3] - a[4]) / 2)
        for a, b in pairwise(chars)
        if not (a[0].isspace() or b[0].isspace())
    ]
    if not steps:
        return chars
    across, down = median(step[0] for step in steps), median(step[1] for step in steps)
    letters = [char[0] for char in chars if char[0].isalpha()]
    mirrored = 2 * sum(bidirectional(letter) in _RIGHT_TO_LEFT for letter in letters) > len(letters)
    if abs(down) > abs(across):
        sign = 1 if down > 0 else -1
        chars = [_boxed(char, sign * char[3], sign * char[4], -sign * char[1], -sign * char[2]) for char in chars]
    elif across < 0 and not mirrored:
        chars = [_boxed(char, -char[1], -char[2], -char[3], -char[4]) for char in chars]
    return [_boxed(char, -char[1], -char[2], char[3], char[4]) for char in chars] if mirrored else chars


def _boxed(char: _Char, x: float, other_x: float, y: float, other_y: float) -> _Char:
    return char[0], min(x, other_x), max(x, other_x), min(y, other_y), max(y, other_y), char[5]


def _runs(chars: Sequence[_Char]) -> Iterator[list[_Char]]:
    run: list[_Char] = []
    last: _Char | None = None  # that can be seen
    for char in chars:
        if char[0] == "\n" or (last and not char[0].isspace() and _parted(last, char)):
            yield run
            run, last = [], None
        if char[0] != "\n":
            run.append(char)
            last = last if char[0].isspace() else char
    yield run


def _parted(last: _Char, char: _Char) -> bool:
    size = max(last[4] - last[3], char[4] - char[3], 1.0)
    gap = max(char[1] - last[2], last[1] - char[2])
    return gap > GAP * size or abs(last[3] + last[4] - char[3] - char[4]) / 2 > SAME_LINE * size


def _piece(page: PdfTextPage, run: Sequence[_Char]) -> Piece:
    from pypdfium2 import raw

    seen = [char for char in run if not char[0].isspace()]
    text = "".join("-" if char[0] in _HYPHENS else char[0] for char in run).strip()
    heights = median(char[4] - char[3] for char in seen)
    first = seen[0][5]
    return Piece(
        " ".join(text.split()),
        min(char[1] for char in seen),
        max(char[2] for char in seen),
        median(char[3] for char in seen),
        median(char[4] for char in seen),
        heights,
        raw.FPDFText_GetFontWeight(page, first) >= 600 or _named_bold(page, first),
    )


def _named_bold(page: PdfTextPage, number: int) -> bool:
    from ctypes import c_int, create_string_buffer

    from pypdfium2 import raw

    name, flags = create_string_buffer(128), c_int()
    raw.FPDFText_GetFontInfo(page, number, name, len(name), flags)
    return b"bold" in name.value.lower() or b"black" in name.value.lower()
